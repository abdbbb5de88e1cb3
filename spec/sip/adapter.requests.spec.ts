import { headerOf, liveClient, request, unique, type Live } from '../support/fuzz.js';
import { browserOffer } from '../support/standin.js';
import { answer, dial, finalTo, inDialog, prepare, response } from '../fuzz/talk.js';

/** A body of several parts, each with its header lines. RFC 2046 §5.1. */
const parts = (...all: readonly { readonly headers: readonly string[]; readonly body: string }[]): string =>
  [...all.flatMap(({ headers, body }) => ['--cut', ...headers, '', body]), '--cut--', ''].join('\r\n');

const session = (sdp: string) => ({ headers: ['Content-Type: application/sdp'], body: sdp });
const isup = (...disposition: readonly string[]) => ({
  headers: ['Content-Type: application/ISUP;version=nxv3', ...disposition],
  body: '\u0001\u0002',
});
const mixed = { 'Content-Type': 'multipart/mixed;boundary="cut"' };

/** The media lines of a description, as far as their port. */
const ports = (frame: string): readonly string[] => frame.match(/^m=\w+ \d+/gm) ?? [];

const sdes = browserOffer()
  .replace(/^a=(?:fingerprint|setup|ice-\w+):.*\r\n/gm, '')
  .replace('UDP/TLS/RTP/SAVPF', 'RTP/SAVP')
  .concat('a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\n');
const data = 'm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=sctp-port:5000\r\n';

