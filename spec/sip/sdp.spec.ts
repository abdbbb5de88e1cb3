import * as fc from 'fast-check';
import { direction, hasTelephoneEvent, withDirection, type Direction } from '../../lib/sip/sdp.js';

const sdp = (...lines: readonly string[]): string => lines.map(line => `${line}\r\n`).join('');
const session = ['v=0', 'o=- 7 2 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0'];
const audio = (...lines: readonly string[]): string => sdp(...session, 'm=audio 4000 RTP/AVP 0 101', ...lines);
const offered = fc.constantFrom<Direction>('sendrecv', 'sendonly', 'recvonly', 'inactive');

describe('sdp direction', () => {
  it.each([
    ['no attribute', audio(), 'sendrecv'],
    ['its own attribute', audio('a=sendonly'), 'sendonly'],
    ['the session attribute', sdp(...session, 'a=recvonly', 'm=audio 4000 RTP/AVP 0'), 'recvonly'],
    ['its own before the session', sdp(...session, 'a=recvonly', 'm=audio 4000 RTP/AVP 0', 'a=sendrecv'), 'sendrecv'],
    ['the last of two, as browsers read it', audio('a=sendrecv', 'a=inactive'), 'inactive'],
    [
      'not the attribute of video',
      sdp(...session, 'm=video 2 RTP/AVP 9', 'a=inactive', 'm=audio 2 RTP/AVP 0'),
      'sendrecv',
    ],
    ['the first of two audio lines', audio('a=sendonly', 'm=audio 4002 RTP/AVP 0', 'a=inactive'), 'sendonly'],
    ['an old hold by address', audio('c=IN IP4 0.0.0.0'), 'inactive'],
    ['an old hold by the session address', sdp('v=0', 'c=IN IP4 0.0.0.0', 'm=audio 4000 RTP/AVP 0'), 'inactive'],
    [
      'a media address over a session hold',
      sdp('v=0', 'c=IN IP4 0.0.0.0', 'm=audio 2 RTP/AVP 0', 'c=IN IP4 192.0.2.1'),
      'sendrecv',
    ],
    ['an old hold in IPv6', audio('c=IN IP6 ::', 'a=sendrecv'), 'inactive'],
    ['an old hold in long IPv6', audio('c=IN IP6 0:0:0:0:0:0:0:0'), 'inactive'],
    ['an address that begins with nought', audio('c=IN IP4 0.0.0.01'), 'sendrecv'],
    ['a browser with its default candidate', audio('c=IN IP4 0.0.0.0', 'a=ice-ufrag:abcd', 'a=sendrecv'), 'sendrecv'],
    ['a held browser', audio('c=IN IP4 0.0.0.0', 'a=ice-ufrag:abcd', 'a=sendonly'), 'sendonly'],
    ['refused audio', sdp(...session, 'm=audio 0 RTP/AVP 0', 'a=sendrecv'), 'inactive'],
    ['no audio', sdp(...session, 'm=video 2 RTP/AVP 9'), 'inactive'],
    ['bare line feeds', audio('a=sendonly').replaceAll('\r\n', '\n'), 'sendonly'],
    ['nothing', '', 'inactive'],
  ] satisfies readonly (readonly [string, string, Direction])[])('%s', (_name, text, expected) => {
    expect(direction(text)).toBe(expected);
  });
});

describe('sdp withDirection', () => {
  it('replaces the attribute of the first audio line and nothing else', () => {
    const before = audio('a=sendrecv', 'a=rtpmap:0 PCMU/8000', 'm=video 4002 RTP/AVP 9', 'a=sendrecv');
    expect(withDirection(before, 'sendonly')).toBe(
      audio('a=rtpmap:0 PCMU/8000', 'a=sendonly', 'm=video 4002 RTP/AVP 9', 'a=sendrecv'),
    );
  });

  it('leaves a description without audio as it is', () => {
    expect(withDirection(sdp(...session), 'sendonly')).toBe(sdp(...session));
    expect(withDirection('no sdp', 'sendonly')).toBe('no sdp');
  });

  it('is read back, and setting it twice is setting it once', () => {
    fc.assert(
      fc.property(offered, offered, offered, (first, second, own) => {
        const text = sdp(...session, `a=${own}`, 'm=audio 4000 RTP/AVP 0', `a=${first}`, 'm=video 4 RTP/AVP 9');
        const once = withDirection(text, second);
        expect(direction(once)).toBe(second);
        expect(withDirection(once, second)).toBe(once);
      }),
    );
  });
});

describe('sdp hasTelephoneEvent', () => {
  it.each([
    ['offered', audio('a=rtpmap:101 telephone-event/8000'), true],
    ['in capitals', audio('a=rtpmap:101 TELEPHONE-EVENT/8000'), true],
    ['mapped but not in the list', audio('a=rtpmap:110 telephone-event/48000'), false],
    ['absent', audio('a=rtpmap:0 PCMU/8000'), false],
    ['under video', audio('m=video 4 RTP/AVP 101', 'a=rtpmap:101 telephone-event/8000'), false],
    ['in refused audio', sdp('m=audio 0 RTP/AVP 101', 'a=rtpmap:101 telephone-event/8000'), false],
    ['nothing', '', false],
  ])('%s', (_name, text, expected) => {
    expect(hasTelephoneEvent(text)).toBe(expected);
  });
});

it('no text makes any of them throw', () => {
  const line = fc.oneof(
    fc.constantFrom(
      'm=audio 9 RTP/AVP 0',
      'm=audio',
      'm=audio x',
      'a=sendonly',
      'c=IN IP6 ::',
      'a=rtpmap:',
      'o=',
      'a=ice-options:',
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(line), offered, (lines, wanted) => {
      const text = lines.join('\n');
      expect(typeof direction(withDirection(text, wanted))).toBe('string');
      expect(typeof hasTelephoneEvent(text)).toBe('boolean');
    }),
  );
});
