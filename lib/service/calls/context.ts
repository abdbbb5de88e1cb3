import type { Subscription, Subject } from 'rxjs';
import { type Observable } from 'rxjs';
import type { CallId, Leg } from '../../call/model.js';
import type { CallingReport } from '../../call/calling.js';
import type { ConversationId, MemberId } from '../../conversation/model.js';
import type { Either } from '../../core/either.js';
import type { Failure, JsonObject } from '../../core/port.js';
import type { Media } from '../../media/port.js';
import type { PeerSettings } from '../../rtc/attach-peer.js';
import type { Rest } from '../rest.js';
import type { Peer } from '../../rtc/model.js';
import type { Identity } from '../token.js';

/** Gives the outcome of one order; only the first time counts. */
export type Settle<A = unknown> = (result: Either<Failure, A>) => void;

/** State and services that the modules of the calls share. */
export type ServiceContext = {
  readonly options: PeerSettings;
  readonly identity: Identity;
  /** One request; a token that is refused is replaced, once. Cold, one value, never errors; unsubscribing aborts. */
  readonly ask: Rest;
  /** Our member id in a conversation. */
  readonly meIn: (conversation: ConversationId) => Observable<Either<Failure, MemberId>>;
  readonly media: Media;
  readonly newId: () => string;
  readonly calls: Map<CallId, ServiceCall>;
  readonly endedLegs: EndedLegs;
  readonly connections: Map<CallId, RTCPeerConnection>;
  /** Subscriptions that outlive a call, such as its hang-up; they end with the adapter. */
  readonly life: () => Subscription;
  readonly report: (report: CallingReport) => void;
  /** Runs what may throw: that becomes a fault, and the failure of the order that it was done for. */
  readonly guard: (action: () => void, owed?: { readonly call?: CallId; readonly settle?: Settle<never> }) => void;
};

/** Origin of a call: dialled, an existing leg, or an invitation with an offer. */
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
  /** Desired audio state: mute of our voice, and earmuff. */
  readonly desired: { live: boolean; hold: boolean; deaf: boolean };
  /** Audio state that the service has confirmed; unknown where a request failed. */
  readonly reported: { mute: boolean | undefined; earmuff: boolean | undefined };
  /** How far the legs of the others are, by their ids. */
  readonly others: Map<string, string>;
  /** Leg events that arrived by socket since the legs were last requested. */
  readonly legChanges: Map<string, Partial<Leg>>;
  peer?: Peer;
  /** The service's name for it: our own leg. */
  leg?: string;
  conversation?: ConversationId;
  /** Ourselves in the conversation, where that is known. */
  member?: MemberId;
  /** True once the far side's first description has been applied. */
  descriptionApplied: boolean;
  /** True while we are a member of the conversation. */
  joined: boolean;
  /** True when we accepted an invitation and want to be a member. */
  answering: boolean;
  /** True once the far side has answered. */
  answered: boolean;
  /** Flags: the legs have been requested; a leg has been reported as ringing. */
  listed: boolean;
  hasRung: boolean;
  /** Takes the answer to an offer that was posted. */
  answer$?: Subject<string>;
  restarting?: Subscription;
  /** Why we have left. */
  why?: EndReason;
};

/** Why we leave a call: it stands in the query. */
export type EndReason = { readonly reason?: string; readonly reasonCode?: string };

/** Work left for a call that has ended on this side. */
type Late = {
  readonly call: CallId;
  /** True when we hung up and wait for the service's statistics. */
  readonly awaited?: boolean;
  /** Its leg may still join a conversation, and is to be taken out of it then. */
  readonly undo?: EndReason;
};

/** The legs of calls that are over, as many as are worth knowing. */
export type EndedLegs = {
  readonly keep: (leg: string, late: Late) => void;
  readonly of: (leg: string) => Late | undefined;
};

const maxEndedLegs = 64;

export function createEndedLegs(): EndedLegs {
  const legs = new Map<string, Late>();
  return {
    keep: (leg, late) => {
      legs.delete(leg);
      legs.set(leg, late);
      const [oldest] = legs.keys();
      if (legs.size > maxEndedLegs && oldest !== undefined) legs.delete(oldest);
    },
    of: leg => legs.get(leg),
  };
}
