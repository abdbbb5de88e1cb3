import type { Fault } from '../core/fault.js';
import type { Done, Millis, Ref } from '../core/port.js';
import type { LineUser } from './model.js';

/** Orders of a line. `register`, `unregister` and `probe` are one request each. */
export type LineOrder =
  /** One attempt to connect: `opened` or `closed` follows. */
  | { readonly _tag: 'open' }
  /** Closes the socket or cancels the attempt: `closed` follows, also where nothing was open. */
  | { readonly _tag: 'close' }
  /** `done` carries `Registered`. `expires` in seconds. */
  | { readonly _tag: 'register'; readonly ref: Ref; readonly expires: number }
  | { readonly _tag: 'unregister'; readonly ref: Ref }
  /** Keep-alive request: any final response is `Right`. */
  | { readonly _tag: 'probe'; readonly ref: Ref };

/** Result of a registration. */
export type Registered = {
  /** Granted lifetime, in seconds. */
  readonly expires: number;
  /** The user, where the server reports one. */
  readonly user?: LineUser;
  /** Session id, for resumption. */
  readonly sessionId?: string;
};

/** Reports of a line. */
export type LineReport =
  /** `quiet`: maximum silence of the server in ms, where it announces one. Default 22 s. */
  | { readonly _tag: 'opened'; readonly quiet?: Millis }
  /** The socket has closed or the attempt has failed; `code` is the WebSocket close code. */
  | { readonly _tag: 'closed'; readonly code?: number; readonly fault?: Fault }
  /** A frame has arrived. */
  | { readonly _tag: 'heard' }
  /** An error that the line survived. */
  | { readonly _tag: 'fault'; readonly fault: Fault }
  | Done;
