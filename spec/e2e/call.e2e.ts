import { expectKeyHeard, expectSilence, expectSilenceDuring, expectSound } from './support/audio.js';
import { latestCall, signedIn, type Softphone } from './support/softphone.js';
import { openWorld, type World } from './support/world.js';

/** Two people, two browsers, one call: what they hear and what they see. */
describe('softphone: a call of two pages', () => {
  let world: World;
  let alice: Softphone;
  let bob: Softphone;

  beforeAll(async () => {
    world = await openWorld();
    [alice, bob] = await Promise.all([signedIn(world, 'alice'), signedIn(world, 'bob')]);
    await alice.dial('bob');
    await bob.until('ringing');
    await alice.until('ringing');
    await bob.press('Answer');
    await Promise.all([alice.until('active'), bob.until('active')]);
  });

  afterAll(async () => {
    await world.close();
  });

  it('shows each side who the other one is', async () => {
    await alice.live.getByRole('heading', { name: 'bob' }).waitFor();
    await bob.live.getByRole('heading', { name: 'Alice' }).waitFor();
    await bob.live.getByText('101', { exact: true }).waitFor();
  });

  it('carries sound in both directions', async () => {
    await Promise.all([expectSound(alice.page), expectSound(bob.page)]);
  });

  it('draws the call as marbles: trying, ringing, active', async () => {
    const row = await latestCall(alice);
    expect(await alice.marbles(row)).toEqual(['trying', 'ringing', 'active']);
  });

  it('is silent on both sides while it is held, and heard again afterwards', async () => {
    await alice.press('Hold');
    await alice.until('on_hold');
    await bob.sees('They put you on hold');
    await Promise.all([expectSilence(alice.page), expectSilence(bob.page)]);

    await alice.press('Hold');
    await alice.until('active');
    await bob.sees('In call');
    await Promise.all([expectSound(alice.page), expectSound(bob.page)]);
    expect(await alice.marbles(await latestCall(alice))).toEqual(['trying', 'ringing', 'active', 'on_hold', 'active']);
  });

  it('is held by both at once, and heard again when both have taken it up', async () => {
    const { server } = world;
    const offers = ['alice', 'bob'].map(user => server.hold({ method: 'INVITE', from: 'client', user }));
    await Promise.all([alice.press('Hold'), bob.press('Hold')]);
    // Each offers before it has heard of the other's offer: two refusals (491), and two more attempts.
    await Promise.all(offers.map(({ seen }) => seen));
    for (const { release } of offers) release();
    await Promise.all([alice.until('on_hold'), bob.until('on_hold')]);
    expect(server.log.filter(({ status, from }) => status === 491 && from === 'client')).toHaveLength(2);
    await Promise.all([expectSilence(alice.page), expectSilence(bob.page)]);

    await Promise.all([alice.press('Hold'), bob.press('Hold')]);
    await Promise.all([alice.until('active'), bob.until('active')]);
    await Promise.all([expectSound(alice.page), expectSound(bob.page)]);
  });

  it('sends silence, not nothing, while the microphone is muted', async () => {
    await alice.press('Mute');
    const silence = await expectSilence(bob.page);
    expect(silence.packets).toBeGreaterThan(20);
    await expectSound(alice.page);

    await alice.press('Mute');
    await expectSound(bob.page);
  });

  it('stays muted when another microphone is chosen, and is heard through that one afterwards', async () => {
    await alice.press('Mute');
    await expectSilence(bob.page);
    await alice.page.getByText('Microphone and loudspeaker').click();
    await expectSilenceDuring(bob.page, async () => {
      await alice.page.getByRole('combobox', { name: 'Microphone' }).selectOption({ label: 'Fake Audio Input 2' });
      await alice.page.getByText('In use: Fake Audio Input 2').waitFor();
    });
    await alice.press('Mute');
    await expectSound(bob.page);
  });

  it('plays a key to the far side as its dual tone (RFC 4733), also while muted', async () => {
    await alice.press('Mute');
    await expectSilence(bob.page);
    await alice.press('Keypad');
    await expectKeyHeard(alice.page, bob.page, '5', () => alice.press('5'));
    await alice.press('Mute');
  });

  it('leaves nothing uncaught on any page', () => {
    expect(world.uncaught).toEqual([]);
  });
});
