import { Subject, ReplaySubject, catchError, defer, map, merge, of, switchMap, takeWhile, type Observable } from 'rxjs';
import rxjsWebsockets from 'rxjs-websockets';
import type { SocketOptions, SocketReport, WebSocketFactory, WebSocketLike } from './model.js';

type Closed = Extract<SocketReport, { readonly _tag: 'closed' }>;

/** The socket as rxjs-websockets sees it. */
type Watched = {
  onopen: ((event: unknown) => void) | null;
  onmessage: ((event: unknown) => void) | null;
  onerror: null;
  onclose: null;
  send(data: string): void;
  close(): void;
};

/** Default export of rxjs-websockets, retyped so that its types do not appear in ours. */
type Observe = (
  url: string,
  options: { readonly protocols: string[]; readonly makeWebSocket: (url: string, protocols: string[]) => Watched },
) => Observable<(outgoing$: Observable<string>) => Observable<string | ArrayBuffer>>;

/**
 * One WebSocket, from its opening to its closing: one attempt.
 *
 *     open, text, close(4000)   --o--f--c|
 *     refused                   --c|             c  closed: 1006
 *     no WebSocket here         (c|)
 *
 * Cold: each subscription makes a socket. Exactly one `closed`, then completion; never errors, whatever the factory,
 * the handshake or the far side do. Unsubscribing closes the socket with 1000, also while it connects, and lets go of
 * it. Binary frames come as `ArrayBuffer`.
 */
export function openSocket({
  url,
  protocols = [],
  webSocket = platformSocket,
}: SocketOptions): Observable<SocketReport> {
  return defer(() => {
    const outgoing$ = new Subject<string>();
    const closed$ = new ReplaySubject<Closed>(1);
    const opened: SocketReport = {
      _tag: 'opened',
      send: text => {
        outgoing$.next(text);
      },
    };
    const alive$ = observe()(url, {
      protocols: [...protocols],
      makeWebSocket: (at, names) =>
        watched(webSocket(at, names), closed => {
          closed$.next(closed);
        }),
    }).pipe(
      switchMap(connect => {
        const data$ = connect(outgoing$);
        // `opened` comes when sending works and nothing that is received can be missed.
        return merge(data$.pipe(map((data): SocketReport => ({ _tag: 'frame', data }))), of(opened));
      }),
      // Only a factory that throws comes here. Its message may quote the URL, so only its name is told.
      catchError((error: unknown) => of(closed(1006, `The socket could not be made: ${nameOf(error)}.`))),
    );
    return merge(alive$, closed$).pipe(takeWhile(({ _tag }) => _tag !== 'closed', true));
  });
}

/**
 * Stands between the socket and the package, which tells a closure by its message only and, after an error, not at
 * all: so it is not told of either, and `closed` is.
 */
function watched(socket: WebSocketLike, onClosed: (closed: Closed) => void): Watched {
  let trouble = '';
  const seen: Watched = {
    onopen: null,
    onmessage: null,
    onerror: null,
    onclose: null,
    send: text => {
      try {
        socket.send(text);
      } catch {
        // `send` threw because the socket is closing; its close event follows.
      }
    },
    close: () => {
      silence(socket);
      // An error event without a listener would be thrown by `ws`, and closing while it connects is one.
      socket.onerror = () => undefined;
      socket.onclose = () => {
        silence(socket);
      };
      socket.close(1000);
    },
  };
  socket.binaryType = 'arraybuffer';
  socket.onopen = (event: unknown) => seen.onopen?.(event);
  socket.onmessage = (event: unknown) => seen.onmessage?.(event);
  socket.onerror = ({ message }: { readonly message?: unknown }) => {
    if (typeof message === 'string') trouble = withoutUrls(message);
  };
  socket.onclose = ({ code, reason }: { readonly code: number; readonly reason: string }) => {
    silence(socket);
    // Nothing is left to be closed when the package lets go.
    seen.close = () => undefined;
    onClosed(closed(code, reason === '' ? trouble : reason));
  };
  return seen;
}

function silence(socket: WebSocketLike): void {
  socket.onopen = null;
  socket.onmessage = null;
  socket.onerror = null;
  socket.onclose = null;
}

function closed(code: number, reason: string): Closed {
  return { _tag: 'closed', code, reason };
}

/** `ws` quotes the URL in some of its errors; the browsers say nothing at all. */
function withoutUrls(text: string): string {
  return text.replace(/\w+:\/\/\S+/g, '[url]');
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}

/** The platform's socket, looked for when it is needed. Without one this throws, which becomes `closed`. */
const platformSocket: WebSocketFactory = (url, protocols) => new WebSocket(url, protocols);

/** The package's default export is a function in a browser bundle and an object around it in Node's ESM. */
function observe(): Observe {
  const imported: unknown = rxjsWebsockets;
  return typeof imported === 'function' ? (imported as Observe) : (imported as { readonly default: Observe }).default;
}
