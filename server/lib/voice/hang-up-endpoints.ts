/** The endpoints with which a client refuses a call or hangs up. */
import { isWords } from '../chat/check.js';
import { isReply, type Reply } from '../chat/reply.js';
import { forbidden, roomFor, type RestRequest } from '../chat/conversation-context.js';
import { endLeg } from './end-leg.js';
import type { VoiceContext } from './voice-context.js';
import { wasAnswered, type Leg, type EndReason } from './legs.js';
import { leave, publishEvent } from './leg-events.js';
import { cancelled, hungUp, rejected } from './end-reason.js';
import { hangupJson, noMeasurements } from './leg-json.js';

/** `DELETE /v0.2/conversations/{id}/members/{id}`; `undefined`: that member is in no call. */
export async function hangUp(voice: VoiceContext, ask: RestRequest): Promise<Reply | undefined> {
  const [code, text] = [ask.query.get('reason_code') ?? '', ask.query.get('reason_text') ?? ''];
  return (await endMember(voice, ask, { code, text })) ?? undefined;
}

/** The same by `PUT /v0.3/conversations/{id}/members/{id}` with `left`. */
export async function putLeft(voice: VoiceContext, ask: RestRequest): Promise<Reply | undefined> {
  const words = isWords(ask.body) ? ask.body : {};
  const { state } = words;
  if (typeof state !== 'string' || state.toLowerCase() !== 'left') return undefined;
  const reason = isWords(words['reason']) ? words['reason'] : {};
  const [code, text] = [reason['code'], reason['text']];
  return endMember(voice, ask, {
    code: typeof code === 'string' ? code : '',
    text: typeof text === 'string' ? text : '',
  });
}

async function endMember(
  voice: VoiceContext,
  ask: RestRequest,
  { code, text }: Pick<EndReason, 'code' | 'text'>,
): Promise<Reply | undefined> {
  const room = await roomFor(voice.chat, ask, ask.params[0] ?? '', 'read');
  if (isReply(room)) return undefined;
  const { conversation } = room;
  const leg = voice.legs.within(conversation.id).find(one => one.present && !one.over && one.member === ask.params[1]);
  if (!leg) return undefined;
  const own = leg.user?.id === ask.user.id;
  if (!own && conversation.creator !== ask.user.id) return forbidden('This is not your leg.');
  if (leg.direction === 'inbound' || wasAnswered(leg)) await endLeg(voice, leg, hungUp(text, code));
  else if (own) await refuse(voice, leg, rejected(text, code));
  else await endLeg(voice, leg, cancelled);
  return { status: 204 };
}

/** Publishes the refusal to all sessions of the user; while a phone still rings, the leg continues. */
async function refuse(voice: VoiceContext, leg: Leg, why: EndReason): Promise<void> {
  const way = [...leg.targets].find(({ answer }) => answer);
  if (!way || leg.targets.size === 1) return endLeg(voice, leg, why);
  way.refuse?.(why);
  const { conversation, user } = leg;
  await voice.inTurn(leg.id, async () => {
    if (!user || !leg.present) return;
    const body = hangupJson(leg, why, noMeasurements);
    await publishEvent(voice.chat, { conversation, type: 'rtc:hangup', leg, body, to: [user.id] });
    await leave(voice, leg, why);
  });
}
