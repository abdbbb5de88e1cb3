import { SessionState, type IncomingResponseMessage } from './sipjs.js';
import { left, right } from '../core/either.js';
import { type SipContext, type SipCall, failed, type Settle } from './context.js';
import { run, untilLineLost } from './call.js';
import { failureOf } from './failure.js';
import { hasTelephoneEvent } from './sdp.js';
import { syncCseq } from './sipjs-internals.js';

/** A received tone: one of `0`–`9`, `A`–`D`, `*`, `#`; the duration in milliseconds where the sender gave one. */
export type Tone = { readonly tone: string; readonly duration?: number };

/** Some gateways write the event numbers of RFC 4733 §3.2 instead of the characters. */
const events: ReadonlyMap<string, string> = new Map([
  ['10', '*'],
  ['11', '#'],
  ['12', 'A'],
  ['13', 'B'],
  ['14', 'C'],
  ['15', 'D'],
]);

function toneOf(signal: string): string | undefined {
  const text = signal.trim().toUpperCase();
  return /^[0-9A-D*#]$/.test(text) ? text : events.get(text);
}

/** The fields of a relay body, `name=value` by line; spaces around the sign and the case of names do not matter. */
function fields(body: string): ReadonlyMap<string, string> {
  return new Map(
    body.split(/\r\n|\n|\r/).flatMap((line): readonly (readonly [string, string])[] => {
      const at = line.indexOf('=');
      return at === -1 ? [] : [[line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()]];
    }),
  );
}

function withDuration(tone: string | undefined, duration: string | undefined): Tone | undefined {
  if (tone === undefined) return undefined;
  return duration !== undefined && /^\d{1,5}$/.test(duration) ? { tone, duration: Number(duration) } : { tone };
}

function relay(body: string): Tone | undefined {
  const found = fields(body);
  return withDuration(toneOf(found.get('signal') ?? ''), found.get('duration'));
}

const readers: ReadonlyMap<string, (body: string) => Tone | undefined> = new Map<
  string,
  (body: string) => Tone | undefined
>([
  ['application/dtmf-relay', relay],
  ['application/dtmf', body => withDuration(toneOf(body), undefined) ?? relay(body)],
]);

/** The tone in the body of an INFO, or `undefined` when its type or its text is not one we read. Total. */
export function parseDtmf(contentType: string, body: string): Tone | undefined {
  return readers.get((contentType.split(';')[0] ?? '').trim().toLowerCase())?.(body);
}

/** The body of an `application/dtmf-relay` INFO; the duration is in milliseconds. The caller has checked the tone. */
export function formatDtmfRelay(tone: string, duration: number): string {
  return `Signal=${tone}\r\nDuration=${duration}`;
}

/** How long an INFO says that its tone lasts. */
const duration = 100;

function byMedia(call: SipCall): boolean {
  return call.peer?.canSendTones === true && call.remote !== undefined && hasTelephoneEvent(call.remote);
}

/** INFO belongs to an answered call only. RFC 6086 §4.2.1. */
function byInfo({ session }: SipCall): boolean {
  return session?.sessionState === SessionState.Confirmed;
}

function inform(call: SipCall, tone: string, settle: Settle<undefined>): void {
  const { session } = call;
  const heard: typeof settle = result => {
    if (info !== undefined) syncCseq(session, info.message);
    settle(result);
  };
  const refused = ({ message }: { readonly message: IncomingResponseMessage }): void => {
    heard(left(failureOf(message)));
  };
  const info = session?.info(
    {
      onAccept: () => {
        heard(right(undefined));
      },
      onRedirect: refused,
      onReject: refused,
    },
    {
      body: {
        contentDisposition: 'render',
        contentType: 'application/dtmf-relay',
        content: formatDtmfRelay(tone, duration),
      },
    },
  );
}

/** Sends a tone by RFC 4733 where it was negotiated, else by INFO, as the `dtmf` option allows. */
export function tone(agent: SipContext, call: SipCall, digit: string, settle: Settle<undefined>): void {
  const { dtmf = 'auto' } = agent.options;
  if (dtmf !== 'info' && byMedia(call)) run(agent, call, peer => peer.tone(digit), settle);
  else if (dtmf !== 'rfc4733' && byInfo(call)) inform(call, digit, untilLineLost(call, settle));
  else settle(left(failed('wrong-state')));
}
