import { catchError, map, of, switchMap, type Observable } from 'rxjs';
import { isLeft } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import type { SocketReport, WebSocketFactory } from '../wire/model.js';
import { openSocket } from '../wire/socket.js';
import { thrown } from './failure.js';
import type { Identity } from './identity.js';
import type { Keyring } from './token.js';

/** Our own name and version, as the handshake tells them. */
const SDK = { SDK_version: '0.1.0', SDK_name: 'callstream' };

export type Dialling = {
  /** By which the service knows that this line and another one ring at the same place. Our own word, as `SDK_name` is. */
  readonly instance?: string | undefined;
  /** Where the socket is, without a slash at the end. */
  readonly url: string;
  readonly webSocket?: WebSocketFactory;
};

/** What one attempt tells: what the socket does, or that there was no token to open it with. */
export type DialReport = SocketReport | { readonly _tag: 'failed'; readonly fault: Fault };

/**
 * One attempt: a token, then one WebSocket with it. Cold; unsubscribing gives up, wherever it is. Whoever resumes says
 * everything again, as the server may have forgotten the socket before.
 */
export const dial = (
  { instance, url, webSocket }: Dialling,
  keyring: Keyring,
  identity: Identity,
): Observable<DialReport> =>
  keyring.ask().pipe(
    // The one token opens the one socket.
    switchMap((token): Observable<DialReport> => {
      if (isLeft(token)) return of({ _tag: 'failed', fault: token.left });
      keyring.use(token.right);
      const query = queryOf({
        session_version: '0.0.3',
        token: token.right,
        ...SDK,
        acknowledge_events: 'true',
        instance_id: instance,
        session_id: identity.sessionId(),
        OS_family: 'js',
        OS_revision: 'Generic JS Navigator',
        EIO: '4',
        transport: 'websocket',
      });
      return openSocket({ url: `${url}/?${query}`, ...(webSocket === undefined ? {} : { webSocket }) }).pipe(
        map(told => (told._tag === 'closed' ? { ...told, reason: keyring.hide(told.reason) } : told)),
      );
    }),
    // A session to resume that no URL can carry.
    catchError((error: unknown) => of<DialReport>({ _tag: 'failed', fault: fault('internal', thrown(error)) })),
  );

const queryOf = (parameters: { readonly [name: string]: string | undefined }): string =>
  Object.entries(parameters)
    .flatMap(([name, value]) => (value === undefined ? [] : `${name}=${encodeURIComponent(value)}`))
    .join('&');
