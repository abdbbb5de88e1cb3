import { type OutgoingRequestMessage, IncomingRequestMessage } from './sipjs.js';
import { Observable, Subject, share } from 'rxjs';
import { left } from '../core/either.js';
import type { Adapter } from '../core/port.js';
import type { CallingContext, CallingOrder, CallingReport } from '../call/calling.js';
import { plainMedia } from '../rtc/media.js';
import { createAccount } from './account.js';
import { type SipContext, LINE, failed, type PendingOrders } from './context.js';
import { createConnection, type Connection } from './connection.js';
import { createAuthenticator, createKeyring, withChallenges } from './authentication.js';
import { createCore, SUPPORTED, type Send } from './core.js';
import { receiveInvite } from './incoming.js';
import { createPendingRequests } from '../core/pending-requests.js';
import type { SipOptions } from './options.js';
import { createPerformer } from './orders.js';
import { receiveText } from './text.js';
import { socketLost } from './reinvite.js';
import { fault } from '../core/fault.js';
import { gate, type Gated } from './gate.js';
import type { SipMessage } from './message.js';
import { parse } from './parse.js';
import { rememberTarget } from './remote-target.js';
import { receiveNotify } from './subscription.js';
import { receiveUpdate } from './remote-offer.js';

type Parts = {
  readonly reports: Observable<CallingReport>;
  readonly perform: (order: CallingOrder) => void;
  readonly release: () => void;
};

function guarding(report: SipContext['report']): SipContext['guard'] {
  return (action, { call, settle } = {}) => {
    try {
      action();
    } catch (cause: unknown) {
      const failure = failed('internal', { cause });
      report({ _tag: 'fault', ...(call === undefined ? {} : { call }), fault: failure.fault });
      settle?.(left(failure));
    }
  };
}

/** Connects the modules of the adapter. No I/O before the first order. */
function assemble(options: SipOptions, context: CallingContext): Parts {
  const { media, newId } = context;
  const reports = new Subject<CallingReport>();
  const report: SipContext['report'] = told => {
    reports.next(told);
  };
  const guard = guarding(report);
  const pending: PendingOrders = createPendingRequests((ref, result) => {
    report({ _tag: 'done', ref, result });
  });
  const account = createAccount(options, context);
  const keyring = createKeyring(options.credentials);
  const cancelledInvites = new WeakSet<OutgoingRequestMessage>();
  const connection: Connection = createConnection(options, {
    report,
    onFrame: frame => {
      receive(frame);
    },
    onClosed: () => {
      pending.answerAll(owner => owner === LINE, left(failed('line-lost')));
    },
    onGone: () => {
      for (const call of agent.calls.values()) socketLost(agent, call);
    },
  });
  const authenticator = createAuthenticator({ keyring, isWithdrawn: request => cancelledInvites.has(request) });
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
  const agent: SipContext = {
    options,
    account,
    keyring,
    authenticator,
    core,
    pending,
    media: media ?? plainMedia(options.userMedia),
    newId,
    calls: new Map(),
    endedOffline: new Map(),
    pendingStats: new Set(),
    watches: new Map(),
    cancelledInvites,
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
      agent.endedOffline.clear();
      agent.watches.clear();
      for (const count of agent.pendingStats) count.unsubscribe();
      agent.pendingStats.clear();
      pending.drop(() => true);
      core.dispose();
      connection.release();
    },
  };
}

/**
 * One SIP line as a port. `report$` is started by its subscriber and carries on where it was when it is started again:
 * the user agent is the same for the life of the adapter.
 */
export function createAdapter(options: SipOptions, context: CallingContext): Adapter<CallingOrder, CallingReport> {
  const { reports, perform, release } = assemble(options, context);
  let running = false;
  const started$ = new Observable<CallingReport>(subscriber => {
    running = true;
    // Unsubscribing releases calls, subscriptions and the socket synchronously.
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
}

type Verdicts = { readonly [Tag in Gated['_tag']]: (gated: Extract<Gated, { readonly _tag: Tag }>) => void };

/** Requests that sip.js does not know, or handles in another way than we need. */
const ours = new Map<string, (agent: SipContext, message: IncomingRequestMessage) => void>([
  ['UPDATE', receiveUpdate],
  ['NOTIFY', receiveNotify],
]);

/** Takes what comes in from the socket: through the gate and our parser to sip.js's transactions. Never throws. */
function createReceiver(agent: SipContext, send: Send): (frame: string | ArrayBuffer) => void {
  const { core, account, report } = agent;

  const malformed = (message: string, cause?: unknown): void => {
    report({ _tag: 'fault', fault: fault('malformed-frame', { message, ...(cause === undefined ? {} : { cause }) }) });
  };

  const deliver = (source: SipMessage): void => {
    const message = parse(source);
    if (message === undefined) malformed('A message that cannot be parsed was dropped.');
    else if (message instanceof IncomingRequestMessage) {
      const isNew = !core.userAgentServers.has(message.viaBranch);
      const receive = isNew ? ours.get(message.method) : undefined;
      if (receive !== undefined) receive(agent, message);
      else {
        if (message.method === 'INVITE') rememberTarget(core, message);
        core.receiveIncomingRequestFromTransport(message);
      }
    } else {
      withChallenges(message);
      core.receiveIncomingResponseFromTransport(message);
    }
  };

  const verdicts: Verdicts = {
    pass: ({ message }) => {
      deliver(message);
    },
    reply: ({ text }) => {
      send(text);
    },
    drop: ({ reason }) => {
      malformed(`A frame was dropped: ${reason}.`);
    },
    'keep-alive': () => undefined,
  };

  return frame => {
    try {
      const gated = gate(frame, {
        hasDialog: (callId, localTag, remoteTag) => core.dialogs.has(`${callId}${localTag}${remoteTag}`),
        viaHost: account.host,
        supported: SUPPORTED,
      });
      (verdicts[gated._tag] as (gated: Gated) => void)(gated);
    } catch (cause: unknown) {
      malformed('A message that could not be handled was dropped.', cause);
    }
  };
}
