import { of, switchMap, tap, type Observable } from 'rxjs';
import { isLeft, left, right, type Either } from '../../core/either.js';
import type { Failure } from '../../core/port.js';
import { failed } from '../failure.js';
import type { ServiceContext, Settle, ServiceCall } from './context.js';
import { follow, endRemotely, release } from './call.js';
import { list } from './legs.js';
import { asMember, askingToAnswer, askingToJoin } from './requests.js';
import { syncAudioState } from './audio-state.js';

/** Another session of ours has the call. */
export function lose(agent: ServiceContext, call: ServiceCall): void {
  release(agent, call);
  agent.report({ _tag: 'answered-elsewhere', call: call.id });
}

/** Joins the conversation that we were invited to, and then gives our description. */
function answering(agent: ServiceContext, call: ServiceCall, sdp: string): Observable<Either<Failure, unknown>> {
  return asMember(agent, call, askingToJoin).pipe(
    tap(joined => {
      if (!isLeft(joined)) call.joined = true;
    }),
    // The one reply has the one description follow.
    switchMap(joined => (isLeft(joined) ? of(joined) : asMember(agent, call, seat => askingToAnswer(seat, sdp)))),
  );
}

/** Answers an incoming call. It may have been cancelled, or answered elsewhere. */
export function answer(agent: ServiceContext, call: ServiceCall, settle: Settle<undefined>): void {
  const sdp = call.peer?.localDescription;
  if (call.origin._tag !== 'invited' || sdp === undefined || call.answering) {
    settle(left(failed('wrong-state')));
    return;
  }
  call.answering = true;
  follow(
    agent,
    call,
    answering(agent, call, sdp),
    result => {
      if (!isLeft(result)) {
        call.descriptionApplied = true;
        call.answered = true;
        settle(right(undefined));
        syncAudioState(agent, call);
        list(agent, call);
        return;
      }
      const { statusCode } = result.left.fault;
      if (statusCode === 404) endRemotely(agent, call, { by: 'remote', cause: 'cancelled' });
      else if (statusCode === 409) lose(agent, call);
      else settle(result);
      call.answering = call.joined;
    },
    settle,
  );
}
