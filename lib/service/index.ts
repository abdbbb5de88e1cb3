import type { CallId } from '../call/model.js';
import type { Calling } from '../call/port.js';
import { callRoom } from '../call/room.js';
import type { Conversing } from '../conversation/port.js';
import { createMessaging } from '../conversation/room.js';
import { createAdapter } from './adapter.js';
import { check } from './checks.js';
import type { ServiceOptions } from './options.js';
import { endpointsOf } from './regions.js';

export type { ServiceOptions } from './options.js';
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

/**
 * A line to a conversation service, for `conversations:` and `calling:` of `createClient`: the hosted one, or one of your
 * own. The same value in both places is opened once.
 *
 * Nothing happens until the client opens it. Throws a `TypeError` on a URL that can't be one, or would send tokens in
 * clear over a network.
 */
export const service = (options: ServiceOptions): Service => {
  const endpoints = endpointsOf(options);
  const idempotent = options.idempotencyKeys ?? options.apiUrl !== undefined;
  const connections = new Map<CallId, RTCPeerConnection>();
  return {
    id: options.id ?? 'service',
    // It takes the orders of both, and tells what both want to hear.
    open: (context => createAdapter({ options, endpoints, idempotent, connections }, context)) as Service['open'],
    check,
    idempotent,
    receipts: options.receipts ?? true,
    ...(options.outbox === undefined ? {} : { outbox: options.outbox }),
    createMessaging,
    callRoom,
    traits: {
      outlivesLine: true,
      mediaLost: options.autoReconnectMedia === true ? 'restart' : 'wait',
      keys: 'together',
    },
    peerConnectionOf: call => connections.get(call),
  };
};
