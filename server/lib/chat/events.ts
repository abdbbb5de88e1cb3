/** The endpoints of events: what was said, to say something, to take it back. */
import { canErase, erased, kindOf, statusTypes } from './bodies.js';
import { createCheck, isNumber } from './check.js';
import { askedOf, pageOf, pageReply } from './paging.js';
import { invalid, isReply, problem, type Reply } from './reply.js';
import { forbidden, roomFor, tell, tellFrame, type Ask, type House, type Room } from './conversation-context.js';
import type { Json } from './model.js';
import type { Message } from './storage.js';
import { eventWords, senderWords, timeOf, type Words } from './json.js';

const mostTypes = 5;
const longestKey = 255;

/** `GET /v0.3/conversations/{id}/events`: whoever has left may read what there was up to then. */
export async function listEvents(house: House, ask: Ask): Promise<Reply> {
  const room = await roomFor(house, ask, ask.params[0] ?? '', 'past');
  if (isReply(room)) return room;
  const last = lastFor(room, ask);
  const { query } = ask;
  const asked = askedOf(ask.path, query);
  if (isReply(asked)) return asked;
  const types = query
    .get('event_type')
    ?.split(',')
    .filter(type => type !== '');
  if (types && types.length > mostTypes)
    return invalid({ name: 'event_type', reason: `must be at most ${mostTypes} types` });
  const startId = query.has('start_id') ? Number(query.get('start_id')) : undefined;
  if (startId !== undefined && !Number.isInteger(startId))
    return invalid({ name: 'start_id', reason: 'must be the number of an event' });
  const filter = {
    ...(types && types.length > 0 ? { types } : {}),
    // The existing client asks for this group, and one such event makes its whole page fail.
    ...(query.get('filter_group_type') === 'ChatEvents' ? { except: statusTypes } : {}),
    undeleted: query.get('exclude_deleted_events') === 'true',
  };
  const back = asked.order === 'asc' ? -1 : 1;
  const page = await pageOf(asked, {
    load: async ({ order, limit, after }) => {
      const next = after === undefined ? undefined : after + (order === 'asc' ? 1 : -1);
      const from = order === 'desc' && last < (next ?? Infinity) ? last : next;
      const events = await house.storage.events(room.conversation.id, {
        ...filter,
        order,
        limit,
        ...(from === undefined ? {} : { from }),
      });
      return events.filter(({ id }) => id <= last);
    },
    placeOf: event => event.id,
    isPlace: isNumber,
    ...(startId === undefined ? {} : { start: startId + back }),
  });
  if (isReply(page)) return page;
  return pageReply('events', page, await Promise.all(page.rows.map(row => eventWords(row, house.people))));
}

/** The number of the last event that somebody may read. */
function lastFor({ conversation, member }: Room, { user }: Ask): number {
  const hasLeft = member?.state === 'LEFT' && conversation.creator !== user.id;
  return hasLeft ? (member.gone ?? Infinity) : Infinity;
}

/** `POST /v0.3/conversations/{id}/events` */
export async function postEvent(house: House, ask: Ask): Promise<Reply> {
  const check = createCheck(ask.body);
  const type = check.must('type');
  const from = check.must('from');
  if (ask.key !== undefined && (ask.key === '' || ask.key.length > longestKey))
    check.refuse('Idempotency-Key', `must have from 1 to ${longestKey} characters`);
  const failed = check.failed();
  if (failed) return failed;
  const body = check.value('body') ?? {};
  const kind = kindOf(type, body);
  if (isReply(kind)) return kind;
  const room = await roomFor(house, ask, ask.params[0] ?? '', 'read');
  if (isReply(room)) return room;
  if (kind.kind === 'ephemeral') return whisper(house, ask, room, from, body);
  return append(house, {
    conversation: room.conversation.id,
    type,
    from,
    user: ask.user.id,
    at: Date.now(),
    body,
    ...(ask.key === undefined ? {} : { key: ask.key }),
    ...(kind.kind === 'receipt' ? { effect: kind.effect } : {}),
  });
}

/** `DELETE /v0.3/conversations/{id}/events/{id}`: one's own, or any for whoever made the conversation. */
export async function deleteEvent(house: House, ask: Ask): Promise<Reply> {
  const room = await roomFor(house, ask, ask.params[0] ?? '', 'read');
  if (isReply(room)) return room;
  const { conversation } = room;
  const id = Number(ask.params[1]);
  const event = Number.isInteger(id) ? await house.storage.event(conversation.id, id) : undefined;
  if (!event) return noEvent();
  if (!canErase(event.type)) return invalid({ name: 'event_id', reason: `${event.type} cannot be deleted` });
  if (event.user !== ask.user.id && conversation.creator !== ask.user.id) return forbidden('This is not your event.');
  const at = Date.now();
  const reply = await append(house, {
    conversation: conversation.id,
    type: 'event:delete',
    from: ask.query.get('from') ?? room.member?.id ?? '',
    user: ask.user.id,
    at,
    body: { event_id: id },
    effect: { kind: 'erase', event: id, body: erased(event.body, at) },
  });
  return reply.status === 200 ? { status: 204 } : reply;
}

/** Stores what a client says and tells it; `live` is the body that is told if the log is to keep another. */
export async function append(house: House, message: Message, live?: Json): Promise<Reply> {
  return house.inOrder(message.conversation, async () => {
    const result = await house.storage.append(message);
    if (result === 'no-conversation') return problem(404, 'conversation:error:not-found', 'It has been deleted.');
    if (result === 'no-member') return forbidden('"from" is not your joined membership.');
    if (result === 'no-event') return noEvent();
    // Whoever deletes twice has what they want.
    if (result === 'already-deleted') return { status: 204 };
    // Also what was stored before: whoever stored it may have gone before telling it. A socket hears each number once.
    await tell(house, result.event, [], live);
    return { status: 200, body: await eventWords(result.event, house.people) };
  });
}

/** Ephemeral events have no number and are in no log. */
async function whisper(
  house: House,
  ask: Ask,
  { conversation, member }: Room,
  from: string,
  body: Json,
): Promise<Reply> {
  if (member?.state !== 'JOINED' || member.id !== from) return forbidden('"from" is not your joined membership.');
  const words: Words = { from, ...senderWords(ask.user, from), timestamp: timeOf(Date.now()), body };
  const payload = { ...words, cid: conversation.id };
  await house.inOrder(conversation.id, () => tellFrame(house, conversation.id, { type: 'ephemeral', payload }));
  return { status: 200, body: { type: 'ephemeral', ...words } };
}

function noEvent(): Reply {
  return problem(404, 'event:error:not-found', 'There is no such event.');
}
