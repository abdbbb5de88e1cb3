import { concatMap, map, merge, of, Subscription, take, takeWhile, type Observable } from 'rxjs';
import type { Call, CallId } from '../call/model.js';
import type { CallingOrder, CallingReport } from '../call/port.js';
import { isLeft, left, right } from '../kernel/either.js';
import { fault } from '../kernel/fault.js';
import { createHush } from '../kernel/hush.js';
import { createLoop, type Loop } from '../kernel/loop.js';
import type { Outcome } from '../kernel/outcome.js';
import type { Adapter } from '../kernel/port.js';
import { snapshot } from '../kernel/snapshot.js';
import { eachOnce, select } from '../kernel/streams.js';
import type { Command } from './command.js';
import type { Event, Input, Order } from './input.js';
import type { Client, ClientOptions } from './model.js';
import { platform } from './platform.js';
import { callOf, newState, type State } from './state.js';
import { stepClient } from './step.js';

/**
 * A client over these lines. Nothing happens before `connect()`.
 *
 * Throws a `TypeError` when two lines have the same id, or there is none: that is a programmer's error.
 */
export const createClient = (options: ClientOptions): Client => {
  const { calling, devices, linger = 3_000, noAnswer = {} } = options;
  checkLines(calling.map(({ id }) => id));
  const { now, random, newId } = platform(options);
  const context = { newId, ...(devices === undefined ? {} : { media: devices.media }) };
  const lines = new Map<string, Adapter<CallingOrder, CallingReport>>(
    calling.map(line => [line.id, line.open(context)]),
  );
  const limits = { linger, outgoing: noAnswer.outgoing ?? 180_000, incoming: noAnswer.incoming ?? 60_000 };

  const loop = createLoop({
    initial: newState([...lines.keys()], limits),
    step: stepClient,
    perform: (order: Order) => {
      perform(order);
    },
    moment: () => ({ at: now(), dice: random() }),
  });

  const door = createHush<Input>(input => {
    loop.dispatch(input);
  });
  let links = Subscription.EMPTY;
  let platformLink = Subscription.EMPTY;

  const perform = (order: Order): void => {
    if (order._tag === 'to-line') lines.get(order.line)?.perform(order.order);
    else if (order._tag === 'to-platform') toPlatform(order.order);
    else if (order._tag === 'start') start();
    else if (order._tag === 'release') platformLink.unsubscribe();
    else stop();
  };

  // These subscriptions are the client's hold on the world: `connect()` owns them.
  const start = (): void => {
    if (links.closed) {
      links = new Subscription();
      lines.forEach(({ report$ }, line) => {
        links.add(
          report$.subscribe(report => {
            door.hear({ _tag: 'from-line', line, report });
          }),
        );
      });
    }
    platformLink.unsubscribe();
    platformLink =
      devices?.report$.subscribe(report => {
        door.hear({ _tag: 'from-platform', report });
      }) ?? Subscription.EMPTY;
  };

  const stop = (): void => {
    links.unsubscribe();
    loop.quiet();
  };

  const toPlatform = (order: Extract<Order, { readonly _tag: 'to-platform' }>['order']): void => {
    if (devices !== undefined) devices.perform(order);
    else
      loop.dispatch({
        _tag: 'from-platform',
        report: { _tag: 'done', ref: order.ref, result: left({ fault: fault('unsupported') }) },
      });
  };

  const run = <A>(command: Command): Outcome<A> => {
    const ref = newId();
    const outcome = loop.outcome<A>(ref);
    loop.dispatch({ _tag: 'command', ref, command });
    return outcome;
  };

  const settings = (
    choice: Extract<Command, { readonly _tag: 'choose' }>,
    call: CallId | undefined,
  ): Outcome<undefined> =>
    run<unknown>(call === undefined ? choice : { ...choice, _tag: 'adjust', call }).pipe(
      map(outcome => (isLeft(outcome) ? outcome : right(undefined))),
    );

  return {
    connect: connecting(input => {
      door.hush();
      loop.dispatch(input);
    }),
    ...streams(loop),
    invite: (target, { via, context, headers = {} } = {}) =>
      run({
        _tag: 'invite',
        call: newId(),
        target,
        headers,
        ...(via === undefined ? {} : { via }),
        ...(context === undefined ? {} : { context }),
      }),
    answer: call => run({ _tag: 'answer', call }),
    reject: (call, { statusCode = 486 } = {}) => run({ _tag: 'reject', call, statusCode }),
    hangup: (call, because = {}) => run({ _tag: 'hangup', call, ...because }),
    hold: call => run({ _tag: 'hold', call, on: true }),
    unhold: call => run({ _tag: 'hold', call, on: false }),
    mute: (call, on) => run({ _tag: 'mute', call, on }),
    earmuff: (call, on) => run({ _tag: 'earmuff', call, on }),
    dtmf: (call, tones) => run({ _tag: 'dtmf', call, tones }),
    chooseInput: (id, { call } = {}) => settings({ _tag: 'choose', side: 'input', patch: { id } }, call),
    chooseOutput: (id, { call } = {}) => settings({ _tag: 'choose', side: 'output', patch: { id } }, call),
    setVolume: (side, volume, { call } = {}) => settings({ _tag: 'choose', side, patch: { volume } }, call),
    setProcessing: (processing, { call } = {}) =>
      settings({ _tag: 'choose', side: 'input', patch: { processing } }, call),
    askPermission: () => run({ _tag: 'askPermission' }),
    reconnect: () => run({ _tag: 'reconnect' }),
  };
};

