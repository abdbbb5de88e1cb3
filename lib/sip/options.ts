import type { Context } from '../call/port.js';
import type { PeerSettings } from '../rtc/attach-peer.js';
import type { UserMedia } from '../rtc/microphone.js';
import type { WebSocketFactory } from '../wire/model.js';

/** Credentials of the registrar. Never in a log or a fault. */
export type Credentials = { readonly username: string; readonly password: string };

/** One SIP account on one server. Functions are asked again each time, because passwords expire during a shift. */
export type SipOptions = PeerSettings & {
  /** Unique among the lines of a client; `sip` unless given. */
  readonly id?: string;
  /** Where the server listens: a `ws:` or `wss:` URL. RFC 7118. */
  readonly server: string;
  /** The address of record, as `sip:alice@example.com`; its host is the realm of dialled numbers. */
  readonly aor: string;
  /** Asked before each registration and each call. */
  readonly credentials?: Credentials | (() => Credentials | Promise<Credentials>);
  /** The name that stands in From. */
  readonly displayName?: string;
  /** The value of User-Agent. */
  readonly userAgent?: string;
  /** Header fields for every INVITE; a header of the single call wins. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * How a dialled target, with the `context` of its `invite`, becomes what is asked of the server: a URI, or a number
   * within the realm of the account.
   */
  readonly requestUri?: (target: string, context: Context) => string;
  /**
   * Header fields that what is called may ask for by itself, by name: `['Subject']` for `sip:bob@example.com?Subject=hello`,
   * also where a redirection or a transfer names it. None by default. RFC 3261 §19.1.5.
   */
  readonly uriHeaders?: readonly string[];
  /** Names of received headers that become the call's `headers`. Default: none. */
  readonly showHeaders?: readonly string[];
  /** Requested Session-Expires in seconds, at least 90. Default: no session timer. RFC 4028. */
  readonly sessionExpires?: number;
  /** Direction that a hold offers: `sendonly` unless given. RFC 3264 §8.4. */
  readonly hold?: 'sendonly' | 'inactive';
  /** `auto`: RFC 4733 where the far side negotiated it, else INFO. */
  readonly dtmf?: 'auto' | 'rfc4733' | 'info';
  /** The UUID of `+sip.instance`; else one is made, and kept in `sessionStorage` where there is one. RFC 5626 §4.1. */
  readonly instanceId?: string;
  /** The platform's own by default, looked up when the line opens. */
  readonly webSocket?: WebSocketFactory;
  /** Used when the client was given no `devices:`. */
  readonly userMedia?: UserMedia;
};
