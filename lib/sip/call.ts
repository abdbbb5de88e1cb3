import { Observable, Subscription, of } from 'rxjs';
import { isRight, left, type Either } from '../core/either.js';
import type { Failure } from '../core/port.js';
import type { CallEnd, CallId } from '../call/model.js';
import type { Peer } from '../rtc/model.js';
import { type SipContext, type Signalling, type SipCall, failed, type Settle } from './context.js';
import type { EndReason } from './message-mapping.js';

/** Without an open INVITE transaction a hang-up sends nothing. */
export const unsent: Signalling = { hangup: () => undefined, forget: () => undefined };
export function newCall(agent: SipContext, id: CallId): SipCall {
  const call: SipCall = {
    id,
    life: new Subscription(),
    signalling: unsent,
    peer: undefined,
    ref: undefined,
    invite: undefined,
    timer: undefined,
    leastInterval: 0,
    dial: undefined,
    invitation: undefined,
    session: undefined,
    firstOfferAnswered: false,
    changing: false,
    offered: undefined,
    onEnoughCandidates: undefined,
    pendingRequests: new Set(),
    endReason: undefined,
    onAck: undefined,
    referrals: new Map(),
    reportReferral: undefined,
    referring: undefined,
    identity: undefined,
    remote: undefined,
    local: undefined,
  };
  agent.calls.set(id, call);
  return call;
}

/**
 * Has the peer do something; `then` is not called any more once the call is over. Descriptions take their turns in the
 * peer, in the order in which they were asked for.
 */
export function run<A>(
  agent: SipContext,
  call: SipCall,
  verb: (peer: Peer) => Observable<Either<Failure, A>>,
  then: (result: Either<Failure, A>) => void,
  settle?: Settle<never>,
): void {
  const { peer } = call;
  const result$: Observable<Either<Failure, A>> = peer === undefined ? of(left(failed('wrong-state'))) : verb(peer);
  call.life.add(
    // Subscribed at once, until `call.life` closes.
    result$.subscribe(result => {
      // Requests that fail because their connection is being closed are not reported.
      if (call.life.closed) return;
      agent.guard(
        () => {
          then(result);
        },
        settle === undefined ? { call: call.id } : { call: call.id, settle },
      );
    }),
  );
}

/**
 * Emits when enough candidates have been gathered, by the core's `describe` order. Only the latest subscriber is
 * notified.
 */
export function enoughCandidates(call: SipCall): Observable<void> {
  return new Observable(subscriber => {
    const tell = (): void => {
      subscriber.next();
    };
    call.onEnoughCandidates = tell;
    return () => {
      if (call.onEnoughCandidates === tell) call.onEnoughCandidates = undefined;
    };
  });
}

/** An outcome that waits for the far side; it fails with `line-lost` when the socket closes. */
export function untilLineLost<A>(call: SipCall, settle: Settle<A>): Settle<A> {
  const giveUp = (): void => {
    finish(left(failed('line-lost')));
  };
  const finish: Settle<A> = result => {
    call.pendingRequests.delete(giveUp);
    settle(result);
  };
  call.pendingRequests.add(giveUp);
  return finish;
}

/** A getStats that never settles references the call id, not the call. */
function countLast({ pendingStats, report }: SipContext, call: CallId, stats$: ReturnType<Peer['stats']>): void {
  const count = stats$.subscribe(counted => {
    if (isRight(counted)) report({ _tag: 'last-stats', call, stats: counted.right });
  });
  pendingStats.add(count);
  count.add(() => pendingStats.delete(count));
}

/**
 * Releases everything of a call, microphone first of all, and fails what is still owed for it. What the media of an
 * answered one have counted is asked for before, and told when it comes.
 */
export function release(agent: SipContext, call: SipCall): void {
  agent.calls.delete(call.id);
  const { peer } = call;
  if (call.session !== undefined && peer !== undefined) countLast(agent, call.id, peer.stats());
  call.life.unsubscribe();
  agent.pending.answerAll(owner => owner === call.id, left(failed('call-ended')));
}

/**
 * A hang-up while the line is down: releases the media, and keeps the call in `endedOffline` until its CANCEL or BYE can
 * be sent.
 */
export function endOffline(agent: SipContext, call: SipCall, why: EndReason): void {
  release(agent, call);
  call.endReason = why;
  agent.endedOffline.set(call.id, call);
}

/**
 * The call is over, and not because we were told to end it. Only the first time counts, and of one that we have ended
 * nothing is told or owed any more.
 */
export function endRemotely(agent: SipContext, call: SipCall, end: CallEnd): void {
  agent.endedOffline.delete(call.id);
  if (call.life.closed) return;
  if (end.statusCode !== undefined) call.reportReferral?.(end.statusCode, end.reason ?? '');
  release(agent, call);
  agent.report({ _tag: 'ended', call: call.id, ...end });
}
