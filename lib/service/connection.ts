import { Subscription, type Observable, catchError, map, of, switchMap } from 'rxjs';
import type { ConversingReport } from '../conversation/port.js';
import { left, right, type Either, isLeft } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import type { Failure, Ref } from '../core/port.js';
import * as frames from './frame.js';
import { malformed } from './login.js';
import { createPendingRequests } from '../core/pending-requests.js';
import { createSession, type OrderKind, type PendingOrders } from './session.js';
import type { Keyring, Identity } from './token.js';
import type { SocketReport, WebSocketFactory } from '../wire/model.js';
import { openSocket } from '../wire/socket.js';
import { thrown } from './failure.js';

/** The present socket, and the login on it. */
export type Connection = {
  /** One attempt; a socket that is there is let go of first. */
  readonly open: () => void;
  /** Closes the socket, and reports `closed` in any case. */
  readonly close: () => void;
  readonly register: (ref: Ref) => void;
  readonly unregister: (ref: Ref) => void;
  readonly probe: (ref: Ref) => void;
  /** Closes the socket without a report. */
  readonly release: () => void;
};

type Parts = {
  readonly dialling: Dialling;
  readonly keyring: Keyring;
  readonly identity: Identity;
  readonly newId: () => string;
  readonly report: (report: ConversingReport) => void;
  /** Any event, after it was reported. */
  readonly hear: (type: string, payload: unknown) => void;
  /** Gives the service another token. */
  readonly refresh: () => Observable<Either<Failure, undefined>>;
};

type Closed = { readonly code?: number; readonly fault?: Fault };

/** Engine.IO 4 and Socket.IO 5 over one WebSocket at a time; login messages go to the session. */
export function createConnection({
  dialling,
  keyring,
  identity,
  newId,
  report,
  hear: pass,
  refresh,
}: Parts): Connection {
  let life = Subscription.EMPTY;
  let transmit: ((text: string) => void) | undefined;
  let quiet: { readonly quiet?: number } = {};
  const pending: PendingOrders = createPendingRequests((ref, result) => {
    report({ _tag: 'done', ref, result });
  });
  const answerAll = (kind: OrderKind, result: Either<Failure, unknown>): void => {
    pending.answerAll(one => one === kind, result);
  };
  /** The socket is closed: a logout has succeeded, nothing else is answered any more. */
  const answerLost = (): void => {
    answerAll('unregister', right(undefined));
    pending.answerAll(() => true, left({ fault: fault('line-lost') }));
  };

  const release = (): void => {
    transmit = undefined;
    life.unsubscribe();
  };

  const end = (closed: Closed): void => {
    release();
    answerLost();
    report({ _tag: 'closed', ...closed });
  };

  const session = createSession({
    identity,
    keyring,
    pending,
    report,
    pass,
    refresh,
    onLapsed: failure => {
      transmit?.(frames.leave);
      release();
      // `closed` goes first: the line is to try again with another connection, not with this one.
      report({ _tag: 'closed', fault: failure.fault });
      answerAll('register', left(failure));
      answerLost();
    },
  });

  const refused = (message = 'The server refused the connection.'): Fault =>
    fault('refused', { message: keyring.hide(message) });

  const hear = (frame: frames.Frame): void => {
    switch (frame._tag) {
      case 'handshake':
        quiet = frame.quiet === undefined ? {} : { quiet: frame.quiet };
        transmit?.(frames.join);
        return;
      case 'ping':
        transmit?.(frames.pong);
        return;
      case 'bye':
        end({ fault: fault('line-lost', { message: 'The server closed the connection.' }) });
        return;
      case 'connected':
        if (frame.namespace === '') {
          report({ _tag: 'opened', ...quiet });
          return;
        }
        // There is nowhere to be: a server that lets us in is left again.
        transmit?.(frames.leaveProbe);
        answerAll('probe', right(undefined));
        return;
      case 'refused':
        if (frame.namespace === '') end({ fault: refused(frame.message) });
        else answerAll('probe', right(undefined));
        return;
      case 'disconnected':
        if (frame.namespace === '') end({ fault: fault('expired-token') });
        return;
      case 'event':
        if (frame.ack !== undefined) transmit?.(frames.ackOf(frame.ack));
        session.hear(frame.name, frame.payload);
        return;
      case 'malformed':
        if (frame.ack !== undefined) transmit?.(frames.ackOf(frame.ack));
        report({ _tag: 'fault', fault: malformed(frame.why) });
        return;
      case 'other':
        return;
    }
  };

  const attempt = (): void => {
    const now = new Subscription();
    life = now;
    session.begin();
    quiet = {};
    // The socket lives as long as this subscription: until it closes, or `close` or the next `open` ends it.
    const dialled = dial(dialling, keyring, identity).subscribe(told => {
      if (told._tag === 'opened') {
        transmit = told.send;
      } else if (told._tag === 'frame') {
        report({ _tag: 'heard' });
        // A subscriber of the report may have closed the socket.
        if (!now.closed) hear(frames.readFrame(told.data));
      } else if (told._tag === 'closed') {
        const message = told.reason === '' ? {} : { message: told.reason };
        end({ code: told.code, fault: fault('line-lost', message) });
      } else {
        end({ fault: told.fault });
      }
    });
    now.add(dialled);
  };

  const order = (ref: Ref, kind: OrderKind, frame?: string): boolean => {
    pending.add(ref, kind);
    if (transmit === undefined) answerLost();
    else if (frame !== undefined) transmit(frame);
    return transmit !== undefined;
  };

  return {
    open: () => {
      release();
      answerLost();
      attempt();
    },
    close: () => {
      transmit?.(frames.leave);
      end({});
    },
    register: ref => {
      // Requests sent over this socket end with it.
      if (order(ref, 'register')) life.add(session.register(ref).subscribe());
    },
    unregister: ref => {
      identity.forgetSession();
      order(ref, 'unregister', frames.eventOf('session:logout', { tid: newId(), body: {} }));
    },
    probe: ref => {
      order(ref, 'probe', frames.probe);
    },
    release: () => {
      pending.drop(() => true);
      release();
    },
  };
}

/** Name and version of this SDK in the handshake. */
const SDK = { SDK_version: '0.1.0', SDK_name: 'callstream' };

type Dialling = {
  /**
   * Instance id of this device, by which the service knows its other lines. An extension of the protocol, like
   * `SDK_name`.
   */
  readonly instance?: string | undefined;
  /** Where the socket is, without a slash at the end. */
  readonly url: string;
  readonly webSocket?: WebSocketFactory;
};

/** Outcome of one attempt: an event of the socket, or the failure to obtain a token. */
type DialReport = SocketReport | { readonly _tag: 'failed'; readonly fault: Fault };

/**
 * One attempt: a token, then one WebSocket with it. Cold; unsubscribing aborts it. A handshake that resumes a session repeats
 * all parameters, because the server may have forgotten the former socket.
 */
function dial({ instance, url, webSocket }: Dialling, keyring: Keyring, identity: Identity): Observable<DialReport> {
  return keyring.ask().pipe(
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
}

function queryOf(parameters: { readonly [name: string]: string | undefined }): string {
  return Object.entries(parameters)
    .flatMap(([name, value]) => (value === undefined ? [] : `${name}=${encodeURIComponent(value)}`))
    .join('&');
}
