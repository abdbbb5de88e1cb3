import { isRight } from '../../lib/core/either.js';
import { startServer, type DevServer } from '../../server/lib/index.js';
import { line, stopAll, type Line } from './adapter/line.js';
import { closeFar } from './adapter/platform.js';
import { reach, talk } from './adapter/talk.js';

const ufrag = (raw: string): string | undefined => /^a=ice-ufrag:(\S+)/m.exec(raw)?.[1];
const branch = (raw: string): string | undefined => /^Via: .*branch=([^;\s]+)/m.exec(raw)?.[1];
const right = { _tag: 'Right' };
/** What our ends have asked of anybody. */
const requests = ({ log }: DevServer, wanted: string): DevServer['log'] =>
  log.filter(({ method, status, from }) => method === wanted && status === undefined && from === 'client');

describe('SIP adapter: line recovery in a call', () => {
  let server: DevServer;
  let alice: Line;
  let bob: Line;
  /** Bob's name for the call that Alice calls `A`. */
  let call: string;

  beforeEach(async () => {
    server = await startServer({ port: 0 });
    alice = line(server, 'alice');
    bob = line(server, 'bob');
    await Promise.all([alice.up(), bob.up()]);
  });
  afterEach(async () => {
    closeFar();
    stopAll();
    await server.close();
  });

  const meet = async (): Promise<void> => {
    const acknowledged = server.next({ method: 'ACK', from: 'server' });
    ({ call } = await talk(alice, bob, 'A', '102'));
    await alice.take('remote-hold');
    await bob.take('remote-hold');
    await acknowledged;
    // What comes back to him has passed behind the ACK.
    await bob.ask({ _tag: 'probe' });
  };
  const lose = async (): Promise<void> => {
    server.drop('alice');
    await alice.take('closed');
  };
  /** What Bob's core would do about an offer. */
  const agree = async (): Promise<unknown> => {
    const { offer: ref } = await bob.take('offered');
    bob.perform({ _tag: 'accept-offer', ref, call, hold: false });
    return (await bob.take('done', report => report.ref === ref)).result;
  };
  const change = (hold: boolean): ReturnType<Line['ask']> => alice.ask({ _tag: 'change', call: 'A', hold });
  const recover = (hold = false, restart = false): ReturnType<Line['ask']> =>
    alice.ask({ _tag: 'recover', call: 'A', hold, restart });

  it('is found again by one re-INVITE with our hold, and goes on', async () => {
    await meet();
    await lose();
    expect(alice.left('ended')).toEqual([]);
    await alice.up();
    const [found, agreed] = await Promise.all([recover(true), agree()]);
    expect([found, agreed]).toMatchObject([right, right]);
    expect(await bob.take('remote-hold')).toMatchObject({ call, on: true });

    const [back] = await Promise.all([change(false), agree()]);
    expect(isRight(back)).toBe(true);
    alice.perform({ _tag: 'end', call: 'A' });
    expect(await bob.take('ended')).toMatchObject({ call, cause: 'hung_up' });
  });

  it('has its media made anew where that is asked for', async () => {
    await meet();
    const before = requests(server, 'INVITE').at(-1)?.raw ?? '';
    await lose();
    await alice.up();
    const sent = server.next({ method: 'INVITE', from: 'client' });
    const [found] = await Promise.all([recover(false, true), agree()]);
    expect(isRight(found)).toBe(true);
    const { raw } = await sent;
    expect(ufrag(raw)).not.toBe(ufrag(before));
    expect(raw).toMatch(/^a=candidate:/m);
  });

  it('lets go of an offer that was under way, after it was told that the line is gone', async () => {
    await meet();
    const offering = server.hold({ method: 'INVITE', user: 'alice', from: 'client' });
    const held = change(true);
    await offering.seen;
    await lose();
    expect(await held).toMatchObject({ left: { fault: { code: 'line-lost' } } });
    offering.drop();
    await alice.up();
    const [found] = await Promise.all([recover(), agree()]);
    expect(isRight(found)).toBe(true);
  });

  it('acknowledges an answer that comes when nobody awaits it any more', async () => {
    await meet();
    const answered = server.hold({ method: 'INVITE', status: 200, from: 'client' });
    const held = change(true);
    const agreed = agree();
    await answered.seen;
    await lose();
    await held;
    answered.drop();
    await alice.up();
    // Bob repeats his 200 until it is acknowledged, and takes no other offer before.
    expect(await agreed).toMatchObject(right);
    const [found] = await Promise.all([recover(), agree()]);
    expect(isRight(found)).toBe(true);
    expect(await bob.take('remote-hold', ({ on }) => !on)).toMatchObject({ call });
  });

  it('lets go of an offer of the far side', async () => {
    await meet();
    const offered = bob.ask({ _tag: 'change', call, hold: true });
    const { offer: ref } = await alice.take('offered');
    await lose();
    // The server tells him that nobody is there.
    expect(await offered).toMatchObject({ _tag: 'Left' });
    await alice.up();
    alice.perform({ _tag: 'accept-offer', ref, call: 'A', hold: false });
    expect(await alice.take('done', report => report.ref === ref)).toMatchObject({
      result: { left: { fault: { code: 'wrong-state' } } },
    });
    const [found] = await Promise.all([recover(), agree()]);
    expect(isRight(found)).toBe(true);
  });

  it('is over where the far side does not know it any more', async () => {
    await meet();
    bob.perform({ _tag: 'forget', call });
    await lose();
    await alice.up();
    expect(await recover()).toMatchObject({ left: { fault: { code: 'call-ended' } } });
    expect(alice.left('ended')).toEqual([]);
  });

  it('cannot be asked for while there is no line', async () => {
    await meet();
    await lose();
    expect(await recover()).toMatchObject({ left: { fault: { code: 'line-lost' } } });
    await alice.up();
    const [found] = await Promise.all([recover(), agree()]);
    expect(isRight(found)).toBe(true);
  });

  it('tells when the far side may be asked again', async () => {
    await meet();
    await lose();
    await alice.up();
    server.respond({ method: 'INVITE' }, { status: 480, headers: ['Retry-After: 3'] });
    expect(await recover()).toMatchObject({ left: { fault: { statusCode: 480 }, retryAfter: 3000 } });
  });

  it('is hung up when the line is back', async () => {
    await meet();
    await lose();
    alice.perform({ _tag: 'end', call: 'A', reason: 'done', silently: true });
    expect(await alice.ask({ _tag: 'stats', call: 'A' })).toMatchObject({ left: { fault: { code: 'no-such-call' } } });
    await alice.up();
    const bye = server.next({ method: 'BYE', from: 'client' });
    alice.perform({ _tag: 'farewell', call: 'A' });
    expect((await bye).raw).toMatch(/^Reason: SIP;text="done"\r$/m);
    expect(await bob.take('ended')).toMatchObject({ call, cause: 'hung_up' });
    alice.perform({ _tag: 'farewell', call: 'A' });
    await alice.ask({ _tag: 'probe' });
    expect(requests(server, 'BYE')).toHaveLength(1);
    expect(alice.left('ended')).toEqual([]);
  });

  it('owes nothing when it is forgotten, or when the far side has hung up first', async () => {
    await meet();
    await lose();
    alice.perform({ _tag: 'end', call: 'A', silently: true });
    alice.perform({ _tag: 'forget', call: 'A' });
    await alice.up();
    alice.perform({ _tag: 'farewell', call: 'A' });

    ({ call } = await talk(alice, bob, 'B', '102'));
    await lose();
    alice.perform({ _tag: 'end', call: 'B', silently: true });
    await alice.up();
    const heard = server.next({ method: 'BYE', status: 200, from: 'client' });
    bob.perform({ _tag: 'end', call });
    await heard;
    alice.perform({ _tag: 'farewell', call: 'B' });
    await alice.ask({ _tag: 'probe' });
    expect(requests(server, 'BYE').map(({ user }) => user)).toEqual(['bob']);
    expect(alice.left('ended')).toEqual([]);
  });

  it('is cancelled when the line is back, if it was not answered', async () => {
    const { call: ringing } = await reach(alice, bob, 'A', '102');
    bob.perform({ _tag: 'ring', call: ringing });
    await alice.take('progress');
    await lose();
    alice.perform({ _tag: 'end', call: 'A', silently: true });
    await alice.up();
    const cancel = server.next({ method: 'CANCEL', from: 'client' });
    alice.perform({ _tag: 'farewell', call: 'A' });
    expect(branch((await cancel).raw)).toBe(branch(requests(server, 'INVITE').at(-1)?.raw ?? ''));
    expect(await bob.take('ended')).toMatchObject({ call: ringing, by: 'remote' });
    expect(alice.left('ended')).toEqual([]);
  });
});

