import type { Fault } from '../core/fault.js';
import type { Millis } from '../core/port.js';

/** State of a connection, in the terms of the VBot Web SDK. */
export type ConnectionStatus = 'connecting' | 'connected' | 'recovering' | 'disconnecting' | 'disconnected';

/**
 * Liveness: `suspect` while a probe is out after sleep or a change of network, `dead` after a probe has timed out.
 */
export type Verdict = 'online' | 'suspect' | 'dead';

export type Registration = {
  readonly state: 'none' | 'registering' | 'registered' | 'refused';
  readonly fault?: Fault;
};

/** The user of a line, where the server reports one. */
export type LineUser = { readonly id: string; readonly name: string };

/** One adapter's connection and registration. */
export type Line = {
  readonly id: string;
  /** `connected`: the socket is open and the registration is current. */
  readonly connection: ConnectionStatus;
  readonly registration: Registration;
  readonly verdict: Verdict;
  /** The user, after registration. */
  readonly user?: LineUser;
  /** Session id of the service. */
  readonly sessionId?: string;
  /** Time of the last change of `connection`. */
  readonly since: Millis;
  /** Failed attempts since the line was last stable. */
  readonly attempt: number;
  /** Time of the next attempt, during a backoff delay. */
  readonly retryAt?: Millis;
  /** Why the line is not connected. */
  readonly fault?: Fault;
};
