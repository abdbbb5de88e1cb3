/**
 * Offer and answer for one audio m-line. Callers serialise the calls for a connection. Exceptions of the platform
 * propagate. RFC 8829.
 */

/** Input for a description: direction, microphone, and a callback before gathering. */
export type Line = {
  /** Local direction, before the platform intersects it with the far side's: `sendonly` on hold, else `sendrecv`. */
  readonly direction: 'sendrecv' | 'sendonly';
  /** Puts the microphone on the line before its description is made. */
  readonly attach: (sender: RTCRtpSender) => Promise<void>;
  /** Called right before the local description is set, from which on the platform may gather. */
  readonly begin: () => void;
};

/** The transceiver of the audio line, where there is one. */
export function audioLine(connection: RTCPeerConnection): RTCRtpTransceiver | undefined {
  return connection.getTransceivers().find(isAudio);
}

/** Makes our offer, sets it and gives its text. */
export async function offered(
  connection: RTCPeerConnection,
  { direction, attach, begin }: Line,
  iceRestart: boolean,
): Promise<string> {
  const line = audioLine(connection) ?? connection.addTransceiver('audio', { direction });
  line.direction = direction;
  const before = gathered(connection);
  await attach(line.sender);
  const offer = await connection.createOffer({ iceRestart });
  begin();
  await connection.setLocalDescription(offer);
  return justSet(connection, offer, before);
}

/** Applies an offer and returns the answer. The platform intersects the directions. A failure rolls the offer back. */
export async function answered(
  connection: RTCPeerConnection,
  { direction, attach, begin }: Line,
  offer: string,
): Promise<string> {
  const before = gathered(connection);
  await connection.setRemoteDescription({ type: 'offer', sdp: offer });
  try {
    const line = connection.getTransceivers().find(each => isAudio(each) && each.mid !== null);
    if (line === undefined) throw new TypeError('The offer has no audio line.');
    // Stops every other transceiver (video, a second audio, a rolled-back one): inactive in this answer, port 0 in later
    // ones.
    for (const other of connection.getTransceivers()) if (other.mid !== line.mid) other.stop();
    line.direction = direction;
    await attach(line.sender);
    const answer = await connection.createAnswer();
    begin();
    await connection.setLocalDescription(answer);
    return justSet(connection, answer, before);
  } catch (error) {
    await connection.setRemoteDescription({ type: 'rollback' }).catch(() => undefined);
    throw error;
  }
}

/** Rolls a pending offer of ours back. */
export async function takenBack(connection: RTCPeerConnection): Promise<undefined> {
  if (connection.signalingState === 'stable') return;
  await connection.setLocalDescription({ type: 'rollback' });
}

/** ICE ufrag of the local description once gathering is complete. */
function gathered({ iceGatheringState, localDescription }: RTCPeerConnection): string | undefined {
  return iceGatheringState === 'complete' ? credentials(localDescription?.sdp) : undefined;
}

/** The first ICE username fragment of a description; a new one means new ICE credentials. */
export function credentials(sdp = ''): string | undefined {
  return /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1];
}

/** True when the offer restarts ICE. RFC 8839 §4.4.1.1.1. */
export function restarts({ remoteDescription }: RTCPeerConnection, offer: string): boolean {
  return remoteDescription !== null && credentials(remoteDescription.sdp) !== credentials(offer);
}

/** The lines of a description that identify the endpoint and its m-lines: `m=` kinds, fingerprints, tls-id, mids. */
function partiesOf(sdp: string): string {
  return (sdp.match(/^(?:m=\w+|a=(?:fingerprint|tls-id|mid):.*)/gm) ?? [])
    .join('\n')
    .replace(/\r| +$/gm, '')
    .toLowerCase();
}

/**
 * True when an offer continues the media session of an earlier description: same certificates, DTLS association, m-lines and
 * mids. `before` is the far side's text, not `remoteDescription`, to which the platform adds mids. RFC 8842 §5.5, RFC 3264 §8.
 */
export function continues(before: string, offer: string): boolean {
  return partiesOf(before) === partiesOf(offer);
}

/**
 * The description that was just set, with the candidates gathered before. It is not read back during gathering:
 * `@roamhq/wrtc` crashes when a description is read while a candidate is added to it.
 */
function justSet(connection: RTCPeerConnection, { sdp = '' }: RTCSessionDescriptionInit, before?: string): string {
  return (before !== undefined && before === credentials(sdp) ? textOf(connection) : undefined) ?? withoutTrickle(sdp);
}

/** The local description as it may be sent: all candidates that there will be, since plain SIP has no trickle. */
export function textOf({ localDescription }: RTCPeerConnection): string | undefined {
  return localDescription === null ? undefined : withoutTrickle(localDescription.sdp);
}

function withoutTrickle(sdp: string): string {
  return sdp.replace(/^a=ice-options:trickle\r?\n/gm, '');
}

function isAudio({ receiver, direction }: RTCRtpTransceiver): boolean {
  return receiver.track.kind === 'audio' && direction !== 'stopped';
}
