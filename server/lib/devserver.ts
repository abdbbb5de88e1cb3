/** The server's API. */
import type { Chat, ChatOptions } from './chat/controls.js';
import type { Storage } from './chat/storage.js';
import type { Hotline } from './sip/dial-plan.js';
import type { Hold } from './holds.js';
import type { Match, Passing } from './sip/message-match.js';
import type { Lifetimes } from './sip/registrar.js';
import type { Answer, PathAnswer } from './sip/traffic.js';
import type { Credentials } from './users.js';
import type { Voice } from './voice/controls.js';
import type { Messages } from './subscriptions/documents.js';

/** How much one socket may say. */
export interface Bounds {
  /** Longest frame in bytes; a longer one closes the socket with 1009. */
  readonly frameBytes: number;
  /** Frames per second, with a burst of twice that; more closes the socket with 1008. */
  readonly framesPerSecond: number;
}

/** Everything has a default; `{ port: 0 }` takes a free port, as tests want it. */
export interface ServerOptions {
  /** 0 chooses a free one. */
  readonly port?: number;
  /** The folder of the built softphone page. */
  readonly page?: string;
  /** The folder of the two faces as single files, which are served under `/sdk/`; none, unless given. */
  readonly sdk?: string;
  /** Gets a line for what happens; no line ever holds a password, token, header or body. */
  readonly log?: (line: string) => void;
  readonly hotlines?: readonly Hotline[];
  /**
   * Pages that may speak to it besides those of loopback, as `https://app.example.com`. Requests and sockets of any other
   * page are refused with 403. Rejects what is no origin.
   */
  readonly allowOrigins?: readonly string[];
  /** `false`: there is no media, neither of the test numbers nor of the service's calls, as where `@roamhq/wrtc` is not installed. */
  readonly media?: boolean;
  /**
   * How long a call may ring, in ms. By SIP it is answered 408 then: three minutes, unless told (Timer C, RFC 3261 §16.8).
   * The service's callees hear that it is over, and the caller gets 480: one minute, unless told.
   */
  readonly answerTimeout?: number;
  /**
   * Where the calls of the service's clients ask what is to be done, http or https. It is told `from_user`, `to`,
   * `endpoint_type`, `uuid`, `conversation_uuid`, each key of the call's context, and all of that as text in `custom_data`.
   * The answer is a list of actions, one after the other: `talk`, `connect` and `conversation`; what is unknown is skipped,
   * with a line in the log. Without it the `callee` or `to` in a call's context says where it goes. Rejects what is no such
   * URL.
   */
  readonly answerUrl?: string;
  /** Method of the answer URL: `GET` with a query, or `POST` with JSON. Default: `GET`. */
  readonly answerMethod?: 'GET' | 'POST';
  /** How long a digest nonce is good for, in ms. */
  readonly nonceLifetime?: number;
  /** Of registrations and subscriptions, in seconds; less than `min` is answered 423. */
  readonly lifetimes?: Partial<Lifetimes>;
  readonly bounds?: Partial<Bounds>;
  /** Of the conversation service. */
  readonly chat?: ChatOptions;
  /** Storage of conversations. Default: memory. The server closes it. */
  readonly storage?: Storage;
}

/** A running development server, and the faults that a test can order from it. */
export interface DevServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** `ws://127.0.0.1:PORT/ws` */
  readonly wsUrl: string;
  readonly port: number;
  /** The SIP realm, and the host of every user's address. */
  readonly realm: string;
  readonly hotlines: readonly Hotline[];
  /** A JWT for this development user, valid for an hour; creates the user. Rejects an invalid name. */
  readonly token: (user: string, seconds?: number) => Promise<string>;
  /** SIP credentials of this user; creates the user. Throws for an invalid name. */
  readonly user: (name: string) => Credentials;
  /** Current contacts of a user. */
  readonly registrations: (user: string) => readonly string[];
  /**
   * What waits in a user's mailbox from now on; it is empty at first. The user is created if new, and told when subscribed
   * to `message-summary`.
   */
  readonly mailbox: (user: string, messages: Messages) => void;
  /** The last few thousand messages, oldest first: what arrived and what was about to leave. */
  readonly log: readonly Passing[];
  /** The next message that matches; it is not stopped. */
  readonly next: (match: Match) => Promise<Passing>;
  /** Stops the next message that matches. */
  readonly hold: (match: Match) => Hold;
  /** Answers the next matching requests in the server's place, before any password is asked for. */
  readonly respond: (match: Match, answer: Answer) => void;
  /** The same for HTTP: by path, for example `/api/sdk/info`, or by method and how the path begins or what it fits. */
  readonly respondHttp: (
    path: string | { readonly method?: string; readonly path: string | RegExp },
    answer: PathAnswer & { readonly times?: number },
  ) => void;
  /** Ends SIP sockets without a closing handshake, of one user or all: the client sees close code 1006. */
  readonly drop: (user?: string) => void;
  /** Half-open: the sockets open now stay open, nothing is read or sent; switched off, what waited goes on. */
  readonly silence: (user?: string, on?: boolean) => void;
  /** New SIP sockets get HTTP 503. */
  readonly refuse: (on: boolean) => void;
  /**
   * As if it had been stopped: nobody listens at the port, every socket ends without a closing handshake, and registrations
   * and subscriptions are gone. Users, tokens, nonces, conversations and the far ends of calls stay for `resume`.
   */
  readonly pause: () => Promise<void>;
  /** Listens again at the same port. Rejects when it is taken. */
  readonly resume: () => Promise<void>;
  /** Ends a user's tokens (open sockets stay until `chat.disconnect`), or makes every digest nonce stale. */
  readonly expire: (what: string | { readonly nonce: true }) => void;
  /** Sends a raw text frame to a user's sockets. */
  readonly inject: (user: string, text: string) => void;
  /** The conversation service: `/v0.3/…`, and Socket.IO at `/v2/rtc/`. */
  readonly chat: Chat;
  /** The calls of the conversation service: their legs, and what only the service itself can do to them. */
  readonly voice: Voice;
  readonly close: () => Promise<void>;
}
