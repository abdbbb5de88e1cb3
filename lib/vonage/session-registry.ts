import type { Sessions } from './sessions.js';

const inner = Symbol('callstream/vonage/sessions');

/**
 * Gives a client its sessions. They are no private field: a framework that keeps a client in reactive state calls its
 * methods on a proxy, which has none. They are frozen, so that it makes no proxy of them.
 */
export function keepSessions(client: object, sessions: Sessions): void {
  Object.defineProperty(client, inner, { value: Object.freeze(sessions) });
}

export function sessionsOf(client: object): Sessions {
  return (client as { readonly [inner]: Sessions })[inner];
}
