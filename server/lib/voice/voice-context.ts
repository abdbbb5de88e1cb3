/** What the parts of server-side calls work with. */
import type { House } from '../chat/conversation-context.js';
import type { Millis } from '../chat/model.js';
import type { Users } from '../users.js';
import type { Legs } from './legs.js';
import type { CopyTable, OpenAnchor, SipSide } from './model.js';
import type { Sayings } from './speech-queue.js';

export interface Exchange {
  readonly house: House;
  readonly legs: Legs;
  readonly table: CopyTable;
  readonly sayings: Sayings;
  /** `undefined` where there is no media to be had; the log says so once. */
  readonly anchors: () => Promise<OpenAnchor | undefined>;
  /** Runs work about one leg one after the other; nothing in it may wait for the leg's end. */
  readonly inTurn: House['inOrder'];
  readonly users: Users;
  /** Whether somebody of that name has an open socket of the service. */
  readonly isSignedIn: (user: string) => boolean;
  /** The devices of a user's open sessions; `undefined` of one that does not say which it is. */
  readonly devices: (user: string) => readonly (string | undefined)[];
  /** True when the user has a registered contact whose device has no open session. */
  readonly hasContacts: (user: string) => boolean;
  readonly sip: () => SipSide;
  readonly realm: string;
  /** How long a leg may ring. */
  readonly answerTimeout: Millis;
  readonly log: (line: string) => void;
}

/** Does work that nobody waits for; that it has failed is only for the log. */
export function aside({ log }: Pick<Exchange, 'log'>, work: Promise<unknown>): void {
  work.catch(() => {
    log('a call failed within');
  });
}
