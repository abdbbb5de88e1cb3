import { EMPTY, of, type Observable } from 'rxjs';
import type { Calling, CallingReport } from '../call/calling.js';
import { fault, type Fault, type FaultCode } from '../core/fault.js';
import type { Store } from '../core/store.js';
import type { Done } from '../core/port.js';
import { select } from '../core/streams.js';
import type { Lamp, Mailbox } from '../subscriptions/model.js';
import type { Watching, WatchingContext, WatchReport } from '../subscriptions/port.js';
import { given, isText } from './arguments.js';
import type { Client } from './model.js';
import { lineUse, type State, type Event, type Input } from './state.js';

/** The client's side of subscriptions. */
type Subscriptions = Pick<Client, 'lamp$' | 'mailbox$'> & {
  readonly fault$: Observable<Fault>;
  /** Takes a report; returns true where it belongs to a subscription. */
  readonly hear: (line: string, report: CallingReport) => boolean;
};

const unwatchable = { state: 'unknown', dialogs: [], watching: 'no' } as const;

/** Emits the fault where the subscription is impossible. */
function noLamp(uri: string, code: FaultCode): Observable<Lamp> {
  return of({ uri, ...unwatchable, fault: fault(code) });
}
function noMailbox(uri: string, code: FaultCode): Observable<Mailbox> {
  return of({ uri, waiting: false, counts: {}, watching: 'no', fault: fault(code) });
}

/** Without a line that can SUBSCRIBE every subscription is `unsupported`. */
const nothing: Subscriptions = {
  lamp$: uri => noLamp(uri, 'unsupported'),
  mailbox$: (uri = '') => noMailbox(uri, 'unsupported'),
  fault$: EMPTY,
  hear: () => false,
};

/** State of a line for SUBSCRIBE; `leaving`: only unsubscribing is possible. */
function availabilityOf({ connected, lines }: State, id: string): 'up' | 'leaving' | 'away' {
  const line = lines.get(id);
  if (line?.phase === 'draining') return 'leaving';
  return connected === 'yes' && lineUse(line) === 'up' ? 'up' : 'away';
}

function isOf(room: Watching, report: CallingReport): report is WatchReport | Done {
  return report._tag === 'notified' || (report._tag === 'done' && room.owns(report.ref));
}

/** The subscription store; it lives as long as the client. */
export function createSubscriptions(
  calling: readonly Calling[],
  { state$ }: Store<State, Input, Event>,
  context: WatchingContext,
): Subscriptions {
  const watchers = calling.filter(({ createWatching }) => createWatching !== undefined);
  const room = watchers[0]?.createWatching?.(context);
  if (room === undefined) return nothing;

  watchers.forEach(({ id: line }) => {
    select(state$, state => availabilityOf(state, line)).subscribe(standing => {
      room.line({ line, up: standing === 'up', leaving: standing === 'leaving' });
    });
  });

  const lineOf = (via: string | undefined): string | undefined =>
    watchers.find(({ id }) => via === undefined || id === via)?.id;
  return {
    lamp$: (uri, options) => {
      const line = lineOf(given(options).via);
      // An empty address means our own, which only `mailbox$` allows.
      if (!isText(uri) || uri.trim() === '') return noLamp('', 'invalid-target');
      return line === undefined ? nothing.lamp$(uri) : room.lamp$(line, uri);
    },
    mailbox$: (uri = '', options) => {
      const line = lineOf(given(options).via);
      if (!isText(uri)) return noMailbox('', 'invalid-target');
      return line === undefined ? nothing.mailbox$(uri) : room.mailbox$(line, uri);
    },
    fault$: room.fault$,
    hear: (line, report) => {
      const isOurs = isOf(room, report);
      if (isOurs) room.hear(line, report);
      return isOurs;
    },
  };
}
