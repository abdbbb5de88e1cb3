import { isRight } from '../../../lib/core/either.js';
import type { CallingReport } from '../../../lib/call/calling.js';
import type { Place } from '../../../lib/call/port.js';
import type { Line } from './line.js';

export type Incoming = Extract<CallingReport, { readonly _tag: 'incoming' }>;

const settings = {
  input: { volume: 1, processing: true },
  output: { volume: 1, muted: false },
  live: true,
  hold: false,
  parallel: true,
} as const;

/** Prepares a call that goes to this place. */
export const calling = (of: Line, call: string, place: Place): ReturnType<Line['ask']> =>
  of.ask({ _tag: 'prepare', call, ...settings, place });

/** Opens the microphone and makes a description, for a call that goes out or the one that comes in. */
export const describing = (of: Line, call: string, target?: string, headers = {}): ReturnType<Line['ask']> => {
  const place = target === undefined ? {} : { place: { target, headers } };
  return of.ask({ _tag: 'prepare', call, ...settings, ...place });
};

/** The same, with all candidates. */
export const prepare = async (of: Line, call: string, target?: string, headers = {}): Promise<void> => {
  const result = await describing(of, call, target, headers);
  if (!isRight(result)) throw new Error(`not prepared: ${JSON.stringify(result)}`);
  await of.take('gathered', report => report.call === call);
};

/** Sends the INVITE. */
export const dial = async (from: Line, call: string, target: string, headers = {}): Promise<void> => {
  await prepare(from, call, target, headers);
  from.perform({ _tag: 'place', call });
  await from.take('placed', report => report.call === call);
};

/** Dials, and waits until the other side has heard of it. */
export const reach = async (from: Line, to: Line, call: string, target: string, headers = {}): Promise<Incoming> => {
  await dial(from, call, target, headers);
  return to.take('incoming');
};

/** A call that both sides have. */
export const talk = async (from: Line, to: Line, call: string, target: string): Promise<Incoming> => {
  const incoming = await reach(from, to, call, target);
  await prepare(to, incoming.call);
  const answered = await to.ask({ _tag: 'answer', call: incoming.call });
  if (!isRight(answered)) throw new Error(`not answered: ${JSON.stringify(answered)}`);
  await from.take('accepted', report => report.call === call);
  return incoming;
};
