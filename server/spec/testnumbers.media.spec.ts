import { house, invite } from './support/house.js';
import { cancelOf, inDialog, text } from './support/phone.js';
import { caller, type Caller } from './support/caller.js';

const home = house();
const talkers: Caller[] = [];
const talking = (hertz: number): Caller => {
  const one = caller(hertz);
  talkers.push(one);
  return one;
};

afterEach(() => {
  for (const one of talkers.splice(0)) one.close();
});

describe('test numbers without media', () => {
  it.each([300, 404, 486, 503, 603, 699])('code%i answers with exactly that', async status => {
    const alice = await home().at('alice');
    const draft = await invite(alice, `code${status}`);
    expect((await alice.expect(status)).one('Call-ID')).toBe(draft.callId);
  });

  it.each(['code200', 'code700', 'ring', 'ring100', 'nobody'])('%s is no number', async name => {
    const alice = await home().at('alice');
    await invite(alice, name);
    expect((await alice.expect(404)).status).toBe(404);
  });

  it('busy answers 486, also through a hotline', async () => {
    const { at, server } = home();
    const alice = await at('alice');
    await invite(alice, `${server.hotlines[0]!.phoneNumber}*101*busy`);
    expect((await alice.expect(486)).status).toBe(486);
  });

  it('blackhole says nothing but 100 until it is cancelled', async () => {
    const alice = await home().at('alice');
    const draft = await invite(alice, 'blackhole');
    await alice.expect(100);
    alice.send(cancelOf(draft, alice.host));
    await alice.expect('487 INVITE');
    expect(alice.inbox.map(frame => frame.status).filter(status => status > 100 && status < 200)).toEqual([]);
  });

  it('codeNNN answers messages as well, the others take calls only', async () => {
    const { at, server } = home();
    const alice = await at('alice');
    const asked = await alice.ask(alice.request('MESSAGE', `sip:code404@${server.realm}`));
    expect(asked.status).toBe(404);
    const told = await alice.ask(alice.request('MESSAGE', `sip:echo@${server.realm}`));
    expect([told.status, told.one('Allow')]).toEqual([405, expect.stringContaining('INVITE')]);
  });

  it('refuses an extension that it does not know', async () => {
    const alice = await home().at('alice');
    await invite(alice, 'echo', { headers: [`Contact: <${alice.contact}>`, 'Require: 100rel'] });
    expect((await alice.expect(420)).one('Unsupported')).toBe('100rel');
  });
});

