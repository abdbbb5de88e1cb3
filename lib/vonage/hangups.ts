import { concatMap, type Observable } from 'rxjs';
import type { EndCause } from '../call/cause.js';
import type { Call, CallEnd } from '../call/model.js';
import { HangupReason } from './enums.js';
import { toQuality } from './quality-mapper.js';
import type { RTCQuality } from './model.js';
import { isNamed, type CallChange } from './call-changes.js';

type Hangup = readonly [callId: string, quality: RTCQuality, reason: HangupReason];

/**
 * Calls that have ended, each once, with what the service has measured.
 *
 *     move$     --e-----h---q-----h-----n--    e the far side hangs up  h we do  q the quality comes  n the call has left
 *     hangup$   --e---------q-----------n--
 */
export function hangupsOf(move$: Observable<CallChange>): Observable<Hangup> {
  return move$.pipe(
    concatMap(move => {
      const call = partedBy(move);
      if (!isNamed(call) || call.end === undefined || !isHeldHere(call, call.end)) return [];
      return [[call.ref, toQuality(call.end.quality), reasonOf(call.end)] as const];
    }),
  );
}

/** The call whose end has become complete. */
function partedBy([before, now]: CallChange): Call | undefined {
  if (before === undefined || isComplete(before)) return undefined;
  return now === undefined || isComplete(now) ? (now ?? before) : undefined;
}

/** The service's quality report follows our own hang-up, together with those of the other legs. */
function isComplete({ end }: Call): boolean {
  return end !== undefined && (end.by !== 'local' || end.quality !== undefined);
}

/** True for an outgoing call with a conversation, and an incoming one that was answered. */
function isHeldHere({ direction, conversation, answeredAt }: Call, { by, cause }: CallEnd): boolean {
  return direction === 'outgoing'
    ? conversation !== undefined
    : answeredAt !== undefined || (by === 'local' && cause === 'hung_up');
}

const reasons: { readonly [Cause in EndCause]?: HangupReason } = {
  busy: HangupReason.RemoteReject,
  declined: HangupReason.RemoteReject,
  no_answer: HangupReason.RemoteNoAnswerTimeout,
  media_failed: HangupReason.MediaTimeout,
};

/** The document defines no hang-up for a ring timeout or for lost media. */
function reasonOf({ by, cause }: CallEnd): HangupReason {
  return reasons[cause] ?? (by === 'local' ? HangupReason.LocalHangup : HangupReason.RemoteHangup);
}
