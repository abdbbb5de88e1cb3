import { merge, Observable, Subject } from 'rxjs';
import type { CallId } from '../call/model.js';
import type { Calling, CallingOrder, CallingReport } from '../call/calling.js';
import { callReducer } from '../client/call-reducer.js';
import type { WatchId } from '../subscriptions/port.js';
import { createWatching } from '../subscriptions/store.js';
import { agreeable, type Replies } from './replies.js';
import type { Traits } from '../call/port.js';
import type { Ref } from '../core/port.js';

type WithRef = Extract<CallingOrder, { readonly ref: Ref }>;

/** The ref of the latest order of this kind, which a marble cannot know. */
export type RefOf = (order: WithRef['_tag']) => Ref;

/** Subscription of this address, by the id that the client gave it last. */
export type WatchOf = (uri: string) => WatchId;

/** A report, or one made of what the client has named: the call that began last, the orders it waits for, what it watches. */
export type Letter = CallingReport | ((call: CallId, refOf: RefOf, watchOf: WatchOf) => CallingReport);

export type FakeLineOptions = {
  readonly id?: string;
  /** Reports of the far side, as a marble. Subscribed at `connect()`. */
  readonly report$?: Observable<Letter>;
  /** Replies to orders. Default: `agreeable`. */
  readonly replies?: Replies;
  /** Traits of its calls. Default: those of `sip()`. */
  readonly traits?: Partial<Traits>;
};

const usualTraits: Traits = {
  outlivesLine: false,
  signalling: 'line',
  mediaLost: 'end',
  transfers: false,
  texts: true,
  keys: 'single',
};

/** A line whose outside is a marble and a table. Nothing in it waits: the time is the marble's. */
export interface FakeLine extends Calling {
  /** Every order, as it is given. Event. */
  readonly order$: Observable<CallingOrder>;
  /** Subscribers of the reports: 0 when nothing leaks. */
  readonly subscribers: { readonly count: number };
}

/**
 * A backend made of a marble string, for `createClient({ calling: [...] })`.
 *
 *     report$   ---r--a-----       r the far side rings  a it answers
 *     order$    o--------e--       what the client asked the line to do
 */
export function fakeLine({
  id = 'line',
  report$ = new Observable<Letter>(),
  replies = agreeable,
  traits = {},
}: FakeLineOptions = {}): FakeLine {
  const order$ = new Subject<CallingOrder>();
  const reply$ = new Subject<CallingReport>();
  const subscribers = { count: 0 };
  const refs = new Map<CallingOrder['_tag'], Ref>();
  const watches = new Map<string, WatchId>();
  let latest: CallId = '';

  const refOf: RefOf = order => refs.get(order) ?? '';
  const watchOf: WatchOf = uri => watches.get(uri) ?? '';

  const letters$ = new Observable<CallingReport>(viewer => {
    subscribers.count += 1;
    // The fake is the outside: its one subscriber is the client.
    const spoken = merge(report$, reply$).subscribe(letter => {
      const report = typeof letter === 'function' ? letter(latest, refOf, watchOf) : letter;
      if (report._tag === 'incoming') latest = report.call;
      viewer.next(report);
    });
    return () => {
      subscribers.count -= 1;
      spoken.unsubscribe();
    };
  });

  const perform = (order: CallingOrder): void => {
    if (order._tag === 'prepare') latest = order.call;
    if ('ref' in order) refs.set(order._tag, order.ref);
    if (order._tag === 'watch') watches.set(order.uri, order.watch);
    order$.next(order);
    const reply = replies[order._tag] as ((order: CallingOrder) => readonly CallingReport[]) | undefined;
    reply?.(order).forEach(report => {
      reply$.next(report);
    });
  };

  return {
    id,
    callReducer,
    createWatching,
    traits: { ...usualTraits, ...traits },
    order$: order$.asObservable(),
    subscribers,
    open: () => ({ report$: letters$, perform }),
  };
}
