/** Real WebRTC for calls that end in this process, by `@roamhq/wrtc`: an optional package, loaded when it is first needed. */
import { openAnchor } from './anchor.js';
import type { OpenAnchor } from './model.js';

/** Sound as the package gives and takes it, 10 ms at a time. */
export interface Sound {
  readonly samples: Int16Array;
  readonly sampleRate: number;
  readonly channelCount?: number;
}

/** The part of the package that is used here; its own types name some that do not exist. */
export interface Wrtc {
  readonly RTCPeerConnection: typeof RTCPeerConnection;
  readonly nonstandard: {
    readonly RTCAudioSource: new () => { createTrack(): MediaStreamTrack; onData(sound: Sound): void };
    readonly RTCAudioSink: new (track: MediaStreamTrack) => { ondata: (sound: Sound) => void; stop(): void };
  };
}

/** `undefined` when the package is not installed or has no build for this machine. */
export async function loadAnchors(): Promise<OpenAnchor | undefined> {
  try {
    const loaded: unknown = await import('@roamhq/wrtc');
    const wrtc = isWrtc(loaded) ? loaded : (loaded as { readonly default: unknown }).default;
    if (!isWrtc(wrtc)) return undefined;
    // A process that ends by itself while an audio source is not yet collected crashes inside wrtc; one that exits does not.
    process.off('beforeExit', exit).once('beforeExit', exit);
    return around => openAnchor(wrtc, around);
  } catch {
    return undefined;
  }
}

function exit(): void {
  process.exit();
}

function isWrtc(value: unknown): value is Wrtc {
  return typeof value === 'object' && value !== null && 'RTCPeerConnection' in value && 'nonstandard' in value;
}
