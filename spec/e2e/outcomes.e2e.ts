import { expectSilence, expectSound, withoutToneSender } from './support/audio.js';
import { latestCall, signedIn, type Softphone } from './support/softphone.js';
import { openWorld, type World } from './support/world.js';

/** The ways in which a call can go, as they are read on the page. */
describe('softphone: call outcomes', () => {
  let world: World;
  let alice: Softphone;
  let bob: Softphone;

  beforeAll(async () => {
    world = await openWorld();
    [alice, bob] = await Promise.all([signedIn(world, 'alice'), signedIn(world, 'bob')]);
  });

  afterEach(async () => {
    await Promise.all([alice.hangUpAll(), bob.hangUpAll()]);
  });

  afterAll(async () => {
    await world.close();
  });

  const talk = async (): Promise<void> => {
    await alice.dial('102');
    await bob.until('ringing');
    await bob.press('Answer');
    await Promise.all([alice.until('active'), bob.until('active')]);
  };

  it('hangs up from the caller’s side', async () => {
    await talk();
    await alice.press('Hang up');
    await Promise.all([alice.sees('You hung up'), bob.sees('They hung up')]);
  });

  it('hangs up from the other side', async () => {
    await talk();
    const row = await latestCall(alice);
    await bob.press('Hang up');
    await Promise.all([alice.sees('They hung up'), bob.sees('You hung up')]);
    expect(await alice.marbles(row)).toEqual(['trying', 'ringing', 'active', 'terminated']);
  });

  it('refuses', async () => {
    await alice.dial('bob');
    await bob.until('ringing');
    await bob.press('Refuse');
    await alice.sees('Busy');
    await bob.until('terminated');
  });

  it('takes a call back that was not answered', async () => {
    await alice.dial('bob');
    await bob.until('ringing');
    await alice.press('Hang up');
    await Promise.all([alice.sees('You took the call back'), bob.sees('They gave up')]);
  });

  it('lets early media be heard before the answer', async () => {
    const answer = world.server.hold({ method: 'INVITE', status: 200, from: 'server', user: 'alice' });
    await alice.dial('early');
    await alice.sees('Ringing, with sound');
    await answer.seen;
    await expectSound(alice.page);
    await alice.until('ringing');
    answer.release();
    await alice.until('active');
  });

  it('hears one phone ring, and then the other one that has answered', async () => {
    await alice.dial('fork');
    await alice.sees('Ringing, with sound');
    await expectSound(alice.page);
    await alice.until('active');
    // The one that has answered is an echo; the one that rang hums by itself.
    await alice.press('Mute');
    await expectSilence(alice.page);
    await alice.press('Mute');
    await expectSound(alice.page);
  });

  it('hears itself at the number echo, and nothing while muted', async () => {
    await alice.dial('echo');
    await alice.until('active');
    await expectSound(alice.page);
    await alice.press('Mute');
    await expectSilence(alice.page);
  });

  it('tells of a number that nobody has', async () => {
    await alice.dial('nobody');
    await alice.sees('There is nobody under this number');
  });

  it('tells kindly that something is no number', async () => {
    await alice.dial('   ');
    await alice.page.getByText('That is not a number or a name that can be called.').waitFor();
    expect(await alice.live.count()).toBe(0);
  });

  it('shows a card for each of several calls', async () => {
    await alice.dial('echo');
    await alice.until('active');
    await alice.dial('blackhole');
    await alice.live.getByRole('heading', { name: 'blackhole' }).waitFor();
    await alice.cardOf('echo').is('on_hold');
    expect(await alice.live.count()).toBe(2);
  });

  it('is dialled and answered by keyboard alone', async () => {
    await alice.page.locator('body').click({ position: { x: 2, y: 2 } });
    await alice.page.keyboard.type('102');
    await alice.page.keyboard.press('Enter');
    await bob.until('ringing');
    await bob.live.getByRole('button', { name: 'Answer' }).focus();
    await bob.page.keyboard.press('Enter');
    await Promise.all([alice.until('active'), bob.until('active')]);
    // The answered card keeps the focus: the next stop is its first button.
    await bob.page.keyboard.press('Tab');
    expect(await bob.page.evaluate(() => document.activeElement?.textContent)).toBe('Mute');
  });

  it('shows the keys that arrive by INFO', async () => {
    const carol = await signedIn(world, 'carol', { before: withoutToneSender });
    await carol.dial('bob');
    await bob.until('ringing');
    await bob.press('Answer');
    await carol.until('active');
    const info = world.server.next({ method: 'INFO', user: 'carol' });
    await carol.press('Keypad');
    await carol.press('5');
    await carol.press('hash');
    expect((await info).raw).toContain('application/dtmf-relay');
    await bob.sees('They pressed 5#');
    await carol.page.context().close();
  });

  it('leaves nothing uncaught on any page', () => {
    expect(world.uncaught).toEqual([]);
  });
});
