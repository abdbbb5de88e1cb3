import { concatMap, map, scan, type Observable } from 'rxjs';
import type { Session } from '../client/model.js';
import type { FaultCode } from '../core/fault.js';
import type { Line } from '../line/model.js';
import type { SessionErrorReason } from './enums.js';

/** Session events of the document; `over` means that the session has ended. */
export type SessionEvent =
  | { readonly _tag: 'reconnecting' }
  | { readonly _tag: 'reconnection' }
  | { readonly _tag: 'error'; readonly reason: SessionErrorReason; readonly over: boolean };

/** Phase of the connection, and the events of the last change. */
type Course = {
  readonly phase: 'before' | 'up' | 'away' | 'over';
  /** How many attempts had failed when the line was lost. */
  readonly base: number;
  readonly silent: boolean;
  readonly told: boolean;
  readonly news: readonly SessionEvent[];
};

/** Failed attempts before `sessionError`. */
const enough = 5;

const tokens: readonly (FaultCode | undefined)[] = ['expired-token', 'invalid-token', 'unauthorized'];

/**
 * Session events for the callbacks, derived from `session$`.
 *
 *     session$   c-r-----r(5th)-----c-----r(41)
 *     news$      --a-----e----------b-----x        a reconnecting  b reconnection  e the line is away  x it is over
 */
export function sessionEvents(session$: Observable<Session>): Observable<SessionEvent> {
  return session$.pipe(
    map(({ lines: [line] }) => line),
    scan(step, start),
    concatMap(({ news }) => news),
  );
}

const start: Course = { phase: 'before', base: 0, silent: false, told: false, news: [] };

function step(before: Course, line: Line | undefined): Course {
  const course = before.news.length === 0 ? before : { ...before, news: [] };
  if (line === undefined || course.phase === 'over') return course;
  if (line.connection === 'connected')
    return course.phase === 'up'
      ? course
      : { ...start, phase: 'up', news: course.phase === 'away' ? [{ _tag: 'reconnection' }] : [] };
  if (course.phase === 'before') return course;
  if (line.connection === 'disconnected' || line.connection === 'disconnecting') return ended(course, line);
  if (line.fault?.code === 'expired-token') return over(course, 'EXPIRED_TOKEN');
  return course.phase === 'up' ? lost(course, line) : away(course, line);
}

/** A refusal gives `sessionError`; `deleteSession` gives no event. */
function ended(course: Course, { registration: { state, fault } }: Line): Course {
  return state === 'refused'
    ? over(course, tokens.includes(fault?.code) ? 'EXPIRED_TOKEN' : 'TRANSPORT_CLOSED')
    : { ...course, phase: 'over' };
}

function over(course: Course, reason: SessionErrorReason): Course {
  return {
    ...course,
    phase: 'over',
    news: [{ _tag: 'error', reason, over: true }],
  };
}

function lost(course: Course, { attempt, verdict }: Line): Course {
  return {
    ...course,
    phase: 'away',
    base: attempt,
    silent: verdict === 'dead',
    news: [{ _tag: 'reconnecting' }],
  };
}

function away(course: Course, { attempt }: Line): Course {
  return course.told || attempt - course.base < enough
    ? course
    : {
        ...course,
        told: true,
        news: [{ _tag: 'error', reason: course.silent ? 'PING_TIMEOUT' : 'TRANSPORT_CLOSED', over: false }],
      };
}
