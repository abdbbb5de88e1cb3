import type { InputSettings } from '../../lib/media/model.js';
import type { UserMedia } from '../../lib/rtc/microphone.js';

export const settings = (id: string | undefined): InputSettings => ({
  ...(id === undefined ? {} : { id }),
  volume: 1,
  processing: true,
});

/** A track as far as our code looks into it; `id` counts them in the order in which they were asked for. */
export class FakeTrack extends EventTarget {
  readonly kind = 'audio';
  enabled = true;
  readyState: 'live' | 'ended' = 'live';
  constructor(
    readonly id: string,
    readonly deviceId: string | undefined,
  ) {
    super();
  }
  stop(): void {
    this.readyState = 'ended';
  }
  clone(): FakeTrack {
    return Object.assign(new FakeTrack(`clone of ${this.id}`, this.deviceId), { enabled: this.enabled });
  }
  getSettings(): MediaTrackSettings {
    return this.deviceId === undefined ? {} : { deviceId: this.deviceId };
  }
}

const deviceOf = ({ audio }: MediaStreamConstraints): string | undefined => {
  const wish = typeof audio === 'object' ? audio.deviceId : undefined;
  const { exact, ideal } = (typeof wish === 'object' ? wish : {}) as { exact?: string; ideal?: string };
  return exact ?? ideal;
};

/** getUserMedia under the spec's hand: every question waits, oldest first, for `grant` or `refuse`. */
export const provider = () => {
  const asked: MediaStreamConstraints[] = [];
  const tracks: FakeTrack[] = [];
  const waiting: { readonly yes: () => void; readonly no: (error: Error) => void }[] = [];
  let count = 0;
  const userMedia: UserMedia = constraints => {
    asked.push(constraints);
    const id = `track ${String((count += 1))}`;
    return new Promise((resolve, reject) => {
      waiting.push({
        yes: () => {
          const track = new FakeTrack(id, deviceOf(constraints));
          tracks.push(track);
          resolve({ getTracks: () => [track], getAudioTracks: () => [track] } as unknown as MediaStream);
        },
        no: reject,
      });
    });
  };
  /** Until every promise that is settled has been heard of. */
  const heard = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
  return {
    userMedia,
    asked,
    tracks,
    waiting,
    heard,
    states: () => tracks.map(track => track.readyState).join(' '),
    grant: async () => {
      await heard();
      waiting.shift()!.yes();
      await heard();
    },
    refuse: async (name: string) => {
      await heard();
      waiting.shift()!.no(Object.assign(new Error('refused'), { name }));
      await heard();
    },
  };
};
