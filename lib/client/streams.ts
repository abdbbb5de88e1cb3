import {
  BehaviorSubject,
  concatMap,
  distinctUntilChanged,
  EMPTY,
  endWith,
  exhaustMap,
  ignoreElements,
  map,
  merge,
  of,
  scan,
  share,
  takeUntil,
  takeWhile,
  timer,
  timestamp,
  type Observable,
  switchMap,
} from 'rxjs';
import type { Call, CallId, MediaStats } from '../call/model.js';
import { unmeasured, type Quality, type Sample } from '../call/quality.js';

import type { SingleCallReducer } from '../call/step.js';
import { isLeft } from '../core/either.js';
import type { Fault } from '../core/fault.js';
import type { Store } from '../core/store.js';
import { eachOnce, select, selectShared, snapshot } from '../core/streams.js';
import type { Client } from './model.js';
import { callOf, type State, type Event, type Input } from './state.js';
import type { Outcome, Millis } from '../core/port.js';
import type { DevicePort, Ear } from '../media/port.js';
import { given } from './arguments.js';

/** The public streams: selections of the one state, and the events of its turns. */
export function streamsOf(
  { state$, turn$ }: Store<State, Input, Event>,
  others$: Observable<Fault>,
  ask: (call: CallId) => Outcome<MediaStats>,
  now: () => Millis,
): Pick<Client, Exclude<Extract<keyof Client, `${string}$`>, 'dial$' | 'lamp$' | 'mailbox$' | 'level$'>> {
  const session$ = select(state$, ({ session }) => session);
  const event$ = turn$.pipe(concatMap(({ events }) => events));
  // By `turn$`: a 180 is sent after the subscribers of an incoming call have run.
  const ringing$ = selectShared(state$, ringingCalls(), turn$.pipe(map(({ state }) => state)));
  const call$ = callsOf(state$);
  const stats$ = statsOf(state$, call$, ask);
  return {
    session$,
    call$,
    stats$,
    device$: select(session$, ({ devices }) => devices),
    incoming$: eachOnce(ringing$, ({ id }) => id),
    callEvent$: event$.pipe(concatMap(event => (event._tag === 'call' ? [event.event] : []))),
    message$: event$.pipe(concatMap(event => (event._tag === 'text' ? [event.message] : []))),
    quality$: qualityOf(state$, stats$, snapshot(state$).callReducer?.rating, now),
    fault$: merge(event$.pipe(concatMap(event => (event._tag === 'fault' ? [event.fault] : []))), others$),
  };
}

/** One stream per call id while the call is known. */
function perCall<A>(
  state$: Observable<State>,
  unknown$: Observable<A>,
  make: (id: CallId) => Observable<A>,
): (id: CallId) => Observable<A> {
  const streams = new Map<CallId, Observable<A>>();
  return id => {
    const state = snapshot(state$);
    [...streams.keys()].filter(known => callOf(state, known) === undefined).forEach(gone => streams.delete(gone));
    if (callOf(state, id) === undefined) return unknown$;
    const known = streams.get(id) ?? make(id);
    streams.set(id, known);
    return known;
  };
}

function callsOf(state$: Observable<State>): Client['call$'] {
  return perCall(state$, of(undefined), id =>
    selectShared(state$, now => callOf(now, id)).pipe(takeWhile(isLive, true)),
  );
}

/** Polling interval of statistics. */
const statsIntervalMs = 1_000;

/** One poll for all subscribers, and none without subscribers. */
function statsOf(
  state$: Observable<State>,
  call$: Client['call$'],
  ask: (call: CallId) => Outcome<MediaStats>,
): Client['stats$'] {
  return perCall(state$, EMPTY, id =>
    timer(0, statsIntervalMs).pipe(
      // One request at a time.
      exhaustMap(() => ask(id)),
      concatMap(sample => (isLeft(sample) ? [] : [sample.right])),
      takeUntil(call$(id).pipe(ignoreElements(), endWith(undefined))),
      share(),
    ),
  );
}

/**
 * A fold over what is measured anyway: it begins anew with the first viewer, and shows the latest to the others.
 *
 *     stats$    ^s----s----s-!
 *     quality$  uq----q----q-     u  nothing measured
 */
function qualityOf(
  state$: Observable<State>,
  stats$: Client['stats$'],
  rating: SingleCallReducer['rating'] | undefined,
  now: () => Millis,
): Client['quality$'] {
  return perCall(state$, of(unmeasured), id =>
    rating === undefined
      ? of(unmeasured)
      : stats$(id).pipe(
          timestamp({ now }),
          map(({ value, timestamp: at }): Sample => ({
            stats: value,
            at,
            ...mediaStateOf(callOf(snapshot(state$), id)),
          })),
          scan(rating.next, rating.begin),
          map(({ quality }) => quality),
          share({ connector: () => new BehaviorSubject<Quality>(unmeasured) }),
          distinctUntilChanged(),
        ),
  );
}

function mediaStateOf(call: Call | undefined): Pick<Sample, 'talking' | 'flowing'> {
  return {
    talking: call?.status === 'active' && !call.hold.local && !call.hold.remote,
    flowing: call?.media === 'flowing',
  };
}

function isLive(call: Call | undefined): boolean {
  return call !== undefined && call.status !== 'terminated';
}
/** Selects the ringing calls: the same list as long as it has the same calls. */
function ringingCalls(): (state: State) => readonly Call[] {
  let last: readonly Call[] = [];
  return ({ session }) => {
    const ringing = session.calls.filter(rings);
    const isSame = ringing.length === last.length && ringing.every((call, index) => call === last[index]);
    if (!isSame) last = ringing;
    return last;
  };
}

function rings({ direction, status }: Call): boolean {
  return direction === 'incoming' && status === 'ringing';
}

/** Level of all calls or of one, also after its connection was replaced. */
export function levelOf(state$: Observable<State>, devices: DevicePort | undefined): Client['level$'] {
  return (side, options) => {
    const { call } = given(options);
    const level$ = (ear: Ear): Observable<number> => devices?.level$?.(ear) ?? EMPTY;
    if (call === undefined || devices?.level$ === undefined) return level$({ side });
    return state$.pipe(
      map(({ calls }) => calls.get(call)?.mediaId ?? call),
      distinctUntilChanged(),
      switchMap(heard => level$({ side, call: heard })),
    );
  };
}
