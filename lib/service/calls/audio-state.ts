import { defer, of, tap, type Observable, map } from 'rxjs';
import { isLeft, left, right, type Either } from '../../core/either.js';
import type { Failure } from '../../core/port.js';
import { failed } from '../failure.js';
import type { ServiceContext, Settle, ServiceCall } from './context.js';
import { reportFault } from './call.js';
import { asMember, askingToSet, askingToPress, askingToSay, type Seat } from './requests.js';
import type { Speech } from '../../call/model.js';
import { fault } from '../../core/fault.js';
import type { Asking } from '../rest.js';

type What = 'mute' | 'earmuff';

/** The service has no hold: it is mute and earmuff together. */
function desiredState({ desired: { live, hold, deaf } }: ServiceCall, what: What): boolean {
  return what === 'mute' ? !live : hold || deaf;
}

/** Told where the service knows it otherwise, when its turn comes. */
function reportedState(
  agent: ServiceContext,
  call: ServiceCall,
  what: What,
  on: boolean,
): Observable<Either<Failure, unknown>> {
  return defer(() =>
    call.reported[what] === on
      ? of(right(undefined))
      : asMember(agent, call, seat => askingToSet(seat, what, on)).pipe(
          tap(result => {
            call.reported[what] = isLeft(result) ? undefined : on;
          }),
        ),
  );
}

function sendAudioState(agent: ServiceContext, call: ServiceCall, what: What, settle: Settle<undefined>): void {
  if (!call.joined) return;
  call.inTurn(
    reportedState(agent, call, what, desiredState(call, what)).pipe(
      tap(result => {
        settle(isLeft(result) ? result : right(undefined));
      }),
    ),
  );
}

/** Sends the audio state without waiting for the response; a failure is only reported. */
function recordReported(agent: ServiceContext, call: ServiceCall, what: What): void {
  sendAudioState(agent, call, what, result => {
    if (isLeft(result)) reportFault(agent, call, result.left);
  });
}

/** Applies the audio state that was requested before we joined. */
export function syncAudioState(agent: ServiceContext, call: ServiceCall): void {
  recordReported(agent, call, 'mute');
  recordReported(agent, call, 'earmuff');
}

/** Mutes locally at once, and reports it to the service. */
export function speak(agent: ServiceContext, call: ServiceCall, live: boolean): void {
  call.desired.live = live;
  call.peer?.setLive(live);
  recordReported(agent, call, 'mute');
}

/** Earmuff is applied locally by the audio output; the service keeps sending. */
export function listen(agent: ServiceContext, call: ServiceCall, muted: boolean): void {
  call.desired.deaf = muted;
  recordReported(agent, call, 'earmuff');
}

/** Our hold: the microphone is silent already. */
export function hold(agent: ServiceContext, call: ServiceCall, on: boolean, settle: Settle<undefined>): void {
  if (!call.joined) {
    settle(left(failed('wrong-state')));
    return;
  }
  call.desired.hold = on;
  sendAudioState(agent, call, 'earmuff', result => {
    if (isLeft(result)) call.desired.hold = !on;
    settle(result);
  });
}

/** Sends the audio state in order, once we have joined. */
function speakUp(
  agent: ServiceContext,
  call: ServiceCall,
  make: (seat: Seat) => Asking<unknown>,
  settle: Settle<undefined>,
  worded: (failure: Failure) => Failure = failure => failure,
): void {
  if (!call.joined) {
    settle(left(failed('wrong-state')));
    return;
  }
  const said$: Observable<Either<Failure, undefined>> = asMember(agent, call, make).pipe(
    map(result => (isLeft(result) ? left(worded(result.left)) : right(undefined))),
  );
  call.inTurn(said$.pipe(tap(settle)));
}

/** A response of the service may quote the digits, which are secret. */
function silent({ fault: { code, statusCode }, ...rest }: Failure): Failure {
  return {
    ...rest,
    fault: fault(code, statusCode === undefined ? {} : { statusCode }),
  };
}

/** Keys, as many as were pressed together. */
export function press(agent: ServiceContext, call: ServiceCall, keys: string, settle: Settle<undefined>): void {
  speakUp(agent, call, seat => askingToPress(seat, keys), settle, silent);
}

/** Requests text to speech for all participants. */
export function say(agent: ServiceContext, call: ServiceCall, speech: Speech, settle: Settle<undefined>): void {
  speakUp(agent, call, seat => askingToSay(seat, speech), settle);
}
