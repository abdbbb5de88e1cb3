/** Session descriptions, from the usual to the malicious, and other bodies. RFC 8866, RFC 8839. */
import * as fc from 'fast-check';
import { character } from '../support/characters.js';

/** What an old gateway offers: no ICE, no encryption. */
export const plainOffer = [
  'v=0',
  'o=- 1 1 IN IP4 192.0.2.1',
  's=-',
  'c=IN IP4 192.0.2.1',
  't=0 0',
  'm=audio 4000 RTP/AVP 0 8 101',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=sendrecv',
  '',
].join('\r\n');

const odd = [
  'm=audio 0 UDP/TLS/RTP/SAVPF 0',
  'm=audio 99999 UDP/TLS/RTP/SAVPF 0 0 0',
  'm=audio 9 UDP/TLS/RTP/SAVPF',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'm=audio -1 x 999',
  'm=',
  'c=IN IP4 0.0.0.0',
  'c=IN IP6 ::',
  'a=sendonly',
  'a=inactive',
  'a=recvonly',
  'a=rtpmap:0 opus/48000/2',
  'a=rtpmap:999999 x/0/0',
  'a=rtpmap:0',
  'a=fmtp:0 ;;==;',
  'a=ptime:0',
  'a=maxptime:-1',
  'a=mid:0',
  'a=mid:',
  'a=group:BUNDLE 0 0 1 2',
  'a=group:BUNDLE',
  'a=ice-ufrag:',
  'a=ice-ufrag:x',
  'a=ice-pwd:short',
  'a=ice-lite',
  'a=ice-options:trickle',
  'a=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host',
  'a=candidate:1 1 udp 99999999999 host.invalid 99999 typ relay raddr',
  'a=candidate:',
  'a=candidate:1 1 tcp 1 ::1 9 typ host tcptype active generation 0',
  'a=end-of-candidates',
  'a=fingerprint:sha-256 00',
  'a=fingerprint:sha-1 ZZ:ZZ',
  'a=fingerprint:',
  'a=setup:holdconn',
  'a=setup:active',
  'a=rtcp-mux',
  'a=rtcp:0',
  'a=ssrc:0 cname:',
  'a=ssrc:4294967296 cname:x',
  'a=ssrc-group:FID 1 1',
  'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  'a=extmap:99999 x',
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x',
  'a=simulcast:send 1;2',
  'a=rid:1 send',
  'b=AS:-1',
  'b=TIAS:99999999999999999999',
  't=0',
  'o=',
  'v=1',
  'k=clear:x',
  'a=',
  '=',
  '\0',
  'é',
];

const line = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...odd) },
  fc.string({ unit: character, maxLength: 30 }),
  fc.nat({ max: 3000 }).map(length => `a=x:${'9'.repeat(length)}`),
);
type Edit = { readonly at: number; readonly drop: number; readonly lines: readonly string[]; readonly moved: boolean };
const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  drop: fc.nat({ max: 2 }),
  lines: fc.array(line, { maxLength: 2 }),
  moved: fc.boolean(),
});

const edited = (all: readonly string[], { at, drop, lines, moved }: Edit): readonly string[] => {
  const start = Math.floor(at * all.length);
  const rest = [...all.slice(0, start), ...lines, ...all.slice(start + drop)];
  return moved ? [...rest, ...all.slice(start, start + drop)] : rest;
};

/** This description with lines lost, added and moved; of none, something else. */
export const descriptionLike = (sdp: string): fc.Arbitrary<string> =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(fc.array(edit, { maxLength: 4 }), fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r'))
        .map(([edits, end]) => edits.reduce(edited, sdp.split('\r\n')).join(end)),
    },
    fc.nat({ max: sdp.length }).map(length => sdp.slice(0, length)),
    fc.constantFrom('', plainOffer, 'v=0\r\n', 'é', '\0'),
    fc.string({ unit: character }),
  );

/** What a message may carry. */
export const bodies: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('', plainOffer, 'Signal=5\r\nDuration=100', 'é') },
  descriptionLike(plainOffer),
  fc.string({ unit: character }),
);
