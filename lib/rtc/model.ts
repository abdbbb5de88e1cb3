import type { Observable } from 'rxjs';
import type { Either } from '../core/either.js';
import type { Failure } from '../core/port.js';
import type { MediaStats } from '../call/model.js';
import type { Microphone } from '../call/port.js';
import type { InputSettings, OutputSettings } from '../media/model.js';
import type { Media } from '../media/port.js';

/** Makes the peer connection; the platform's own by default, `@roamhq/wrtc` in Node. */
export type PeerConnectionFactory = (configuration: RTCConfiguration) => RTCPeerConnection;

/** Report of one peer connection; names and meanings are those of `CallReport`, without the call's id. */
export type PeerReport =
  | { readonly _tag: 'gathering'; readonly servers: 'none' | 'stun' | 'turn'; readonly relayOnly: boolean }
  | { readonly _tag: 'candidate'; readonly kind: 'host' | 'srflx' | 'prflx' | 'relay' }
  | { readonly _tag: 'gathered' }
  | { readonly _tag: 'unreachable' }
  | { readonly _tag: 'media'; readonly media: 'connecting' | 'flowing' | 'interrupted' }
  /** The platform delivers silence (`on: true`), or sound again. */
  | { readonly _tag: 'silenced'; readonly on: boolean }
  /** ICE or DTLS failed for good. */
  | { readonly _tag: 'failed' }
  /** A failure that does not end the connection: playback, a lost microphone, or a refused change. */
  | { readonly _tag: 'fault'; readonly failure: Failure };

/**
 * `iceRestart` offers new ICE credentials. `reconnect` offers a new connection, which replaces the first one when the far
 * side's answer has been applied; microphone, loudspeaker, hold and mute are transferred.
 */
export type OfferOptions = { readonly iceRestart?: boolean; readonly reconnect?: boolean };

/**
 * One call's media: a peer connection with one audio line, its microphone and its loudspeaker.
 *
 * Every verb is one attempt. Verbs that answer are cold Observables of one `Either` that complete and never error;
 * subscribe once. After `close` everything is released and every verb answers `Left`.
 */
export interface Peer {
  /** Hot; completes at `close`. */
  readonly report$: Observable<PeerReport>;
  /** Opens the microphone and sets it on the connection; later settings are followed by `setInput`. */
  openMicrophone(input: InputSettings): Observable<Either<Failure, Microphone>>;
  /** Makes an offer, sets it as the local description (gathering starts) and gives its text. */
  offer(options?: OfferOptions): Observable<Either<Failure, string>>;
  /**
   * Takes the far side's offer, makes an answer, sets it and gives its text. An offer that does not go on with the
   * connection that is there (another certificate, another line) is answered on another one, which takes its place when
   * `keep` is called, or goes with `rollback`; microphone, loudspeaker, hold and mute go over. RFC 8842 §5.5, RFC 8829 §5.8.
   */
  answer(offer: string): Observable<Either<Failure, string>>;
  /** Call after the answer was sent: a second connection that `answer` has made replaces the first. */
  keep(): void;
  /** Applies the far side's answer. `pranswer` plays early media and leaves the offer pending. */
  accept(type: 'pranswer' | 'answer', sdp: string): Observable<Either<Failure, undefined>>;
  /** Rolls our pending offer back, or closes the second connection of a pending negotiation. */
  rollback(): Observable<Either<Failure, undefined>>;
  /** The local description with the candidates gathered so far, without `ice-options:trickle`. */
  readonly localDescription: string | undefined;
  /** The direction that we offer or answer with from now on, applied by the next `offer` or `answer`. */
  setHold(hold: boolean): void;
  /** Desired `enabled` of the local track, whichever track is attached. */
  setLive(live: boolean): void;
  /** One change of the microphone by `replaceTrack`, without negotiation. */
  setInput(input: InputSettings): Observable<Either<Failure, Microphone>>;
  setOutput(output: OutputSettings): Observable<Either<Failure, undefined>>;
  /** True when `tone` can be sent as RFC 4733. */
  readonly canSendTones: boolean;
  /** Sends one tone as RFC 4733 and answers when it and its gap have been played. */
  tone(tone: string): Observable<Either<Failure, undefined>>;
  /** Statistics so far, also when `close` comes before the response; `wrong-state` before there is a connection. */
  stats(): Observable<Either<Failure, MediaStats>>;
  close(): void;
}

export type PeerOptions = {
  readonly peerConnection?: PeerConnectionFactory;
  /** A value, or a function that is asked before each call (TURN passwords expire). */
  readonly configuration?: RTCConfiguration | (() => RTCConfiguration | Promise<RTCConfiguration>);
  readonly media: Media;
  readonly output: OutputSettings;
  readonly live: boolean;
  /** Call id, for `Media.microphone` and `Media.play`. */
  readonly call?: string;
};
