import type { Observable } from 'rxjs';
import type { OutboxStorage } from '../conversation/port.js';
import type { UserMedia } from '../rtc/microphone.js';
import type { PeerSettings } from '../rtc/attach-peer.js';
import type { WebSocketFactory } from '../wire/model.js';
import type { Region } from './regions.js';

/** One user of a conversation service: the hosted one in a region, or one of your own. */
export type MessagingOptions = {
  /** Unique among the lines of a client; `service` unless given. */
  readonly id?: string;
  /** Where the hosted service is asked: `US` unless given. */
  readonly region?: Region;
  /** An own server: `https:`, or `http:` on this machine. */
  readonly apiUrl?: string;
  /** Where the socket is: where the API is, unless given. `wss:` or `https:`; without the `s` on this machine only. */
  readonly websocketUrl?: string;
  /** `/v2/rtc` unless given. */
  readonly websocketPath?: string;
  /** Asked at every connection and every refresh; of an Observable the first value counts. Never in a log or a fault. */
  readonly token: () => string | Promise<string> | Observable<string>;
  /** A session to resume at the first connection. */
  readonly sessionId?: string;
  /** Sends `Idempotency-Key` with messages. Only with an `apiUrl`: the hosted service's CORS rules forbid it to web pages. */
  readonly idempotencyKeys?: boolean;
  /** Acknowledges each message that arrives with `message:delivered`. Default: true. */
  readonly receipts?: boolean;
  /** Where unsent messages outlive the page; nowhere, unless given. */
  readonly outbox?: OutboxStorage;
  /** The platform's own by default, looked up when the line opens. */
  readonly webSocket?: WebSocketFactory;
  readonly fetch?: typeof fetch;
};

/** The same for a line that carries calls, too. */
export type ServiceOptions = MessagingOptions &
  PeerSettings & {
    /** Reconnects a call's media when they break. Otherwise the call waits for `reconnect`. */
    readonly autoReconnectMedia?: boolean;
    /** The UUID by which the service knows this page; else that of the client's other lines. See `SipOptions`. */
    readonly instanceId?: string;
    /** Used when the client was given no `devices:`. */
    readonly userMedia?: UserMedia;
    /** Where the far side plays when the client was given no `devices:`; an element of its own, unless given. */
    readonly audioElement?: () => HTMLAudioElement;
  };