describe('SIP adapter: ICE restart', () => {
  let server: DevServer;
  let alice: Line;
  let bob: Line;
  let call: string;

  beforeEach(async () => {
    server = await startServer({ port: 0 });
    alice = line(server, 'alice');
    bob = line(server, 'bob');
    await Promise.all([alice.up(), bob.up()]);
    ({ call } = await talk(alice, bob, 'A', '102'));
    await alice.take('media', ({ media }) => media === 'flowing');
  });
  afterEach(async () => {
    stopAll();
    await server.close();
  });

  const agree = async (): Promise<void> => {
    const { offer: ref } = await bob.take('offered');
    bob.perform({ _tag: 'accept-offer', ref, call, hold: false });
    await bob.take('done', report => report.ref === ref);
  };

  it.each([
    ['with what was gathered', 'candidates', true],
    ['with other ICE credentials', 'ice', false],
    ['on another connection', 'connection', false],
  ] as const)('%s', async (_, how, same) => {
    const before = requests(server, 'INVITE').at(-1)?.raw ?? '';
    const sent = server.next({ method: 'INVITE', from: 'client' });
    const answered = server.next({ method: 'INVITE', status: 200, from: 'client' });
    const [done] = await Promise.all([alice.ask({ _tag: 'restart', call: 'A', how, hold: false }), agree()]);
    expect(isRight(done)).toBe(true);
    const { raw } = await sent;
    expect(ufrag(raw) === ufrag(before)).toBe(same);
    const answer = (await answered).raw;
    for (const description of [raw, answer]) expect(description).toMatch(/^a=candidate:/m);
    if (how === 'connection') await alice.take('media', ({ media }) => media === 'flowing');
  });

  it('goes back to the former connection when the far side refuses another one', async () => {
    const restarted = alice.ask({ _tag: 'restart', call: 'A', how: 'connection', hold: false });
    const { offer } = await bob.take('offered');
    bob.perform({ _tag: 'decline-offer', offer, call, statusCode: 488 });
    expect(await restarted).toMatchObject({ left: { fault: { code: 'media-failed', statusCode: 488 } } });
    const [held] = await Promise.all([alice.ask({ _tag: 'change', call: 'A', hold: true }), agree()]);
    expect(isRight(held)).toBe(true);
  });
});
