import { headerOf, liveClient, request, unique, type Live } from '../support/fuzz.js';
import { browserOffer } from '../support/standin.js';
import { dial, finalTo, outcome, prepare, response } from '../fuzz/talk.js';

/*
 * Headers that a far side may omit, and its remote target. RFC 3261 §12.1.2, §12.2.1.
 */
const withHeader = (frame: string, line: string): string => frame.replace('\r\n', `\r\n${line}\r\n`);
const without = (frame: string, name: string): string => frame.replace(new RegExp(`^${name}: .*\\r\\n`, 'm'), '');
const withoutTag = (frame: string): string => frame.replace(/^(To: .*?);tag=\w+/m, '$1');
const contactAt = (frame: string, uri: string): string => frame.replace(/^Contact: .*$/m, `Contact: <${uri}>`);
const targetOf = (frame: string): string => frame.split(' ')[1] ?? '';

describe('SIP adapter: incomplete responses of the far side', () => {
  let live: Live;
  beforeEach(async () => {
    live = await liveClient();
  });
  afterEach(() => live.close());

  const sent = (method: string): Promise<string> => live.sent.take(text => text.startsWith(`${method} `));
  const reported = (tag: string) => live.reported.take(({ _tag }) => _tag === tag);
  const hangup = async (call: string): Promise<string> => {
    live.perform({ _tag: 'end', call });
    return sent('BYE');
  };

  it('rings by a 180 without a Contact', async () => {
    const { call, invite } = await dial(live);
    live.send(without(response(invite, '180 Ringing'), 'Contact'));
    expect(await reported('progress')).toMatchObject({ call, statusCode: 180 });
  });

  it('rings by a 180 without a To tag, and is answered by a 200 that has one', async () => {
    const { call, invite } = await dial(live);
    live.send(withoutTag(response(invite, '183 Progress', browserOffer())));
    expect(await reported('progress')).toMatchObject({ call, early: true });
    live.send(response(invite, '200 OK', browserOffer()));
    expect(await reported('accepted')).toEqual({ _tag: 'accepted', call });
    expect(headerOf(await hangup(call), 'To')).toContain(';tag=far');
  });

  it('is answered by a 200 without a To tag: its requests have none either, and those of the far side are known', async () => {
    const { call, invite } = await dial(live);
    live.send(withoutTag(response(invite, '200 OK', browserOffer())));
    await reported('accepted');
    expect(headerOf(await sent('ACK'), 'To')).toBe(headerOf(invite, 'To'));
    const inside = request('INFO', {
      headers: {
        From: headerOf(invite, 'To'),
        To: headerOf(invite, 'From'),
        'Call-ID': headerOf(invite, 'Call-ID'),
        CSeq: '7 INFO',
        'Content-Type': 'application/dtmf-relay',
      },
      body: 'Signal=5',
    });
    live.send(inside);
    expect(await reported('tone-received')).toMatchObject({ call, tone: '5' });
    expect(await finalTo(live, inside)).toMatch(/^SIP\/2\.0 200 /);
    expect(headerOf(await hangup(call), 'To')).toBe(headerOf(invite, 'To'));
  });

  it('goes to where the INVITE went when the 200 has no Contact', async () => {
    const { call, invite } = await dial(live);
    live.send(without(response(invite, '200 OK', browserOffer()), 'Contact'));
    await reported('accepted');
    expect(targetOf(await sent('ACK'))).toBe(targetOf(invite));
    expect(targetOf(await hangup(call))).toBe(targetOf(invite));
  });

  it.each([
    ['a From of nonsense', (text: string) => text.replace(/^From: .*$/m, 'From: <>')],
    ['two Call-IDs', (text: string) => withHeader(text, 'Call-ID: another')],
    ['a To that is cut off', (text: string) => text.replace(/^To: .*$/m, 'To: "Bob <sip:eve@x;tag=far')],
    ['an odd Record-Route', (text: string) => withHeader(text, 'Record-Route: nowhere')],
    ['an odd Contact', (text: string) => text.replace(/^Contact: .*$/m, 'Contact: *')],
  ])('is answered by a 200 with %s', async (_, wrong) => {
    const { call, invite } = await dial(live);
    live.send(wrong(response(invite, '200 OK', browserOffer())));
    expect(await reported('accepted')).toMatchObject({ call });
    expect(headerOf(await sent('ACK'), 'To')).toContain(';tag=far');
    expect(headerOf(await hangup(call), 'To')).toContain(';tag=far');
  });

  it('ends when the answer is not all there: acknowledged, and hung up with a reason', async () => {
    const { call, invite } = await dial(live);
    live.send(withHeader(response(invite, '200 OK', browserOffer()), 'Content-Length: 99999'));
    expect(await reported('ended')).toMatchObject({ call, by: 'local', cause: 'media_failed' });
    await sent('ACK');
    expect(await sent('BYE')).toContain('Reason: SIP;cause=488');
  });

  it.each([
    ['has no line of sound', 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n'],
    ['refuses the sound', browserOffer().replace('m=audio 9 ', 'm=audio 0 ')],
  ])('ends when the answer %s', async (_, sdp) => {
    const { call, invite } = await dial(live);
    live.send(response(invite, '183 Progress', sdp));
    expect(await reported('progress')).toMatchObject({ early: false });
    live.send(response(invite, '200 OK', sdp));
    expect(await reported('ended')).toMatchObject({ call, by: 'local', cause: 'media_failed' });
    await sent('ACK');
    expect(await sent('BYE')).toContain('Reason: SIP;cause=488');
  });

  it('ends when a change is answered by refusing the sound', async () => {
    const { call, invite } = await dial(live);
    live.send(response(invite, '200 OK', browserOffer()));
    await reported('accepted');
    await sent('ACK');
    live.perform({ _tag: 'change', ref: 'hold', call, hold: true });
    live.send(response(await sent('INVITE'), '200 OK', browserOffer().replace('m=audio 9 ', 'm=audio 0 ')));
    expect(await outcome(live, 'hold')).toBe('Left');
    expect(await reported('ended')).toMatchObject({ call, cause: 'media_failed' });
    await sent('BYE');
  });

  describe('and where it is reached', () => {
    const [early, late, moved] = ['sip:early@10.1.1.1', 'sip:late@10.2.2.2', 'sip:moved@10.3.3.3'] as const;

    const talk = async (): Promise<{ readonly call: string; readonly invite: string }> => {
      const { call, invite } = await dial(live);
      live.send(contactAt(response(invite, '180 Ringing'), early));
      live.send(contactAt(response(invite, '200 OK', browserOffer()), late));
      await reported('accepted');
      return { call, invite };
    };
    const theirs = (invite: string, method: string, cseq: number, contact: string, body = ''): string =>
      request(method, {
        headers: {
          From: `${headerOf(invite, 'To')};tag=far`,
          To: headerOf(invite, 'From'),
          'Call-ID': headerOf(invite, 'Call-ID'),
          CSeq: `${cseq} ${method}`,
          Contact: `<${contact}>`,
        },
        body,
      });

    it('is what the 200 says, not the 180 before it', async () => {
      const { call } = await talk();
      expect(targetOf(await sent('ACK'))).toBe(late);
      expect(targetOf(await hangup(call))).toBe(late);
    });

    it('is what an UPDATE says', async () => {
      const { call, invite } = await talk();
      const update = theirs(invite, 'UPDATE', 2, moved);
      live.send(update);
      expect(await finalTo(live, update)).toMatch(/^SIP\/2\.0 200 /);
      expect(targetOf(await hangup(call))).toBe(moved);
    });

    it('is what a re-INVITE says that was answered, and not one that was refused', async () => {
      const { call, invite } = await talk();
      const refused = theirs(invite, 'INVITE', 2, 'sip:nobody@10.9.9.9', 'v=0\r\n');
      live.send(refused);
      expect(await finalTo(live, refused)).toMatch(/^SIP\/2\.0 488 /);
      live.perform({ _tag: 'tone', ref: 'tone', call, tone: '1' });
      expect(targetOf(await sent('INFO'))).toBe(late);
      const again = theirs(invite, 'INVITE', 3, moved, browserOffer());
      live.send(again);
      const offered = await reported('offered');
      await reported('gathered');
      live.perform({ _tag: 'accept-offer', ref: (offered as { offer: string }).offer, call, hold: false });
      await reported('gathered');
      live.perform({ _tag: 'describe', call });
      expect(await finalTo(live, again)).toMatch(/^SIP\/2\.0 200 /);
      expect(targetOf(await hangup(call))).toBe(moved);
    });

    it('is what the 200 to a re-INVITE of ours says', async () => {
      const { call } = await talk();
      live.perform({ _tag: 'change', ref: 'hold', call, hold: true });
      const again = await sent('INVITE');
      await sent('ACK');
      live.send(contactAt(response(again, '200 OK', browserOffer()), moved));
      expect(targetOf(await sent('ACK'))).toBe(moved);
      expect(targetOf(await hangup(call))).toBe(moved);
    });

    it('is beyond a strict router, which takes the Request-URI for itself', async () => {
      const { call, invite } = await dial(live);
      const routes = 'Record-Route: <sip:second.example.org;lr>, <sip:strict.example.org;method=INVITE>';
      live.send(withHeader(contactAt(response(invite, '200 OK', browserOffer()), late), routes));
      await reported('accepted');
      const bye = await hangup(call);
      expect(targetOf(bye)).toBe('sip:strict.example.org');
      expect([...bye.matchAll(/^Route: (.*)\r$/gm)].map(([, route]) => route)).toEqual([
        '<sip:second.example.org;lr>',
        `<${late}>`,
      ]);
    });
  });
});

describe('SIP adapter: requests outside of a dialog', () => {
  let live: Live;
  beforeEach(async () => {
    live = await liveClient();
  });
  afterEach(() => live.close());
  const sent = (method: string): Promise<string> => live.sent.take(text => text.startsWith(`${method} `));
  const routesIn = (frame: string): readonly string[] =>
    [...frame.matchAll(/^Route: (.*)\r$/gm)].map(([, route]) => route ?? '');

  it('goes by the way that the registrar has told, until it tells another one', async () => {
    const register = async (ref: string, ...headers: readonly string[]): Promise<void> => {
      live.perform({ _tag: 'register', ref, expires: 600 });
      const asked = await sent('REGISTER');
      expect(routesIn(asked)).toEqual([]);
      live.send(headers.reduce(withHeader, response(asked, '200 OK')));
      expect(await outcome(live, ref)).toBe('Right');
    };
    await register('first', 'Service-Route: <sip:p1.example.org;lr>, <sip:p2.example.org;lr>', 'Require: outbound');
    const way = ['<sip:p1.example.org;lr>', '<sip:p2.example.org;lr>'];
    const { call, invite } = await dial(live);
    expect(routesIn(invite)).toEqual(way);
    live.send(response(invite, '180 Ringing'));
    await live.reported.take(({ _tag }) => _tag === 'progress');
    await register('second');
    live.perform({ _tag: 'end', call });
    // A CANCEL takes the way of its INVITE. RFC 3261 §9.1.
    expect(routesIn(await sent('CANCEL'))).toEqual(way);
    expect(routesIn((await dial(live)).invite)).toEqual([]);
  });
});

describe('SIP adapter: a caller of RFC 2543', () => {
  it('rings, is answered, and is talked to: without tags, without branches', async () => {
    const live = await liveClient();
    const old = (method: string, to: string, cseq: number, body = ''): string => {
      const frame = request(method, {
        headers: {
          Via: 'SIP/2.0/WS old.example.org',
          From: '<sip:old@example.org>',
          To: to,
          'Call-ID': 'old@example.org',
          CSeq: `${cseq} ${method}`,
        },
        body,
      });
      return without(frame, 'Contact');
    };
    live.send(old('INVITE', '<sip:bob@example.com>', 1, browserOffer()));
    const incoming = await live.reported.take(({ _tag }) => _tag === 'incoming');
    const { call } = incoming as { readonly call: string };
    expect(await prepare(live, call)).toBe('Right');
    live.perform({ _tag: 'answer', ref: 'answer', call });
    const ok = await live.sent.take(text => text.startsWith('SIP/2.0 200 '));
    expect(headerOf(ok, 'Via')).toBe('SIP/2.0/WS old.example.org');
    expect(headerOf(ok, 'From')).toBe('<sip:old@example.org>');
    await live.react(old('ACK', headerOf(ok, 'To'), 1));
    live.perform({ _tag: 'tone', ref: 'tone', call, tone: '1' });
    const info = await live.sent.take(text => text.startsWith('INFO '));
    expect(targetOf(info)).toBe('sip:old@example.org');
    expect(headerOf(info, 'To')).toBe('<sip:old@example.org>');
    const bye = old('BYE', headerOf(ok, 'To'), 2);
    live.send(bye);
    expect(await finalTo(live, bye)).toMatch(/^SIP\/2\.0 200 /);
    expect(await live.reported.take(({ _tag }) => _tag === 'ended')).toMatchObject({ call, cause: 'hung_up' });
    await live.close();
  });

  it('is refused, and the acknowledgement of that is understood', async () => {
    const live = await liveClient();
    const id = unique();
    const old = (method: string, to: string): string =>
      request(method, {
        headers: {
          Via: 'SIP/2.0/WS old.example.org',
          From: '<sip:old@example.org>',
          To: to,
          'Call-ID': id,
          CSeq: `1 ${method}`,
        },
      });
    live.send(old('INVITE', '<sip:bob@example.com>'));
    const incoming = await live.reported.take(({ _tag }) => _tag === 'incoming');
    live.perform({ _tag: 'refuse', call: (incoming as { readonly call: string }).call, statusCode: 486 });
    const refused = await live.sent.take(text => text.startsWith('SIP/2.0 486 '));
    expect((await live.react(old('ACK', headerOf(refused, 'To')))).reported).toEqual([]);
    await live.close();
  });
});
