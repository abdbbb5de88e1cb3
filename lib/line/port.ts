import type { Fault } from '../core/fault.js';
import type { Done } from '../core/port.js';
import type { Millis, Ref } from '../core/units.js';
import type { LineUser } from './model.js';

/** What the core asks of one line. `register` and `unregister` and `probe` are one request each. */
export type LineOrder =
  /** One attempt to connect; answered by `opened` or `closed`. */
  | { readonly _tag: 'open' }
  /** Closes the socket, or gives up the attempt under way; answered by `closed`, also when nothing was open. */
  | { readonly _tag: 'close' }
  /** `done` carries `Registered`. `expires` in seconds. */
  | { readonly _tag: 'register'; readonly ref: Ref; readonly expires: number }
  | { readonly _tag: 'unregister'; readonly ref: Ref }
  /** Asks the far end for a sign of life: any final response is `Right`. */
  | { readonly _tag: 'probe'; readonly ref: Ref };

/** What a registration gives. */
export type Registered = {
  /** The lifetime, in seconds, that the registrar granted. */
  readonly expires: number;
  /** Who we are there, where the server says. */
  readonly user?: LineUser;
  /** The server's name for this login, by which it can be resumed. */
  readonly sessionId?: string;
};

/** What a line tells the core. */
export type LineReport =
  /** `quiet`: how long, in ms, the far side may at most be silent, where it says so; 22 s otherwise. */
  | { readonly _tag: 'opened'; readonly quiet?: Millis }
  /** The socket is gone, or the attempt failed: the WebSocket close code where there was one. */
  | { readonly _tag: 'closed'; readonly code?: number; readonly fault?: Fault }
  /** Something arrived, whatever it was. */
  | { readonly _tag: 'heard' }
  /** Something was survived. */
  | { readonly _tag: 'fault'; readonly fault: Fault }
  | Done;
