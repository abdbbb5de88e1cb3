import { expectKeyHeard, expectSilence, expectSound } from './support/audio.js';
import { vbotPage, type VBotPage } from './support/vbot.js';
import { openWorld, type World } from './support/world.js';

/** The same stories with two pages that know the VBot document's API and nothing else. */
describe('VBotClient in two pages', () => {
  let world: World;
  let alice: VBotPage;
  let bob: VBotPage;

  beforeAll(async () => {
    world = await openWorld();
    [alice, bob] = await Promise.all([vbotPage(world, 'alice'), vbotPage(world, 'bob')]);
  });

  // Each story begins with an empty page of what was said, and ends without a call.
  afterEach(async () => {
    await Promise.all([alice.fresh(), bob.fresh()]);
  });

  afterAll(async () => {
    await world.close();
  });

  const talk = async (): Promise<void> => {
    await alice.dial('102');
    await bob.until('ringing');
    await bob.press('accept');
    await Promise.all([alice.until('active'), bob.until('active')]);
  };

  it('talk, hold, mute, press keys and hang up', async () => {
    await talk();
    await Promise.all([expectSound(alice.page), expectSound(bob.page)]);
    expect(await alice.saidOf('session')).toEqual(['trying', 'ringing', 'active']);
    expect(await alice.saidOf('progress')).toEqual(['180']);

    await alice.press('hold');
    await alice.said('hold', 'done');
    await alice.until('on_hold');
    await Promise.all([expectSilence(alice.page), expectSilence(bob.page)]);
    await alice.press('unhold');
    await alice.said('unhold', 'done');
    await Promise.all([expectSound(alice.page), expectSound(bob.page)]);

    await alice.press('mute');
    const silence = await expectSilence(bob.page);
    expect(silence.packets).toBeGreaterThan(20);

    await expectKeyHeard(alice.page, bob.page, '5', () => alice.press('dtmf'));

    await bob.press('terminate');
    await Promise.all([alice.said('terminated', 'hung_up'), bob.said('terminated', 'hung_up')]);
  });

  it('hang up from the caller’s side', async () => {
    await talk();
    await alice.press('terminate');
    await Promise.all([alice.said('session', 'terminated'), bob.said('terminated', 'hung_up')]);
    expect(await bob.saidOf('session')).toEqual(['ringing', 'active', 'terminated']);
  });

  it('refuse', async () => {
    await alice.dial('bob');
    await bob.until('ringing');
    await bob.press('reject');
    await Promise.all([alice.said('accepted', 'busy'), bob.said('reject', 'done')]);
  });

  it('take a call back', async () => {
    await alice.dial('bob');
    await bob.until('ringing');
    await alice.press('cancel');
    await Promise.all([alice.said('accepted', 'cancelled'), bob.said('accepted', 'cancelled')]);
  });

  it('hear early media before the answer', async () => {
    const answer = world.server.hold({ method: 'INVITE', status: 200, from: 'server', user: 'alice' });
    await alice.dial('early');
    await alice.said('progress', '183');
    await answer.seen;
    await expectSound(alice.page);
    expect(await alice.saidOf('accepted')).toEqual([]);
    answer.release();
    await alice.said('accepted', 'yes');
  });

  it('hear themselves at echo', async () => {
    await alice.dial('echo');
    await alice.said('accepted', 'yes');
    await expectSound(alice.page);
  });

  it('are told of a dropped socket and of the line that came back', async () => {
    world.server.drop('alice');
    await alice.said('account', 'connected');
    expect(await alice.saidOf('account')).toEqual(['recovering', 'connected']);
  });

  it('call from a hotline', async () => {
    const [hotline] = world.server.hotlines;
    await alice.page.getByRole('combobox', { name: 'Hotline' }).selectOption(hotline!.phoneNumber);
    await alice.dial('bob');
    await bob.page.locator(`[data-number="${hotline!.phoneNumber}"]`).waitFor();
  });

  it('leave nothing uncaught', () => {
    expect(world.uncaught).toEqual([]);
  });
});
