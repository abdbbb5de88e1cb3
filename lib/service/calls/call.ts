import { Subject, Subscription, concatAll, of, type Observable } from 'rxjs';
import type { CallEnd, CallId } from '../../call/model.js';
import type { ConversationId } from '../../conversation/model.js';
import { left, type Either } from '../../core/either.js';
import type { Failure } from '../../core/port.js';
import type { Peer } from '../../rtc/model.js';
import { lastStats } from '../../rtc/stats.js';
import { failed } from '../failure.js';
import type { ServiceContext, Settle, Origin, ServiceCall } from './context.js';
export function newCall(agent: ServiceContext, id: CallId, origin: Origin): ServiceCall {
  const tasks$ = new Subject<Observable<unknown>>();
  const call: ServiceCall = {
    id,
    origin,
    life: new Subscription(),
    inTurn: task => {
      tasks$.next(task);
    },
    desired: { live: true, hold: false, deaf: false },
    reported: { mute: false, earmuff: false },
    others: new Map(),
    legChanges: new Map(),
    descriptionApplied: false,
    joined: false,
    answering: false,
    answered: false,
    listed: false,
    hasRung: false,
  };
  // Pending reports are dropped with the call.
  call.life.add(tasks$.pipe(concatAll()).subscribe());
  agent.calls.set(id, call);
  return call;
}

/** The call of this leg of ours, else the one that takes place there. */
export function callOf(
  agent: ServiceContext,
  leg: string | undefined,
  conversation?: ConversationId,
): ServiceCall | undefined {
  const calls = [...agent.calls.values()];
  return (
    calls.find(call => leg !== undefined && call.leg === leg) ??
    calls.find(call => conversation !== undefined && call.conversation === conversation)
  );
}

/** Waits for this as long as the call lives. */
export function follow<A>(
  agent: ServiceContext,
  call: ServiceCall,
  result$: Observable<Either<Failure, A>>,
  then: (result: Either<Failure, A>) => void,
  settle?: Settle<never>,
): Subscription {
  // It is carried out now, and given up when the call is over.
  const following = result$.subscribe(result => {
    agent.guard(
      () => {
        then(result);
      },
      { call: call.id, ...(settle === undefined ? {} : { settle }) },
    );
  });
  call.life.add(following);
  return following;
}

/** Has the peer do something; `then` is not called any more once the call is over. */
export function run<A>(
  agent: ServiceContext,
  call: ServiceCall,
  verb: (peer: Peer) => Observable<Either<Failure, A>>,
  then: (result: Either<Failure, A>) => void,
  settle?: Settle<never>,
): Subscription {
  const { peer } = call;
  return follow(agent, call, peer === undefined ? of(left(failed('wrong-state'))) : verb(peer), then, settle);
}

/** One answer, which ends it. Where none ever comes, nothing of the call is held for it. */
function countLast({ connections, life, report }: ServiceContext, call: CallId): void {
  life().add(
    lastStats(connections.get(call)).subscribe(stats => {
      report({ _tag: 'last-stats', call, stats });
    }),
  );
}

/**
 * Releases everything of a call: its media, what is under way for it, and what is still owed to it. What the media of an
 * answered one have counted is asked for before, and told when it comes.
 */
export function release(agent: ServiceContext, call: ServiceCall): void {
  agent.calls.delete(call.id);
  if (call.answered) countLast(agent, call.id);
  if (call.leg !== undefined) agent.endedLegs.keep(call.leg, { call: call.id });
  call.life.unsubscribe();
}

/** Ends a call that we have not ended ourselves; once. */
export function endRemotely(agent: ServiceContext, call: ServiceCall, end: CallEnd): void {
  if (call.life.closed) return;
  release(agent, call);
  agent.report({ _tag: 'ended', call: call.id, ...end });
}

/** Something was survived. */
export function reportFault(agent: ServiceContext, { id }: ServiceCall, { fault }: Failure): void {
  agent.report({ _tag: 'fault', call: id, fault });
}
