import { headerValue, headerValues, splitOutside, type SipMessage } from './message.js';

/** Session interval in seconds, and the side that refreshes. RFC 4028. */
export type SessionTimer = { readonly interval: number; readonly refresher: 'local' | 'remote' };

/** Session-Expires, Min-SE and Supported of a message; its sender is the UAC. */
type Wish = { readonly interval: number; readonly refresher?: 'uac' | 'uas' };

/** Smallest allowed interval, in seconds. RFC 4028 §4. */
const LEAST = 90;

function seconds(value: string | undefined): number | undefined {
  const [, digits] = /^\s*(\d{1,9})\s*(?:;.*)?$/s.exec(value ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function wishOf(message: SipMessage): Wish | undefined {
  const value = headerValue(message, 'session-expires');
  const interval = seconds(value);
  if (interval === undefined) return undefined;
  const [, ...parameters] = splitOutside(value ?? '', ';');
  const [refresher] = parameters.flatMap(part => /^refresher\s*=\s*(ua[cs])$/i.exec(part)?.[1]?.toLowerCase() ?? []);
  return { interval, ...(refresher === 'uac' || refresher === 'uas' ? { refresher } : {}) };
}

function knowsTimers(message: SipMessage): boolean {
  return headerValues(message, 'supported').some(tag => tag.toLowerCase() === 'timer');
}

/** The least interval that a 422 asks for. RFC 4028 §5. */
export function leastOf(message: SipMessage): number | undefined {
  return seconds(headerValue(message, 'min-se'));
}

/** Session timer agreed by a 2xx to our request. Without `refresher` it is us. RFC 4028 §7.2. */
export function settledBy(message: SipMessage): SessionTimer | undefined {
  const wish = wishOf(message);
  return wish && { interval: wish.interval, refresher: wish.refresher === 'uas' ? 'remote' : 'local' };
}

/** Session-timer headers of our request: the agreed values, else those of the account. RFC 4028 §7.1, §7.4. */
export function askingFor(timer: SessionTimer | undefined, asked: number | undefined, least = 0): readonly string[] {
  const minimum = least > LEAST ? [`Min-SE: ${least}`] : [];
  if (timer !== undefined) {
    const refresher = timer.refresher === 'local' ? 'uac' : 'uas';
    return [`Session-Expires: ${Math.max(timer.interval, least)};refresher=${refresher}`, ...minimum];
  }
  const interval = Math.max(asked ?? least, least);
  return interval === 0 ? [] : [`Session-Expires: ${Math.max(interval, LEAST)}`, ...minimum];
}

/** A request whose session would be too short gets 422 with these headers. RFC 4028 §9. */
export function tooBrief(message: SipMessage): readonly string[] | undefined {
  const wish = wishOf(message);
  return wish !== undefined && wish.interval < LEAST ? [`Min-SE: ${LEAST}`] : undefined;
}

/** Session-timer headers of our 2xx: the values of the request, else those of the account. RFC 4028 §9. */
export function agreeing(
  message: SipMessage,
  asked: number | undefined,
): { readonly headers: readonly string[]; readonly timer?: SessionTimer } {
  const known = knowsTimers(message);
  const wish: Wish | undefined =
    wishOf(message) ?? (asked === undefined ? undefined : { interval: Math.max(asked, LEAST, leastOf(message) ?? 0) });
  if (wish === undefined) return { headers: [] };
  // Without `timer` in Supported a proxy has inserted Session-Expires: this side refreshes. RFC 4028 §9.
  const refresher = known ? (wish.refresher ?? 'uac') : 'uas';
  return {
    headers: [
      `Session-Expires: ${wish.interval};refresher=${refresher}`,
      ...(refresher === 'uac' ? ['Require: timer'] : []),
    ],
    timer: { interval: wish.interval, refresher: refresher === 'uas' ? 'local' : 'remote' },
  };
}
