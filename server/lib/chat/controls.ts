/** Inspection and control of the conversation service, for tests. */
import type { Hold } from '../holds.js';
import type { Chance } from './faults.js';
import type { ChatMatch, ChatPassing } from './traffic-item.js';
import type { EventRow, Millis } from './model.js';

/** Everything has a default. */
export interface ChatOptions {
  /** How often the server pings, in ms: 25 000. */
  readonly pingInterval?: Millis;
  /** How long it waits for the pong, in ms: 20 000. */
  readonly pingTimeout?: Millis;
  /** How long a session outlives its last socket, in ms: 15 minutes. */
  readonly sessionLifetime?: Millis;
  /** How many sessions a user may have: 50. */
  readonly maxSessions?: number;
  /** Seed of random faults. Default: 1. */
  readonly seed?: number;
}

/** Requests whose answer is to be lost. */
export interface LostAnswer {
  readonly method?: string;
  /** How the path begins, or what it fits. */
  readonly path?: string | RegExp;
  readonly user?: string;
  /** Number of times. Default: 1. */
  readonly times?: number;
}

/** The conversation service of a running server. Users are meant by name; without one, all of them. */
export interface Chat {
  /** The stored events of a conversation, oldest first: the truth. By id or name. */
  readonly log: (conversation: string) => Promise<readonly EventRow[]>;
  /** The last few thousand requests, answers and events that were about to leave, oldest first. */
  readonly passed: readonly ChatPassing[];
  /** How many sockets are open. */
  readonly sockets: (user?: string) => number;
  /** The next passing that matches; it is not stopped. */
  readonly next: (match: ChatMatch) => Promise<ChatPassing>;
  /** Stops the next passing that matches: a request before its effect, an answer after it, an event before its socket. */
  readonly hold: (match: ChatMatch) => Hold<ChatPassing>;
  /** The request takes effect, then its connection is cut without an answer. */
  readonly loseAnswer: (of?: LostAnswer) => void;

  /** Ends sockets without a closing handshake: the client sees close code 1006. */
  readonly drop: (user?: string) => void;
  /** Half-open: the sockets open now stay open, nothing is read or sent, pings included; switched off, what waited goes on. */
  readonly silence: (user?: string, on?: boolean) => void;
  /** New sockets get HTTP 503. */
  readonly refuse: (on: boolean) => void;
  /** Leaves the namespace (packet `41`), as the service does when a token has expired. */
  readonly disconnect: (user?: string) => void;
  /** Sends any event to a user's sockets. */
  readonly push: (user: string, event: string, payload: unknown) => void;
  /** Sends a raw text frame to a user's sockets. */
  readonly inject: (user: string, frame: string) => void;

  /** Drops events. They stay in the log; a session that resumes with acknowledgements gets them. */
  readonly lose: (chance?: Chance) => void;
  /** Events that are sent twice. */
  readonly duplicate: (chance?: Chance) => void;
  /** Events that are sent after the next one to the same socket, or after half a second. */
  readonly reorder: (chance?: Chance) => void;
  /** Events that are sent so much later. */
  readonly delay: (chance: Chance & { readonly ms: Millis }) => void;
  /** Ends the four faults above. */
  readonly calm: (user?: string) => void;
}
