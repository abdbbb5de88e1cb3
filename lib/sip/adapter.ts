import type { OutgoingRequestMessage } from 'sip.js/lib/core/index.js';
import { Observable, Subject, share } from 'rxjs';
import { left } from '../core/either.js';
import type { Adapter } from '../core/port.js';
import type { CallingContext, CallingOrder, CallingReport } from '../call/calling.js';
import { plainMedia } from '../rtc/media.js';
import { createAccount } from './account.js';
import type { Agent } from './agent.js';
import { createConnection, type Connection } from './connection.js';
import { createAuthenticator } from './authentication.js';
import { createCore } from './core.js';
import { createKeyring } from './credentials.js';
import { drift } from './drift.js';
import { receiveInvite } from './incoming.js';
import { LINE, failed, type PendingOrders } from './ledger.js';
import { createPendingRequests } from '../core/pending-requests.js';
import type { SipOptions } from './options.js';
import { createPerformer } from './orders.js';
import { createReceiver } from './receive.js';
import { receiveText } from './text.js';

type Parts = {
  readonly reports: Observable<CallingReport>;
  readonly perform: (order: CallingOrder) => void;
  readonly release: () => void;
};

const guarding =
  (report: Agent['report']): Agent['guard'] =>
  (action, { call, settle } = {}) => {
    try {
      action();
    } catch (cause: unknown) {
      const failure = failed('internal', { cause });
      report({ _tag: 'fault', ...(call === undefined ? {} : { call }), fault: failure.fault });
      settle?.(left(failure));
    }
  };

/** Everything that hangs together; nothing of it happens before the first order. */
const assemble = (options: SipOptions, context: CallingContext): Parts => {
  const { media, newId } = context;
  const reports = new Subject<CallingReport>();
  const report: Agent['report'] = told => {
    reports.next(told);
  };
  const guard = guarding(report);
  const pending: PendingOrders = createPendingRequests((ref, result) => {
    report({ _tag: 'done', ref, result });
  });
  const account = createAccount(options, context);
  const keyring = createKeyring(options.credentials);
  const withdrawn = new WeakSet<OutgoingRequestMessage>();
  const connection: Connection = createConnection(options, {
    report,
    onFrame: frame => {
      receive(frame);
    },
    onClosed: () => {
      pending.answerAll(owner => owner === LINE, left(failed('line-lost')));
    },
    onGone: () => {
      for (const call of agent.calls.values()) drift(agent, call);
    },
  });
  const authenticator = createAuthenticator({ keyring, isWithdrawn: request => withdrawn.has(request) });
  const core = createCore(
    { account, authenticator, secure: /^wss:/i.test(options.server), send: connection.send },
    {
      onInvite: request => {
        receiveInvite(agent, request);
      },
      onMessage: request => {
        receiveText(agent, request);
      },
    },
  );
  const agent: Agent = {
    options,
    account,
    keyring,
    authenticator,
    core,
    pending,
    media: media ?? plainMedia(options.userMedia),
    newId,
    calls: new Map(),
    departed: new Map(),
    counts: new Set(),
    watches: new Map(),
    withdrawn,
    report,
    guard,
  };
  const receive = createReceiver(agent, connection.send);
  return {
    reports,
    perform: createPerformer(agent, connection),
    release: () => {
      for (const { life } of agent.calls.values()) life.unsubscribe();
      agent.calls.clear();
      agent.departed.clear();
      agent.watches.clear();
      for (const count of agent.counts) count.unsubscribe();
      agent.counts.clear();
      pending.drop();
      core.dispose();
      connection.release();
    },
  };
};

/**
 * One SIP line as a port. `report$` is started by its subscriber and carries on where it was when it is started again:
 * the user agent is the same for the life of the adapter.
 */
export const createAdapter = (options: SipOptions, context: CallingContext): Adapter<CallingOrder, CallingReport> => {
  const { reports, perform, release } = assemble(options, context);
  let running = false;
  const started$ = new Observable<CallingReport>(subscriber => {
    running = true;
    // The one who subscribes owns the line: what is left of it is released in the turn in which he goes.
    const heard = reports.subscribe(subscriber);
    return () => {
      running = false;
      heard.unsubscribe();
      release();
    };
  });
  return {
    report$: started$.pipe(share()),
    perform: order => {
      if (running) perform(order);
    },
  };
};
