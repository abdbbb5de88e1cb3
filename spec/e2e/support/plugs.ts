declare global {
  interface Window {
    /** Pulls a microphone out, or puts it in again: the test's own hand on the fake devices. */
    plug: (id: string, on: boolean) => void;
    /** Ends a microphone's track as the platform does, and tells of no change of the devices. */
    endTrack: (id: string) => void;
    /** Every track of a microphone that the page has got or copied. */
    microphones: readonly MediaStreamTrack[];
  }
}

/** Runs in the page: the browser's fake microphones can be unplugged. */
export const withPlugs = (): void => {
  const unplugged = new Set<string>();
  const microphones: MediaStreamTrack[] = [];
  window.microphones = microphones;
  const { mediaDevices } = navigator as Partial<Navigator>;
  // The empty page that is gone to has none.
  if (mediaDevices === undefined) return;
  const enumerate = mediaDevices.enumerateDevices.bind(mediaDevices);
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  const copy = Object.getOwnPropertyDescriptor(MediaStreamTrack.prototype, 'clone');

  const isAway = ({ audio }: MediaStreamConstraints): boolean => {
    const wish = typeof audio === 'object' ? audio.deviceId : undefined;
    const exact = typeof wish === 'object' && 'exact' in wish ? wish.exact : undefined;
    return typeof exact === 'string' && unplugged.has(exact);
  };

  mediaDevices.enumerateDevices = async () => (await enumerate()).filter(({ deviceId }) => !unplugged.has(deviceId));
  mediaDevices.getUserMedia = async (constraints = {}) => {
    if (isAway(constraints)) throw new DOMException('It was unplugged.', 'OverconstrainedError');
    const stream = await open(constraints);
    microphones.push(...stream.getAudioTracks());
    return stream;
  };
  MediaStreamTrack.prototype.clone = function () {
    const track = (copy?.value as MediaStreamTrack['clone']).apply(this);
    microphones.push(track);
    return track;
  };

  window.endTrack = id => {
    microphones
      .filter(track => track.readyState === 'live' && track.getSettings().deviceId === id)
      .forEach(track => {
        track.stop();
        track.dispatchEvent(new Event('ended'));
      });
  };
  window.plug = (id, on) => {
    if (on) unplugged.delete(id);
    else unplugged.add(id);
    if (!on) window.endTrack(id);
    mediaDevices.dispatchEvent(new Event('devicechange'));
  };
};
