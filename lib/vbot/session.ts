import {
  concatMap,
  distinctUntilChanged,
  endWith,
  filter,
  firstValueFrom,
  ignoreElements,
  map,
  of,
  startWith,
  take,
  takeUntil,
  type Observable,
} from 'rxjs';
import type { Call, CallEvent } from '../call/model.js';
import type { Client } from '../client/model.js';
import { isLeft, isRight, right, type Either } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import { VBotError } from './error.js';
import { listening, type Registry } from './listeners.js';
import { sessionMedia } from './media.js';
import type { VBotAccepted, VBotProgress, VBotSession, VBotSessionEvents } from './model.js';
import { done, quiet, succeeded } from './promise.js';
import type { Outcome } from '../core/port.js';
import { snapshot } from '../core/streams.js';

type Progress = Extract<CallEvent, { readonly _tag: 'progress' }>;
type Streams<Status> = {
  readonly [Name in keyof VBotSessionEvents]: Observable<VBotSessionEvents<Status>[Name]>;
};

function isCall(call: Call | undefined): call is Call {
  return call !== undefined;
}
function isOver(call: Call): boolean {
  return call.status === 'terminated';
}
function isPickedUp(call: Call): boolean {
  return call.answeredAt !== undefined;
}
function isProgress(event: CallEvent): event is Progress {
  return event._tag === 'progress';
}
function toDate(at: number | undefined): Date | undefined {
  return at === undefined ? undefined : new Date(at);
}

function toProgress({ statusCode, reasonPhrase, body }: Progress): VBotProgress {
  return {
    message: { statusCode, reasonPhrase, body },
  };
}

function toAccepted(call: Call): VBotAccepted {
  const { statusCode, cause, reason } = call.end ?? {};
  return isPickedUp(call)
    ? { accepted: true }
    : {
        accepted: false,
        ...(statusCode === undefined ? {} : { rejectCode: statusCode }),
        ...(cause === undefined ? {} : { rejectCause: cause }),
        ...(reason === undefined ? {} : { rejectPhrase: reason }),
      };
}

/** Listener arguments of a call, as streams; each completes with the call. */
function streamsOf<Status>(
  client: Client,
  id: string,
  call$: Observable<Call>,
  toStatus: (call: Call) => Status,
): Streams<Status> {
  return {
    progressUpdate: client.callEvent$.pipe(
      filter(isProgress),
      filter(event => event.call === id),
      map(toProgress),
      takeUntil(call$.pipe(ignoreElements(), endWith(undefined))),
    ),
    statusUpdate: call$.pipe(
      distinctUntilChanged((a, b) => a.status === b.status),
      map(toStatus),
    ),
    terminated: call$.pipe(
      filter(isOver),
      take(1),
      map(() => ({ id })),
    ),
    callQualityUpdate: client.quality$(id).pipe(
      filter(({ mos }) => mos !== undefined),
      map(quality => [{ id }, quality] as const),
    ),
  };
}

function refused(code: 'wrong-state' | 'call-ended'): Promise<never> {
  return quiet(Promise.reject(new VBotError(fault(code))));
}

/**
 * The session of a call: nothing but the client and the call's id, so that two of the same call are the same.
 *
 * A call that has been over for so long that the client knows it no more is as it was when the session was made, but
 * terminated.
 */
export function sessionOf<Status>(
  client: Client,
  first: Call,
  registry: Registry<unknown>,
  toStatus: (call: Call) => Status,
): VBotSession<Status> {
  const { id } = first;
  const call$ = client.call$(id).pipe(filter(isCall));
  const now = (): Call => snapshot(client.call$(id)) ?? { ...first, status: 'terminated' };

  const terminate: VBotSession['terminate'] = ({ statusCode, reason_phrase: reason } = {}) => {
    const call = now();
    if (isOver(call)) return Promise.resolve();
    const hangup = (): Outcome<Call> =>
      client.hangup(id, {
        ...(reason === undefined ? {} : { reason }),
        ...(statusCode === undefined ? {} : { reasonCode: String(statusCode) }),
      });
    if (call.direction === 'outgoing' || isPickedUp(call) || statusCode === undefined) return done(hangup());
    // A call that is being answered is hung up instead of refused.
    const isTooLate = (outcome: Either<Fault, Call>): boolean => isLeft(outcome) && outcome.left.code === 'wrong-state';
    return done(
      client.reject(id, { statusCode }).pipe(concatMap(outcome => (isTooLate(outcome) ? hangup() : of(outcome)))),
    );
  };

  const cancel: VBotSession['cancel'] = () => {
    const call = now();
    if (isOver(call)) return refused('call-ended');
    if (call.direction === 'incoming' || isPickedUp(call)) return refused('wrong-state');
    return done(client.hangup(id));
  };

  return Object.freeze({
    ...listening<VBotSessionEvents<Status>>(registry, id, streamsOf(client, id, call$, toStatus)),
    id,
    media: sessionMedia(client, id, now),
    get status() {
      return now().status;
    },
    isIncoming: first.direction === 'incoming',
    get phoneNumber() {
      return now().phoneNumber;
    },
    get displayName() {
      return now().displayName;
    },
    get startTime() {
      return toDate(now().answeredAt);
    },
    get endTime() {
      return toDate(now().endedAt);
    },

    accepted: () =>
      firstValueFrom(
        call$.pipe(
          filter(call => isPickedUp(call) || isOver(call)),
          map(toAccepted),
        ),
        { defaultValue: { accepted: false } },
      ),
    terminated: () =>
      firstValueFrom(
        call$.pipe(
          filter(isOver),
          map(call => call.end?.cause),
        ),
        { defaultValue: undefined },
      ),
    accept: () => done(client.answer(id)),
    reject: ({ statusCode } = {}) => done(client.reject(id, statusCode === undefined ? {} : { statusCode })),
    terminate,
    cancel,
    hold: () => done(client.hold(id)),
    unhold: () => done(client.unhold(id)),
    blindTransfer: target => succeeded(client.transfer(id, target)),
    attendedTransfer: other => succeeded(client.transfer(id, { call: other.id })),
    get stats() {
      return snapshot(client.quality$(id));
    },
    // Invalid tones fail at once; valid ones resolve when they have been played.
    dtmf: tones => isRight(snapshot(client.dtmf(id, tones).pipe(startWith<Either<Fault, unknown>>(right(undefined))))),
    sessionSetDescription: () => Promise.resolve(),
  } satisfies VBotSession<Status>);
}
