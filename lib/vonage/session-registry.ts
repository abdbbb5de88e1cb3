import type { Sessions } from './sessions.js';

const inner = Symbol('callstream/vonage/sessions');

/**
 * Gives a client its sessions. They are no private field: a framework that keeps a client in reactive state calls its
 * methods on a proxy, which has none. They are frozen, so that it makes no proxy of them.
 */
export const keepSessions = (client: object, sessions: Sessions): void => {
  Object.defineProperty(client, inner, { value: Object.freeze(sessions) });
};

export const sessionsOf = (client: object): Sessions => (client as { readonly [inner]: Sessions })[inner];
