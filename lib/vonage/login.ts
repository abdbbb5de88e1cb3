import {
  BehaviorSubject,
  filter,
  firstValueFrom,
  map,
  merge,
  share,
  skipWhile,
  Subscription,
  take,
  tap,
  timer,
  type Observable,
} from 'rxjs';
import { createClient } from '../client/client.js';
import type { CallId } from '../call/model.js';
import type { Client, Session } from '../client/model.js';
import type { Verbs, Messaging } from '../conversation/port.js';
import { isLeft, left } from '../core/either.js';
import { fault, type FaultCode } from '../core/fault.js';
import { service } from '../service/index.js';
import { endpoint, type Configured, type VonagePlatform } from './config.js';
import { createElements } from './elements.js';
import { lateSession, toError, type VonageError } from './error.js';
import { logged, type OnLog } from './loggers.js';
import { sessionEvents, type SessionEvent } from './session-events.js';
import type { Nullable } from './option.js';
import type { Outcome } from '../core/port.js';
import { snapshot } from '../core/streams.js';

/** Resources of a page for a call, besides the streams. */
type CallPlatform = {
  /** Of a call by its id in the streams. */
  readonly peerConnectionOf: (call: CallId) => RTCPeerConnection | undefined;
  /** The latest audio element. */
  readonly audioElement: () => HTMLAudioElement | undefined;
};

/** The streams behind the document's client. */
export type Streams = Client & Messaging;

/** One login, with a client of its own. */
export interface Login {
  readonly client: Streams;
  readonly news$: Observable<SessionEvent>;
  /** The configuration. */
  readonly config: Configured;
  readonly platform: CallPlatform;
  /** Connects; resolves with the session id. */
  readonly enter: () => Promise<string>;
  /** Logs out; resolves when nothing of it is left. */
  readonly leave: () => Promise<void>;
  /** Uses another token from now on. */
  readonly refresh: (token: string) => Outcome<Verbs['refreshSession']['result']>;
  readonly isActive: () => boolean;
  /** The outcome, or `disconnected` when the session ends first. */
  readonly orGone: <A>(outcome$: Outcome<A>) => Outcome<A>;
}

type Making = {
  readonly token: string;
  readonly sessionId: Nullable<string>;
  readonly config: Configured;
  readonly platform: VonagePlatform;
  readonly log: OnLog;
};

/** Login timeout. */
const patience = 5_000;

/** Throws a `TypeError` where the configuration is none. */
export function createLogin({ token, sessionId, config, platform, log }: Making): Login {
  const { webSocket, fetch, peerConnection, userMedia, ...clock } = platform;
  const elements = createElements();
  // The line asks for the token at every connection and every refresh.
  const token$ = new BehaviorSubject(token);
  const line = service({
    ...endpoint(config),
    token: () => token$,
    ...(sessionId === null || sessionId === undefined ? {} : { sessionId }),
    ...(webSocket === undefined ? {} : { webSocket }),
    ...(fetch === undefined ? {} : { fetch }),
    ...(peerConnection === undefined ? {} : { peerConnection }),
    ...(userMedia === undefined ? {} : { userMedia }),
    ...elements.option,
  });
  const client = createClient({ calling: [line], conversations: line, ...clock });
  const { session$ } = client;
  const gone$ = session$.pipe(filter(isAway), take(1));
  const news$ = sessionEvents(session$).pipe(share());
  // Owns the connection; closed once, never reopened.
  const life = new Subscription();

  return {
    client,
    news$,
    config,
    platform: { peerConnectionOf: line.peerConnectionOf, audioElement: elements.latest },
    enter: async () => {
      // Left before it was entered.
      if (life.closed) throw toError(fault('disconnected'));
      // Subscribes to the outcome before it connects, so that no emission is lost.
      const verdict = firstValueFrom(merge(verdictOn(session$), timer(patience).pipe(map(lateSession))));
      // Logs until the disconnect, and closes after a fatal session error.
      logged(client, news$, log).subscribe();
      life.add(
        news$.subscribe(news => {
          if (news._tag === 'error' && news.over) life.unsubscribe();
        }),
      );
      life.add(client.connect());
      const told = await verdict;
      if (typeof told === 'string') return told;
      life.unsubscribe();
      throw told;
    },
    leave: async () => {
      life.unsubscribe();
      await firstValueFrom(gone$);
    },
    refresh: next => {
      const former = token$.value;
      token$.next(next);
      return client.refreshSession().pipe(
        tap(result => {
          // A token that the service has refused is not used again.
          if (isLeft(result) && token$.value === next) token$.next(former);
        }),
      );
    },
    isActive: () => !isLeaving(snapshot(session$)),
    orGone: outcome$ => merge(outcome$, gone$.pipe(map(() => left(fault('disconnected'))))).pipe(take(1)),
  };
}

function isAway({ connection }: Session): boolean {
  return connection === 'disconnected';
}
function isLeaving({ connection }: Session): boolean {
  return connection === 'disconnected' || connection === 'disconnecting';
}

/** Faults that end a login; all others are retried. */
const refusals: readonly FaultCode[] = ['invalid-session', 'expired-token', 'invalid-token', 'too-many-sessions'];

/** Emits the session id or the failure. Subscribe before connecting. */
function verdictOn(session$: Observable<Session>): Observable<string | VonageError> {
  return session$.pipe(
    skipWhile(isAway),
    map(verdictOf),
    filter(verdict => verdict !== undefined),
  );
}

function verdictOf({ connection, registration, lines: [line] }: Session): string | VonageError | undefined {
  if (connection === 'connected') return line?.sessionId ?? '';
  if (connection === 'disconnected') return toError(registration.fault ?? fault('disconnected'));
  return line?.fault !== undefined && refusals.includes(line.fault.code) ? toError(line.fault) : undefined;
}
