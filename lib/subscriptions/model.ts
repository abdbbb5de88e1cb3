import type { Fault } from '../core/fault.js';

/** Dialog state of an extension: that of its busiest call. `unknown` before the first NOTIFY. */
export type LampState = 'unknown' | 'idle' | 'ringing' | 'busy';

/** One dialog of the subscribed extension. RFC 4235 §4.1.3. */
export type WatchedDialog = {
  readonly id: string;
  readonly state: 'trying' | 'proceeding' | 'early' | 'confirmed' | 'terminated';
  readonly direction?: 'initiator' | 'recipient';
  /** URI of the remote party. */
  readonly remote?: string;
  readonly remoteName?: string;
};

/** A busy lamp: one extension that is watched. */
export type Lamp = {
  readonly uri: string;
  readonly state: LampState;
  /** Dialogs that have not terminated. */
  readonly dialogs: readonly WatchedDialog[];
  /** State of the subscription. */
  readonly watching: 'no' | 'asking' | 'yes';
  /** Fault of the subscription: `unsupported` (489), `not-found`, `forbidden`, `line-lost`, `disconnected` … */
  readonly fault?: Fault;
};

/** Message counts of one class: heard and unheard. */
export type MessageCount = { readonly new: number; readonly old: number };

/** A mailbox that is watched. RFC 3842. */
export type Mailbox = {
  readonly uri: string;
  readonly waiting: boolean;
  /** By class, as `voice-message`, `fax-message`. */
  readonly counts: Readonly<Record<string, MessageCount>>;
  readonly watching: 'no' | 'asking' | 'yes';
  readonly fault?: Fault;
};
