import type { CallStatus } from '../../lib/call/model.js';
import type { VBotClient, VBotSession } from '../../lib/vbot/index.js';
import { live } from './support/devices.js';
import { inStatus, invited, openWorld, ring, until, type World } from './support/world.js';

describe('vbot calls', () => {
  let world: World;
  let alice: VBotClient;
  let bob: VBotClient;
  beforeAll(async () => {
    world = await openWorld();
  });
  beforeEach(async () => {
    [alice, bob] = await Promise.all([world.person('alice'), world.person('bob')]);
  });
  afterEach(async () => {
    await world.leave();
    expect(live.size).toBe(0);
  });
  afterAll(() => world.close());

  const heard = (session: VBotSession): CallStatus[] => {
    const statuses: CallStatus[] = [];
    session.on('statusUpdate', status => statuses.push(status));
    return statuses;
  };

  it('go through every status on both sides', async () => {
    const incoming = invited(bob);
    const caller = await alice.invite('102');
    const out = heard(caller);
    const callee = await incoming;
    const back = heard(callee);
    await inStatus(alice, caller, 'ringing');
    await callee.accept();
    await expect(Promise.all([caller.accepted(), callee.accepted()])).resolves.toEqual([
      { accepted: true },
      { accepted: true },
    ]);
    await caller.hold();
    await caller.unhold();
    await caller.terminate();
    await expect(Promise.all([caller.terminated(), callee.terminated()])).resolves.toEqual(['hung_up', 'hung_up']);
    expect(out).toEqual(['trying', 'ringing', 'active', 'on_hold', 'active', 'terminated']);
    expect(back).toEqual(['ringing', 'active', 'terminated']);
  });

  it('know who is who', async () => {
    const before = Date.now();
    const { caller, callee } = await ring(alice, bob, 'bob');
    expect([caller.isIncoming, caller.phoneNumber]).toEqual([false, 'bob']);
    expect([callee.isIncoming, callee.phoneNumber, callee.displayName]).toEqual([true, '101', 'Alice']);
    expect([callee.startTime, callee.endTime, callee.status]).toEqual([undefined, undefined, 'ringing']);
    await callee.accept();
    await inStatus(alice, caller, 'active');
    await caller.terminate();
    await callee.terminated();
    const times = [before, callee.startTime?.getTime(), callee.endTime?.getTime(), Date.now()];
    expect(times).toEqual([...times].sort());
    expect([callee.status, callee.phoneNumber]).toEqual(['terminated', '101']);
  });

  it('go out from a hotline, and show what was dialled', async () => {
    const hotline = world.server.hotlines[0]!.phoneNumber;
    const { caller, callee } = await ring(alice, bob, '102', hotline);
    expect(caller.phoneNumber).toBe('102');
    expect(callee.phoneNumber).toBe(hotline);
    const invites = world.server.log.filter(({ method, from }) => method === 'INVITE' && from === 'client');
    expect(invites.at(-1)?.raw).not.toContain('hotline=');
    expect(invites.map(({ raw }) => raw.split('\r\n')[0])).toContain(
      `INVITE sip:${hotline}*101*102@${world.server.realm} SIP/2.0`,
    );
  });

  it('miss nothing for a listener that is attached in the same task', async () => {
    const session = await alice.invite('ring00');
    const progress: number[] = [];
    session.on('progressUpdate', ({ message }) => progress.push(message.statusCode));
    await session.accepted();
    expect(progress).toEqual([180]);
  });

  it('ring there only when the listeners here have run', async () => {
    const rung = (): boolean =>
      world.server.log.some(({ method, status, user }) => method === 'INVITE' && status === 180 && user === 'bob');
    const before = world.server.log.length;
    const seen: boolean[] = [];
    bob.on('invite', () => seen.push(world.server.log.slice(before).some(({ status }) => status === 180)));
    await ring(alice, bob, '102');
    expect(seen).toEqual([false]);
    expect(rung()).toBe(true);
  });

  it('carry their early media in the progress, and it plays by itself', async () => {
    const session = await alice.invite('early');
    const progress: string[] = [];
    session.on('progressUpdate', ({ message: { statusCode, body } }) => progress.push(`${statusCode} ${body}`));
    const call = await until(alice.streams.call$(session.id), call => call?.earlyMedia === true);
    await expect(session.sessionSetDescription(progress[0] ?? '')).resolves.toBeUndefined();
    await expect(session.sessionSetDescription('nonsense')).resolves.toBeUndefined();
    expect(progress).toEqual([expect.stringMatching(/^183 v=0/)]);
    expect(call?.status).toBe('ringing');
    await session.accepted();
  });

  it('have one set of listeners, whichever session of the call they were given to', async () => {
    const sessions: VBotSession[] = [];
    bob.on('invite', session => sessions.push(session));
    bob.on('invite', session => sessions.push(session));
    const { caller } = await ring(alice, bob, '102');
    const [one, other] = sessions as [VBotSession, VBotSession];
    const ended: string[] = [];
    const note = ({ id }: { readonly id: string }): number => ended.push(id);
    one.on('terminated', note);
    other.off('terminated', note);
    other.once('terminated', note);
    await caller.cancel();
    await one.terminated();
    expect(ended).toEqual([one.id]);
    expect(one.id).toBe(other.id);
  });

  it('are there until their call has ended, and not a moment longer', async () => {
    const { caller } = await ring(alice, bob, '102');
    expect(alice.getSession(caller.id)?.id).toBe(caller.id);
    expect(alice.getSessions()).toHaveLength(1);
    const gone = new Promise<unknown>(resolve => {
      caller.on('terminated', ({ id }) => {
        resolve([alice.getSession(id), alice.getSessions()]);
      });
    });
    await caller.cancel();
    expect(await gone).toEqual([undefined, []]);
  });

  it('tell their status as the document has it, or as VBot’s code does', async () => {
    const told: unknown[] = [];
    const { caller } = await ring(alice, bob, '102');
    caller.once('statusUpdate', status => told.push(status));
    const carol = await world.person('carol', { statusUpdate: 'object' });
    const session = await carol.invite('102');
    session.once('statusUpdate', status => told.push(status));
    expect(told).toEqual(['ringing', { id: session.id, status: 'trying' }]);
    await caller.cancel();
  });

  it('and names that older pages use are events that never come, and a dialpad that is none', () => {
    const warned = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const informed = jest.spyOn(console, 'info').mockImplementation(() => undefined);
    const never = jest.fn();
    for (const name of ['numberFromDialpad', 'constructor', '__proto__'])
      for (const way of ['on', 'once', 'off', 'removeListener'] as const) alice[way](name as never, never);
    alice.showDialpad(true);
    expect(warned).toHaveBeenCalledTimes(6);
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('"numberFromDialpad"'));
    expect(informed).toHaveBeenCalledTimes(1);
    // @ts-expect-error: the types know that there is no such event
    alice.off('numberFromDialpad', never);
    expect(never).not.toHaveBeenCalled();
    jest.restoreAllMocks();
  });
});
