import { left, right } from '../core/either.js';
import { fault, type FaultCode } from '../core/fault.js';
import type { Done, Failure, Ref } from '../core/port.js';
import type { CallingOrder, CallingReport } from '../call/calling.js';

type OrderOf<Tag extends CallingOrder['_tag']> = Extract<CallingOrder, { readonly _tag: Tag }>;

/** Replies of the far side, at once: a table from order to reports. */
export type Replies = { readonly [Tag in CallingOrder['_tag']]?: (order: OrderOf<Tag>) => readonly CallingReport[] };

type WithRef = { readonly ref: Ref };

/** The order with this ref was carried out. */
export function done({ ref }: WithRef, value?: unknown): Done {
  return {
    _tag: 'done',
    ref,
    result: right(value),
  };
}

/** The order with this ref failed. */
export function failed(
  { ref }: WithRef,
  code: FaultCode,
  failure: Partial<Failure> & { readonly statusCode?: number } = {},
): Done {
  const { statusCode, ...rest } = failure;
  return {
    _tag: 'done',
    ref,
    result: left({ fault: fault(code, statusCode === undefined ? {} : { statusCode }), ...rest }),
  };
}

const still = { packets: 0, packetsLost: 0, bytes: 0, jitter: 0 };

/**
 * An outside that agrees to everything at once: it connects, registers for ten minutes, opens the microphone, finds one
 * host candidate and accepts every change. Spread it and overwrite what shall be different; an order whose row is
 * overwritten with `() => []` is never answered.
 */
export const agreeable: Required<Replies> = {
  open: () => [{ _tag: 'opened' }],
  close: () => [{ _tag: 'closed' }],
  register: ({ ref, expires }) => [{ _tag: 'heard' }, done({ ref }, { expires })],
  unregister: order => [{ _tag: 'heard' }, done(order)],
  probe: order => [{ _tag: 'heard' }, done(order)],
  prepare: ({ ref, call }) => [
    { _tag: 'gathering', call, servers: 'none', relayOnly: false },
    { _tag: 'candidate', call, kind: 'host' },
    done({ ref }, { id: 'microphone' }),
  ],
  place: ({ call }) => [{ _tag: 'placed', call, ref: `${call}@far` }],
  ring: () => [],
  answer: order => [done(order)],
  refuse: () => [],
  end: () => [],
  forget: () => [],
  change: order => [done(order)],
  'accept-offer': order => [done(order)],
  'decline-offer': () => [],
  tone: order => [done(order)],
  say: order => [done(order)],
  transfer: order => [
    done(order),
    { _tag: 'transfer-progress', call: order.call, statusCode: 200, reasonPhrase: 'OK' },
  ],
  'answer-refer': () => [],
  refresh: order => [done(order)],
  adopt: () => [],
  farewell: () => [],
  watch: order => [done(order, { expires: order.expires })],
  unwatch: () => [],
  'send-text': order => [done(order)],
  restart: order => [done(order)],
  recover: order => [done(order)],
  describe: () => [],
  stats: order => [done(order, { received: still, sent: still })],
  voice: () => [],
  input: ({ ref, input }) => [done({ ref }, input.id === undefined ? {} : { id: input.id })],
  output: order => [done(order)],
};
