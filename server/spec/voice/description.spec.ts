import { isElsewhere, withOrigin, withoutTones, withoutTrickle } from '../../lib/voice/description.js';

const sdp = (...lines: readonly string[]): string => [...lines, ''].join('\r\n');

it('has the origin that it is given, and nothing else is changed', () => {
  const before = sdp('v=0', 'o=- 7684625757715725658 2 IN IP4 127.0.0.1', 's=-', 'a=x:o=- 1 2');
  expect(withOrigin(before, { id: '5', version: 9 })).toBe(
    sdp('v=0', 'o=- 5 9 IN IP4 127.0.0.1', 's=-', 'a=x:o=- 1 2'),
  );
});

it('promises no candidates', () => {
  expect(withoutTrickle(sdp('a=ice-ufrag:x', 'a=ice-options:trickle', 'a=ice-options:renomination'))).toBe(
    sdp('a=ice-ufrag:x', 'a=ice-options:renomination'),
  );
});

it('has no tones: neither listed nor explained', () => {
  expect(
    withoutTones(
      sdp(
        'm=audio 34883 UDP/TLS/RTP/SAVPF 111 110 0 126 11',
        'a=rtpmap:111 opus/48000/2',
        'a=fmtp:111 minptime=10',
        'a=rtpmap:110 telephone-event/48000',
        'a=fmtp:110 0-15',
        'a=rtcp-fb:110 transport-cc',
        'a=rtpmap:126 Telephone-Event/8000',
        'a=rtpmap:11 L16/44100',
        'a=ssrc:110 cname:x',
      ),
    ),
  ).toBe(
    sdp(
      'm=audio 34883 UDP/TLS/RTP/SAVPF 111 0 11',
      'a=rtpmap:111 opus/48000/2',
      'a=fmtp:111 minptime=10',
      'a=rtpmap:11 L16/44100',
      'a=ssrc:110 cname:x',
    ),
  );
});

describe('the other end', () => {
  const at = (...prints: readonly string[]): string => sdp('v=0', ...prints.map(print => `a=fingerprint:${print}`));

  it.each([
    ['says the same', at('sha-256 AA:BB'), at('sha-256 AA:BB'), false],
    ['says it in small letters', at('sha-256 aa:bb'), at('SHA-256 AA:BB'), false],
    ['says one of several', at('sha-1 CC', 'sha-256 AA:BB'), at('sha-256 AA:BB'), false],
    ['says another', at('sha-256 AA:CC'), at('sha-256 AA:BB'), true],
    ['says nothing', at(), at('sha-256 AA:BB'), false],
    ['is the first', at('sha-256 AA:BB'), '', false],
  ])('that %s', (_, now, before, elsewhere) => {
    expect(isElsewhere(now, before)).toBe(elsewhere);
  });
});
