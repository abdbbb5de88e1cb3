import { Subject, Subscription, concatAll, of, type Observable } from 'rxjs';
import type { CallEnd, CallId, Leg } from '../../call/model.js';
import type { ConversationId, MemberId } from '../../conversation/model.js';
import { left, type Either } from '../../kernel/either.js';
import type { JsonObject } from '../../kernel/json.js';
import type { Failure } from '../../kernel/port.js';
import type { Peer } from '../../rtc/model.js';
import { lastStats } from '../../rtc/stats.js';
import { failed } from '../failure.js';
import type { Agent, Settle } from './agent.js';
import type { Why } from './past.js';

/** How a call comes to us: what is told when it is dialled, a leg that is there already, or the offer of an invitation. */
export type Origin =
  | { readonly _tag: 'dialled'; readonly customData: JsonObject }
  | { readonly _tag: 'rejoined' }
  | { readonly _tag: 'invited'; readonly offer: string };

/** One call, as far as it is not plain data: what stands behind a call's id until it is over. */
export type ServiceCall = {
  readonly id: CallId;
  readonly origin: Origin;
  /** Everything that is released with the call; closed when it is over. */
  readonly life: Subscription;
  /** Does one thing after the other, in the order in which they were asked for: HTTP has no order of its own. */
  readonly inTurn: (task: Observable<unknown>) => void;
  /** What is wanted of our voice and of what we hear. */
  readonly wish: { live: boolean; hold: boolean; deaf: boolean };
  /** What the service was told of it; unknown where that failed. */
  readonly told: { mute: boolean | undefined; earmuff: boolean | undefined };
  /** How far the legs of the others are, by their ids. */
  readonly others: Map<string, string>;
  /** What the socket has told of legs since they were last asked for. */
  readonly news: Map<string, Partial<Leg>>;
  peer?: Peer;
  /** The service's name for it: our own leg. */
  leg?: string;
  conversation?: ConversationId;
  /** Ourselves in the conversation, where that is known. */
  member?: MemberId;
  /** Whether the far side's first description has been applied. */
  agreed: boolean;
  /** Whether we are in the conversation. */
  joined: boolean;
  /** Whether we want to be, after an invitation. */
  answering: boolean;
  /** Whether we talk: somebody has answered. */
  answered: boolean;
  /** Whether the legs have been asked for, and whether one of them was told to ring. */
  listed: boolean;
  rung: boolean;
  /** Takes the answer to an offer that was posted. */
  answer$?: Subject<string>;
  restarting?: Subscription;
  /** Why we have left. */
  why?: Why;
};

export const newCall = (agent: Agent, id: CallId, origin: Origin): ServiceCall => {
  const tasks$ = new Subject<Observable<unknown>>();
  const call: ServiceCall = {
    id,
    origin,
    life: new Subscription(),
    inTurn: task => {
      tasks$.next(task);
    },
    wish: { live: true, hold: false, deaf: false },
    told: { mute: false, earmuff: false },
    others: new Map(),
    news: new Map(),
    agreed: false,
    joined: false,
    answering: false,
    answered: false,
    listed: false,
    rung: false,
  };
  // What is still to be told is dropped with the call.
  call.life.add(tasks$.pipe(concatAll()).subscribe());
  agent.calls.set(id, call);
  return call;
};

/** The call of this leg of ours, else the one that takes place there. */
export const callOf = (
  agent: Agent,
  leg: string | undefined,
  conversation?: ConversationId,
): ServiceCall | undefined => {
  const calls = [...agent.calls.values()];
  return (
    calls.find(call => leg !== undefined && call.leg === leg) ??
    calls.find(call => conversation !== undefined && call.conversation === conversation)
  );
};

/** Waits for this as long as the call lives. */
export const follow = <A>(
  agent: Agent,
  call: ServiceCall,
  result$: Observable<Either<Failure, A>>,
  then: (result: Either<Failure, A>) => void,
  settle?: Settle<never>,
): Subscription => {
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
};

/** Has the peer do something; `then` is not called any more once the call is over. */
export const run = <A>(
  agent: Agent,
  call: ServiceCall,
  verb: (peer: Peer) => Observable<Either<Failure, A>>,
  then: (result: Either<Failure, A>) => void,
  settle?: Settle<never>,
): Subscription => {
  const { peer } = call;
  return follow(agent, call, peer === undefined ? of(left(failed('wrong-state'))) : verb(peer), then, settle);
};

/** One answer, which ends it. Where none ever comes, nothing of the call is held for it. */
const countLast = ({ connections, life, report }: Agent, call: CallId): void => {
  life().add(
    lastStats(connections.get(call)).subscribe(stats => {
      report({ _tag: 'last-stats', call, stats });
    }),
  );
};

/**
 * Releases everything of a call: its media, what is under way for it, and what is still owed to it. What the media of an
 * answered one have counted is asked for before, and told when it comes.
 */
export const release = (agent: Agent, call: ServiceCall): void => {
  agent.calls.delete(call.id);
  if (call.answered) countLast(agent, call.id);
  if (call.leg !== undefined) agent.past.keep(call.leg, { call: call.id });
  call.life.unsubscribe();
};

/** The call is over, and not because we were told to end it. Only the first time counts. */
export const over = (agent: Agent, call: ServiceCall, end: CallEnd): void => {
  if (call.life.closed) return;
  release(agent, call);
  agent.report({ _tag: 'ended', call: call.id, ...end });
};

/** Something was survived. */
export const survive = (agent: Agent, { id }: ServiceCall, { fault }: Failure): void => {
  agent.report({ _tag: 'fault', call: id, fault });
};
