import { softphone, signedIn } from './support/softphone.js';
import { openWorld, type World } from './support/world.js';

/** Runs in the page: makes chance high, so that the waits between attempts come near their ceilings. */
const longWaits = (): void => {
  const chance = Math.random;
  Math.random = () => 0.9 + chance() / 10;
};

/** The line to the server, as the strip draws it: from nothing but `session$`. */
describe('softphone: line', () => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld();
  });

  afterAll(async () => {
    await world.close();
  });

  it('is signed in by the form, and signed out by its button', async () => {
    const dave = softphone(await world.open('/'));
    await dave.page.getByRole('textbox', { name: 'Your name' }).fill('dave');
    await dave.page.keyboard.press('Enter');
    await dave.untilMarbles('disconnected', 'connecting', 'connected');
    await dave.page.getByText('dave · 104').waitFor();
    expect(world.server.registrations('dave')).toHaveLength(1);

    const gone = world.server.next({ method: 'REGISTER', status: 200, user: 'dave' });
    await dave.page.getByRole('button', { name: 'Sign out' }).click();
    await gone;
    await dave.untilMarbles('disconnecting', 'disconnected');
    expect(world.server.registrations('dave')).toHaveLength(0);
    await dave.page.getByRole('heading', { name: 'A telephone made of streams' }).waitFor();
    expect(await dave.page.evaluate(() => document.activeElement?.id)).toBe('user');
  });

  it('says in the server’s words why somebody cannot sign in', async () => {
    const page = await world.open('/');
    await page.getByRole('textbox', { name: 'Your name' }).fill('not a name!');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('user must be a name').waitFor();
  });

  it('says that the server refused, in the server’s words', async () => {
    world.server.respond({ method: 'REGISTER', user: 'erin' }, { status: 403, reason: 'Account closed' });
    const erin = softphone(await world.open('/?user=erin'));
    await erin.page.getByRole('banner').getByText('The server refused').waitFor();
    await erin.page.getByRole('status', { name: 'Notices' }).getByText('Account closed').waitFor();
    expect(await erin.marbles('session$')).toEqual(['disconnected', 'connecting', 'disconnected']);
    await erin.page.context().close();
  });

  it('shows a dropped socket as a marble, and the line that came back by itself as the next', async () => {
    const alice = await signedIn(world, 'alice');
    world.server.drop('alice');
    await alice.untilMarbles('connecting', 'connected', 'recovering', 'connected');
    await alice.dial('echo');
    await alice.until('active');
    await alice.page.context().close();
  });

  it('finds the calls of a lost line again, and ends one that rings', async () => {
    const alice = await signedIn(world, 'alice');
    await alice.dial('echo');
    await alice.until('active');
    world.server.drop('alice');
    await alice.page.locator('.card:not([data-signalling=up])').waitFor();
    await alice.untilMarbles('recovering', 'connected');
    await alice.page.locator('.card[data-signalling=up][data-status=active]').waitFor();
    await alice.press('Hang up');
    await alice.untilIdle();
    await alice.dial('blackhole');
    await alice.until('trying');
    world.server.drop('alice');
    await alice.sees('The line was lost');
    await alice.page.context().close();
  });

  it('counts the wait while the server refuses, and can be hurried', async () => {
    const alice = await signedIn(world, 'alice', { before: longWaits });
    world.server.refuse(true);
    world.server.drop('alice');
    // The waits grow; this one would take more than three seconds.
    await alice.page.getByRole('banner').getByText('The line was lost, again in 4 s').waitFor();
    world.server.refuse(false);
    const pressed = Date.now();
    await alice.page.getByRole('button', { name: 'Try now' }).click();
    await alice.untilMarbles('recovering', 'connected');
    expect(Date.now() - pressed).toBeLessThan(3000);
    await alice.page.context().close();
  });

  it('hangs up and signs out when the page is left', async () => {
    const [alice, bob] = await Promise.all([signedIn(world, 'alice'), signedIn(world, 'bob')]);
    await alice.dial('bob');
    await bob.until('ringing');
    await bob.press('Answer');
    await alice.until('active');
    await alice.page.goto('about:blank');
    await bob.sees('They hung up');
    await bob.page.context().close();
  });

  it('leaves nothing uncaught on any page', () => {
    expect(world.uncaught).toEqual([]);
  });
});
