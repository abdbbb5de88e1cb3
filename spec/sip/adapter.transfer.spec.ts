import { isRight } from '../../lib/core/either.js';
import { startServer, type DevServer } from '../../server/lib/index.js';
import { line, stopAll, type Line } from './adapter/line.js';
import { closeFar } from './adapter/platform.js';
import { calling, prepare, reach, talk } from './adapter/talk.js';
import type { Ref } from '../../lib/core/port.js';

const header = (raw: string, name: string): string | undefined => new RegExp(`^${name}: (.*)\\r$`, 'm').exec(raw)?.[1];

describe('SIP adapter: transfer', () => {
  let server: DevServer;
  let alice: Line;
  let bob: Line;
  let carol: Line;
  /** Bob's name for the call that Alice calls `A`. */
  let call: string;

  beforeEach(async () => {
    server = await startServer({ port: 0 });
    alice = line(server, 'alice');
    bob = line(server, 'bob');
    carol = line(server, 'carol');
    await Promise.all([alice.up(), bob.up(), carol.up()]);
    const acknowledged = server.next({ method: 'ACK', from: 'server' });
    ({ call } = await talk(alice, bob, 'A', '102'));
    await acknowledged;
    await bob.ask({ _tag: 'probe' });
  });
  afterEach(async () => {
    closeFar();
    stopAll();
    await server.close();
  });

  const hand = (to: { readonly target: string } | { readonly call: string }): ReturnType<Line['ask']> =>
    alice.ask({ _tag: 'transfer', call: 'A', to });
  const asked = async (to: Parameters<typeof hand>[0]) => {
    const taken = hand(to);
    const referred = await bob.take('refer-received');
    bob.perform({ _tag: 'answer-refer', call, refer: referred.refer, statusCode: 202 });
    return { taken: await taken, referred };
  };
  /** What Bob's core would do once he has consented. */
  const follow = async (refer: Ref, target: string): Promise<void> => {
    await calling(bob, 'B', { target, headers: {}, referral: { call, refer } });
    await bob.take('gathered', report => report.call === 'B');
    bob.perform({ _tag: 'place', call: 'B' });
  };
  const outcome = (statusCode: number): Promise<unknown> =>
    alice.take('transfer-progress', report => report.statusCode === statusCode);

  it('to somebody who is called then, and hears at each step what becomes of it', async () => {
    const { taken, referred } = await asked({ target: '103' });
    expect(isRight(taken)).toBe(true);
    expect(referred).toMatchObject({ call, target: 'sip:103@callstream.test', by: 'sip:alice@callstream.test' });
    await outcome(100);
    const sent = server.next({ method: 'INVITE', from: 'client', user: 'bob' });
    await follow(referred.refer, referred.target);
    expect(header((await sent).raw, 'Referred-By')).toBe('<sip:alice@callstream.test>');
    const incoming = await carol.take('incoming');
    carol.perform({ _tag: 'ring', call: incoming.call });
    expect(await outcome(180)).toEqual({
      _tag: 'transfer-progress',
      call: 'A',
      statusCode: 180,
      reasonPhrase: 'Ringing',
    });
    await prepare(carol, incoming.call);
    await carol.ask({ _tag: 'answer', call: incoming.call });
    await outcome(200);
    const notices = server.log.filter(
      ({ method, from, status }) => method === 'NOTIFY' && from === 'client' && !status,
    );
    expect(notices.map(({ raw }) => header(raw, 'Subscription-State'))).toEqual([
      'active;expires=180',
      'active;expires=180',
      'terminated;reason=noresource',
    ]);
  });

  it('and hears that the call was refused', async () => {
    const { referred } = await asked({ target: '103' });
    await follow(referred.refer, referred.target);
    carol.perform({ _tag: 'refuse', call: (await carol.take('incoming')).call, statusCode: 486 });
    await outcome(486);
  });

  it('and hears that the call was given up, or could not begin', async () => {
    const { referred } = await asked({ target: '103' });
    await follow(referred.refer, referred.target);
    await carol.take('incoming');
    bob.perform({ _tag: 'end', call: 'B' });
    await outcome(487);

    const second = await asked({ target: '103' });
    expect(isRight(second.taken)).toBe(true);
    const place = { target: 'a b@', headers: {}, referral: { call, refer: second.referred.refer } };
    expect(await calling(bob, 'C', place)).toMatchObject({ left: { fault: { code: 'invalid-target' } } });
    await outcome(503);
  });

  it('is declined', async () => {
    const taken = hand({ target: '103' });
    const { refer } = await bob.take('refer-received');
    bob.perform({ _tag: 'answer-refer', call, refer, statusCode: 603 });
    expect(await taken).toMatchObject({ left: { fault: { code: 'refused', statusCode: 603 } } });
    bob.perform({ _tag: 'answer-refer', call, refer, statusCode: 202 });
    await bob.ask({ _tag: 'probe' });
    expect(alice.left('transfer-progress')).toEqual([]);
  });

  it('is not asked for without a target, or a call, that there is', async () => {
    expect(await hand({ target: 'a b@' })).toMatchObject({ left: { fault: { code: 'invalid-target' } } });
    expect(await hand({ call: 'nobody' })).toMatchObject({ left: { fault: { code: 'wrong-state' } } });
    await reach(alice, carol, 'B', '103');
    expect(await hand({ call: 'B' })).toMatchObject({ left: { fault: { code: 'wrong-state' } } });
  });

  it('is told that the line has gone', async () => {
    const refer = server.hold({ method: 'REFER', from: 'client' });
    const taken = hand({ target: '103' });
    await refer.seen;
    server.drop('alice');
    expect(await taken).toMatchObject({ left: { fault: { code: 'line-lost' } } });
    refer.drop();
  });

  it('to the far side of another call, whose place the new one takes there', async () => {
    const { call: theirs } = await talk(alice, carol, 'B', '103');
    const { referred } = await asked({ call: 'B' });
    expect(referred.target).toBe('sip:103@callstream.test');
    const sent = server.next({ method: 'INVITE', from: 'client', user: 'bob' });
    await follow(referred.refer, referred.target);
    expect(header((await sent).raw, 'Replaces')).toMatch(/^\S+;to-tag=\S+;from-tag=\S+$/);

    const incoming = await carol.take('incoming');
    expect(incoming.replaces).toBe(theirs);
    await prepare(carol, incoming.call);
    await carol.ask({ _tag: 'answer', call: incoming.call });
    await bob.take('accepted', report => report.call === 'B');
    carol.perform({ _tag: 'adopt', call: theirs, from: incoming.call });
    // The former dialog is ended, and goes without a word.
    expect(await alice.take('ended', report => report.call === 'B')).toMatchObject({ cause: 'hung_up' });
    await outcome(200);
    alice.perform({ _tag: 'end', call: 'A' });
    await bob.take('ended', report => report.call === call);

    // From here on it goes by the id of the call whose place it has taken.
    bob.perform({ _tag: 'end', call: 'B' });
    expect(await carol.take('ended')).toMatchObject({ call: theirs });
    expect(carol.left('ended')).toEqual([]);
  });
});
