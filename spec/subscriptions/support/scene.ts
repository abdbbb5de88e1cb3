import { asyncScheduler, map, Subject, type Observable } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { left, right } from '../../../lib/core/either.js';
import { fault, type Fault, type FaultCode } from '../../../lib/core/fault.js';
import type { Failure } from '../../../lib/core/port.js';
import type { Lamp, Mailbox, WatchedDialog } from '../../../lib/subscriptions/model.js';
import type { Notice, Watching, WatchOrder, WatchReport } from '../../../lib/subscriptions/port.js';
import { createWatching } from '../../../lib/subscriptions/store.js';
import { acts } from '../../support/marbles.js';
import { createSerialQueue } from '../../../lib/core/store.js';

type Watch = Extract<WatchOrder, { readonly _tag: 'watch' }>;

/** What is seen of a lamp: what it shows, whether it is kept up to date, and why not. */
export const seen = ({ state, watching, fault }: Lamp): string =>
  [state, watching, ...(fault === undefined ? [] : [fault.code])].join(' ');

/** The same of a mailbox. */
export const read = ({ waiting, counts, watching }: Mailbox): string =>
  [waiting ? 'waiting' : 'empty', JSON.stringify(counts), watching].join(' ');

/** One letter, one look. */
export const looks = {
  z: 'unknown no',
  a: 'unknown asking',
  u: 'unknown yes',
  i: 'idle yes',
  r: 'ringing yes',
  b: 'busy yes',
  x: 'busy asking line-lost',
} as const;

export const dialog = (
  id: string,
  state: WatchedDialog['state'],
  direction: WatchedDialog['direction'] = 'recipient',
): WatchedDialog => ({ id, state, direction });

/** All dialogs, or those that have changed. */
export const whole = (version: number, ...dialogs: readonly WatchedDialog[]): Notice => ({
  _tag: 'dialogs',
  version,
  full: true,
  dialogs,
});
export const part = (version: number, ...dialogs: readonly WatchedDialog[]): Notice => ({
  _tag: 'dialogs',
  version,
  full: false,
  dialogs,
});

export type Scene = {
  readonly watching: Watching;
  /** `W` asks anew, `R` asks to go on, `U` ends it. Event. */
  readonly order$: Observable<string>;
  readonly orders: readonly WatchOrder[];
  readonly fault$: Observable<FaultCode>;
  /** The answer to the order that was given last, or to the one before it. */
  readonly grant: (expires?: number, nth?: number) => void;
  readonly fail: (code: FaultCode, failure?: Partial<Failure> & { readonly statusCode?: number }) => void;
  readonly notify: (notice: Notice, more?: Partial<WatchReport>) => void;
  readonly line: (up: boolean) => void;
};

/** A room whose outside is the spec. The line is up unless told otherwise; the random always fall the same. */
export const scene = ({ random = 0, up = true }: { readonly random?: number; readonly up?: boolean } = {}): Scene => {
  const order$ = new Subject<WatchOrder>();
  const orders: WatchOrder[] = [];
  let refs = 0;
  const watching = createWatching({
    lane: createSerialQueue(),
    moment: () => ({ at: asyncScheduler.now(), random }),
    newId: () => `ref ${++refs}`,
    perform: (_, order) => {
      orders.push(order);
      order$.next(order);
    },
  });
  const asked = (nth = 1): Watch => orders.filter((order): order is Watch => order._tag === 'watch').at(-nth)!;
  const line = (isUp: boolean): void => {
    watching.line({ line: 'sip', up: isUp });
  };
  line(up);
  return {
    watching,
    orders,
    order$: order$.pipe(map(order => (order._tag === 'unwatch' ? 'U' : order.anew ? 'W' : 'R'))),
    fault$: watching.fault$.pipe(map(({ code }: Fault) => code)),
    grant: (expires = 3_600, nth = 1) => {
      watching.hear('sip', { _tag: 'done', ref: asked(nth).ref, result: right({ expires }) });
    },
    fail: (code, { statusCode, ...rest } = {}) => {
      const why = fault(code, statusCode === undefined ? {} : { statusCode });
      watching.hear('sip', { _tag: 'done', ref: asked().ref, result: left({ fault: why, ...rest }) });
    },
    notify: (notice, more = {}) => {
      watching.hear('sip', { _tag: 'notified', watch: asked().watch, state: 'active', notice, ...more });
    },
    line,
  };
};

/** Says and does at each letter what the table says. */
export const plays = (helpers: RunHelpers, row: string, table: Readonly<Record<string, () => unknown>>): void => {
  acts(helpers, row, table);
};