describe('test numbers with media', () => {
  const sdp = (contact: string): string[] => [`Contact: <${contact}>`, 'Content-Type: application/sdp'];

  it('echo sends the voice back, nothing while on hold, and takes DTMF', async () => {
    const alice = await home().at('alice');
    const voice = talking(700);
    const draft = await invite(alice, 'echo', { headers: sdp(alice.contact), body: await voice.offer() });
    const answered = await alice.expect('200 INVITE');
    alice.send(text(inDialog(draft, answered, 'ACK', draft.cseq), alice.host));
    await voice.accept(answered.body);
    await voice.hears(40, level => level(700) > 0.1);
    expect(await voice.arriving()).toBeGreaterThan(10);

    const held = {
      ...inDialog(draft, answered, 'INVITE', draft.cseq + 1),
      body: await voice.offer({ direction: 'sendonly' }),
    };
    const holding = { ...held, headers: [...held.headers, ...sdp(alice.contact)] };
    alice.send(text(holding, alice.host));
    const hold = await alice.expect(`200 INVITE ${draft.callId} ${draft.cseq + 1}`);
    expect(hold.body).toContain('a=recvonly');
    alice.send(text(inDialog(draft, hold, 'ACK', draft.cseq + 1), alice.host));
    await voice.accept(hold.body);
    // The voice goes on, so the silence is the echo's. A sendonly end hears nothing in any case: the wire is measured, once
    // what was under way has arrived.
    let arrived = Infinity;
    while (arrived >= 5) arrived = await voice.arriving();
    expect(await voice.arriving()).toBeLessThan(5);

    const back = inDialog(draft, answered, 'INVITE', draft.cseq + 2);
    alice.send(
      text({ ...back, headers: [...back.headers, ...sdp(alice.contact)], body: await voice.offer() }, alice.host),
    );
    const unhold = await alice.expect(`200 INVITE ${draft.callId} ${draft.cseq + 2}`);
    expect(unhold.body).toContain('a=sendrecv');
    alice.send(text(inDialog(draft, unhold, 'ACK', draft.cseq + 2), alice.host));
    await voice.accept(unhold.body);
    await voice.hears(40, level => level(700) > 0.1);

    const info = inDialog(draft, answered, 'INFO', draft.cseq + 3);
    const digits = {
      body: 'Signal=5\r\nDuration=100\r\n',
      headers: [...info.headers, 'Content-Type: application/dtmf-relay'],
    };
    alice.send(text({ ...info, ...digits }, alice.host));
    await alice.expect('200 INFO');
    const other = inDialog(draft, answered, 'INFO', draft.cseq + 4);
    alice.send(text({ ...other, headers: [...other.headers, 'Content-Type: text/plain'], body: '?' }, alice.host));
    await alice.expect('469 INFO');
    alice.send(text(inDialog(draft, answered, 'BYE', draft.cseq + 5), alice.host));
    await alice.expect('200 BYE');
    alice.send(text(inDialog(draft, answered, 'BYE', draft.cseq + 6), alice.host));
    expect((await alice.expect('481 BYE')).status).toBe(481);
  });

  it('early plays a tone before it answers with the same description', async () => {
    const alice = await home().at('alice');
    const voice = talking(0);
    const draft = await invite(alice, 'early', { headers: sdp(alice.contact), body: await voice.offer() });
    const early = await alice.expect(183);
    await voice.accept(early.body);
    await voice.hears(40, level => level(440) > 0.1);
    expect(alice.inbox.some(frame => frame.status === 200 && frame.one('CSeq').endsWith('INVITE'))).toBe(false);
    const answered = await alice.expect(`200 INVITE ${draft.callId}`);
    expect([answered.body, answered.one('To')]).toEqual([early.body, early.one('To')]);
  });

  it('early486 plays and then refuses', async () => {
    const alice = await home().at('alice');
    const voice = talking(0);
    await invite(alice, 'early486', { headers: sdp(alice.contact), body: await voice.offer() });
    await voice.accept((await alice.expect(183)).body);
    expect((await alice.expect(486)).status).toBe(486);
  });

  it('ringNN rings before it answers, and stops when cancelled', async () => {
    const alice = await home().at('alice');
    const quick = await invite(alice, 'ring00', { headers: sdp(alice.contact), body: await talking(0).offer() });
    await alice.expect(`180 INVITE ${quick.callId}`);
    expect((await alice.expect(`200 INVITE ${quick.callId}`)).body).toContain('m=audio');
    const slow = await invite(alice, 'ring99', { headers: sdp(alice.contact), body: await talking(0).offer() });
    await alice.expect(`180 INVITE ${slow.callId}`);
    alice.send(cancelOf(slow, alice.host));
    expect((await alice.expect(`487 INVITE ${slow.callId}`)).status).toBe(487);
  });

  it('offers by itself when the INVITE has no description, and hears the answer in the ACK', async () => {
    const alice = await home().at('alice');
    const draft = await invite(alice, 'echo');
    const offered = await alice.expect('200 INVITE');
    const voice = talking(500);
    const answer = await voice.answer(offered.body);
    alice.send(text({ ...inDialog(draft, offered, 'ACK', draft.cseq), body: answer }, alice.host));
    await voice.hears(40, level => level(500) > 0.1);
  });

  it('refuses a description that is none', async () => {
    const alice = await home().at('alice');
    await invite(alice, 'echo', { headers: sdp(alice.contact), body: 'v=nonsense' });
    expect((await alice.expect(488)).status).toBe(488);
  });
});

describe('where there is no media', () => {
  const lines: string[] = [];
  const bare = house({ media: false, log: line => lines.push(line) });

  it.each(['echo', 'ring00', 'early', 'early486'])('%s answers 480, and says why, as does the log', async number => {
    const alice = await bare().at('alice');
    await invite(alice, number);
    expect((await alice.expect(480)).one('Warning')).toMatch(
      /^399 callstream\.test ".*@roamhq\/wrtc is not installed"$/,
    );
    expect(lines.some(line => line.includes('@roamhq/wrtc'))).toBe(true);
  });
});
