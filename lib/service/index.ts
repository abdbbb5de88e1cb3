import type { Conversing } from '../conversation/port.js';
import { createMessaging } from '../conversation/room.js';
import { createAdapter } from './adapter.js';
import { check } from './checks.js';
import type { ServiceOptions } from './options.js';
import { endpointsOf } from './regions.js';

export type { ServiceOptions } from './options.js';
export type { Region } from './regions.js';

/**
 * A line to a conversation service, for `conversations:` of `createClient`: the hosted one, or one of your own.
 *
 * Nothing happens until the client opens it. Throws a `TypeError` on a URL that can't be one, or would send tokens in
 * clear over a network.
 */
export const service = (options: ServiceOptions): Conversing => {
  const endpoints = endpointsOf(options);
  const idempotent = options.idempotencyKeys ?? options.apiUrl !== undefined;
  return {
    id: options.id ?? 'service',
    open: context => createAdapter({ options, endpoints, idempotent }, context),
    check,
    idempotent,
    receipts: options.receipts ?? true,
    ...(options.outbox === undefined ? {} : { outbox: options.outbox }),
    createMessaging,
  };
};
