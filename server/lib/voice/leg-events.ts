/** Telling what happens to legs: numbered, logged, and heard by those whom it concerns. */
import { isWords } from '../chat/check.js';
import type { Frame } from '../chat/fanout.js';
import type { House } from '../chat/conversation-context.js';
import type { ConversationRow, MemberFacts, MemberState } from '../chat/model.js';
import { frameOf, memberEventBody, timeOf, type Words } from '../chat/json.js';
import { statusOf, type Leg, type LegStatus, type Why } from './legs.js';
import type { Exchange } from './voice-context.js';
import { channelWords, speaking, statusWords } from './leg-json.js';

/** Something that the service itself says. */
export interface News {
  readonly conversation: string;
  readonly type: string;
  /** The leg whose member it comes from. */
  readonly leg: Leg;
  readonly body: Words;
  /** What is told if the log is to keep another body. */
  readonly live?: Words;
  /** The ids of those who hear it; all joined members, unless told. */
  readonly to?: readonly string[];
}

/** In a conversation that has been deleted only those hear it who are named, without a number. */
export async function tellNews(house: House, { conversation, type, leg, body, live, to }: News): Promise<void> {
  const { storage, people, fanOut, inOrder } = house;
  const draft = { conversation, type, from: leg.member, user: leg.user?.id ?? null, at: Date.now(), body };
  await inOrder(conversation, async () => {
    const event = await storage.note(draft);
    const unnumbered = { cid: conversation, from: leg.member, timestamp: timeOf(draft.at), body: live ?? body };
    const frame =
      event === 'no-conversation'
        ? { type, payload: unnumbered }
        : await frameOf({ ...event, body: live ?? body }, people);
    for (const user of to ?? (await storage.audience(conversation))) fanOut.publish(user, frame);
  });
}

/** Notes and tells a status; one that it has already is not told again. */
export async function tellStatus({ house, legs }: Exchange, leg: Leg, status: LegStatus): Promise<void> {
  if (statusOf(leg) === status) return;
  legs.step(leg, status);
  const { conversation } = leg;
  if (conversation === '') return;
  await tellNews(house, { conversation, type: 'leg:status:update', leg, body: statusWords(leg) });
}

/** What a change of a member has besides. */
interface Change {
  readonly state: MemberState;
  /** Only the leg's user hears it, and this with it. */
  readonly sdp?: string;
  readonly why?: Why;
}

/** The leg's user becomes a member of its conversation. False: they can't, because they are one in another way. */
export function invite(exchange: Exchange, leg: Leg, sdp: string): Promise<boolean> {
  return change(exchange, leg, { state: 'INVITED', sdp });
}

/** The invitations to the calls that ring at this user's, each with the offer that no log has. */
export async function ringingFor({ house, legs }: Exchange, user: string): Promise<readonly Frame[]> {
  const { storage, people } = house;
  const told = legs.live().map(async (leg): Promise<readonly Frame[]> => {
    const offer = [...leg.ways].find(way => way.offer)?.offer;
    if (leg.user?.id !== user || leg.over || offer === undefined) return [];
    const member = await storage.member(leg.conversation, leg.member);
    const event = member && (await storage.event(leg.conversation, member.entered));
    if (!event) return [];
    const frame = await frameOf(event, people);
    const { body } = frame.payload;
    const ringing = { devices: leg.contacts, payload: frame.payload };
    return isWords(body) ? [{ ...frame, payload: { ...frame.payload, body: { ...body, sdp: offer } }, ringing }] : [];
  });
  return (await Promise.all(told)).flat();
}

/** The leg's user takes part, as the member that they are or as a new one. */
export function join(exchange: Exchange, leg: Leg): Promise<boolean> {
  return change(exchange, leg, { state: 'JOINED' });
}

/** The leg's member leaves. */
export function leave(exchange: Exchange, leg: Leg, why: Why): Promise<boolean> {
  return change(exchange, leg, { state: 'LEFT', why });
}

const kinds = { INVITED: 'invited', JOINED: 'joined', LEFT: 'left' } as const;

async function change({ house }: Exchange, leg: Leg, wanted: Change): Promise<boolean> {
  const { storage, people, fanOut, inOrder } = house;
  const { user } = leg;
  const { state, sdp } = wanted;
  if (!user) return false;
  return inOrder(leg.conversation, async () => {
    const conversation = await storage.conversation(leg.conversation);
    if (!conversation) return false;
    const known = await storage.memberOf(conversation.id, user.id);
    const present = known && known.state !== 'LEFT' ? known : undefined;
    if (state === 'INVITED' ? present : state === 'LEFT' && present?.id !== leg.member) return false;
    const at = Date.now();
    const never = { invitedBy: null, invited: null, joined: null, left: null };
    const facts: MemberFacts = {
      ...(present ?? { ...never, id: leg.member, conversation: conversation.id, user: user.id }),
      channel: channelWords(leg),
      state,
      [kinds[state]]: at,
    };
    const body = bodyOf(leg, facts, conversation, wanted);
    const draft = { conversation: conversation.id, type: `member:${kinds[state]}`, from: facts.id, user: user.id, at };
    const result = await storage.putMember({ member: facts, was: present?.state, event: { ...draft, body } });
    if (typeof result === 'string') return false;
    leg.member = facts.id;
    leg.present = state !== 'LEFT';
    const live = sdp === undefined ? body : { ...body, sdp };
    const told = await frameOf({ ...result.event, body }, people);
    const ringing = { devices: leg.contacts, payload: told.payload };
    const frame = sdp === undefined ? told : { ...(await frameOf({ ...result.event, body: live }, people)), ringing };
    const others = sdp === undefined ? await storage.audience(conversation.id) : [];
    for (const one of new Set([user.id, ...others])) fanOut.publish(one, frame);
    return true;
  });
}

function bodyOf(leg: Leg, facts: MemberFacts, conversation: ConversationRow, { state, why }: Change): Words {
  const { user, knocking } = leg;
  if (!user) return {};
  const kind = kinds[state];
  const words = memberEventBody(kind, facts, user, { conversation, by: {} });
  return {
    ...words,
    user: { id: user.id, user_id: user.id, name: user.name, display_name: user.display, media: speaking },
    media: speaking,
    initiator: { [kind]: { isSystem: true } },
    ...(state === 'INVITED' ? { invited_by: null } : { knocking_id: knocking }),
    ...(why ? { reason: { code: why.code, text: why.text } } : {}),
  };
}
