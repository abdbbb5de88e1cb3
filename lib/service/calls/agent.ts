import type { Observable, Subscription } from 'rxjs';
import type { CallId } from '../../call/model.js';
import type { CallingReport } from '../../call/calling.js';
import type { ConversationId, MemberId } from '../../conversation/model.js';
import type { Either } from '../../kernel/either.js';
import type { Failure } from '../../kernel/port.js';
import type { Media } from '../../media/port.js';
import type { PeerSettings } from '../../rtc/held.js';
import type { Identity } from '../identity.js';
import type { Rest } from '../rest.js';
import type { ServiceCall } from './call.js';
import type { Past } from './past.js';

/** Gives the outcome of one order; only the first time counts. */
export type Settle<A = unknown> = (result: Either<Failure, A>) => void;

/** What every part of the calls works with. */
export type Agent = {
  readonly options: PeerSettings;
  readonly identity: Identity;
  /** One request; a token that is refused is replaced, once. Cold, one value, never errors; unsubscribing aborts. */
  readonly ask: Rest;
  /** Who we are in a conversation. */
  readonly meIn: (conversation: ConversationId) => Observable<Either<Failure, MemberId>>;
  readonly media: Media;
  readonly newId: () => string;
  readonly calls: Map<CallId, ServiceCall>;
  readonly past: Past;
  readonly connections: Map<CallId, RTCPeerConnection>;
  /** Owns what outlives a call: to say that it is over. Ends with whoever holds the reports. */
  readonly life: () => Subscription;
  readonly report: (report: CallingReport) => void;
  /** Runs what may throw: that becomes a fault, and the failure of the order that it was done for. */
  readonly guard: (action: () => void, owed?: { readonly call?: CallId; readonly settle?: Settle<never> }) => void;
};
