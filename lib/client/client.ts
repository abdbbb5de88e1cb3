import { distinctUntilChanged, EMPTY, map, merge, Subscription } from 'rxjs';
import type { Call, CallId } from '../call/model.js';
import type { Calling, CallingOrder, CallingReport } from '../call/calling.js';
import type {
  ConversationReport,
  Conversing,
  ConversingOrder,
  ConversingReport,
  LineNews,
  Messaging,
} from '../conversation/port.js';
import { isLeft, left, right } from '../core/either.js';
import { fault } from '../core/fault.js';
import { createStore, createSerialQueue, createDeferredDispatch } from '../core/store.js';
import type { Adapter, Outcome } from '../core/port.js';
import { compact } from '../core/compact.js';
import type { Moment } from '../core/transition.js';
import { given } from './arguments.js';
import type { Command } from './command.js';
import { createDial } from './dial.js';
import type { Client, ClientOptions, CreateClient, DeviceChoice, ForCall, InviteOptions } from './model.js';
import { conversationOf, lineUse, newState, type State, type Input, type Order, policyOf } from './state.js';
import { stepClient } from './step.js';
import { streamsOf, levelOf } from './streams.js';
import { createSubscriptions } from './subscriptions.js';
import { isNews } from '../line/step.js';
import { platform } from './platform.js';

/**
 * A client over these lines. Nothing happens before `connect()`.
 *
 * Throws a `TypeError` when two lines have the same id, or there is none: that is a programmer's error.
 */
