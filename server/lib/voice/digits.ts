/** Keys that were pressed: everybody hears which, and the log keeps none of them. */
import type { Words } from '../chat/json.js';
import type { Exchange } from './voice-context.js';
import type { Leg } from './legs.js';
import { tellNews } from './leg-events.js';

/** What a client may send at once. `p` is a pause. */
export const keys = /^[0-9A-D*#pP,]+$/;

/** The body of `audio:dtmf` as it is told, and as the log keeps it: it may be a PIN. */
export function digitWords({ id, type }: Leg, digit: string): { readonly live: Words; readonly body: Words } {
  const channel = { id, type };
  return { live: { digit, channel }, body: { digit: '*'.repeat(digit.length), channel } };
}

/** Somebody at the far end of a leg has pressed keys. */
export async function pressed({ house }: Exchange, leg: Leg, digits: string): Promise<void> {
  const { conversation } = leg;
  await tellNews(house, { conversation, type: 'audio:dtmf', leg, ...digitWords(leg, digits) });
}

/** Passes what a leg has sent on to the far ends of the others. Pauses are left out. */
export function passOn({ legs }: Exchange, from: Leg, digits: string): void {
  for (const leg of legs.within(from.conversation))
    if (leg !== from && !leg.over) for (const digit of digits.replace(/[pP,]/g, '')) leg.press?.(digit);
}
