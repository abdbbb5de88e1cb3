import { isOtherEndpoint, withOrigin, withoutTelephoneEvents } from '../../lib/voice/description.js';

const sdp = (...lines: readonly string[]): string => [...lines, ''].join('\r\n');

const own = (...attributes: readonly string[]): string =>
  sdp(
    'v=0',
    'o=- 7684625757715725658 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'm=audio 34883 UDP/TLS/RTP/SAVPF 111 110 0 126 11',
    'c=IN IP4 127.0.0.1',
    ...attributes,
  );

it('withOrigin: sets id and version of the origin, and removes the ICE options', () => {
  const lines = withOrigin(own('a=ice-ufrag:x', 'a=ice-options:trickle'), { id: '5', version: 9 }).split('\r\n');
  expect(lines).toEqual(expect.arrayContaining(['o=- 5 9 IN IP4 127.0.0.1', 'a=ice-ufrag:x']));
  expect(lines.filter(line => line.startsWith('a=ice-options'))).toEqual([]);
});

it('withoutTelephoneEvents: removes the payload types of telephone-event and their attributes', () => {
  const without = withoutTelephoneEvents(
    own(
      'a=rtpmap:111 opus/48000/2',
      'a=rtpmap:110 telephone-event/48000',
      'a=rtpmap:126 Telephone-Event/8000',
      'a=rtpmap:11 L16/44100',
      'a=fmtp:111 minptime=10',
      'a=fmtp:110 0-15',
      'a=rtcp-fb:110 transport-cc',
      'a=ssrc:110 cname:x',
    ),
  ).split('\r\n');
  expect(without.filter(line => /^(m=|a=(rtpmap|fmtp|rtcp-fb|ssrc))/.test(line))).toEqual([
    'm=audio 34883 UDP/TLS/RTP/SAVPF 111 0 11',
    'a=rtpmap:111 opus/48000/2',
    'a=rtpmap:11 L16/44100',
    'a=fmtp:111 minptime=10',
    'a=ssrc:110 cname:x',
  ]);
});

describe('isOtherEndpoint: the far side', () => {
  const at = (...prints: readonly string[]): string => sdp('v=0', ...prints.map(print => `a=fingerprint:${print}`));

  it.each([
    ['says the same', at('sha-256 AA:BB'), at('sha-256 AA:BB'), false],
    ['says it in small letters', at('sha-256 aa:bb'), at('SHA-256 AA:BB'), false],
    ['says one of several', at('sha-1 CC', 'sha-256 AA:BB'), at('sha-256 AA:BB'), false],
    ['says another', at('sha-256 AA:CC'), at('sha-256 AA:BB'), true],
    ['says nothing', at(), at('sha-256 AA:BB'), false],
    ['is the first', at('sha-256 AA:BB'), '', false],
  ])('that %s', (_, now, before, elsewhere) => {
    expect(isOtherEndpoint(now, before)).toBe(elsewhere);
  });
});
