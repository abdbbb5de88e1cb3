import { isRight } from '../../lib/core/either.js';
import { startServer, type DevServer } from '../../server/lib/index.js';
import { invite } from '../../server/spec/support/house.js';
import { type Phone } from '../../server/spec/support/phone.js';
import { established, registered, type Far } from './adapter/caller.js';
import { line, stopAll, type Line } from './adapter/line.js';
import { closeFar, offer } from './adapter/platform.js';
import { dial, prepare } from './adapter/talk.js';

const tagOf = (value: string): string => /;tag=([^;\s]+)/.exec(value)?.[1] ?? '';
const fragment = 'Content-Type: message/sipfrag;version=2.0';

describe('SIP adapter: REFER with another phone', () => {
  let server: DevServer;
  let bob: Line;
  let alice: Phone;
  beforeEach(async () => {
    server = await startServer({ port: 0 });
    bob = line(server, 'bob');
    await bob.up();
    alice = await registered(server, 'alice');
  });
  afterEach(async () => {
    alice.socket.terminate();
    closeFar();
    stopAll();
    await server.close();
  });

  const there = (): Promise<Far> => established(alice, bob, '102');

  it.each([
    ['no Refer-To', [], 400],
    ['two of them', ['Refer-To: <sip:103@a.test>', 'Refer-To: <sip:104@a.test>'], 400],
    ['a page', ['Refer-To: <https://example.com/>'], 416],
    ['something else than a call', ['Refer-To: <sip:103@a.test;method=BYE>'], 400],
    ['nonsense to replace', ['Refer-To: <sip:103@a.test?Replaces=abc>'], 400],
    ['two calls to replace', ['Refer-To: <sip:103@a.test?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc&Replaces=x>'], 400],
  ])('refuse %s', async (_, headers, statusCode) => {
    const { say } = await there();
    say('REFER', 1, headers);
    expect((await alice.expect('* REFER')).status).toBe(statusCode);
    expect(bob.left('refer-received')).toEqual([]);
  });

  it('take a target with whatever else it says', async () => {
    const { say, call } = await there();
    say('REFER', 1, [
      'Refer-To: "Carol" <sips:103@a.test:5061;method=INVITE?Replaces=a%40b%3Bto-tag%3Dc%3Bfrom-tag%3Dd&Priority=high>',
      'Referred-By: "Alice" <sip:alice@callstream.test>;cid="1@x"',
    ]);
    const referred = await bob.take('refer-received');
    expect(referred).toMatchObject({ call, target: 'sips:103@a.test:5061', by: 'sip:alice@callstream.test' });
    bob.perform({ _tag: 'answer-refer', call, refer: referred.refer, statusCode: 202 });
    expect((await alice.expect('202 REFER')).one('Contact')).toContain('bob');
    const notice = await alice.expect('NOTIFY');
    expect([notice.one('Event'), notice.one('Content-Type'), notice.body]).toEqual([
      'refer',
      'message/sipfrag',
      'SIP/2.0 100 Trying\r\n',
    ]);
  });

  it('decline what nobody has answered when the call ends', async () => {
    const { say, call } = await there();
    say('REFER', 1, ['Refer-To: <sip:103@a.test>']);
    await bob.take('refer-received');
    bob.perform({ _tag: 'end', call });
    expect((await alice.expect('* REFER')).status).toBe(603);
  });

  /** Bob asks Alice to call somebody, and she takes it. */
  const asked = async (): Promise<Far & { readonly cseq: string }> => {
    const one = await there();
    const taken = bob.ask({ _tag: 'transfer', call: one.call, to: { target: '103' } });
    const refer = await alice.expect('REFER');
    expect(refer.one('Contact')).toContain('bob');
    alice.send(alice.answer(refer, 202));
    expect(isRight(await taken)).toBe(true);
    return { ...one, cseq: refer.one('CSeq').split(' ')[0] ?? '' };
  };

  it.each([
    ['a final status', 'active;expires=60', 'SIP/2.0 200 OK\r\nVia: x', { statusCode: 200, reasonPhrase: 'OK' }],
    ['an end without one', 'terminated;reason=timeout', 'SIP/2.0 100 Trying', { statusCode: 500 }],
    ['an end that says nothing', 'terminated', 'x', { statusCode: 500 }],
  ])('hear of %s, and of nothing after it', async (_, state, body, told) => {
    const { say, call } = await asked();
    say('NOTIFY', 1, ['Event: refer', `Subscription-State: ${state}`, fragment], body);
    expect((await alice.expect('* NOTIFY')).status).toBe(200);
    expect(await bob.take('transfer-progress')).toMatchObject({ call, ...told });
    say('NOTIFY', 2, ['Event: refer', 'Subscription-State: active', fragment], 'SIP/2.0 200 OK');
    expect((await alice.expect('* NOTIFY')).status).toBe(481);
  });

  it('hear a far end out that says `terminated` each time', async () => {
    const { say, cseq } = await asked();
    const headers = ['Subscription-State: terminated', fragment];
    say('NOTIFY', 1, ['Event: refer', ...headers], 'SIP/2.0 100 Trying');
    expect(await bob.take('transfer-progress')).toMatchObject({ statusCode: 100 });
    say('NOTIFY', 2, [`Event: refer;id=${cseq}`, ...headers], 'SIP/2.0 603 Declined');
    expect(await bob.take('transfer-progress')).toMatchObject({ statusCode: 603, reasonPhrase: 'Declined' });
  });

  it('know no notice of anything else', async () => {
    const { say, cseq } = await asked();
    say('NOTIFY', 1, ['Event: dialog', 'Subscription-State: active'], '');
    expect((await alice.expect('* NOTIFY')).status).toBe(489);
    say('NOTIFY', 2, [`Event: refer;id=${Number(cseq) + 7}`, 'Subscription-State: active', fragment], 'SIP/2.0 200 OK');
    expect((await alice.expect('* NOTIFY')).status).toBe(481);
    expect(bob.left('transfer-progress')).toEqual([]);
  });

  const replacing = async (value: string, headers: readonly string[] = []): Promise<void> => {
    const contact = `Contact: <${alice.contact}>`;
    const replaces = `Replaces: ${value}`;
    await invite(alice, '102', {
      headers: [contact, 'Content-Type: application/sdp', 'Require: replaces', replaces, ...headers],
      body: await offer(),
    });
  };

  it.each([
    ['is not known', (id: string) => `${id};to-tag=x;from-tag=y`, 481],
    ['is malformed', (id: string) => `${id};to-tag=x`, 400],
    [
      'has been answered, if that is not wanted',
      (id: string, ours: string, theirs: string) => `${id};to-tag=${ours};from-tag=${theirs};early-only`,
      486,
    ],
  ])('refuse to replace a call that %s', async (_, value, status) => {
    const { draft, ok } = await there();
    await replacing(value(draft.callId, tagOf(ok.one('To')), tagOf(draft.from)));
    expect((await alice.expect(`${status} INVITE`)).status).toBe(status);
    expect(bob.left('incoming')).toEqual([]);
  });

  it('replace a call that was answered', async () => {
    const { draft, ok, call } = await there();
    await replacing(`${draft.callId};from-tag=${tagOf(draft.from)};to-tag=${tagOf(ok.one('To'))}`);
    expect(await bob.take('incoming')).toMatchObject({ replaces: call });
  });

  it('do not replace a call that rings here', async () => {
    const draft = await invite(alice, '102', {
      headers: [`Contact: <${alice.contact}>`, 'Content-Type: application/sdp'],
      body: await offer(),
    });
    const { call } = await bob.take('incoming');
    bob.perform({ _tag: 'ring', call });
    const ringing = await alice.expect('180 INVITE');
    await replacing(`${draft.callId};from-tag=${tagOf(draft.from)};to-tag=${tagOf(ringing.one('To'))}`);
    expect((await alice.expect('481 INVITE')).status).toBe(481);
  });

  it('replace a call of ours that rings there, which is cancelled then', async () => {
    await dial(bob, 'B', '101');
    const ours = await alice.expect('INVITE');
    alice.send(alice.answer(ours, 180));
    await bob.take('progress');
    await replacing(`${ours.one('Call-ID')};to-tag=${tagOf(ours.one('From'))};from-tag=alice;early-only`);
    const incoming = await bob.take('incoming');
    expect(incoming.replaces).toBe('B');
    await prepare(bob, incoming.call);
    await bob.ask({ _tag: 'answer', call: incoming.call });
    bob.perform({ _tag: 'adopt', call: 'B', from: incoming.call });
    expect((await alice.expect('CANCEL')).one('Call-ID')).toBe(ours.one('Call-ID'));
    expect(bob.left('ended')).toEqual([]);
    expect(await bob.ask({ _tag: 'stats', call: 'B' })).toMatchObject({ _tag: 'Right' });
  });
});
