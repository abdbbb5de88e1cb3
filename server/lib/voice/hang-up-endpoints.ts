/** The endpoints with which a client refuses a call or hangs up. */
import { isWords } from '../chat/check.js';
import { isReply, type Reply } from '../chat/reply.js';
import { forbidden, roomFor, type Ask } from '../chat/conversation-context.js';
import { endLeg } from './end-leg.js';
import type { Exchange } from './voice-context.js';
import { wasAnswered, type Leg, type Why } from './legs.js';
import { leave, tellNews } from './leg-events.js';
import { cancelled, hungUp, rejected } from './end-reason.js';
import { hangupWords, unheard } from './leg-json.js';

/** `DELETE /v0.2/conversations/{id}/members/{id}`; `undefined`: that member is in no call. */
export async function hangUp(exchange: Exchange, ask: Ask): Promise<Reply | undefined> {
  const [code, text] = [ask.query.get('reason_code') ?? '', ask.query.get('reason_text') ?? ''];
  return (await endMember(exchange, ask, { code, text })) ?? undefined;
}

/** The same by `PUT /v0.3/conversations/{id}/members/{id}` with `left`. */
export async function putLeft(exchange: Exchange, ask: Ask): Promise<Reply | undefined> {
  const words = isWords(ask.body) ? ask.body : {};
  const { state } = words;
  if (typeof state !== 'string' || state.toLowerCase() !== 'left') return undefined;
  const reason = isWords(words['reason']) ? words['reason'] : {};
  const [code, text] = [reason['code'], reason['text']];
  return endMember(exchange, ask, {
    code: typeof code === 'string' ? code : '',
    text: typeof text === 'string' ? text : '',
  });
}

async function endMember(
  exchange: Exchange,
  ask: Ask,
  { code, text }: Pick<Why, 'code' | 'text'>,
): Promise<Reply | undefined> {
  const room = await roomFor(exchange.house, ask, ask.params[0] ?? '', 'read');
  if (isReply(room)) return undefined;
  const { conversation } = room;
  const leg = exchange.legs
    .within(conversation.id)
    .find(one => one.present && !one.over && one.member === ask.params[1]);
  if (!leg) return undefined;
  const own = leg.user?.id === ask.user.id;
  if (!own && conversation.creator !== ask.user.id) return forbidden('This is not your leg.');
  if (leg.direction === 'inbound' || wasAnswered(leg)) await endLeg(exchange, leg, hungUp(text, code));
  else if (own) await refuse(exchange, leg, rejected(text, code));
  else await endLeg(exchange, leg, cancelled);
  return { status: 204 };
}

/** All sessions of the user hear that they have refused; where a phone of theirs still rings, the leg goes on. */
async function refuse(exchange: Exchange, leg: Leg, why: Why): Promise<void> {
  const way = [...leg.ways].find(({ answer }) => answer);
  if (!way || leg.ways.size === 1) return endLeg(exchange, leg, why);
  way.refuse?.(why);
  const { conversation, user } = leg;
  await exchange.inTurn(leg.id, async () => {
    if (!user || !leg.present) return;
    const body = hangupWords(leg, why, unheard);
    await tellNews(exchange.house, { conversation, type: 'rtc:hangup', leg, body, to: [user.id] });
    await leave(exchange, leg, why);
  });
}
