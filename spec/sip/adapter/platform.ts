import wrtc from '@roamhq/wrtc';
import { Observable, map, switchMap } from 'rxjs';
import { right, type Either } from '../../../lib/core/either.js';
import type { Fault } from '../../../lib/core/fault.js';
import type { Media } from '../../../lib/media/port.js';
import { provideMediaStream, wrtcPeerConnection as peerConnection } from '../../support/wrtc.js';

provideMediaStream();
export { peerConnection };

const silence$ = new Observable<Either<Fault, MediaStreamTrack>>(subscriber => {
  const track = new wrtc.nonstandard.RTCAudioSource().createTrack();
  subscriber.next(right(track));
  return () => {
    track.stop();
  };
});

/** A microphone that is silent, and a loudspeaker that nobody hears. */
export const silentMedia: Media = {
  microphone: settings$ => settings$.pipe(switchMap(() => silence$)),
  play: (_, settings$) => settings$.pipe(map(() => right(undefined))),
};

/** The same connection, which says that it has failed when it is told to. */
export const breakable = (
  real: RTCPeerConnection,
): { readonly connection: RTCPeerConnection; readonly fail: () => void } => {
  let failed = false;
  const connection = new Proxy(real, {
    get: (target, key) => {
      if (key === 'connectionState' && failed) return 'failed';
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
  return {
    connection,
    fail: () => {
      failed = true;
      real.dispatchEvent(new Event('connectionstatechange'));
    },
  };
};

/** The same connection, which says when this verb of it is used. */
export const watched = (real: RTCPeerConnection, verb: string, used: () => void): RTCPeerConnection =>
  new Proxy(real, {
    get: (target, key) => {
      if (key === verb) used();
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });

const far = new Set<RTCPeerConnection>();

/** Lets go of the connections that stood for the far side. */
export const closeFar = (): void => {
  for (const connection of far) connection.close();
  far.clear();
};

/** Another platform, with one connection of its own. */
export type FarSide = {
  readonly offer: () => Promise<string>;
  readonly answer: (offer: string) => Promise<string>;
  readonly accept: (answer: string) => Promise<void>;
};

export const farSide = (): FarSide => {
  const connection = peerConnection({});
  far.add(connection);
  return {
    offer: async () => {
      if (connection.getTransceivers().length === 0) connection.addTransceiver('audio');
      const made = await connection.createOffer();
      await connection.setLocalDescription(made);
      return made.sdp ?? '';
    },
    answer: async sdp => {
      await connection.setRemoteDescription({ type: 'offer', sdp });
      for (const transceiver of connection.getTransceivers()) transceiver.direction = 'sendrecv';
      const made = await connection.createAnswer();
      await connection.setLocalDescription(made);
      return made.sdp ?? '';
    },
    accept: async sdp => {
      await connection.setRemoteDescription({ type: 'answer', sdp });
    },
  };
};

/** A description as another platform would offer it. */
export const offer = (): Promise<string> => farSide().offer();

/** A description as another platform would answer it. */
export const answerTo = (sdp: string): Promise<string> => farSide().answer(sdp);
