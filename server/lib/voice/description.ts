/** Session descriptions: changes to our own, and comparison of the far side's. RFC 8866. */
import { parse, write, type MediaAttributes } from 'sdp-transform';

type Candidate = NonNullable<MediaAttributes['candidates']>[number];

/** Session id and version of `o=`: the id is fixed for an anchor, the version grows by one. RFC 3264 §8. */
export interface Origin {
  readonly id: string;
  readonly version: number;
}

/** Our description with this origin, without ICE options: it contains all candidates, so it does not trickle. */
export function withOrigin(sdp: string, { id, version }: Origin): string {
  const { iceOptions: _, ...session } = parse(sdp);
  return write({
    ...session,
    origin: { username: '-', netType: 'IN', ipVer: 4, address: '127.0.0.1', sessionId: id, sessionVersion: version },
    media: session.media.map(({ iceOptions: _, ...media }) => media),
  });
}

/** The description without telephone-event payloads. RFC 4733. */
export function withoutTelephoneEvents(sdp: string): string {
  const session = parse(sdp);
  return write({
    ...session,
    media: session.media.map(media => {
      const removed = new Set(
        media.rtp.filter(({ codec }) => codec.toLowerCase() === 'telephone-event').map(({ payload }) => payload),
      );
      const stays = ({ payload }: { readonly payload: number | string }): boolean => !removed.has(Number(payload));
      return {
        ...media,
        payloads: (media.payloads ?? '')
          .split(' ')
          .filter(payload => stays({ payload }))
          .join(' '),
        rtp: media.rtp.filter(stays),
        fmtp: media.fmtp.filter(stays),
        ...(media.rtcpFb ? { rtcpFb: media.rtcpFb.filter(stays) } : {}),
      };
    }),
  });
}

/**
 * A description with its candidates, the first one over IPv4 and UDP as the default destination (RFC 8839 §4.2.1.2): an
 * endpoint that does not find the default among the candidates continues without ICE.
 */
export function withCandidates(sdp: string, candidates: readonly RTCIceCandidate[]): string {
  const session = parse(sdp);
  return write({
    ...session,
    media: session.media.map((media, index) => {
      const own = candidates
        .filter(({ sdpMLineIndex }) => sdpMLineIndex === index)
        .flatMap(({ candidate }) => parseCandidate(candidate) ?? []);
      const { ip, port } = own.find(isUdpOverIPv4) ?? { ip: '0.0.0.0', port: 9 };
      return own.length === 0 ? media : { ...media, port, connection: { version: 4, ip }, candidates: own };
    }),
  });
}

/** The candidate of an `icecandidate` event. */
export function parseCandidate(text: string): Candidate | undefined {
  return parse(`m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=${text}\r\n`).media[0]?.candidates?.[0];
}

/** True for a candidate over UDP and IPv4. */
export function isUdpOverIPv4({ transport, ip }: Candidate): boolean {
  return transport.toLowerCase() === 'udp' && /^\d+\.\d+\.\d+\.\d+$/.test(ip);
}

/** True when two descriptions come from different endpoints: they share no certificate. RFC 8842 §5.5. */
export function isOtherEndpoint(sdp: string, before: string): boolean {
  const known = fingerprints(before);
  const now = fingerprints(sdp);
  return known.length > 0 && now.length > 0 && !now.some(fingerprint => known.includes(fingerprint));
}

/** All fingerprints; sdp-transform keeps only the last one of a section, so they are read from the text. */
function fingerprints(sdp: string): readonly string[] {
  return [...sdp.matchAll(/^a=fingerprint:(.*?)\r?$/gim)].map(([, fingerprint = '']) => fingerprint.toLowerCase());
}
