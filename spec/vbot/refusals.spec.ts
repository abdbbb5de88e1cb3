import type { VBotClient } from '../../lib/vbot/index.js';
import { live } from './support/devices.js';
import { openWorld, reasonOf, ring, talk, unhandled, type World } from './support/world.js';

describe('vbot refused calls', () => {
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
});
