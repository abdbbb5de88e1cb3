import { setTimeout } from 'node:timers/promises';
import { expectSilence, expectSound } from '../e2e/support/audio.js';
import { latestCall, signedIn, type Softphone } from '../e2e/support/softphone.js';
import { openWorld, type World } from '../e2e/support/world.js';
import { openBehind, type Behind } from './support/behind.js';

/**
 * How long the cable is out, and within what time all is as before when it is in again (milliseconds). The line is back
 * within a second or two; the call, once the server has found out that Bob's question can't reach Alice by the socket of
 * before, for which the kernel waits about as long again as it has waited.
 */
const away = 20_000;
const recovery = 30_000;
/** The same for the line. */
const registration = 5_000;

/** The names by which one side of a description is reached, which change when its media are made anew (RFC 8839 §5.4). */
const ufragOf = (message: string): string => /^a=ice-ufrag:(\S+)/m.exec(message)?.[1] ?? '';

/** Alice is behind a router, in a network of her own that can break; Bob is not. */
describe('a call over a network that breaks', () => {
  let world: World;
  let behind: Behind;
  let alice: Softphone;
  let bob: Softphone;
  let call: string;

  beforeAll(async () => {
    world = await openWorld();
    behind = await openBehind(world);
  });

  afterAll(async () => {
    await behind.close();
    await world.close();
  });

  beforeEach(async () => {
    [alice, bob] = await Promise.all([signedIn(behind, 'alice'), signedIn(world, 'bob')]);
    await alice.dial('bob');
    await bob.until('ringing');
    await bob.press('Answer');
    await Promise.all([alice.until('active'), bob.until('active')]);
    await hear(alice, bob);
    call = await latestCall(alice);
  });

  afterEach(async () => {
    await behind.network.restore();
    await Promise.all([alice, bob].map(({ page }) => page.context().close()));
  });

  const hear = async (...phones: readonly Softphone[]): Promise<void> => {
    await Promise.all(phones.map(({ page }) => expectSound(page)));
  };

  const flows = async (...phones: readonly Softphone[]): Promise<void> => {
    const card = '.card:last-child[data-signalling=up][data-media=flowing]';
    await Promise.all(phones.map(({ page }) => page.locator(card).waitFor({ timeout: recovery })));
  };

  const cut = async (): Promise<void> => {
    const since = Date.now();
    await behind.network.unplug();
    await alice.page.getByText('You are offline').waitFor();
    await alice.page.getByText('The call with Bob goes on.', { exact: false }).waitFor();
    await Promise.all([alice, bob].map(({ page }) => page.locator('.card[data-media=interrupted]').waitFor()));
    await setTimeout(away - (Date.now() - since));
  };

  const back = async (): Promise<void> => {
    await behind.network.restore();
    await alice.page.getByRole('banner').getByText('Connected').waitFor({ timeout: registration });
    await flows(alice, bob);
    expect(await latestCall(alice)).toBe(call);
  };

  it('outlives 20 s without a cable, and is heard again on both sides within 30 s', async () => {
    await cut();
    const since = Date.now();
    await back();
    await hear(alice, bob);
    expect(Date.now() - since).toBeLessThan(recovery);
    await alice.press('Hang up');
    await bob.sees('They hung up');
  }, 90_000);

  it('is muted and on hold as before', async () => {
    await alice.press('Mute');
    await alice.press('Hold');
    await alice.until('on_hold');
    await bob.sees('They put you on hold');
    await cut();
    await back();
    await alice.until('on_hold');
    await bob.sees('They put you on hold');
    await Promise.all([expectSilence(alice.page), expectSilence(bob.page)]);

    await alice.press('Hold');
    await alice.until('active');
    await hear(alice);
    await expectSilence(bob.page);
    await alice.press('Mute');
    await hear(bob);
    await bob.press('Hang up');
    await alice.sees('They hung up');
  }, 120_000);

  it('has its media made anew where only they are lost, and is heard again without a hang-up', async () => {
    const passed = (wanted: string): readonly string[] =>
      world.server.log
        .filter(({ method, from, user }) => method === wanted && from === 'client' && user === 'alice')
        .map(({ raw }) => raw);
    const registrations = passed('REGISTER').length;
    const ufrag = ufragOf(passed('INVITE').at(-1) ?? '');
    const offered = world.server.next({ method: 'INVITE', from: 'client', user: 'alice' });
    await behind.network.loseUdp();
    await Promise.all([alice, bob].map(phone => phone.sees('The sound is interrupted')));
    const { raw: offer } = await offered;
    expect(offer).toMatch(/^To:.*;tag=/im);
    expect([ufrag, ufragOf(offer)]).not.toContain('');
    expect(ufragOf(offer)).not.toBe(ufrag);

    await back();
    await hear(alice, bob);
    // All the time by the same line.
    expect(passed('REGISTER')).toHaveLength(registrations);
    await bob.press('Hang up');
    await alice.sees('They hung up');
  }, 60_000);

  it('leaves nothing uncaught on any page', () => {
    expect([...world.uncaught, ...behind.uncaught]).toEqual([]);
  });
});
