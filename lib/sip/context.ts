import type { OutgoingRequestMessage, UserAgentCore, Session, URI } from './sipjs.js';
import type { CallId, Identity } from '../call/model.js';
import type { CallingReport } from '../call/calling.js';
import type { Media } from '../media/port.js';
import type { Account } from './account.js';
import type { Authenticator, Keyring } from './authentication.js';
import type { SipOptions } from './options.js';
import type { Subscription } from 'rxjs';
import type { Peer } from '../rtc/model.js';
import type { Offer } from './sdp-offer.js';
import type { SessionTimer } from './session-timer.js';
import type { EndReason } from './message-mapping.js';
import type { Package, WatchId } from '../subscriptions/port.js';
import { fault } from '../core/fault.js';
import type { Either } from '../core/either.js';
import type { PendingRequests } from '../core/pending-requests.js';
import type { Failure, Ref } from '../core/port.js';

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
  /** Pending getStats of ended calls, which end with the adapter. */
  readonly pendingStats: Set<Subscription>;
  /** Our subscriptions, by Call-ID. */
  readonly watches: Map<string, SipWatch>;
  /** INVITEs of calls that have ended before the answer: their challenges are not answered. */
  readonly cancelledInvites: WeakSet<OutgoingRequestMessage>;
  readonly report: (report: CallingReport) => void;
  /** Runs `action`; an exception is reported as `internal` and fails the order. */
  readonly guard: (action: () => void, owed?: { readonly call?: CallId; readonly settle?: Settle<never> }) => void;
};

/** How a hang-up is signalled in this phase of the INVITE: CANCEL, BYE or a final response. */
export type Signalling = {
  /** Ends the INVITE as its phase requires: CANCEL, BYE, a final response, or nothing. */
  readonly hangup: (why: EndReason) => void;
  /** Drops transaction and dialog without sending: the line is down, or the call is given up. */
  readonly forget: () => void;
};

/** An INVITE without our final response. */
type Invitation = {
  readonly callId: string;
  /** The far side's offer; without one, the 200 carries ours. */
  readonly offer: string | undefined;
  readonly ring: () => void;
  readonly answer: (sdp: string) => void;
  /** Called when the 2xx has been sent: applies the session timer. */
  readonly answered: () => void;
  readonly refuse: (statusCode: number) => void;
};

/** A re-INVITE or UPDATE that waits for the core to accept or decline. */
export type RemoteOffer = {
  readonly ref: Ref;
  /** The offer; `undefined` where our 200 must contain it. */
  readonly description: Offer | undefined;
  readonly accept: (sdp: string) => void;
  readonly refuse: (statusCode: number, headers?: readonly string[]) => void;
  /** True when the answer is followed by an ACK. */
  readonly acknowledged: boolean;
};

/** Mutable state of one call. All fields always exist: V8 gives an object with deleted fields a larger representation. */
export type SipCall = {
  /** Call id; that of the replaced call once this one has replaced it. RFC 3891. */
  id: CallId;
  /** Everything that is released with the call; closed when it is over. */
  readonly life: Subscription;
  signalling: Signalling;
  peer: Peer | undefined;
  /** The Call-ID of an INVITE of ours, and the INVITE itself until it is accepted. */
  ref: string | undefined;
  invite: OutgoingRequestMessage | undefined;
  /** The agreed session timer. RFC 4028. */
  timer: SessionTimer | undefined;
  /** Min-SE of the far side, in seconds. RFC 4028 §7.4. */
  leastInterval: number;
  /** Request-URI and headers of our INVITE, for a retry or redirection before the 2xx. */
  dial: { readonly uri: URI; readonly headers: readonly string[] } | undefined;
  /** The INVITE that waits for our answer. */
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
  /** End reason of a call that ended while the line was down, for the Reason header. RFC 3326. */
  endReason: EndReason | undefined;
  /** Handler of the ACK to our 200. */
  onAck: ((sdp: string | undefined) => Promise<void> | undefined) | undefined;
  /** REFERs received within the dialog, by ref. */
  readonly referrals: Map<Ref, Referral>;
  /** Sends the progress of this call to the sender of the REFER that caused it. RFC 3515 §2.4.4. */
  reportReferral: Referral['tell'] | undefined;
  /** CSeq number of our latest REFER; its NOTIFYs carry it as `id`. RFC 3515 §2.4.6. */
  referring: number | undefined;
  identity: Identity | undefined;
  /** The far side's latest description. */
  remote: string | undefined;
  /** Our description as agreed in the last negotiation. */
  local: string | undefined;
};

/** The far side's request that we call somebody else. */
export type Referral = {
  /** Replaces and Referred-By headers of the call. */
  readonly headers: readonly string[];
  isAnswered: boolean;
  /** Answers the REFER with 202 or 603. */
  readonly answer: (statusCode: 202 | 603) => void;
  /** Sends a NOTIFY with the status of the referred call; none after a final status. */
  readonly tell: (statusCode: number, reasonPhrase: string) => void;
};

/** The dialog of a subscription: To tag, remote target, route set. */
export type Notifier = {
  readonly tag: string;
  readonly target: URI;
  readonly routeSet: readonly string[];
  /** CSeq of the last NOTIFY; `undefined` until a notifier is known. */
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
  /** The latest SUBSCRIBE, whose Call-ID and From tag the next one repeats. Its CSeq includes authentication retries. */
  last: OutgoingRequestMessage;
  notifier: Notifier | undefined;
  /** True after our unsubscribe: NOTIFYs are answered and ignored. */
  isLeft: boolean;
};

/** Gives the outcome of one order; only the first time counts. */
export type Settle<A = unknown> = (result: Either<Failure, A>) => void;

/** Orders without an outcome, by ref; the owner is a call id or `LINE`. */
export type PendingOrders = PendingRequests<string, Either<Failure, unknown>>;

/** Owner of the orders that belong to no call. */
export const LINE = '';

/** A failure that says no more than its code. */
export function failed(...details: Parameters<typeof fault>): { readonly fault: ReturnType<typeof fault> } {
  return {
    fault: fault(...details),
  };
}
