import type { CallId } from '../call/model.js';
import type { Calling } from '../call/calling.js';
import { callReducer } from '../client/call-reducer.js';
import type { Conversing } from '../conversation/port.js';
import { createMessaging } from '../conversation/store.js';
import { compact } from '../core/compact.js';
import { createAdapter } from './adapter.js';
import { carrying, type Carry } from './calls/calls.js';
import { check } from './checks.js';
import { instanceUuid } from '../wire/instance.js';
import type { MessagingOptions, ServiceOptions } from './options.js';
import { endpointsOf } from './regions.js';

export type { MessagingOptions, ServiceOptions } from './options.js';
export type { Region } from './regions.js';

/** A line to a service that carries both: for `conversations:`, for `calling:`, or for both of one client. */
export type Service = Calling &
  Conversing & {
    /**
     * The peer connection of a call while it has one. Experimental: for what this library does not do, at your own risk;
     * what is changed on it, the call does not know of.
     */
    readonly peerConnectionOf: (call: CallId) => RTCPeerConnection | undefined;
  };

type Both = ReturnType<Conversing['open']> & ReturnType<Calling['open']>;

/**
 * A line to a conversation service, for `conversations:` and `calling:` of `createClient`: the hosted one, or one of your
 * own. The same value in both places is opened once.
 *
 * Nothing happens until the client opens it. Throws a `TypeError` on a URL that can't be one, or would send tokens in
 * clear over a network.
 */
export function service(options: ServiceOptions): Service {
  const connections = new Map<CallId, RTCPeerConnection>();
  const line = lineOf(options, {
    carry: carrying(options, connections),
    instance: context => options.instanceId ?? instanceUuid(context),
  });
  return {
    ...line,
    // Takes the orders of both adapters, and merges their reports.
    open: context => line.open(context) as Both,
    callReducer,
    traits: {
      outlivesLine: true,
      signalling: 'own',
      transfers: false,
      texts: false,
      mediaLost: options.autoReconnectMedia === true ? 'restart' : 'wait',
      keys: 'together',
    },
    peerConnectionOf: call => connections.get(call),
  };
}

/** The same without calls, for `conversations:` alone: a bundle that only talks has nothing of WebRTC in it. */
export function messaging(options: MessagingOptions): Conversing {
  return lineOf(options);
}

/** The parts of a line that carries calls. */
type Calls = { readonly carry: Carry; readonly instance: (context: object) => string };

function lineOf(options: MessagingOptions, calls?: Calls): Conversing {
  const endpoints = endpointsOf(options);
  const idempotent = options.idempotencyKeys ?? options.apiUrl !== undefined;
  return {
    id: options.id ?? 'service',
    open: context =>
      createAdapter(
        {
          options,
          endpoints,
          idempotent,
          ...compact({ carry: calls?.carry, instance: calls?.instance(context) }),
        },
        context,
      ) as ReturnType<Conversing['open']>,
    check,
    idempotent,
    receipts: options.receipts ?? true,
    ...(options.outbox === undefined ? {} : { outbox: options.outbox }),
    createMessaging,
  };
}
