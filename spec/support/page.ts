import type { Platform } from '../../lib/browser/platform.js';
import { provider } from './platform.js';

/** A real EventTarget that knows how many listen. */
export class Target extends EventTarget {
  listening = 0;
  override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
    this.listening += 1;
    super.addEventListener(...args);
  }
  override removeEventListener(...args: Parameters<EventTarget['removeEventListener']>): void {
    this.listening -= 1;
    super.removeEventListener(...args);
  }
  fire(type: string, properties: object = {}): void {
    this.dispatchEvent(Object.assign(new Event(type), properties));
  }
}

export const device = (kind: MediaDeviceKind, deviceId: string, label = ''): MediaDeviceInfo => ({
  kind,
  deviceId,
  label,
  groupId: '',
  toJSON: () => ({}),
});

/** An audio element as far as our code looks into it. */
export const player = (canChoose: boolean) => {
  const sinks: string[] = [];
  let refusal: Error | undefined;
  let sinkRefusal: Error | undefined;
  const element = {
    srcObject: null as unknown,
    volume: 1,
    muted: false,
    paused: true,
    play: () => {
      if (refusal !== undefined) return Promise.reject(refusal);
      element.paused = false;
      return Promise.resolve();
    },
    pause: () => {
      element.paused = true;
    },
    ...(!canChoose
      ? {}
      : {
          setSinkId: (id: string) => {
            if (sinkRefusal !== undefined) return Promise.reject(sinkRefusal);
            sinks.push(id);
            return Promise.resolve();
          },
        }),
  };
  return {
    element,
    sinks,
    refusePlaying: (error: Error | undefined) => {
      refusal = error;
    },
    refuseSinks: (error: Error | undefined) => {
      sinkRefusal = error;
    },
  };
};

/** A page whose every source is a real EventTarget and whose microphone is under the spec's hand. */
export const page = (
  options: { readonly permission?: PermissionState; readonly secure?: boolean; readonly canChoose?: boolean } = {},
) => {
  const microphones = provider();
  const window = new Target();
  const visible: { visibilityState: DocumentVisibilityState } = { visibilityState: 'visible' };
  const document = Object.assign(new Target(), visible);
  const status = Object.assign(new Target(), { state: options.permission ?? 'prompt' });
  const mediaDevices = Object.assign(new Target(), {
    list: [] as readonly MediaDeviceInfo[],
    getUserMedia: (constraints: MediaStreamConstraints = {}) => microphones.userMedia(constraints),
    enumerateDevices: () => Promise.resolve([...mediaDevices.list]),
  });
  const navigator = {
    onLine: true,
    ...(options.secure === false ? {} : { mediaDevices }),
    ...(options.permission === undefined
      ? {}
      : { permissions: { query: () => Promise.resolve(status as unknown as PermissionStatus) } }),
  };
  const ear = player(options.canChoose ?? true);
  const clock = { now: 0 };
  const platform: Platform = {
    window,
    document,
    navigator,
    now: () => clock.now,
    makePlayer: () => ear.element,
    makeAudioContext: () => {
      throw new Error('No AudioContext in this spec.');
    },
  };
  return {
    platform,
    window,
    document,
    status,
    mediaDevices,
    navigator,
    microphones,
    ear,
    clock,
    listening: () => window.listening + document.listening + status.listening + mediaDevices.listening,
  };
};
