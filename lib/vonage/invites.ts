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
export const invitesOf = (move$: Observable<CallChange>): Observable<Invite> =>
  move$.pipe(
    concatMap(([before, now]) =>
      before === undefined && isNamed(now) && now.direction === 'incoming' && now.end === undefined
        ? [[now.ref, now.phoneNumber, channelOf(now)] as const]
        : [],
    ),
  );

const channels: readonly string[] = Object.values(VoiceChannelType);
const isChannel = (type: string | undefined): type is VoiceChannelType => type !== undefined && channels.includes(type);

/** Events that the document does not define are custom events. */
const channelOf = ({ channel }: Call): VoiceChannelType => (isChannel(channel) ? channel : VoiceChannelType.App);

type Cancel = readonly [callId: string, reason: CancelReason];

/**
 * Incoming calls that ring no more, and were neither answered nor rejected here.
 *
 *     move$     --r--c---r--j---r--a--e--    c the caller gives up  j rejected here  a answered here  e it ends
 *     cancel$   -----c-------------------
 */
export const cancelsOf = (move$: Observable<CallChange>): Observable<Cancel> =>
  move$.pipe(
    concatMap(([before, now]) => {
      if (before === undefined || before.end !== undefined || !isNamed(now) || !isUnanswered(now)) return [];
      return now.end === undefined || isOurs(now.end) ? [] : [[now.ref, reasonOf(now.end.cause)] as const];
    }),
  );

const isUnanswered = ({ direction, answeredAt }: Named): boolean =>
  direction === 'incoming' && answeredAt === undefined;

/** Rejected, or hung up, by whoever has this client; not when it has rung for too long here. */
const isOurs = ({ by, cause }: CallEnd): boolean => by === 'local' && cause !== 'no_answer';

const reasons: { readonly [Cause in EndCause]?: CancelReason } = {
  declined: CancelReason.RejectedElsewhere,
  no_answer: CancelReason.RemoteTimeout,
  answered_elsewhere: CancelReason.AnsweredElsewhere,
};
const reasonOf = (cause: EndCause): CancelReason => reasons[cause] ?? CancelReason.RemoteCancel;