describe('SIP adapter: requests outside of a dialog', () => {
  let live: Live;
  beforeEach(async () => {
    live = await liveClient();
  });
  afterEach(() => live.close());

  const reported = (tag: string) => live.reported.take(({ _tag }) => _tag === tag);
  /** Rings, is prepared for and answered: the INVITE, its 200 and the call. */
  const answered = async (invite: string) => {
    live.send(invite);
    const { call } = (await reported('incoming')) as unknown as { readonly call: string };
    expect(await prepare(live, call)).toBe('Right');
    return { call, ok: await answer(live, call, invite) };
  };
  /** Is refused at once: nobody hears of a call, and one fault tells why. */
  const refused = async (invite: string): Promise<string> => {
    const { sent, reported: told } = await live.react(invite);
    expect(told.map(({ _tag }) => _tag)).toEqual(['fault']);
    expect(told[0]).toMatchObject({ fault: { code: 'media-failed', statusCode: 488 } });
    return sent.find(text => text.startsWith('SIP/2.0 488 ')) ?? '';
  };

  describe('with a body in parts', () => {
    it.each([
      [
        'with ISUP that may be left aside',
        parts(session(browserOffer()), isup('Content-Disposition: signal;handling=optional')),
      ],
      ['after ISUP', parts(isup('Content-Disposition: signal; handling="optional"'), session(browserOffer()))],
    ])('rings and is answered %s', async (_, body) => {
      const { ok } = await answered(request('INVITE', { headers: mixed, body }));
      expect(ports(ok)).toEqual(['m=audio 9']);
    });

    it('is refused where a part is required that nobody here knows, with what is understood', async () => {
      const { sent, reported: told } = await live.react(
        request('INVITE', { headers: mixed, body: parts(session(browserOffer()), isup()) }),
      );
      const [answer415 = ''] = sent.filter(text => text.startsWith('SIP/2.0 415 '));
      expect(headerOf(answer415, 'Accept')).toBe('application/sdp, multipart/mixed');
      expect(told.filter(({ _tag }) => _tag === 'incoming')).toEqual([]);
    });

    it('is read in an answer, too', async () => {
      const { call, invite } = await dial(live);
      const ok = response(
        invite,
        '200 OK',
        parts(session(browserOffer()), isup('Content-Disposition: signal;handling=optional')),
      );
      live.send(ok.replace('Content-Type: application/sdp', `Content-Type: ${mixed['Content-Type']}`));
      expect(await reported('accepted')).toEqual({ _tag: 'accepted', call });
    });
  });

  describe('with an offer', () => {
    it('that no browser can answer is refused before it rings, and says why', async () => {
      expect(headerOf(await refused(request('INVITE', { body: sdes })), 'Warning')).toMatch(
        /^302 \S+ ".*DTLS-SRTP.*"$/,
      );
      const silent = browserOffer().replace('m=audio 9', 'm=audio 0');
      expect(headerOf(await refused(request('INVITE', { body: silent })), 'Warning')).toMatch(/^304 /);
      const foreign = browserOffer().replace(/opus\/48000\/2/, 'AMR/8000');
      expect(headerOf(await refused(request('INVITE', { body: foreign })), 'Warning')).toMatch(/^305 /);
    });

    it('of more than sound is answered for the sound alone, line by line', async () => {
      const body = browserOffer().replace('a=group:BUNDLE 0', 'a=group:BUNDLE 0 1') + data;
      const { ok } = await answered(request('INVITE', { body }));
      expect(ports(ok)).toEqual(['m=audio 9', 'm=application 0']);
      expect(ok).toMatch(/^m=application 0 UDP\/DTLS\/SCTP webrtc-datachannel\r$/m);
      const first = browserOffer()
        .replace('a=group:BUNDLE 0', 'a=group:BUNDLE 1 0')
        .replace('m=audio', `${data}m=audio`);
      expect(ports((await answered(request('INVITE', { body: first }))).ok)).toEqual(['m=application 0', 'm=audio 9']);
    });

    it('is read without its last line break', async () => {
      const { ok } = await answered(request('INVITE', { body: browserOffer().trimEnd() }));
      expect(ports(ok)).toEqual(['m=audio 9']);
    });

    it('that cannot be answered costs a standing call nothing', async () => {
      const invite = request('INVITE', { body: browserOffer() });
      const { call, ok } = await answered(invite);
      await live.react(inDialog('ACK', invite, ok, 1));
      expect(await refused(inDialog('INVITE', invite, ok, 2, sdes))).toContain('Warning: 302 ');
      const info = inDialog('INFO', invite, ok, 3);
      live.send(info);
      expect(await finalTo(live, info)).toMatch(/^SIP\/2\.0 200 /);
      live.perform({ _tag: 'end', call });
      expect(await live.sent.take(text => text.startsWith('BYE '))).toContain(headerOf(invite, 'Call-ID'));
    });
  });

  it('without a body asks for nothing: an INFO and a MESSAGE are accepted, and nobody hears of them', async () => {
    const invite = request('INVITE', { body: browserOffer() });
    const { ok } = await answered(invite);
    await live.react(inDialog('ACK', invite, ok, 1));
    const all = [
      inDialog('INFO', invite, ok, 2),
      inDialog('MESSAGE', invite, ok, 3),
      request('MESSAGE', { headers: { 'Content-Type': 'text/plain' } }),
    ];
    for (const each of all) {
      const { sent, reported: told } = await live.react(each);
      expect(sent).toEqual([expect.stringMatching(/^SIP\/2\.0 200 /)]);
      expect(told).toEqual([]);
    }
  });

  it.each([
    ['Call-Info', '<sip:pbx.example.org>;answer-after=0'],
    ['Alert-Info', '<http://127.0.0.1/ring>;info=alert-autoanswer'],
    ['Alert-Info', 'Auto Answer'],
    ['Answer-Mode', 'Auto'],
    ['Priv-Answer-Mode', 'Auto;require'],
    ['P-Auto-Answer', 'normal'],
  ])('asks to be answered at once by %s: %s', async (name, value) => {
    live.send(request('INVITE', { headers: { [name]: value }, body: browserOffer() }));
    expect(await reported('incoming')).toMatchObject({ autoAnswer: true });
  });

  it.each([
    ['Call-Info', '<sip:pbx.example.org>;answer-after=10'],
    ['Alert-Info', '<http://127.0.0.1/bell>;info=external'],
    ['Answer-Mode', 'Manual'],
  ])('does not ask for that by %s: %s', async (name, value) => {
    live.send(request('INVITE', { headers: { [name]: value }, body: browserOffer() }));
    expect(await reported('incoming')).toMatchObject({ autoAnswer: false });
  });

  it('says how long it waits for an answer', async () => {
    live.send(request('INVITE', { headers: { Expires: '1' }, body: browserOffer() }));
    expect(await reported('incoming')).toMatchObject({ expires: 1_000 });
    live.send(request('INVITE', { headers: { Expires: 'soon' }, body: browserOffer() }));
    expect(await reported('incoming')).not.toHaveProperty('expires');
  });

  it('may say while it rings that somebody else calls', async () => {
    const invite = request('INVITE', { body: browserOffer() });
    live.send(invite);
    const { call } = (await reported('incoming')) as unknown as { readonly call: string };
    live.perform({ _tag: 'ring', call });
    const ringing = await live.sent.take(text => text.startsWith('SIP/2.0 180 '));
    const update = inDialog('UPDATE', invite, ringing, 2);
    live.send(update.replace('\r\n', '\r\nP-Asserted-Identity: "Carol" <sip:103@pbx.example.org>\r\n'));
    expect(await reported('identified')).toMatchObject({
      call,
      identity: { phoneNumber: '103', displayName: 'Carol', anonymous: false },
    });
    expect(await finalTo(live, update)).toMatch(/^SIP\/2\.0 200 /);
  });

  it('names its caller by Remote-Party-ID where nobody else vouches for him', async () => {
    const headers = { 'Remote-Party-ID': '"Carol" <sip:103@pbx.example.org>;party=calling', 'Call-ID': unique() };
    live.send(request('INVITE', { headers, body: browserOffer() }));
    expect(await reported('incoming')).toMatchObject({
      identity: { phoneNumber: '103', displayName: 'Carol', anonymous: false },
    });
  });
});
