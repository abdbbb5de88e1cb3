import type { ClientOptions } from '../client/model.js';
import type { ServiceOptions } from '../service/index.js';
import type { ConfigRegion, LoggingLevel } from './enums.js';
import { defaultLevel } from './level.js';
import type { LogSettings, VonageLogger } from './loggers.js';
import type { Nullable } from './option.js';

/** Configuration that can change at any time; it applies from the next session on. */
export type ClientConfigObject = {
  /** `US` unless given. */
  region?: Nullable<ConfigRegion>;
  /** An own server instead of the region's: `https:`, or `http:` on this machine. */
  apiUrl?: Nullable<string>;
  /** WebSocket address. Default: from the API address. */
  websocketUrl?: Nullable<string>;
  /** `/v2/rtc` */
  websocketPath?: Nullable<string>;
  /** Emits `rtcStatsUpdate`. Default: true. Statistics are never sent to a server. */
  rtcStatsTelemetry?: Nullable<boolean>;
  /** Reconnects a call's media when they break. Default: false. */
  autoReconnectMedia?: Nullable<boolean>;
  /** Not used: this client places no emergency calls. */
  emergencyPrimaryRegion?: Nullable<string>;
  /** Not used: this client places no emergency calls. */
  emergencySecondaryRegion?: Nullable<string>;
};

/** Constructor options of a client. */
export type ClientInitConfigObject = ClientConfigObject & LogSettings;

/** Platform services; Node 20 has neither WebSocket nor WebRTC. `now`, `random` and `uuid` are for tests. */
export type VonagePlatform = Pick<ServiceOptions, 'webSocket' | 'fetch' | 'peerConnection' | 'userMedia'> &
  Pick<ClientOptions, 'now' | 'random' | 'newId'>;

/**
 * A configuration whose properties are set one by one. What is not set stays as it is configured; the addresses of a
 * region are looked up when a session begins, so none stands here.
 */
export class ClientConfig {
  region: Nullable<ConfigRegion>;
  apiUrl: Nullable<string>;
  websocketUrl: Nullable<string>;
  websocketPath: Nullable<string>;
  rtcStatsTelemetry: Nullable<boolean>;
  autoReconnectMedia: Nullable<boolean>;

  constructor(region?: Nullable<ConfigRegion>) {
    this.region = region;
  }
}

/** The same for what a client is made with. */
export class ClientInitConfig extends ClientConfig {
  loggingLevel: LoggingLevel;
  customLoggers: Nullable<VonageLogger[]>;
  disableInternalLogger: Nullable<boolean>;

  constructor(
    loggingLevel: Nullable<LoggingLevel> = defaultLevel(),
    region?: Nullable<ConfigRegion>,
    customLoggers?: Nullable<VonageLogger[]>,
  ) {
    super(region);
    this.loggingLevel = loggingLevel ?? defaultLevel();
    this.customLoggers = customLoggers;
  }
}

/** A plain object as a `ClientInitConfig`. */
export function convertInitConfig(config: ClientInitConfigObject): ClientInitConfig {
  return Object.assign(new ClientInitConfig(), given(config));
}

/** Configuration without absent values. */
export type Configured = { readonly [Key in keyof ClientConfigObject]?: NonNullable<ClientConfigObject[Key]> };

const keys = ['region', 'apiUrl', 'websocketUrl', 'websocketPath', 'rtcStatsTelemetry', 'autoReconnectMedia'] as const;

function given(config: object): object {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null && value !== undefined));
}

/** Merges two configurations; `over` takes precedence. */
export function merged(before: Configured, over: ClientConfigObject): Configured {
  return {
    ...before,
    ...given(Object.fromEntries(keys.map(key => [key, over[key]]))),
  };
}

/** Configuration that the service adapter takes. */
export function endpoint({
  rtcStatsTelemetry: _,
  ...asked
}: Configured): Pick<ServiceOptions, 'region' | 'apiUrl' | 'websocketUrl' | 'websocketPath' | 'autoReconnectMedia'> {
  return asked;
}
