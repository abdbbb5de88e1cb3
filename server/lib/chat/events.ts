/** The endpoints of events: list, send, delete. */
import { canErase, erased, kindOf, statusTypes } from './bodies.js';
import { createCheck, isNumber } from './check.js';
import { askedOf, pageOf, pageReply } from './paging.js';
import { invalid, isReply, problem, type Reply } from './reply.js';
import {
  forbidden,
  roomFor,
  tell,
  tellFrame,
  type RestRequest,
  type ChatContext,
  type Room,
} from './conversation-context.js';
import type { Json } from './model.js';
import type { Message } from './storage.js';
import { eventJson, senderJson, timeOf, type JsonObject } from './json.js';

const mostTypes = 5;
const longestKey = 255;

/** `GET /v0.3/conversations/{id}/events`: a former member may read up to the end of the membership. */
export async function listEvents(context: ChatContext, ask: RestRequest): Promise<Reply> {
  const room = await roomFor(context, ask, ask.params[0] ?? '', 'past');
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
      const events = await context.storage.events(room.conversation.id, {
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
  return pageReply('events', page, await Promise.all(page.rows.map(row => eventJson(row, context.users))));
}

/** Number of the last event that the user may read. */
function lastFor({ conversation, member }: Room, { user }: RestRequest): number {
  const hasLeft = member?.state === 'LEFT' && conversation.creator !== user.id;
  return hasLeft ? (member.gone ?? Infinity) : Infinity;
}

/** `POST /v0.3/conversations/{id}/events` */
export async function postEvent(context: ChatContext, ask: RestRequest): Promise<Reply> {
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
  const room = await roomFor(context, ask, ask.params[0] ?? '', 'read');
  if (isReply(room)) return room;
  if (kind.kind === 'ephemeral') return whisper(context, ask, room, from, body);
  return append(context, {
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

/** `DELETE /v0.3/conversations/{id}/events/{id}`: of one's own events, or of any by the creator. */
export async function deleteEvent(context: ChatContext, ask: RestRequest): Promise<Reply> {
  const room = await roomFor(context, ask, ask.params[0] ?? '', 'read');
  if (isReply(room)) return room;
  const { conversation } = room;
  const id = Number(ask.params[1]);
  const event = Number.isInteger(id) ? await context.storage.event(conversation.id, id) : undefined;
  if (!event) return noEvent();
  if (!canErase(event.type)) return invalid({ name: 'event_id', reason: `${event.type} cannot be deleted` });
  if (event.user !== ask.user.id && conversation.creator !== ask.user.id) return forbidden('This is not your event.');
  const at = Date.now();
  const reply = await append(context, {
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

/** Stores and publishes an event; `live` is the published body where the log stores another one. */
export async function append(context: ChatContext, message: Message, live?: Json): Promise<Reply> {
  return context.inOrder(message.conversation, async () => {
    const result = await context.storage.append(message);
    if (result === 'no-conversation') return problem(404, 'conversation:error:not-found', 'It has been deleted.');
    if (result === 'no-member') return forbidden('"from" is not your joined membership.');
    if (result === 'no-event') return noEvent();
    // A second deletion succeeds.
    if (result === 'already-deleted') return { status: 204 };
    // An event stored before is published again, since its writer may have died in between. A socket gets each number
    // once.
    await tell(context, result.event, [], live);
    return { status: 200, body: await eventJson(result.event, context.users) };
  });
}

/** Ephemeral events have no number and are in no log. */
async function whisper(
  context: ChatContext,
  ask: RestRequest,
  { conversation, member }: Room,
  from: string,
  body: Json,
): Promise<Reply> {
  if (member?.state !== 'JOINED' || member.id !== from) return forbidden('"from" is not your joined membership.');
  const words: JsonObject = { from, ...senderJson(ask.user, from), timestamp: timeOf(Date.now()), body };
  const payload = { ...words, cid: conversation.id };
  await context.inOrder(conversation.id, () => tellFrame(context, conversation.id, { type: 'ephemeral', payload }));
  return { status: 200, body: { type: 'ephemeral', ...words } };
}

function noEvent(): Reply {
  return problem(404, 'event:error:not-found', 'There is no such event.');
}
