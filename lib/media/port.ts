import type { Observable } from 'rxjs';
import type { Either } from '../kernel/either.js';
import type { Fault } from '../kernel/fault.js';
import type { Adapter, Done } from '../kernel/port.js';
import type { Millis, Ref } from '../kernel/units.js';
import type { Device, InputSettings, OutputSettings, Permission } from './model.js';

/** What the core asks of the platform. */
export type DeviceOrder = { readonly _tag: 'ask-permission'; readonly ref: Ref };

/** What the platform tells the core. */
export type DeviceReport =
  | { readonly _tag: 'devices'; readonly inputs: readonly Device[]; readonly outputs: readonly Device[] }
  | { readonly _tag: 'permission'; readonly permission: Permission }
  | { readonly _tag: 'page'; readonly online: boolean; readonly visible: boolean }
  /** The clock jumped: the machine slept, or the page was frozen. */
  | { readonly _tag: 'woke'; readonly sleptMs: Millis }
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
  microphone(settings$: Observable<InputSettings>): Observable<Either<Fault, MediaStreamTrack>>;
  /** Emits one value per settings: `Right` when it plays so. */
  play(stream: MediaStream, settings$: Observable<OutputSettings>): Observable<Either<Fault, undefined>>;
}

/** What `devices:` takes: the platform's reports, and its media. */
export interface DevicePort extends Adapter<DeviceOrder, DeviceReport> {
  readonly media: Media;
}
