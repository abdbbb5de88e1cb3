import { concatMap, type Observable } from 'rxjs';
import type { EndCause } from '../call/cause.js';
import type { Call, CallEnd } from '../call/model.js';
import { CancelReason, VoiceChannelType } from './enums.js';
import { isNamed, type CallChange, type Named } from './call-changes.js';

type Invite = readonly [callId: string, from: string, channelType: VoiceChannelType];

/**
 * Calls that come in, each as it begins.
 *
 *     move$     ---r---a---e---    r an incoming call  a it is answered  e it ends
 *     invite$   ---r-----------
 */
export function invitesOf(move$: Observable<CallChange>): Observable<Invite> {
  return move$.pipe(
    concatMap(([before, now]) =>
      before === undefined && isNamed(now) && now.direction === 'incoming' && now.end === undefined
        ? [[now.ref, now.phoneNumber, channelOf(now)] as const]
        : [],
    ),
  );
}

const channels: readonly string[] = Object.values(VoiceChannelType);
function isChannel(type: string | undefined): type is VoiceChannelType {
  return type !== undefined && channels.includes(type);
}

/** Channel of the caller; `app` where it is unknown. */
function channelOf({ channel }: Call): VoiceChannelType {
  return isChannel(channel) ? channel : VoiceChannelType.App;
}

type Cancel = readonly [callId: string, reason: CancelReason];

/**
 * Incoming calls that ring no more, and were neither answered nor rejected here.
 *
 *     move$     --r--c---r--j---r--a--e--    c the caller gives up  j rejected here  a answered here  e it ends
 *     cancel$   -----c-------------------
 */
export function cancelsOf(move$: Observable<CallChange>): Observable<Cancel> {
  return move$.pipe(
    concatMap(([before, now]) => {
      if (before === undefined || before.end !== undefined || !isNamed(now) || !isUnanswered(now)) return [];
      return now.end === undefined || isOurs(now.end) ? [] : [[now.ref, reasonOf(now.end.cause)] as const];
    }),
  );
}

function isUnanswered({ direction, answeredAt }: Named): boolean {
  return direction === 'incoming' && answeredAt === undefined;
}

/** True when this client rejected or hung up. */
function isOurs({ by, cause }: CallEnd): boolean {
  return by === 'local' && cause !== 'no_answer';
}

const reasons: { readonly [Cause in EndCause]?: CancelReason } = {
  declined: CancelReason.RejectedElsewhere,
  no_answer: CancelReason.RemoteTimeout,
  answered_elsewhere: CancelReason.AnsweredElsewhere,
};
function reasonOf(cause: EndCause): CancelReason {
  return reasons[cause] ?? CancelReason.RemoteCancel;
}
