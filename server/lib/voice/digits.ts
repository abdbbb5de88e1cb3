/** DTMF keys: sent to all participants, and never written to the log. */
import type { JsonObject } from '../chat/json.js';
import type { VoiceContext } from './voice-context.js';
import type { Leg } from './legs.js';
import { publishEvent } from './leg-events.js';

/** Keys that a client may send in one request. `p` is a pause. */
export const keys = /^[0-9A-D*#pP,]+$/;

/** The body of `audio:dtmf` as sent, and as stored without the digits: they may be a PIN. */
export function digitWords({ id, type }: Leg, digit: string): { readonly live: JsonObject; readonly body: JsonObject } {
  const channel = { id, type };
  return { live: { digit, channel }, body: { digit: '*'.repeat(digit.length), channel } };
}

/** Handles keys from the far end of a leg. */
export async function pressed({ chat }: VoiceContext, leg: Leg, digits: string): Promise<void> {
  const { conversation } = leg;
  await publishEvent(chat, { conversation, type: 'audio:dtmf', leg, ...digitWords(leg, digits) });
}

/** Passes what a leg has sent on to the far ends of the others. Pauses are left out. */
export function passOn({ legs }: VoiceContext, from: Leg, digits: string): void {
  for (const leg of legs.within(from.conversation))
    if (leg !== from && !leg.over) for (const digit of digits.replace(/[pP,]/g, '')) leg.press?.(digit);
}
