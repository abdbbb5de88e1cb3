import type { Observable } from 'rxjs';
import type { Either } from '../core/either.js';
import type { Fault } from '../core/fault.js';
import type { Adapter, Done, Millis, Ref } from '../core/port.js';
import type { Device, InputSettings, OutputSettings, Permission, Playback } from './model.js';

/** Content of a notification for an incoming call while the page is hidden. */
export type Notice = { readonly id: string; readonly phoneNumber: string; readonly displayName?: string };

/** Orders of the platform. */
export type DeviceOrder =
  | { readonly _tag: 'ask-permission'; readonly ref: Ref }
  /** Plays again what the platform has blocked; called within a gesture. `done` when everything plays. */
  | { readonly _tag: 'unlock'; readonly ref: Ref }
  /** Rings on this loudspeaker until `hush`; follows changes of the settings. */
  | { readonly _tag: 'ring'; readonly output: OutputSettings }
  | { readonly _tag: 'hush' }
  /** True: the browser asks for confirmation before the page is left. */
  | { readonly _tag: 'guard'; readonly on: boolean }
  /** Shows these calls, and no others, outside of the page. */
  | { readonly _tag: 'notify'; readonly calls: readonly Notice[] };

/** Reports of the platform. */
export type DeviceReport =
  | { readonly _tag: 'devices'; readonly inputs: readonly Device[]; readonly outputs: readonly Device[] }
  | { readonly _tag: 'permission'; readonly permission: Permission }
  | { readonly _tag: 'page'; readonly online: boolean; readonly visible: boolean }
  /** The clock jumped: the machine slept, or the page was frozen. */
  | { readonly _tag: 'woke'; readonly sleptMs: Millis }
  /** The page is being unloaded: orders must be performed in this turn. */
  | { readonly _tag: 'leaving' }
  | { readonly _tag: 'playback'; readonly playback: Playback }
  | { readonly _tag: 'fault'; readonly fault: Fault }
  | Done;

/**
 * The capability that every calling adapter is handed: to open the microphone and to play the far side.
 *
 * Both take their settings as a stream and follow it, and both never error. A change of device or processing gives a
 * new track (the former one is stopped once the new one was emitted); a change of volume does not. A change that fails
 * emits a `Left` and keeps what was open. Unsubscribing releases everything, also while a permission prompt is open.
 */
export interface Media {
  /** `call`: for whom, where it is for a call. */
  microphone(settings$: Observable<InputSettings>, call?: string): Observable<Either<Fault, MediaStreamTrack>>;
  /** Emits one value per settings: `Right` when it plays so. */
  play(stream: MediaStream, settings$: Observable<OutputSettings>, call?: string): Observable<Either<Fault, undefined>>;
}

/** Scope of a level: all calls together, or one. */
export type Ear = { readonly side: 'input' | 'output'; readonly call?: string };

/** The platform's reports and its media: `devices:` of `createClient`. */
export interface DevicePort extends Adapter<DeviceOrder, DeviceReport> {
  readonly media: Media;
  /**
   * How loud it is, from 0 to 1, about 20 times a second; 0 while there is nothing to be heard. Cold; looks only while
   * watched, and opens nothing by itself. Absent where the platform cannot tell.
   */
  level$?(ear: Ear): Observable<number>;
}
