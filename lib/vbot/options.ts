import type { SipOptions } from '../sip/options.js';
import type { DevicePort } from '../media/port.js';

/** Response of `/api/sdk/info` for a token. `pid` is the extension of dialled URIs. */
export type VBotAccount = {
  readonly username: string;
  readonly password: string;
  readonly realm: string;
  readonly pid: string;
  readonly domain: string;
  readonly port: string;
};

/** Endpoints and parameters of the service. Default: the hosted one. */
export type VBotOptions = {
  /** `https://open-api.vbot.vn`. `http:` is for loopback only. */
  readonly baseUrl?: string;
  /** `/api/sdk/info`: where a token is exchanged for an account. */
  readonly infoPath?: string;
  /** `/api/sdk/getHotline` */
  readonly hotlinePath?: string;
  /** `Website-SDK`: what we say we are. */
  readonly source?: string;
  /** `/ws`: the path of the SIP server's WebSocket. */
  readonly socketPath?: string;
  /** The whole URL of the SIP server, instead of the one that follows from the account. */
  readonly webSocketUrl?: string;
  /** Default: none, so that only host candidates are gathered. */
  readonly iceServers?: SipOptions['iceServers'];
  /** `VBot Web SDK` */
  readonly userAgent?: string;
  /** Argument of a session's `statusUpdate`: the status as in the document, or `{ id, status }`. Default: `text`. */
  readonly statusUpdate?: 'text' | 'object';
  /** Request-URI of a number: `sip:{hotline}*{pid}*{number}@{realm}`, without a hotline `sip:{pid}*{number}@{realm}`. */
  readonly requestUri?: (number: string, hotline: string | undefined, account: VBotAccount) => string;
  /** How the account is fetched, instead of by `/api/sdk/info`. Asked at the start, and once after a refusal. */
  readonly account?: (accessToken: string) => Promise<VBotAccount>;
  /** Microphone, loudspeaker and page: `browser()` in a page, nothing in Node. */
  readonly devices?: DevicePort;
  /** The platform's own unless given, looked up when needed. */
  readonly webSocket?: SipOptions['webSocket'];
  readonly peerConnection?: SipOptions['peerConnection'];
  readonly userMedia?: SipOptions['userMedia'];
  readonly fetch?: typeof globalThis.fetch;
};

/** Values of the hosted service. */
export const defaults = {
  baseUrl: 'https://open-api.vbot.vn',
  infoPath: '/api/sdk/info',
  hotlinePath: '/api/sdk/getHotline',
  source: 'Website-SDK',
  socketPath: '/ws',
  userAgent: 'VBot Web SDK',
} as const;
