import wrtc from '@roamhq/wrtc';
import type { SipOptions } from 'callstream/sip';

const { nonstandard } = wrtc;
type Frame = { readonly samples: Int16Array; readonly sampleRate: number };

/** A microphone that says what the loudspeaker of the same call has just heard: what `sip()` needs in Node. */
export const echo = (): Required<Pick<SipOptions, 'userMedia' | 'peerConnection'>> => {
  const mouths = new Map<string, (frame: Frame) => void>();

  return {
    userMedia: () => {
      const mouth = new nonstandard.RTCAudioSource();
      const track = mouth.createTrack();
      mouths.set(track.id, frame => {
        if (track.readyState === 'ended') mouths.delete(track.id);
        else mouth.onData(frame);
      });
      return Promise.resolve(new wrtc.MediaStream([track]));
    },

    peerConnection: configuration => {
      const peer = new wrtc.RTCPeerConnection(configuration);
      const ears = new Set<string>();
      // Told again when the far side takes its hold back: one ear a track is enough.
      peer.addEventListener('track', ({ track }) => {
        if (ears.has(track.id)) return;
        ears.add(track.id);
        const ear = new nonstandard.RTCAudioSink(track);
        ear.ondata = ({ samples, ...format }: Frame) => {
          if (peer.connectionState === 'closed') ear.stop();
          const mouth = mouths.get(peer.getSenders()[0]?.track?.id ?? '');
          // The samples belong to the sink and change under our hands.
          mouth?.({ ...format, samples: samples.slice() });
        };
        track.addEventListener('ended', () => {
          ear.stop();
        });
      });
      return peer;
    },
  };
};
