import { distinctUntilChanged, map, pipe, type OperatorFunction } from 'rxjs';
import type { Call, CallStatus } from '../../lib/call/model.js';
import type { CallingOrder } from '../../lib/call/calling.js';
import type { Session } from '../../lib/client/model.js';
import type { Either } from '../../lib/core/either.js';
import type { Fault } from '../../lib/core/fault.js';
import type { ConnectionStatus, Verdict } from '../../lib/line/model.js';
import { done, failed, type Letter } from '../../lib/testing/index.js';

/*
 * One letter, one meaning, in every score.
 *
 *     states    small      what the client shows
 *     orders    capital    what the client asks of the outside, and the command that leads to it
 *     reports   the rest   what the outside says
 */

const letterOfConnection: Readonly<Record<ConnectionStatus, string>> = {
  disconnected: 'd',
  connecting: 'c',
  connected: 'u', // up
  recovering: 'v',
  disconnecting: 'l', // leaving
};

const letterOfStatus: Readonly<Record<CallStatus, string>> = {
  trying: 't',
  ringing: 'r',
  active: 'a',
  on_hold: 'h',
  terminated: 'e', // ended
};

const letterOfOrder: Readonly<Record<CallingOrder['_tag'], string>> = {
  open: 'O',
  close: 'C',
  register: 'R',
  unregister: 'U',
  probe: 'P',
  prepare: 'M', // microphone
  place: 'I', // INVITE
  ring: 'G',
  answer: 'A',
  refuse: 'X',
  end: 'E',
  forget: 'F',
  change: 'H', // hold; unhold is K
  'accept-offer': 'B',
  'decline-offer': 'N', // no
  tone: 'D', // digit
  say: 'Y',
  transfer: 'T',
  'answer-refer': 'j',
  refresh: 'f',
  adopt: 'o',
  farewell: 'w',
  watch: 'l',
  unwatch: 'u',
  'send-text': 't',
  restart: 'W',
  recover: 'Z',
  describe: 'd',
  stats: 'Q',
  voice: 'V', // silence is S
  input: 'J',
  output: 'L', // loudspeaker
};

/** What of a line is seen in `session$`: one letter per change. */
export const lineOf = ({ connection }: Session): string => letterOfConnection[connection];

/** What of a call is seen: `z` when there is none. */
export const statusOf = (call: Call | undefined): string => (call === undefined ? 'z' : letterOfStatus[call.status]);

export const orderOf = (order: CallingOrder): string => {
  if (order._tag === 'change') return order.hold ? 'H' : 'K';
  if (order._tag === 'voice') return order.live ? 'V' : 'S';
  return letterOfOrder[order._tag];
};

/** An outcome: `right`, or the code of its fault. */
export const outcomeOf = <A>(outcome: Either<Fault, A>): string =>
  outcome._tag === 'Right' ? 'right' : outcome.left.code;

const letterOfVerdict: Readonly<Record<Verdict, string>> = { online: 'n', suspect: 'q', dead: 'z' };
export const verdictOf = ({ verdict }: Session): string => letterOfVerdict[verdict];

export const codeOf = ({ code }: Fault): string => code;

/** One letter for each change that this way of looking shows. */
export const changesOf = <A>(letterOf: (value: A) => string): OperatorFunction<A, string> =>
  pipe(map(letterOf), distinctUntilChanged());

/** What the outside says about the line. */
export const lineSays = {
  o: { _tag: 'opened' },
  x: { _tag: 'closed', code: 1006 },
  s: { _tag: 'heard' }, // a sound
  g: (_, refOf) => done({ ref: refOf('register') }, { expires: 600 }), // granted
  f: (_, refOf) => failed({ ref: refOf('register') }, 'forbidden', { statusCode: 403 }),
  b: (_, refOf) => failed({ ref: refOf('register') }, 'server-error', { statusCode: 503, retryAfter: 7_000 }), // busy
  m: (_, refOf) => failed({ ref: refOf('register') }, 'interval-too-brief', { statusCode: 423, minExpires: 1_800 }), // more
  w: (_, refOf) => done({ ref: refOf('unregister') }), // well, go
} satisfies Readonly<Record<string, Letter>>;

/** Whether an order is about a call, not about the line. */
export const isOfCall = (order: CallingOrder): boolean => 'call' in order;

const caller = { phoneNumber: '102', displayName: 'Bob', anonymous: false };

/** What the outside says about the call that began last. */
export const callSays = {
  ...lineSays,
  i: { _tag: 'incoming', call: 'in', ref: 'in@far', identity: caller, autoAnswer: false },
  1: call => ({ _tag: 'progress', call, statusCode: 180, reasonPhrase: 'Ringing', body: '', early: false }),
  3: call => ({ _tag: 'progress', call, statusCode: 183, reasonPhrase: 'Session Progress', body: 'v=0', early: true }),
  2: call => ({ _tag: 'accepted', call }),
  4: call => ({ _tag: 'ended', call, by: 'remote', cause: 'busy', statusCode: 486 }),
  6: call => ({ _tag: 'ended', call, by: 'remote', cause: 'declined', statusCode: 603 }),
  k: call => ({ _tag: 'ended', call, by: 'remote', cause: 'cancelled' }), // CANCEL
  y: call => ({ _tag: 'ended', call, by: 'remote', cause: 'hung_up' }), // BYE
  j: call => ({ _tag: 'offered', call, offer: 'offer' }), // re-INVITE
  q: (_, refOf) => done({ ref: refOf('change') }), // agreed
  p: (_, refOf) => failed({ ref: refOf('change') }, 'busy', { statusCode: 491 }), // pending there
  0: (_, refOf) => failed({ ref: refOf('change') }, 'refused', { statusCode: 488 }),
  '+': (_, refOf) => done({ ref: refOf('accept-offer') }), // ACK
  '[': call => ({ _tag: 'remote-hold', call, on: true }),
  ']': call => ({ _tag: 'remote-hold', call, on: false }),
  '*': call => ({ _tag: 'tone-received', call, tone: '5' }),
  '.': (_, refOf) => done({ ref: refOf('tone') }),
} satisfies Readonly<Record<string, Letter>>;
