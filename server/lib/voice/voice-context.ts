/** State and services that the modules of server-side calls share. */
import type { ChatContext } from '../chat/conversation-context.js';
import type { Millis } from '../chat/model.js';
import type { Users } from '../users.js';
import type { Legs } from './legs.js';
import type { Mixer, OpenAnchor, SipSide } from './model.js';
import type { SpeechQueue } from './speech-queue.js';

export interface VoiceContext {
  readonly chat: ChatContext;
  readonly legs: Legs;
  readonly table: Mixer;
  readonly speech: SpeechQueue;
  /** Opens media; `undefined` without `@roamhq/wrtc`, which the log mentions once. */
  readonly anchors: () => Promise<OpenAnchor | undefined>;
  /** Runs work about one leg one after the other; nothing in it may wait for the leg's end. */
  readonly inTurn: ChatContext['inOrder'];
  readonly users: Users;
  /** True while a user of this name has an open socket of the service. */
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

/** Runs work that has no caller; a failure goes to the log. */
export function runDetached({ log }: Pick<VoiceContext, 'log'>, work: Promise<unknown>): void {
  work.catch(() => {
    log('a call failed within');
  });
}
