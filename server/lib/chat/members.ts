/** The endpoints of members: to be invited, to join, to leave. */
import { createCheck, isNumber } from './check.js';
import { newId } from './ids.js';
import { askedOf, pageOf, pageReply } from './paging.js';
import { isReply, problem, type Reply } from './reply.js';
import { forbidden, roomFor, tell, type RestRequest, type ChatContext, type Room } from './conversation-context.js';
import type { Json, MemberFacts, MemberRow, UserRow } from './model.js';
import { memberEventBody, memberJson, type JsonObject } from './json.js';

/** `GET /v0.3/conversations/{id}/members` */
export async function listMembers(context: ChatContext, ask: RestRequest): Promise<Reply> {
  const room = await roomFor(context, ask, ask.params[0] ?? '', 'read');
  if (isReply(room)) return room;
  const asked = askedOf(ask.path, ask.query);
  if (isReply(asked)) return asked;
  const page = await pageOf(asked, {
    load: slice => context.storage.members(room.conversation.id, slice),
    placeOf: member => member.entered,
    isPlace: isNumber,
  });
  if (isReply(page)) return page;
  return pageReply('members', page, await Promise.all(page.rows.map(row => wordsOf(context, row))));
}

/** `GET /v0.3/conversations/{id}/members/{id or me}` */
export async function getMember(context: ChatContext, ask: RestRequest): Promise<Reply> {
  const [conversation = '', wanted = ''] = ask.params;
  const room = await roomFor(context, ask, conversation, wanted === 'me' ? 'anyone' : 'read');
  if (isReply(room)) return room;
  const own = room.member?.state === 'LEFT' ? undefined : room.member;
  const member = wanted === 'me' ? own : await context.storage.member(room.conversation.id, wanted);
  return member ? { status: 200, body: await wordsOf(context, member) } : noMember();
}

/** `POST /v0.3/conversations/{id}/members`: one joins oneself, and invites others. */
export async function addMember(context: ChatContext, ask: RestRequest): Promise<Reply> {
  const check = createCheck(ask.body);
  const state = check.text('state')?.toLowerCase();
  if (state !== 'joined' && state !== 'invited') check.refuse('state', 'must be joined or invited');
  const who = check.within('user');
  const named = who.name('id') ?? who.name('name');
  if (named === undefined && state === 'invited') check.refuse('user', 'must have an id or a name');
  const channel = check.object('channel') ?? { type: 'app' };
  const failed = check.failed();
  if (failed) return failed;
  const room = await roomFor(context, ask, ask.params[0] ?? '', state === 'joined' ? 'anyone' : 'change');
  if (isReply(room)) return room;
  const user = named === undefined ? ask.user : await context.users.find(named);
  if (!user) return problem(404, 'user:error:not-found', 'There is no such user.');
  const work = state === 'joined' ? join : invite;
  return insteadOf200(201, await work(context, ask, room, user, channel));
}

/** `PUT /v0.3/conversations/{id}/members/{id}`: an invitation is taken up, or a membership ended. */
export async function updateMember(context: ChatContext, ask: RestRequest): Promise<Reply> {
  const room = await roomFor(context, ask, ask.params[0] ?? '', 'read');
  if (isReply(room)) return room;
  const member = await context.storage.member(room.conversation.id, ask.params[1] ?? '');
  if (!member) return noMember();
  const check = createCheck(ask.body);
  const state = check.text('state')?.toLowerCase();
  if (state !== 'joined' && state !== 'left') check.refuse('state', 'must be joined or left');
  const channel = check.object('channel');
  const reason = check.object('reason');
  const failed = check.failed();
  if (failed) return failed;
  if (state === 'left') return leave(context, ask, room, member, reason);
  if (member.user !== ask.user.id) return forbidden('Nobody joins for somebody else.');
  return join(context, ask, { ...room, member }, ask.user, channel ?? member.channel);
}

/** `DELETE /v0.2/conversations/{id}/members/{id}` */
export async function removeMember(context: ChatContext, ask: RestRequest): Promise<Reply> {
  const room = await roomFor(context, ask, ask.params[0] ?? '', 'read');
  if (isReply(room)) return room;
  const member = await context.storage.member(room.conversation.id, ask.params[1] ?? '');
  if (!member) return noMember();
  const [code, text] = [ask.query.get('reason_code'), ask.query.get('reason_text')];
  const reason = code === null && text === null ? undefined : { code: code ?? '', text: text ?? '' };
  return insteadOf200(204, await leave(context, ask, room, member, reason));
}

