import type { VBotClient } from '../../lib/vbot/index.js';
import { live } from './support/devices.js';
import { openWorld, reasonOf, ring, talk, type World } from './support/world.js';

describe('vbot end causes', () => {
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

  describe('and settle', () => {
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

  describe('by terminate() in any state', () => {
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
});
