/** Events of legs: numbered, stored, and sent to their recipients. */
import { isWords } from '../chat/check.js';
import type { Frame } from '../chat/fanout.js';
import type { ChatContext } from '../chat/conversation-context.js';
import type { ConversationRow, MemberFacts, MemberState } from '../chat/model.js';
import { frameOf, memberEventBody, timeOf, type JsonObject } from '../chat/json.js';
import { statusOf, type Leg, type LegStatus, type EndReason } from './legs.js';
import type { VoiceContext } from './voice-context.js';
import { channelJson, speaking, statusJson } from './leg-json.js';

/** An event of the service itself. */
export interface VoiceEvent {
  readonly conversation: string;
  readonly type: string;
  /** The leg whose member it comes from. */
  readonly leg: Leg;
  readonly body: JsonObject;
  /** Body that is sent, where the log stores another one. */
  readonly live?: JsonObject;
  /** Ids of the recipients; all joined members by default. */
  readonly to?: readonly string[];
}

/** In a deleted conversation only named recipients get it, without a number. */
export async function publishEvent(
  chat: ChatContext,
  { conversation, type, leg, body, live, to }: VoiceEvent,
): Promise<void> {
  const { storage, users, fanOut, inOrder } = chat;
  const draft = { conversation, type, from: leg.member, user: leg.user?.id ?? null, at: Date.now(), body };
  await inOrder(conversation, async () => {
    const event = await storage.note(draft);
    const unnumbered = { cid: conversation, from: leg.member, timestamp: timeOf(draft.at), body: live ?? body };
    const frame =
      event === 'no-conversation'
        ? { type, payload: unnumbered }
        : await frameOf({ ...event, body: live ?? body }, users);
    for (const user of to ?? (await storage.audience(conversation))) fanOut.publish(user, frame);
  });
}

/** Stores and publishes a status; a repeated one is ignored. */
export async function publishStatus({ chat, legs }: VoiceContext, leg: Leg, status: LegStatus): Promise<void> {
  if (statusOf(leg) === status) return;
  legs.step(leg, status);
  const { conversation } = leg;
  if (conversation === '') return;
  await publishEvent(chat, { conversation, type: 'leg:status:update', leg, body: statusJson(leg) });
}

/** Options of a member change. */
interface Change {
  readonly state: MemberState;
  /** Only the leg's user gets the event, with this body. */
  readonly sdp?: string;
  readonly why?: EndReason;
}

/** The leg's user becomes a member of its conversation. False: they can't, because they are one in another way. */
export function invite(voice: VoiceContext, leg: Leg, sdp: string): Promise<boolean> {
  return change(voice, leg, { state: 'INVITED', sdp });
}

/** The invitations to the calls that ring at this user's, each with the offer that no log has. */
export async function ringingFor({ chat, legs }: VoiceContext, user: string): Promise<readonly Frame[]> {
  const { storage, users } = chat;
  const told = legs.live().map(async (leg): Promise<readonly Frame[]> => {
    const offer = [...leg.targets].find(way => way.offer)?.offer;
    if (leg.user?.id !== user || leg.over || offer === undefined) return [];
    const member = await storage.member(leg.conversation, leg.member);
    const event = member && (await storage.event(leg.conversation, member.entered));
    if (!event) return [];
    const frame = await frameOf(event, users);
    const { body } = frame.payload;
    const ringing = { devices: leg.contacts, payload: frame.payload };
    return isWords(body) ? [{ ...frame, payload: { ...frame.payload, body: { ...body, sdp: offer } }, ringing }] : [];
  });
  return (await Promise.all(told)).flat();
}

/** The leg's user takes part, as the member that they are or as a new one. */
export function join(voice: VoiceContext, leg: Leg): Promise<boolean> {
  return change(voice, leg, { state: 'JOINED' });
}

/** The leg's member leaves. */
export function leave(voice: VoiceContext, leg: Leg, why: EndReason): Promise<boolean> {
  return change(voice, leg, { state: 'LEFT', why });
}

const kinds = { INVITED: 'invited', JOINED: 'joined', LEFT: 'left' } as const;

async function change({ chat }: VoiceContext, leg: Leg, wanted: Change): Promise<boolean> {
  const { storage, users, fanOut, inOrder } = chat;
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
      channel: channelJson(leg),
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
    const told = await frameOf({ ...result.event, body }, users);
    const ringing = { devices: leg.contacts, payload: told.payload };
    const frame = sdp === undefined ? told : { ...(await frameOf({ ...result.event, body: live }, users)), ringing };
    const others = sdp === undefined ? await storage.audience(conversation.id) : [];
    for (const one of new Set([user.id, ...others])) fanOut.publish(one, frame);
    return true;
  });
}

function bodyOf(leg: Leg, facts: MemberFacts, conversation: ConversationRow, { state, why }: Change): JsonObject {
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
