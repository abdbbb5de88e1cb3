import type { Observable } from 'rxjs';
import type { Fault } from '../core/fault.js';
import type { Done, Ref } from '../core/port.js';
import type { Moment } from '../core/transition.js';
import type { Lamp, Mailbox, MessageCount, WatchedDialog } from './model.js';
import type { SerialQueue } from '../core/store.js';

/** Names one thing that is watched: minted by the core, unique within a line. */
export type WatchId = string;

/** Event packages. RFC 4235, RFC 3842. */
export type Package = 'dialog' | 'message-summary';

/** Orders of a line that can subscribe. One attempt each; retries are the core's. */
export type WatchOrder =
  /**
   * Subscribes, or refreshes what is subscribed (SUBSCRIBE); `expires` in seconds. `anew`: the former subscription is
   * gone, and another one begins. `done` carries `Granted`; a NOTIFY may be reported before it.
   */
  | {
      readonly _tag: 'watch';
      readonly ref: Ref;
      readonly watch: WatchId;
      readonly uri: string;
      readonly package: Package;
      readonly expires: number;
      readonly anew: boolean;
    }
  /** Unsubscribes (Expires 0); later NOTIFYs are not reported. */
  | { readonly _tag: 'unwatch'; readonly watch: WatchId };

/** Granted lifetime of a subscription, in seconds. */
export type Grant = { readonly expires: number };

/** Parsed body of a NOTIFY. `unreadable`: a malformed body, which is also reported as a fault. */
export type Notice =
  | {
      readonly _tag: 'dialogs';
      readonly version: number;
      /** True for a full list, false for changed dialogs only. */
      readonly full: boolean;
      readonly dialogs: readonly WatchedDialog[];
    }
  | { readonly _tag: 'messages'; readonly waiting: boolean; readonly counts: Readonly<Record<string, MessageCount>> }
  | { readonly _tag: 'nothing' }
  | { readonly _tag: 'unreadable' };

/** A NOTIFY; it has been answered. RFC 6665 §4.1.3: `reason` and `retryAfter` (in seconds) come with `terminated`. */
export type WatchReport = {
  readonly _tag: 'notified';
  readonly watch: WatchId;
  readonly state: 'active' | 'pending' | 'terminated';
  /** Remaining lifetime in seconds. */
  readonly expires?: number;
  readonly reason?: string;
  readonly retryAfter?: number;
  readonly notice: Notice;
};

/** State of the line. `leaving`: it is closing, and can still unsubscribe. */
export type WatchNews = { readonly line: string; readonly up: boolean; readonly leaving?: boolean };

export type WatchingContext = {
  readonly lane: SerialQueue;
  readonly moment: () => Moment;
  readonly newId: () => string;
  readonly perform: (line: string, order: WatchOrder) => void;
};

/** The store of all subscriptions. */
export interface Watching {
  /** State; the same Observable for the same line and address. Subscribes at the server while subscribed. */
  lamp$(line: string, uri: string): Observable<Lamp>;
  mailbox$(line: string, uri: string): Observable<Mailbox>;
  /** Faults that the store survives. Event. */
  readonly fault$: Observable<Fault>;
  /** True where this `done` answers an order of a subscription. */
  owns(ref: Ref): boolean;
  hear(line: string, report: WatchReport | Done): void;
  /** Change of the line. */
  line(news: WatchNews): void;
}

export type CreateWatching = (context: WatchingContext) => Watching;
