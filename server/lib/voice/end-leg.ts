/** The end of a leg: silence at once, then everybody is told. */
import { aside, type Exchange } from './voice-context.js';
import { wasAnswered, type Leg, type Why } from './legs.js';
import type { Measured } from './model.js';
import { join, leave, tellNews, tellStatus } from './leg-events.js';
import { elsewhere } from './end-reason.js';
import { hangupWords, unheard } from './leg-json.js';

/** Ends a leg for good; only the first reason counts. Resolves when it was told, and when what follows from it is done. */
export function endLeg(exchange: Exchange, leg: Leg, why: Why): Promise<void> {
  leg.ended ??= end(exchange, leg, why);
  return leg.ended;
}

/** The same where nobody waits for it. */
export function dropLeg(exchange: Exchange, leg: Leg, why: Why): void {
  aside(exchange, endLeg(exchange, leg, why));
}

async function end(exchange: Exchange, leg: Leg, why: Why): Promise<void> {
  leg.over = why;
  leg.seat?.leave();
  if (exchange.legs.within(leg.conversation).every(({ over }) => over)) exchange.sayings.hush(leg.conversation);
  for (const way of leg.ways) way.end(false);
  leg.ways.clear();
  for (const close of leg.closing) close(why);
  leg.settle(why);
  const { anchor } = leg;
  const measured = anchor ? await anchor.measured().catch(() => unheard) : unheard;
  anchor?.close();
  await exchange.inTurn(leg.id, () => tellEnd(exchange, leg, why, measured));
  leg.bond?.legs.delete(leg);
  for (const follow of leg.following) await follow(why);
}

/** The hang-up goes first: whoever has left is told nothing more when their session is resumed. */
async function tellEnd(exchange: Exchange, leg: Leg, why: Why, measured: Measured): Promise<void> {
  const { house } = exchange;
  const { conversation, user } = leg;
  if (user && leg.present) {
    const body = hangupWords(leg, why, measured);
    if (why === elsewhere) await join(exchange, leg);
    else await tellNews(house, { conversation, type: 'rtc:hangup', leg, body, to: [user.id] });
    await leave(exchange, leg, why);
    leg.present = false;
  }
  await tellStatus(exchange, leg, wasAnswered(leg) ? 'completed' : why.status);
}
