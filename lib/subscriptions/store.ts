import type { Observable } from 'rxjs';
import { merge } from 'rxjs';
import type { Either } from '../core/either.js';
import type { Fault } from '../core/fault.js';
import { createKeyedStore } from '../core/keyed-store.js';
import { createPendingRequests } from '../core/pending-requests.js';
import type { Failure, Ref } from '../core/port.js';
import { select, whileObserved } from '../core/streams.js';
import { lamp, mailbox } from './notice-content.js';
import type { CreateWatching, Grant, WatchId, WatchingContext } from './port.js';
import { newWatch, type EventPackage, type View, type WatchInput, type WatchRequest } from './state.js';
import { stepWatch } from './step.js';

/** A watched address and its line. */
type Target = { readonly line: string; readonly uri: string };

/** Line and callback of a pending SUBSCRIBE. */
type Waiting = { readonly line: string; readonly tell: (result: Either<Failure, Grant>) => void };

type World = Omit<WatchingContext, 'perform'> & {
  readonly isUp: (line: string) => boolean;
  readonly perform: WatchingContext['perform'];
  readonly expect: (waiting: Waiting) => Ref;
};

/** Store of one event package. */
type WatchStore<C> = {
  readonly shown$: (line: string, uri: string) => Observable<View<C>>;
  readonly fault$: Observable<Fault>;
  readonly has: (watch: WatchId) => boolean;
  readonly dispatch: (watch: WatchId, input: WatchInput) => void;
  readonly tellAll: (line: string, input: WatchInput) => void;
};

function createWatchStore<C>(kind: EventPackage<C>, { lane, moment, isUp, perform, expect }: World): WatchStore<C> {
  const targets = new Map<WatchId, Target>();
  const streams = new Map<WatchId, Observable<View<C>>>();

  const carryOut = (watch: WatchId, wish: WatchRequest): void => {
    const target = targets.get(watch);
    if (target === undefined) return;
    const { line, uri } = target;
    if (wish._tag === 'unsubscribe') {
      perform(line, { _tag: 'unwatch', watch });
      return;
    }
    const { nth, expires, anew } = wish;
    const ref = expect({
      line,
      tell: result => {
        keyed.dispatch(watch, { _tag: 'answered', nth, result });
      },
    });
    perform(line, { _tag: 'watch', ref, watch, uri, package: kind.package, expires, anew });
  };

  const keyed = createKeyedStore({
    initial: watch => {
      const { line = '', uri = '' } = targets.get(watch) ?? {};
      return newWatch(kind, uri, isUp(line));
    },
    step: stepWatch(kind),
    perform: carryOut,
    moment,
    lane,
    isIdle: ({ wanted }) => !wanted,
  });

  const watched = (watch: WatchId): Observable<View<C>> =>
    whileObserved(
      select(keyed.state$(watch), ({ shown }) => shown),
      () => {
        keyed.dispatch(watch, { _tag: 'viewed' });
      },
      () => {
        keyed.dispatch(watch, { _tag: 'unviewed' });
      },
    );

  return {
    shown$: (line, uri) => {
      const watch = JSON.stringify([kind.package, line, uri]);
      targets.set(watch, { line, uri });
      const stream$ = streams.get(watch) ?? watched(watch);
      streams.set(watch, stream$);
      return stream$;
    },
    fault$: keyed.event$,
    has: watch => keyed.peek(watch) !== undefined,
    dispatch: (watch, input) => {
      keyed.dispatch(watch, input);
    },
    tellAll: (line, input) => {
      keyed
        .keys()
        .filter(watch => targets.get(watch)?.line === line)
        .forEach(watch => {
          keyed.dispatch(watch, input);
        });
    },
  };
}

/**
 * The room of watched extensions and mailboxes.
 *
 *     lamp$      u----i-----r---b---i      u unknown  i idle  r ringing  b busy
 *     orders     W------------------        W SUBSCRIBE, once for all who look
 *     notices    -----n-----n---n---n
 */
export const createWatching: CreateWatching = context => {
  const { newId } = context;
  const ups = new Map<string, boolean>();
  const pending = createPendingRequests<Waiting, Either<Failure, Grant>>((_, result, { tell }) => {
    tell(result);
  });
  const world: World = {
    ...context,
    isUp: line => ups.get(line) ?? false,
    expect: one => {
      const ref = newId();
      pending.add(ref, one);
      return ref;
    },
  };
  const lamps = createWatchStore(lamp, world);
  const mailboxes = createWatchStore(mailbox, world);

  return {
    lamp$: lamps.shown$,
    mailbox$: mailboxes.shown$,
    fault$: merge(lamps.fault$, mailboxes.fault$),
    owns: ref => pending.has(ref),

    hear: (_, report) => {
      if (report._tag === 'done') {
        pending.answer(report.ref, report.result as Either<Failure, Grant>);
        return;
      }
      const store = [lamps, mailboxes].find(({ has }) => has(report.watch));
      store?.dispatch(report.watch, report);
    },

    line: ({ line, up, leaving = false }) => {
      ups.set(line, up);
      // Orders on a closed connection get no answer.
      if (!up) pending.drop(one => one.line === line);
      [lamps, mailboxes].forEach(({ tellAll }) => {
        tellAll(line, { _tag: 'line', up, leaving });
      });
    },
  };
};
