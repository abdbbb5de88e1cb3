/** A microphone or a loudspeaker. `label` is empty until the page may use the microphone. */
export type Device = { readonly id: string; readonly label: string };

/** Whether the page may use the microphone; `unknown` where the platform does not say. */
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

/** What was wished for future calls (`chosen`) and which device the last opened microphone really was (`actual`). */
export type Devices = {
  readonly permission: Permission;
  readonly inputs: readonly Device[];
  readonly outputs: readonly Device[];
  readonly input: {
    readonly chosen?: string;
    readonly actual?: string;
    readonly volume: number;
    readonly processing: boolean;
  };
  readonly output: { readonly chosen?: string; readonly actual?: string; readonly volume: number };
};

/** The page that we live in; in Node it is always online and visible. */
export type Page = { readonly online: boolean; readonly visible: boolean };
