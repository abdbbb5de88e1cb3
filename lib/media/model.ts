/** A microphone or a loudspeaker. `label` is empty until the page may use the microphone. */
export type Device = { readonly id: string; readonly label: string };

/** Microphone permission; `unknown` where the platform does not report it. */
export type Permission = 'unknown' | 'prompt' | 'granted' | 'denied';

/** How a microphone is to be opened. */
export type InputSettings = {
  /** The platform's default device when absent. */
  readonly id?: string;
  /** Gain from 0 to 1. */
  readonly volume: number;
  /** Echo cancellation, noise suppression and automatic gain, together. */
  readonly processing: boolean;
};

/** How the far side is to be played. */
export type OutputSettings = {
  readonly id?: string;
  /** From 0 to 1. */
  readonly volume: number;
  readonly muted: boolean;
};

/** Chosen device and actual device:
 *
 *     plugged   h-------x-------h---     the headset is there, is gone, is there again
 *     use       chosen--fallback-chosen
 *
 * `chosen` is the chosen device, absent for the platform's default; `others` are its alternatives, in order. `actual` is the
 * device that was opened last, where the platform reports it. `use`: `chosen` the chosen device is used, or would be;
 * `fallback` an alternative is; `lost` the device is gone and no alternative is known.
 */
export type Choice = {
  readonly chosen?: string;
  readonly others: readonly string[];
  readonly actual?: string;
  readonly use: 'chosen' | 'fallback' | 'lost';
};

/** Permission to play audio without a gesture; `unknown` before the first playback. */
export type Playback = 'unknown' | 'allowed' | 'blocked';

/** Microphones and loudspeakers: what there is, what was wished for, and what is in use. */
export type Devices = {
  readonly permission: Permission;
  readonly inputs: readonly Device[];
  readonly outputs: readonly Device[];
  /** `silenced`: the platform gives no sound of the microphone that is in use; it goes when there is sound again. */
  readonly input: Choice & { readonly volume: number; readonly processing: boolean; readonly silenced?: true };
  readonly output: Choice & { readonly volume: number };
  /** The loudspeaker that incoming calls ring on. */
  readonly ringer: Choice & { readonly volume: number };
  readonly playback: Playback;
};

/** The page that we live in; in Node it is always online and visible. */
export type Page = { readonly online: boolean; readonly visible: boolean };