const checkLines = (ids: readonly string[]): void => {
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new TypeError(`createClient: two lines have the id ${JSON.stringify(twice)}`);
};

/** The lines are shared: the first `connect` opens them, the last one closes them. */
const connecting = (dispatch: (input: Input) => void): (() => Subscription) => {
  let holders = 0;
  return (): Subscription => {
    holders += 1;
    dispatch({ _tag: 'connect' });
    return new Subscription(() => {
      holders -= 1;
      if (holders === 0) dispatch({ _tag: 'disconnect' });
    });
  };
};

/** The public streams: selections of the one state, and the events of its turns. */
const streams = ({
  state$,
  turn$,
}: Loop<State, Input, Event>): Pick<
  Client,
  'session$' | 'call$' | 'device$' | 'incoming$' | 'callEvent$' | 'fault$'
> => {
  const session$ = select(state$, ({ session }) => session);
  const event$ = turn$.pipe(concatMap(({ events }) => events));
  const settled$ = merge(state$.pipe(take(1)), turn$.pipe(map(({ state }) => state)));
  return {
    session$,
    call$: callStreams(state$),
    device$: select(session$, ({ devices }) => devices),
    incoming$: eachOnce(settled$.pipe(map(({ session }) => session.calls.filter(rings))), ({ id }) => id),
    callEvent$: event$.pipe(concatMap(event => (event._tag === 'call' ? [event.event] : []))),
    fault$: event$.pipe(concatMap(event => (event._tag === 'fault' ? [event.fault] : []))),
  };
};

/** One stream per call, the same one whenever it is asked for, as long as the call is known. */
const callStreams = (state$: Observable<State>): Client['call$'] => {
  const unknown$ = of(undefined);
  const streams = new Map<CallId, Observable<Call | undefined>>();
  return id => {
    const state = snapshot(state$);
    [...streams.keys()].filter(known => callOf(state, known) === undefined).forEach(gone => streams.delete(gone));
    if (callOf(state, id) === undefined) return unknown$;
    const known = streams.get(id) ?? select(state$, now => callOf(now, id)).pipe(takeWhile(isLive, true));
    streams.set(id, known);
    return known;
  };
};

const isLive = (call: Call | undefined): boolean => call !== undefined && call.status !== 'terminated';
const rings = ({ direction, status }: Call): boolean => direction === 'incoming' && status === 'ringing';
