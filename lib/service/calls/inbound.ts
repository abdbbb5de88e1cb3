import type { Leg } from '../../call/model.js';
import { fault } from '../../core/fault.js';
import { compact } from '../../core/compact.js';
import { malformed } from '../login.js';
import { isFields, textOf, type Shape, type Fields } from '../codec-shapes.js';
import type { ServiceContext, ServiceCall } from './context.js';
import { lose } from './answer.js';
import { bodies, callerOf, channelOf, qualityOf, reasonOf } from './bodies.js';
import { callOf, newCall, release } from './call.js';
import { hangUpCall } from './hang-up.js';
import { changed, moveTo } from './legs.js';
import { joined } from './place.js';
import { askingToLeave } from './requests.js';

/** Envelope of a body: its conversation, and the member that sent it. */
type EventContext = { readonly conversation: string | undefined; readonly from: string | undefined };
type Row = (agent: ServiceContext, body: unknown, around: EventContext) => void;

function ignored(agent: ServiceContext, path: string): void {
  agent.report({ _tag: 'fault', fault: malformed(`the event has no ${path}`) });
}

function row<A>(shape: Shape<A>, hear: (agent: ServiceContext, body: A & Fields, around: EventContext) => void): Row {
  return (agent, body, around) => {
    if (shape.is(body)) hear(agent, body as A & Fields, around);
    else ignored(agent, `body${shape.wrong(body)}`);
  };
}

/** Members come and go without calls too: only those with a leg are any of our business. */
function ofMember(concerns: (body: Fields) => boolean, hear: Row): Row {
  return (agent, body, around) => {
    if (isFields(body) && concerns(body)) hear(agent, body, around);
  };
}

function hasLeg({ channel }: Fields): boolean {
  return isFields(channel) && typeof channel['id'] === 'string';
}
function hasOffer({ sdp }: Fields): boolean {
  return sdp !== undefined && sdp !== null;
}

function isUs(agent: ServiceContext, { user }: Fields): boolean {
  const id = isFields(user) ? (user['id'] ?? user['user_id']) : undefined;
  return id !== undefined && id === agent.identity.user()?.id;
}

/** An incoming call; the invitation may be repeated. */
const invited = row(bodies.invited, (agent, body, { conversation }) => {
  const { id: leg } = body.channel;
  if (!isUs(agent, body) || callOf(agent, leg) !== undefined || agent.endedLegs.of(leg) !== undefined) return;
  if (conversation === undefined) {
    ignored(agent, 'cid');
    return;
  }
  const call = newCall(agent, agent.newId(), { _tag: 'invited', offer: body.sdp });
  call.leg = leg;
  call.conversation = conversation;
  call.member = body.member_id;
  agent.report({
    _tag: 'incoming',
    call: call.id,
    ref: leg,
    identity: callerOf(body.channel),
    autoAnswer: false,
    conversation,
    ...compact({ channel: channelOf(body.channel) }),
  });
});

/** A leg of ours joins: the one that we have just made, one that we have answered with, or one that we have given up. */
const entered = row(bodies.joined, (agent, { channel: { id: leg }, member_id: member }, { conversation }) => {
  if (conversation === undefined) return;
  const call = callOf(agent, leg);
  if (call === undefined) {
    undo(agent, leg, conversation, member);
  } else if (call.origin._tag === 'invited' && !call.answering && !call.joined) {
    lose(agent, call);
  } else joined(agent, call, conversation, member);
});

function undo(agent: ServiceContext, leg: string, conversation: string, member: string): void {
  const late = agent.endedLegs.of(leg);
  if (late?.undo === undefined) return;
  agent.endedLegs.keep(leg, { call: late.call, awaited: true });
  hangUpCall(agent, late.call, agent.ask(askingToLeave(conversation, member, late.undo)));
}

/** Our membership has ended, before or after our leg. */
const gone = row(bodies.left, (agent, body) => {
  const { id: leg } = body.channel;
  const call = callOf(agent, leg)?.id ?? agent.endedLegs.of(leg)?.call;
  if (call === undefined) return;
  const { reasonCode, reason } = reasonOf(body);
  agent.report({ _tag: 'member-left', call, ...compact({ reasonCode, reason }) });
});

/** Our leg was hung up. For a call that we have ended, this carries its statistics. */
const hungUp = row(bodies.ours, (agent, body) => {
  const { rtc_id: leg } = body;
  const late = agent.endedLegs.of(leg);
  const call = callOf(agent, leg);
  const id = call?.id ?? (late?.awaited === true ? late.call : undefined);
  if (id === undefined) return;
  if (call === undefined) agent.endedLegs.keep(leg, { call: id });
  else release(agent, call);
  agent.report({ _tag: 'leg-hung-up', call: id, ...compact({ ...reasonOf(body), quality: qualityOf(body) }) });
});

function isMine(call: ServiceCall, leg: string, { from }: EventContext): boolean {
  return leg === call.leg || (from !== undefined && from === call.member);
}

/** Something has become of a leg in the call's conversation. */
function ofLeg(agent: ServiceContext, id: string, around: EventContext, change: Partial<Leg>): void {
  const call = callOf(agent, id, around.conversation);
  if (call !== undefined) changed(agent, call, { id, mine: isMine(call, id, around), ...change });
}

const moved = row(bodies.status, (agent, body, around) => {
  ofLeg(agent, body.leg_id, around, compact({ status: body.status, type: textOf(body['type']) }));
});

function silenced(what: 'muted' | 'earmuffed', on: boolean): Row {
  return row(bodies.ours, (agent, { rtc_id: leg }, around) => {
    ofLeg(agent, leg, around, { [what]: on });
  });
}

const pressed = row(bodies.digit, (agent, { digit, channel: { id: leg } }, around) => {
  const call = callOf(agent, leg, around.conversation);
  if (call === undefined || isMine(call, leg, around)) return;
  if (/^[0-9A-D*#]+$/.test(digit)) agent.report({ _tag: 'tone-received', call: call.id, tone: digit, leg });
  else agent.report({ _tag: 'fault', call: call.id, fault: fault('malformed-frame') });
});

/** Our leg goes on in another conversation. */
const transferred = row(bodies.ours, (agent, { rtc_id: leg }, { conversation }) => {
  const call = callOf(agent, leg);
  if (call === undefined) return;
  if (conversation === undefined) ignored(agent, 'cid');
  else moveTo(agent, call, conversation);
});

const answered = row(bodies.answer, (agent, { rtc_id: leg, answer }) => {
  callOf(agent, leg)?.answer$?.next(answer);
});

/** By the type of the event. */
const rows: ReadonlyMap<string, Row> = /*#__PURE__*/ new Map([
  ['member:invited', ofMember(hasOffer, invited)],
  ['member:joined', ofMember(hasLeg, entered)],
  ['member:left', ofMember(hasLeg, gone)],
  ['rtc:hangup', hungUp],
  ['rtc:answer', answered],
  ['rtc:transfer', transferred],
  ['leg:status:update', moved],
  ['audio:mute:on', silenced('muted', true)],
  ['audio:mute:off', silenced('muted', false)],
  ['audio:earmuff:on', silenced('earmuffed', true)],
  ['audio:earmuff:off', silenced('earmuffed', false)],
  ['audio:dtmf', pressed],
]);

/** Handles any socket event that concerns calls. */
export function receiveEvent(agent: ServiceContext, type: string, payload: unknown): void {
  const { cid, from, body }: Fields = isFields(payload) ? payload : {};
  rows.get(type)?.(agent, body, { conversation: textOf(cid), from: textOf(from) });
}
