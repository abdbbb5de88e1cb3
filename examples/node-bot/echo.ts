import wrtc from '@roamhq/wrtc';

const { RTCPeerConnection: WrtcPeerConnection, MediaStream: WrtcStream, nonstandard } = wrtc;

/** A microphone that says what the loudspeaker of the same call has just heard, for `sip()` in Node. */
export const echo = () => {
  const mouths = new Map<string, InstanceType<typeof nonstandard.RTCAudioSource>>();

  const userMedia = (): Promise<MediaStream> => {
    const mouth = new nonstandard.RTCAudioSource();
    const track = mouth.createTrack();
    mouths.set(track.id, mouth);
    return Promise.resolve(new WrtcStream([track]));
  };

  const peerConnection = (configuration: RTCConfiguration): RTCPeerConnection => {
    const peer = new WrtcPeerConnection(configuration);
    peer.addEventListener('track', ({ track }) => {
      const ear = new nonstandard.RTCAudioSink(track);
      ear.ondata = ({ samples, ...format }: { readonly samples: Int16Array; readonly sampleRate: number }) => {
        const id = peer.getSenders()[0]?.track?.id;
        // The samples belong to the sink and change under our hands.
        if (id !== undefined) mouths.get(id)?.onData({ ...format, samples: samples.slice() });
      };
      peer.addEventListener('connectionstatechange', () => {
        if (peer.connectionState === 'closed' || peer.connectionState === 'failed') ear.stop();
      });
    });
    return peer;
  };

  return { userMedia, peerConnection };
};
