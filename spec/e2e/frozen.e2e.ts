import { setTimeout } from 'node:timers/promises';
import { expectSilence } from './support/audio.js';
import { signedIn, softphone, type Softphone } from './support/softphone.js';
import { openTab, type Tab } from './support/tab.js';
import { found, hear, talk } from './support/talk.js';
import { openWorld, type World } from './support/world.js';

/** How long it is so (milliseconds). */
const frozen = 6_000;

/**
 * Chromium does this to a page that nobody has looked at for a while, though not by itself while it is in a call. Its voice
 * goes on; its sockets are gone when it is thawed, however well they were, and what it played is paused.
 */
describe('softphone: frozen page', () => {
  let world: World;
  let tab: Tab;
  let alice: Softphone;
  let bob: Softphone;
  let call: string;

  beforeAll(async () => {
    world = await openWorld();
  });

  afterAll(async () => {
    await world.close();
  });

  beforeEach(async () => {
    bob = await signedIn(world, 'bob');
    tab = await openTab(`${world.server.url}/?user=alice`);
    alice = softphone(tab.page);
    await alice.untilMarbles('connected');
    call = await talk(alice, bob);
    await hear(alice, bob);
    // The browser thaws a page that begins to be heard.
    await bob.press('Mute');
    await expectSilence(alice.page);
  });

  afterEach(async () => {
    expect([...world.uncaught, ...tab.uncaught]).toEqual([]);
    await Promise.all([tab.close(), bob.page.context().close()]);
  });

  it('has its call again when it is thawed, and is heard all the time', async () => {
    await tab.freeze();
    const since = Date.now();
    await hear(bob);
    await setTimeout(frozen - (Date.now() - since));
    expect(world.server.registrations('alice')).toHaveLength(1);
    await tab.thaw();
    await found(alice, call);
    await bob.press('Mute');
    await hear(alice, bob);
    await alice.press('Hang up');
    await bob.sees('They hung up');
  }, 60_000);

  it('has its call again, held as it was, when its socket has died meanwhile', async () => {
    await alice.press('Hold');
    await bob.sees('They put you on hold');
    await tab.freeze();
    world.server.drop('alice');
    await setTimeout(frozen);
    expect(world.server.registrations('alice')).toHaveLength(0);
    await tab.thaw();
    await alice.untilMarbles('recovering', 'connected');
    await found(alice, call);
    await alice.until('on_hold');
    await bob.sees('They put you on hold');
    await expectSilence(bob.page);
    await alice.press('Hold');
    await alice.until('active');
    await hear(bob);
    await bob.press('Mute');
    await hear(alice);
  }, 60_000);

  it('learns when it is thawed that the far side has hung up', async () => {
    await tab.freeze();
    world.server.drop('alice');
    await bob.press('Hang up');
    await bob.untilIdle();
    await tab.thaw();
    await alice.sees('The line was lost');
  }, 60_000);
});
