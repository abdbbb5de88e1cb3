import { allUnreachable, sameServer, serversOf } from '../../lib/rtc/gathering.js';

describe('rtc serversOf', () => {
  it('names the best candidate that can be had', () => {
    expect(serversOf({})).toBe('none');
    expect(serversOf({ iceServers: [] })).toBe('none');
    expect(serversOf({ iceServers: [{ urls: 'stun:a.example' }] })).toBe('stun');
    expect(serversOf({ iceServers: [{ urls: ['stun:a.example', 'TURNS:a.example'] }] })).toBe('turn');
    expect(serversOf({ iceServers: [{ urls: 'stun:a.example' }, { urls: 'turn:b.example?transport=tcp' }] })).toBe(
      'turn',
    );
  });
});

describe('rtc sameServer', () => {
  it.each([
    ['stun:a.example', 'stun:a.example:3478'],
    ['STUN:A.example:3478', 'stun:a.example:3478'],
    ['turn:a.example', 'turn:a.example:3478?transport=udp'],
    ['turn:a.example?transport=tcp', 'turn:a.example:3478?transport=tcp'],
    ['turns:a.example?transport=tcp', 'turns:a.example:5349?transport=tcp'],
    ['stun:[fd00::1]', 'stun:[fd00::1]:3478'],
  ])('%s is %s', (one, other) => {
    expect(sameServer(one)).toBe(sameServer(other));
  });

  it('keeps different servers apart', () => {
    const urls = ['stun:a', 'stun:a:1', 'turn:a', 'turns:a', 'turn:a?transport=tcp', 'stun:b'];
    expect(new Set(urls.map(sameServer)).size).toBe(urls.length);
  });
});

describe('rtc allUnreachable', () => {
  const timeout = (url: string) => ({ url, text: 'STUN binding request timed out.' });
  const family = (url: string) => ({ url, text: 'STUN server address is incompatible.' });

  it('needs an error of every server from every interface', () => {
    expect(allUnreachable(['stun:a'], 1, [timeout('stun:a:3478')])).toBe(true);
    expect(allUnreachable(['stun:a'], 2, [timeout('stun:a:3478')])).toBe(false);
    expect(allUnreachable(['stun:a', 'stun:b'], 1, [timeout('stun:a'), timeout('stun:a')])).toBe(false);
    expect(allUnreachable(['stun:a', 'stun:b'], 1, [timeout('stun:a'), timeout('stun:b')])).toBe(true);
  });

  it('is not fooled by an interface of the wrong address family, which fails before the others have begun', () => {
    expect(allUnreachable(['stun:a'], 1, [family('stun:a')])).toBe(false);
    expect(allUnreachable(['stun:a'], 2, [family('stun:a'), timeout('stun:a')])).toBe(true);
  });

  it('is false without servers', () => {
    expect(allUnreachable([], 0, [])).toBe(false);
  });
});
