import type { Fault } from '../core/fault.js';
import type { Millis } from '../core/units.js';

/** Where a connection is in its life; the words of the VBot Web SDK. */
export type ConnectionStatus = 'connecting' | 'connected' | 'recovering' | 'disconnecting' | 'disconnected';

/**
 * Whether the far end still answers: `suspect` when there is a reason to doubt it (we slept, the network went) and a
 * probe is out, `dead` when a probe's deadline has passed.
 */
export type Verdict = 'online' | 'suspect' | 'dead';

export type Registration = {
  readonly state: 'none' | 'registering' | 'registered' | 'refused';
  readonly fault?: Fault;
};

/** Who a line is signed in as, where its server says. */
export type LineUser = { readonly id: string; readonly name: string };

/** One adapter's connection and registration. */
export type Line = {
  readonly id: string;
  /** `connected` when the socket is open and the registration stands. */
  readonly connection: ConnectionStatus;
  readonly registration: Registration;
  readonly verdict: Verdict;
  /** Whom the server took us for, once it has. */
  readonly user?: LineUser;
  /** The server's name for this login. */
  readonly sessionId?: string;
  /** When `connection` took its present value. */
  readonly since: Millis;
  /** How many attempts have failed since the line was last stable. */
  readonly attempt: number;
  /** When the next attempt starts, while one is waited for. */
  readonly retryAt?: Millis;
  /** Why the line is not connected. */
  readonly fault?: Fault;
};
