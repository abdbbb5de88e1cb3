/**
 * The part of the platform's WebSocket that is used here; the browser's own and `ws` both have it.
 * After it failed or was closed it calls `onclose` once.
 */
export interface WebSocketLike {
  binaryType: string;
  onopen: ((event: never) => unknown) | null;
  onmessage: ((event: never) => unknown) | null;
  onerror: ((event: never) => unknown) | null;
  onclose: ((event: never) => unknown) | null;
  send(data: string): unknown;
  close(code?: number): unknown;
}

/** Makes the socket; the platform's own by default, `ws` in Node. */
export type WebSocketFactory = (url: string, protocols: string[]) => WebSocketLike;

export type SocketOptions = {
  readonly url: string;
  readonly protocols?: readonly string[];
  readonly webSocket?: WebSocketFactory;
};

/**
 * Events of one WebSocket: `opened`, then frames, then `closed`; or `closed` alone, where it was never open.
 */
export type SocketReport =
  /** `send` never throws; what is sent on a socket that is not open any more is lost. */
  | { readonly _tag: 'opened'; readonly send: (text: string) => void }
  | { readonly _tag: 'frame'; readonly data: string | ArrayBuffer }
  /** `code` as in RFC 6455 §7.4; 1006 where there was no closing handshake. `reason` never contains the URL. */
  | { readonly _tag: 'closed'; readonly code: number; readonly reason: string };
