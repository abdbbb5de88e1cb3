import type { CallStatus } from '../../lib/call/model.js';
import type { VBotClient, VBotSession } from '../../lib/vbot/index.js';
import { live } from './support/devices.js';
import { inStatus, invited, openWorld, reasonOf, ring, talk, unhandled, until, type World } from './support/world.js';

describe('calls', () => {
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

  describe('settle', () => {
    it('when they are refused', async () => {
      const { caller, callee } = await ring(alice, bob, '102');
      await callee.reject();
      const refused = { accepted: false, rejectCode: 486, rejectCause: 'busy' };
      await expect(caller.accepted()).resolves.toMatchObject(refused);
      await expect(callee.accepted()).resolves.toMatchObject(refused);
      await expect(caller.terminated()).resolves.toBe('busy');
    });

    it.each([
      [404, 'not_found'],
      [480, 'temporarily_unavailable'],
      [603, 'declined'],
    ])('when the server answers %i', async (rejectCode, rejectCause) => {
      const session = await alice.invite(`code${rejectCode}`);
      await expect(session.accepted()).resolves.toMatchObject({ accepted: false, rejectCode, rejectCause });
    });

    it('when they are refused with a code of its own', async () => {
      const { caller, callee } = await ring(alice, bob, '102');
      await callee.reject({ statusCode: 603 });
      await expect(caller.accepted()).resolves.toMatchObject({ rejectCode: 603, rejectCause: 'declined' });
    });

    it('when the caller takes them back', async () => {
      const { caller, callee } = await ring(alice, bob, '102');
      await caller.cancel();
      const cancelled = { accepted: false, rejectCause: 'cancelled' };
      await expect(caller.accepted()).resolves.toMatchObject(cancelled);
      await expect(callee.accepted()).resolves.toMatchObject(cancelled);
      await expect(callee.terminated()).resolves.toBe('cancelled');
    });

    it('when the line is lost', async () => {
      const { caller, callee } = await ring(alice, bob, '102');
      world.server.drop('bob');
      await expect(callee.accepted()).resolves.toMatchObject({ accepted: false, rejectCause: 'line_lost' });
      await expect(caller.accepted()).resolves.toMatchObject({ accepted: false });
    });

    it('when the client disconnects', async () => {
      const { caller, callee } = await talk(alice, bob, '102');
      await alice.disconnect();
      await expect(caller.terminated()).resolves.toBe('hung_up');
      await expect(callee.terminated()).resolves.toBe('hung_up');
    });
  });

  describe('end in any state', () => {
    it('unsent', async () => {
      const session = await alice.invite('102');
      await session.terminate();
      await expect(session.accepted()).resolves.toMatchObject({ accepted: false, rejectCause: 'cancelled' });
    });

    it('ringing there, with a reason', async () => {
      const { caller, callee } = await ring(alice, bob, '102');
      const cancel = world.server.next({ method: 'CANCEL', from: 'client' });
      await caller.terminate({ statusCode: 488, reason_phrase: 'Bad Media Description' });
      expect((await cancel).raw).toMatch(/^Reason: SIP;cause=488;text="Bad Media Description"\r$/m);
      await expect(callee.accepted()).resolves.toMatchObject({ accepted: false });
    });

    it('ringing here, with the code that was given', async () => {
      const { caller, callee } = await ring(alice, bob, '102');
      await callee.terminate({ statusCode: 488, reason_phrase: 'Bad Media Description' });
      await expect(caller.accepted()).resolves.toMatchObject({ rejectCode: 488, rejectCause: 'not_acceptable' });
    });

    it('ringing here', async () => {
      const { caller, callee } = await ring(alice, bob, '102');
      await callee.terminate();
      await expect(caller.accepted()).resolves.toMatchObject({ rejectCode: 486, rejectCause: 'busy' });
    });

    it('while the answer is on its way', async () => {
      const { caller, callee } = await ring(alice, bob, '102');
      const accepting = callee.accept();
      await callee.terminate({ statusCode: 480 });
      await expect(caller.terminated()).resolves.toBeDefined();
      expect((await reasonOf(accepting)).code).toBe('call-ended');
    });

    it('held', async () => {
      const { caller, callee } = await talk(alice, bob, '102');
      await caller.hold();
      await caller.terminate();
      await expect(callee.terminated()).resolves.toBe('hung_up');
    });

    it('over already', async () => {
      const { caller, callee } = await talk(alice, bob, '102');
      await caller.terminate();
      await expect(caller.terminate()).resolves.toBeUndefined();
      await callee.terminated();
      await expect(callee.terminate({ statusCode: 480 })).resolves.toBeUndefined();
    });
  });

  describe('refuse what they cannot do', () => {
    const codes = async (...tries: readonly Promise<unknown>[]): Promise<readonly unknown[]> => {
      const reasons = await Promise.all(tries.map(reasonOf));
      expect(reasons.map(({ name }) => name)).toEqual(tries.map(() => 'VBotError'));
      return reasons.map(({ code }) => code);
    };

    it('while they ring', async () => {
      const { caller, callee } = await ring(alice, bob, '102');
      const states = [caller.status, callee.status];
      expect(await codes(caller.accept(), caller.reject(), caller.hold(), caller.unhold())).toEqual(
        Array(4).fill('wrong-state'),
      );
      expect(await codes(callee.cancel(), callee.hold(), callee.unhold())).toEqual(Array(3).fill('wrong-state'));
      expect(await codes(callee.reject({ statusCode: 200 }))).toEqual(['invalid-status']);
      expect(callee.dtmf('1')).toBe(false);
      expect([caller.status, callee.status]).toEqual(states);
    });

    it('while somebody talks', async () => {
      const { caller, callee } = await talk(alice, bob, '102');
      expect(await codes(caller.cancel(), caller.accept(), callee.accept(), callee.reject())).toEqual(
        Array(4).fill('wrong-state'),
      );
      expect([caller.dtmf('x'), caller.dtmf(''), caller.dtmf('12#')]).toEqual([false, false, true]);
      expect([caller.status, callee.status]).toEqual(['active', 'active']);
    });

    it('when they are over', async () => {
      const { caller, callee } = await talk(alice, bob, '102');
      await caller.terminate();
      await callee.terminated();
      for (const session of [caller, callee]) {
        const { media } = session;
        expect(
          await codes(
            session.accept(),
            session.reject(),
            session.cancel(),
            session.hold(),
            session.unhold(),
            media.setInput({ muted: true }),
            media.setOutput({ volume: 0.5 }),
          ),
        ).toEqual(Array(7).fill('call-ended'));
        expect(session.dtmf('1')).toBe(false);
        await expect(session.sessionSetDescription('')).resolves.toBeUndefined();
      }
    });
  });

  it('may be refused what they cannot do without anybody looking', async () => {
    const { caller, callee } = await ring(alice, bob, '102');
    const reasons = await unhandled(() => {
      void caller.accept();
      void caller.reject();
      void caller.hold();
      void caller.unhold();
      void callee.cancel();
      void callee.terminate({ statusCode: 1 });
      void callee.sessionSetDescription('nonsense');
      void alice.invite('');
    });
    expect(reasons).toEqual([]);
    expect(callee.status).toBe('ringing');
  });

  it('do not begin before connect', async () => {
    const carol = await world.client('carol');
    expect(await reasonOf(carol.invite('102'))).toMatchObject({ name: 'VBotError', code: 'no-line' });
  });

  it('wait for a line that is coming up', async () => {
    const carol = await world.client('carol');
    void carol.connect();
    const session = await carol.invite('code486');
    await expect(session.accepted()).resolves.toMatchObject({ rejectCode: 486 });
  });

  it.each([
    ['', undefined],
    ['  ', undefined],
    ['102\r\nX-Evil: 1', undefined],
    ['102', ''],
    ['102', '1900\r\nX-Evil: 1'],
  ])('do not begin with %j from %j', async (number, hotline) => {
    const before = world.server.log.length;
    expect(await reasonOf(alice.invite(number, hotline))).toMatchObject({ name: 'VBotError', code: 'invalid-target' });
    expect(world.server.log.slice(before).filter(({ method }) => method === 'INVITE')).toEqual([]);
  });

  it('do not begin without a microphone, and the line stays', async () => {
    const denied = await world.person('carol', {
      userMedia: () => Promise.reject(new DOMException('not now', 'NotAllowedError')),
    });
    expect(await reasonOf(denied.invite('102'))).toMatchObject({ name: 'VBotError', code: 'mic-denied' });
    expect(denied.isConnected()).toBe(true);
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
});