export const createClient: CreateClient = (options: ClientOptions): Client & Messaging => {
  const { calling = [], conversations, devices } = options;
  // A port in both options is one line.
  const ports = [
    ...new Set<Calling | Conversing>([...calling, ...(conversations === undefined ? [] : [conversations])]),
  ];
  checkLines(ports.map(({ id }) => id));
  const { now, random, newId } = platform(options);
  const context = { newId, ...compact({ media: devices?.media }) };
  // Each line gets only the orders of its own kind.
  const lines = new Map(ports.map(port => [port.id, port.open(context) as Adapter<LineWish, LineWord>]));
  const lane = createSerialQueue();
  const moment = (): Moment => ({ at: now(), random: random() });

  const loop = createStore({
    initial: newState([...lines.keys()], calling, policyOf(options)),
    step: stepClient,
    perform: (order: Order) => {
      perform(order);
    },
    moment,
    lane,
  });

  const room = conversations?.createMessaging({
    port: conversations,
    lane,
    moment,
    newId,
    perform: order => {
      lines.get(conversations.id)?.perform(order);
    },
    conversationOf: call => conversationOf(loop.now(), call),
  });
  // The conversation store lives as long as the client, and follows its line.
  if (room !== undefined)
    loop.turn$
      .pipe(
        map(({ state }) => newsOf(state, conversations?.id)),
        distinctUntilChanged(sameNews),
      )
      .subscribe(news => {
        room.line(news);
      });

  const watched = createSubscriptions(calling, loop, {
    lane,
    moment,
    newId,
    perform: (line, order) => {
      lines.get(line)?.perform(order);
    },
  });

  const door = createDeferredDispatch<() => void>(pass => {
    pass();
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

  // Subscriptions to the adapters, from `start` to `stop`.
  const start = (): void => {
    if (links.closed) {
      links = new Subscription();
      lines.forEach(({ report$ }, line) => {
        links.add(
          report$.subscribe(report => {
            door.dispatch(() => {
              if (isOfConversations(report)) room?.hear(report);
              else if (!watched.hear(line, report) && (report._tag !== 'heard' || isHeeded(line)))
                loop.dispatch({ _tag: 'from-line', line, report });
            });
          }),
        );
      });
    }
    platformLink.unsubscribe();
    platformLink =
      devices?.report$.subscribe(report => {
        door.dispatch(() => {
          loop.dispatch({ _tag: 'from-platform', report });
        });
      }) ?? Subscription.EMPTY;
  };

  const isHeeded = (id: string): boolean => {
    const line = loop.now().lines.get(id);
    return line !== undefined && isNews(line, now());
  };

  const stop = (): void => {
    links.unsubscribe();
    loop.quiet();
  };

  const toPlatform = (order: Extract<Order, { readonly _tag: 'to-platform' }>['order']): void => {
    if (devices !== undefined) devices.perform(order);
    else if ('ref' in order)
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

  const streams = streamsOf(
    loop,
    merge(room?.fault$ ?? EMPTY, watched.fault$),
    call => run({ _tag: 'stats', call }),
    now,
  );

  const settings = (choice: Extract<Command, { readonly _tag: 'choose' }>, options?: ForCall): Outcome<undefined> => {
    const { call } = given(options);
    return run<unknown>(
      call === undefined || choice.side === 'ringer' ? choice : { ...choice, _tag: 'adjust', call },
    ).pipe(map(outcome => (isLeft(outcome) ? outcome : right(undefined))));
  };

  const invite = (call: CallId, target: string, options?: InviteOptions): Outcome<Call> => {
    const { via, context, headers = {} } = given(options);
    return run({
      _tag: 'invite',
      call,
      target,
      headers,
      ...compact({ via, context }),
    });
  };

  const message: Client['message'] = (target, body, options) => {
    const { via, contentType = 'text/plain', headers = {} } = given(options);
    return run({ _tag: 'message', target, body, contentType, headers, ...compact({ via }) });
  };

  const dial$: Client['dial$'] = (target, options) =>
    createDial({
      newId,
      invite: call => invite(call, target, options),
      call$: streams.call$,
      withdraw: call => {
        loop.dispatch({ _tag: 'command', ref: newId(), command: { _tag: 'withdraw', call } });
      },
    });

  const askPermission = (): Outcome<undefined> => run({ _tag: 'askPermission' });

  return {
    connect: connecting(input => {
      door.defer();
      loop.dispatch(input);
    }),
    ...(room?.messaging as Messaging),
    ...streams,
    lamp$: watched.lamp$,
    mailbox$: watched.mailbox$,
    level$: levelOf(loop.state$, devices),
    dial$,
    invite: (target, options) => invite(newId(), target, options),
    answer: call => run({ _tag: 'answer', call }),
    reject: (call, options) => run({ _tag: 'reject', call, statusCode: given(options).statusCode ?? 486 }),
    hangup: (call, because) => run({ ...given(because), _tag: 'hangup', call }),
    hold: call => run({ _tag: 'hold', call, on: true }),
    unhold: call => run({ _tag: 'hold', call, on: false }),
    mute: (call, on) => run({ _tag: 'mute', call, on }),
    earmuff: (call, on) => run({ _tag: 'earmuff', call, on }),
    dtmf: (call, tones) => run({ _tag: 'dtmf', call, tones }),
    say: (call, speech) => run({ _tag: 'say', call, speech: typeof speech === 'string' ? { text: speech } : speech }),
    transfer: (call, to) => run({ _tag: 'transfer', call, to: typeof to === 'string' ? { target: to } : to }),
    swap: (a, b) => run({ _tag: 'swap', calls: [a, b] }),
    consent: (call, yes) => run({ _tag: 'consent', call, yes, next: newId() }),
    message,
    doNotDisturb: on => run({ _tag: 'doNotDisturb', on }),
    reconnectCall: (name, options) => {
      const { via } = given(options);
      return run({ _tag: 'reconnectCall', call: newId(), name, ...compact({ via }) });
    },
    chooseInput: (id, options) => settings({ _tag: 'choose', side: 'input', patch: preferred(id) }, options),
    chooseOutput: (id, options) => settings({ _tag: 'choose', side: 'output', patch: preferred(id) }, options),
    chooseRinger: id => settings({ _tag: 'choose', side: 'ringer', patch: preferred(id) }),
    setVolume: (side, volume, options) => settings({ _tag: 'choose', side, patch: { volume } }, options),
    setProcessing: (processing, options) => settings({ _tag: 'choose', side: 'input', patch: { processing } }, options),
    askPermission,
    unlockAudio: () => run({ _tag: 'unlockAudio' }),
    reconnect: () => run({ _tag: 'reconnect' }),
  };
};

function isList(choice: string | readonly string[]): choice is readonly string[] {
  return Array.isArray(choice);
}

/** The preferred device, and the alternatives in order. */
function preferred(choice: DeviceChoice): { readonly id: string | undefined; readonly others: readonly string[] } {
  const wanted = choice ?? [];
  // An invalid choice is refused when the command is checked.
  const [id, ...others] = isList(wanted) ? wanted : [wanted];
  return { id, others };
}

/** Orders and reports of all kinds of lines. */
type LineWish = CallingOrder | ConversingOrder;
type LineWord = CallingReport | ConversingReport;

function isOfConversations(report: LineWord): report is ConversationReport {
  return (
    report._tag === 'event' || report._tag === 'answered' || report._tag === 'updated' || report._tag === 'deleted'
  );
}

/** State of the line for the conversation store. */
function newsOf({ connected, lines }: State, id = ''): LineNews {
  const line = lines.get(id);
  const use = lineUse(line);
  const wanted = connected === 'yes';
  return {
    wanted,
    up: wanted && use === 'up',
    coming: wanted && use === 'recovering',
    ...compact({ user: line?.line.user }),
  };
}

function sameNews(a: LineNews, b: LineNews): boolean {
  return a.wanted === b.wanted && a.up === b.up && a.coming === b.coming && a.user?.id === b.user?.id;
}

function checkLines(ids: readonly string[]): void {
  if (ids.length === 0) throw new TypeError('createClient: there is no line, neither `calling` nor `conversations`');
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new TypeError(`createClient: two lines have the id ${JSON.stringify(twice)}`);
}

/** The lines are shared: the first `connect` opens them, the last one closes them. */
function connecting(dispatch: (input: Input) => void): () => Subscription {
  let holders = 0;
  return (): Subscription => {
    holders += 1;
    dispatch({ _tag: 'connect' });
    return new Subscription(() => {
      holders -= 1;
      if (holders === 0) dispatch({ _tag: 'disconnect' });
    });
  };
}
