import type { OutgoingRequestMessage, UserAgentCore } from 'sip.js/lib/core/index.js';
import type { Subscription } from 'rxjs';
import type { CallId } from '../call/model.js';
import type { CallingReport } from '../call/calling.js';
import type { Media } from '../media/port.js';
import type { Account } from './account.js';
import type { Authenticator } from './authentication.js';
import type { SipCall } from './call.js';
import type { Keyring } from './credentials.js';
import type { Ledger, Settle } from './ledger.js';
import type { SipOptions } from './options.js';
import type { SipWatch } from './watch.js';

/** What every part of the adapter works with. */
export type Agent = {
  readonly options: SipOptions;
  readonly account: Account;
  readonly keyring: Keyring;
  readonly authenticator: Authenticator;
  readonly core: UserAgentCore;
  readonly ledger: Ledger;
  readonly media: Media;
  readonly newId: () => string;
  readonly calls: Map<CallId, SipCall>;
  /** Calls that were ended while the line was away, and whose far side does not know it yet. */
  readonly departed: Map<CallId, SipCall>;
  /** The last counts of calls that are over: each is given up when the adapter is. */
  readonly counts: Set<Subscription>;
  /** What we have subscribed to, by Call-ID. */
  readonly watches: Map<string, SipWatch>;
  /** INVITEs that were given up: a challenge to one is not answered any more. */
  readonly withdrawn: WeakSet<OutgoingRequestMessage>;
  readonly report: (report: CallingReport) => void;
  /** Runs what may throw: that becomes a fault, and the failure of the order that it was done for. */
  readonly guard: (action: () => void, owed?: { readonly call?: CallId; readonly settle?: Settle<never> }) => void;
};
