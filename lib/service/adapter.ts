import { Observable, Subject, Subscription, share } from 'rxjs';
import type { CallingContext, CallingOrder, CallingReport, TextOrder } from '../call/calling.js';
import type { WatchOrder } from '../subscriptions/port.js';
import type { ConversingOrder, ConversingReport } from '../conversation/port.js';
import { left } from '../core/either.js';
import { fault } from '../core/fault.js';
import type { Adapter, Ref } from '../core/port.js';
import { createRequestSender } from './request-sender.js';
import type { Carry } from './calls/calls.js';
import { createConnection } from './connection.js';
import { thrown } from './failure.js';
import type { MessagingOptions } from './options.js';
import type { Endpoints } from './regions.js';
import { createRest } from './rest.js';
import { createKeyring, createIdentity } from './token.js';

type Settings = {
  readonly options: MessagingOptions;
  readonly endpoints: Endpoints;
  readonly idempotent: boolean;
  /** Adds calls to the line. */
  readonly carry?: Carry;
  /** By which the service knows this page, where it is to ring for calls. */
  readonly instance?: string;
};

/** Orders that the service does not support; the adapter's traits exclude them. */
type Order = ConversingOrder | Exclude<CallingOrder, WatchOrder | TextOrder>;
type Report = ConversingReport | CallingReport;

/**
 * One line to a conversation service as a port, for conversations and for calls. `report$` is started by its subscriber,
 * who owns what comes of it; who we are there outlives it, so that the next one resumes the session.
 */
export function createAdapter(
  { options, endpoints, idempotent, carry, instance }: Settings,
  { newId, media }: CallingContext,
): Adapter<Order, Report> {
  const { token, sessionId, webSocket, fetch } = options;
  const reports = new Subject<Report>();
  const report = (told: Report): void => {
    reports.next(told);
  };
  const keyring = createKeyring(token);
  const identity = createIdentity(sessionId);
  const rest = createRest({
    api: endpoints.api,
    idempotencyKeys: idempotent,
    token: keyring.current,
    hide: keyring.hide,
    ...(fetch === undefined ? {} : { fetch }),
  });
  const inquiry = createRequestSender({
    rest,
    keyring,
    identity,
    survive: survived => {
      report({ _tag: 'fault', fault: survived });
    },
  });
  const calls = carry?.({
    newId,
    ...(media === undefined ? {} : { media }),
    identity,
    meIn: inquiry.meIn,
    rest,
    refresh: inquiry.refresh,
    report,
  });
  const connection = createConnection({
    dialling: { instance, url: endpoints.socket, ...(webSocket === undefined ? {} : { webSocket }) },
    keyring,
    identity,
    newId,
    report,
    hear: calls?.hear ?? (() => undefined),
    refresh: inquiry.refresh,
  });

  let asking = new Subscription();
  const underway = new Map<Ref, Subscription>();
  const orders: {
    readonly [Tag in ConversingOrder['_tag']]: (order: Extract<ConversingOrder, { _tag: Tag }>) => void;
  } = {
    open: connection.open,
    close: connection.close,
    register: ({ ref }) => {
      connection.register(ref);
    },
    unregister: ({ ref }) => {
      connection.unregister(ref);
    },
    probe: ({ ref }) => {
      connection.probe(ref);
    },
    ask: ({ ref, request }) => {
      // Requests belong to the subscription of `report$`: unsubscribing aborts them.
      const asked = inquiry.ask(request).subscribe(result => {
        report({ _tag: 'answered', ref, result });
      });
      asking.add(asked);
      if (asked.closed) return;
      underway.set(ref, asked);
      asked.add(() => underway.delete(ref));
    },
    abandon: ({ ref }) => {
      underway.get(ref)?.unsubscribe();
    },
  };

  const perform = (order: Order): void => {
    if ('call' in order) {
      calls?.perform(order);
      return;
    }
    try {
      (orders[order._tag] as (order: ConversingOrder) => void)(order);
    } catch (error: unknown) {
      const failure = { fault: fault('internal', thrown(error)) };
      report({ _tag: 'fault', fault: failure.fault });
      if (order._tag === 'ask') report({ _tag: 'answered', ref: order.ref, result: left(failure) });
    }
  };

  let running = false;
  const started$ = new Observable<Report>(subscriber => {
    running = true;
    asking = new Subscription();
    // The one who subscribes owns the line: what is left of it is released in the turn in which he goes.
    const heard = reports.subscribe(subscriber);
    return () => {
      running = false;
      heard.unsubscribe();
      asking.unsubscribe();
      calls?.release();
      connection.release();
    };
  });
  return {
    report$: started$.pipe(share()),
    perform: order => {
      if (running) perform(order);
    },
  };
}
