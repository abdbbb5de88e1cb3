/** Inspection and control of server-side calls, for tests. */
import type { LegStatus } from './legs.js';

/** A leg, for a spec to look at. */
export interface LegView {
  /** `LEG-…`, the `rtc_id` of its client. */
  readonly id: string;
  readonly status: LegStatus;
  /** By name; `undefined`: a phone, or a test number. */
  readonly user: string | undefined;
  /** The id of its conversation; empty until it has knocked. */
  readonly conversation: string;
}

/** The server-side calls of a running server. */
export interface Voice {
  /** All legs that are kept, oldest first: live ones, and those that were over less than an hour ago. */
  readonly legs: () => readonly LegView[];
  /**
   * Moves a leg that was answered into another conversation, by id or name; its user hears `rtc:transfer`. Those whom it
   * leaves stay where they are. Rejects when there is no such leg or conversation.
   */
  readonly transfer: (leg: string, conversation: string) => Promise<void>;
}
