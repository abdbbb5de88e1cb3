/** Real WebRTC for calls that end in this process, by `@roamhq/wrtc`: an optional package, loaded when it is first needed. */
import { openAnchor } from './anchor.js';
import type { OpenAnchor } from './model.js';
import type { Wrtc } from './webrtc.js';

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
