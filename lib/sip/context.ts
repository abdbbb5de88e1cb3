import type { OutgoingRequestMessage, UserAgentCore, Session, URI } from 'sip.js/lib/core/index.js';
import type { CallId, Identity } from '../call/model.js';
import type { CallingReport } from '../call/calling.js';
import type { Media } from '../media/port.js';
import type { Account } from './account.js';
import type { Authenticator, Keyring } from './authentication.js';
import type { SipOptions } from './options.js';
import type { Subscription } from 'rxjs';
import type { Ref } from '../core/units.js';
import type { Peer } from '../rtc/model.js';
import type { Offer } from './sdp-offer.js';
import type { SessionTimer } from './session-timer.js';
import type { EndReason } from './message-mapping.js';
import type { Package, WatchId } from '../subscriptions/port.js';
import { fault } from '../core/fault.js';
import type { Either } from '../core/either.js';
import type { PendingRequests } from '../core/pending-requests.js';
import type { Failure } from '../core/port.js';

/** State and services that the modules of the adapter share. */
export type SipContext = {
  readonly options: SipOptions;
  readonly account: Account;
  readonly keyring: Keyring;
  readonly authenticator: Authenticator;
  readonly core: UserAgentCore;
  readonly pending: PendingOrders;
  readonly media: Media;
  readonly newId: () => string;
  readonly calls: Map<CallId, SipCall>;
  /** Calls that were ended while the line was away, and whose far side does not know it yet. */
  readonly endedOffline: Map<CallId, SipCall>;
  /** The last counts of calls that are over: each is given up when the adapter is. */
  readonly pendingStats: Set<Subscription>;
  /** Our subscriptions, by Call-ID. */
  readonly watches: Map<string, SipWatch>;
  /** INVITEs that were given up: a challenge to one is not answered any more. */
  readonly cancelledInvites: WeakSet<OutgoingRequestMessage>;
  readonly report: (report: CallingReport) => void;
  /** Runs what may throw: that becomes a fault, and the failure of the order that it was done for. */
  readonly guard: (action: () => void, owed?: { readonly call?: CallId; readonly settle?: Settle<never> }) => void;
};

/** How a hang-up is signalled in this phase of the INVITE: CANCEL, BYE or a final response. */
export type Signalling = {
  /** Says that it is over: CANCEL, BYE, a refusal, or nothing at all. */
  readonly hangup: (why: EndReason) => void;
  /** Drops what is left of it; nothing can be sent. */
  readonly forget: () => void;
};

/** An INVITE in, which waits for our final response. */
type Invitation = {
  readonly callId: string;
  /** The far side's offer; without one, the 200 carries ours. */
  readonly offer: string | undefined;
  readonly ring: () => void;
  readonly answer: (sdp: string) => void;
  /** The 200 has left, and the core knows. */
  readonly answered: () => void;
  readonly refuse: (statusCode: number) => void;
};

/** An offer within the dialog (re-INVITE or UPDATE), which waits for the core's word. */
export type RemoteOffer = {
  readonly ref: Ref;
  /** Without one, we are to offer. */
  readonly description: Offer | undefined;
  readonly accept: (sdp: string) => void;
  readonly refuse: (statusCode: number, headers?: readonly string[]) => void;
  /** True when the answer is followed by an ACK. */
  readonly acknowledged: boolean;
};

/**
 * One call, as far as it is not plain data: what stands behind a call's id until it is over. No field is ever left out
 * or deleted: V8 would make a dictionary of it, several times as large.
 */
export type SipCall = {
  /** It goes by another one once it has taken another call's place. */
  id: CallId;
  /** Everything that is released with the call; closed when it is over. */
  readonly life: Subscription;
  signalling: Signalling;
  peer: Peer | undefined;
  /** The Call-ID of an INVITE of ours, and the INVITE itself until it is accepted. */
  ref: string | undefined;
  invite: OutgoingRequestMessage | undefined;
  /** How often somebody says that he is still there. */
  timer: SessionTimer | undefined;
  /** Min-SE of the far side, in seconds. RFC 4028 §7.4. */
  leastInterval: number;
  /** Where an outgoing call goes, until it is accepted. */
  dial: { readonly uri: URI; readonly headers: readonly string[] } | undefined;
  /** Until it is answered. */
  invitation: Invitation | undefined;
  /** The confirmed dialog. */
  session: Session | undefined;
  /** True once the first offer has been answered: only then may another follow. */
  firstOfferAnswered: boolean;
  /** True while an offer of ours within the dialog is pending. */
  changing: boolean;
  offered: RemoteOffer | undefined;
  /** The description that is being made has enough candidates. */
  onEnoughCandidates: (() => void) | undefined;
  /** Requests within the dialog that wait for a final response; they fail when the line goes down. */
  readonly pendingRequests: Set<() => void>;
  /** Why we have ended it, where that has not been said yet. */
  endReason: EndReason | undefined;
  /** Takes the description of the next ACK. */
  onAck: ((sdp: string | undefined) => Promise<void> | undefined) | undefined;
  /** The REFER of the far side that waits for consent. */
  readonly referrals: Map<Ref, Referral>;
  /** Tells the far side of another call, which has asked for this one, what becomes of it. */
  reportReferral: Referral['tell'] | undefined;
  /** The number of our request to call somebody else, while notices of it are awaited. RFC 3515 §2.4.6. */
  referring: number | undefined;
  identity: Identity | undefined;
  /** The far side's latest description. */
  remote: string | undefined;
  /** Ours, word for word as both sides have agreed on it. */
  local: string | undefined;
};

/** The far side's request that we call somebody else. */
export type Referral = {
  /** Replaces and Referred-By headers of the call. */
  readonly headers: readonly string[];
  isAnswered: boolean;
  /** Takes it (202), or declines. */
  readonly answer: (statusCode: 202 | 603) => void;
  /** Says what the call has come to. Only the first final status counts. */
  readonly tell: (statusCode: number, reasonPhrase: string) => void;
};

/** The other end of a subscription, as its messages tell. */
export type Notifier = {
  readonly tag: string;
  readonly target: URI;
  readonly routeSet: readonly string[];
  /** The number of its last request; without one it has only answered, and another may turn out to be the notifier. */
  readonly cseq?: number;
};

/**
 * A subscription: a dialog of which sip.js knows nothing, as its own would be refreshed by timers of its own.
 * RFC 6665 §4.4.1.
 */
export type SipWatch = {
  readonly id: WatchId;
  readonly package: Package;
  readonly uri: URI;
  /** The last SUBSCRIBE: all of them have one Call-ID and one tag; the answer to a challenge has taken a number of its own. */
  last: OutgoingRequestMessage;
  notifier: Notifier | undefined;
  /** We have ended it: what comes of it is answered, and told to nobody. */
  isLeft: boolean;
};

/** Gives the outcome of one order; only the first time counts. */
export type Settle<A = unknown> = (result: Either<Failure, A>) => void;

/** Orders without an outcome. The owner is the id of a call, or `LINE`. */
export type PendingOrders = PendingRequests<string, Either<Failure, unknown>>;

/** The owner of what belongs to no call. */
export const LINE = '';

/** A failure that says no more than its code. */
export const failed = (...details: Parameters<typeof fault>): { readonly fault: ReturnType<typeof fault> } => ({
  fault: fault(...details),
});