async function join(context: ChatContext, ask: RestRequest, room: Room, user: UserRow, channel: Json): Promise<Reply> {
  if (user.id !== ask.user.id) return forbidden('Nobody joins for somebody else.');
  const { member } = room;
  if (member?.state === 'JOINED')
    return problem(409, 'conversation:error:member-already-joined', 'You have joined this conversation already.');
  if (room.conversation.creator !== user.id && (await wasRemoved(context, room)))
    return forbidden('You were removed from this conversation: somebody in it has to invite you.');
  const facts: MemberFacts = {
    ...(member?.state === 'INVITED' ? member : unborn(room, user)),
    channel,
    state: 'JOINED',
    joined: Date.now(),
  };
  const by = { user_id: user.id, member_id: facts.id };
  return put(context, ask, room, { facts, user, from: facts.id, by });
}

async function invite(
  context: ChatContext,
  ask: RestRequest,
  room: Room,
  user: UserRow,
  channel: Json,
): Promise<Reply> {
  const known = await context.storage.memberOf(room.conversation.id, user.id);
  if (known?.state === 'JOINED')
    return problem(409, 'conversation:error:member-already-joined', 'They have joined this conversation already.');
  if (known?.state === 'INVITED')
    return problem(409, 'conversation:error:member-already-invited', 'They are invited already.');
  const facts: MemberFacts = {
    ...unborn(room, user),
    channel,
    state: 'INVITED',
    invited: Date.now(),
    invitedBy: ask.user.name,
  };
  const own = room.member?.state === 'JOINED' ? room.member.id : null;
  const by = { user_id: ask.user.id, ...(own === null ? {} : { member_id: own }) };
  return put(context, ask, room, { facts, user, from: own, by });
}

/** True when another user has ended the last membership. */
async function wasRemoved({ storage }: ChatContext, { conversation, member }: Room): Promise<boolean> {
  if (member?.state !== 'LEFT' || member.gone === null) return false;
  const farewell = await storage.event(conversation.id, member.gone);
  return farewell !== undefined && farewell.user !== null && farewell.user !== member.user;
}

/** A user may end the own membership, the creator that of any member. */
async function leave(
  context: ChatContext,
  ask: RestRequest,
  room: Room,
  member: MemberRow,
  reason?: JsonObject,
): Promise<Reply> {
  const own = member.user === ask.user.id;
  if (!own && room.conversation.creator !== ask.user.id) return forbidden('This is not your membership.');
  if (member.state === 'LEFT') return noMember();
  const user = await context.users.byId(member.user);
  if (!user) return noMember();
  const facts: MemberFacts = { ...member, state: 'LEFT', left: Date.now() };
  const from = own ? member.id : room.member?.state === 'JOINED' ? room.member.id : null;
  const by = { user_id: ask.user.id, ...(from === null ? {} : { member_id: from }) };
  return put(context, ask, { ...room, member }, { facts, user, from, by, reason: reason ?? { code: '', text: '' } });
}

interface Step {
  readonly facts: MemberFacts;
  readonly user: UserRow;
  readonly from: string | null;
  readonly by: JsonObject;
  readonly reason?: JsonObject;
}

const kinds = { INVITED: 'invited', JOINED: 'joined', LEFT: 'left' } as const;

async function put(context: ChatContext, ask: RestRequest, { conversation, member }: Room, step: Step): Promise<Reply> {
  const { facts, user, from, by, reason } = step;
  const kind = kinds[facts.state];
  const was = member?.id === facts.id ? member.state : undefined;
  const body = memberEventBody(kind, facts, user, { conversation, by, ...(reason ? { reason } : {}) });
  const event = {
    conversation: conversation.id,
    type: `member:${kind}`,
    from,
    user: ask.user.id,
    at: Date.now(),
    body,
  };
  return context.inOrder(conversation.id, async () => {
    const result = await context.storage.putMember({ member: facts, was, event });
    if (result === 'no-conversation') return problem(404, 'conversation:error:not-found', 'It has been deleted.');
    if (result === 'stale')
      return problem(409, 'conversation:error:member-already-joined', 'This membership has changed meanwhile.');
    await tell(context, result.event, [user.id]);
    return { status: 200, body: memberJson(result.member, user) };
  });
}

function unborn({ conversation }: Room, user: UserRow): Omit<MemberFacts, 'channel' | 'state'> {
  const never = { invitedBy: null, invited: null, joined: null, left: null };
  return { id: newId('MEM'), conversation: conversation.id, user: user.id, ...never };
}

async function wordsOf({ users }: ChatContext, row: MemberRow): Promise<JsonObject> {
  return memberJson(row, await users.byId(row.user));
}

function insteadOf200(status: 201 | 204, { body, ...reply }: Reply): Reply {
  if (reply.status !== 200) return { ...reply, ...(body ? { body } : {}) };
  return status === 204 || !body ? { status } : { status, body };
}

function noMember(): Reply {
  return problem(404, 'conversation:error:member-not-found', 'There is no such member.');
}
