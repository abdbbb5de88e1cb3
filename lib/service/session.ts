import { EMPTY, tap, type Observable } from 'rxjs';
import type { ConversingReport } from '../conversation/port.js';
import { isLeft, left, right, type Either } from '../core/either.js';
import { fault } from '../core/fault.js';
import type { Failure, Ref } from '../core/port.js';
import type { Registered } from '../line/port.js';
import { decodeEvent } from './codec.js';
import { changeOf } from './conversations.js';
import { loginOf, malformed, refusalOf, typeOf, type Login } from './login.js';
import type { PendingRequests } from '../core/pending-requests.js';
import { lifetimeOf, type Keyring, type Identity } from './token.js';
import { isTooDeep, tooDeep } from './codec-shapes.js';

/** Login on one connection. The server logs in by the handshake and reports it; `register` waits for the report. */
export type Session = {
  /** Another connection: what is known of the login on the one before counts no longer. */
  readonly begin: () => void;
  /** Any event of the main namespace. */
  readonly hear: (name: string, payload: unknown) => void;
  /** Refreshes the registration; lasts until the response. */
  readonly register: (ref: Ref) => Observable<unknown>;
};

/** Requests of orders that have no outcome. */
export type OrderKind = 'register' | 'unregister' | 'probe';
export type PendingOrders = PendingRequests<OrderKind, Either<Failure, unknown>>;

function isRegister(kind: OrderKind): boolean {
  return kind === 'register';
}

type Parts = {
  readonly identity: Identity;
  readonly keyring: Keyring;
  readonly pending: PendingOrders;
  readonly report: (report: ConversingReport) => void;
  /** Any event, after it was reported: it may be about a call. */
  readonly pass: (type: string, payload: unknown) => void;
  /** Gives the service another token. */
  readonly refresh: () => Observable<Either<Failure, undefined>>;
  /** The session has expired, and with it this connection. */
  readonly onLapsed: (failure: Failure) => void;
};

export function createSession({ identity, keyring, pending, report, pass, refresh, onLapsed }: Parts): Session {
  let isResuming = false;
  let login: Either<Failure, Login> | undefined;
  /** True once the login has been reported. */
  let isTold = false;
  /** True when the login was reported before the server confirmed it: a login with a session id is assumed to resume it. */
  let isPresumed = false;
  /** True when the last assumed resumption was refused: then the next one waits for the server. */
  let isDoubted = false;

  const lapse = ({ fault: reason }: Failure): void => {
    identity.forgetSession();
    onLapsed({ fault: { ...reason, retryable: true } });
  };

  const registered = ({ sessionId, user }: Login): Registered => ({
    expires: lifetimeOf(keyring.current(), Date.now()),
    user,
    sessionId,
  });

  const hearEvent = (type: string, payload: unknown): void => {
    const decoded = decodeEvent(type, payload);
    if (isLeft(decoded)) {
      report({ _tag: 'fault', fault: malformed(`the event has no ${decoded.left}`) });
    } else {
      identity.hear(decoded.right);
      report({ _tag: 'event', event: decoded.right });
    }
    const change = changeOf(type, payload);
    if (change !== undefined) report(change);
    pass(type, payload);
  };

  /** Reports of the login to the requests that wait for it, then of the missed events. */
  const tell = (): void => {
    if (login === undefined || !(isTold || pending.some(isRegister))) return;
    if (isLeft(login) && isResuming && login.left.fault.code === 'invalid-session') {
      lapse(login.left);
      return;
    }
    pending.answerAll(isRegister, isLeft(login) ? login : right(registered(login.right)));
    if (isLeft(login)) return;
    isTold = true;
    const { pending: missed } = login.right;
    login = right({ ...login.right, pending: [] });
    missed.forEach(event => {
      if (isTooDeep(event)) report({ _tag: 'fault', fault: malformed(tooDeep) });
      else hearEvent(typeOf(event), event);
    });
  };

  const enter = (payload: unknown): void => {
    const decoded = loginOf(payload);
    isPresumed = false;
    isDoubted = false;
    if (isLeft(decoded)) {
      login ??= left({ fault: fault('bad-answer', { message: `The login has no ${decoded.left}.` }) });
    } else if (isTold && decoded.right.user.id !== identity.user()?.id) {
      // The user of a session does not change while requests are in flight.
      lapse({ fault: fault('invalid-session') });
      return;
    } else {
      identity.enter(decoded.right.sessionId, decoded.right.user);
      login = decoded;
    }
    tell();
  };

  const hearSession = (name: string, payload: unknown): void => {
    if (name === 'session:success') {
      enter(payload);
      return;
    }
    if (name === 'session:logged-out' || name === 'session:terminated')
      pending.answerAll(kind => kind === 'unregister', right(undefined));
    // After the login the server reports a refusal by closing the socket.
    const refusal = login === undefined ? refusalOf(name) : undefined;
    if (refusal === undefined) return;
    if (isPresumed) contradict({ fault: refusal });
    else {
      login = left({ fault: refusal });
      tell();
    }
  };

  const contradict = (failure: Failure): void => {
    isPresumed = false;
    isDoubted = true;
    if (failure.fault.code === 'invalid-session') lapse(failure);
    else onLapsed(failure);
  };

  /** A resumed session is not announced again; only the namespace is requested. */
  const presume = (): void => {
    const [sessionId, user] = [identity.sessionId(), identity.user()];
    if (isTold || isDoubted || login !== undefined || sessionId === undefined || user === undefined) return;
    isTold = true;
    isPresumed = true;
    pending.answerAll(isRegister, right(registered({ sessionId, user, pending: [] })));
  };

  const refreshed = (ref: Ref): Observable<unknown> =>
    refresh().pipe(
      tap(result => {
        if (!isLeft(result)) tell();
        else if (result.left.fault.statusCode === 404) lapse(result.left);
        else pending.answer(ref, left(reachable(result.left)));
      }),
    );

  return {
    begin: () => {
      isResuming = identity.sessionId() !== undefined;
      login = undefined;
      isTold = false;
      isPresumed = false;
    },
    hear: (name, payload) => {
      if (/^(?:session|system):/.test(name)) hearSession(name, payload);
      else hearEvent(name, payload);
    },
    register: ref => {
      if (isTold) return refreshed(ref);
      tell();
      presume();
      return EMPTY;
    },
  };
}

/** To a line `line-lost` is its socket, which is still there when only the request did not get through. */
function reachable(failure: Failure): Failure {
  return failure.fault.code === 'line-lost'
    ? { fault: fault('server-error', { message: 'The service could not be reached.' }) }
    : failure;
}
