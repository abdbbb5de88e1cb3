import { expectSilence, expectSound } from './support/audio.js';
import { signedIn, type Softphone } from './support/softphone.js';
import { hear, talk } from './support/talk.js';
import { openWorld, type World } from './support/world.js';

/** The server goes away in the middle of a call between two pages, and comes back: what is heard and seen meanwhile. */
describe('softphone: server outage in a call', () => {
  let world: World;
  let alice: Softphone;
  let bob: Softphone;

  beforeAll(async () => {
    world = await openWorld();
  });

  afterAll(async () => {
    await world.close();
  });

  beforeEach(async () => {
    [alice, bob] = await Promise.all([signedIn(world, 'alice'), signedIn(world, 'bob')]);
    await talk(alice, bob);
  });

  afterEach(async () => {
    await Promise.all([alice, bob].map(({ page }) => page.context().close()));
  });

  const away = async (): Promise<void> => {
    await world.server.pause();
    await alice.page.getByText('The call with bob goes on.', { exact: false }).waitFor();
    await bob.page.getByText('The call with Alice goes on.', { exact: false }).waitFor();
  };

  /** The line may have come back by itself in this moment: so the button is not waited for. */
  const hurry = ({ page }: Softphone): Promise<void> =>
    page.evaluate(() => {
      document.querySelector<HTMLElement>('.banner button')?.click();
    });

  /** Comes back, and is not waited for longer than a press takes. */
  const back = async (...phones: readonly Softphone[]): Promise<void> => {
    await world.server.resume();
    await Promise.all(
      phones.map(async phone => {
        const { page } = phone;
        await hurry(phone);
        await page.locator('.banner').first().waitFor({ state: 'hidden', timeout: 20_000 });
        await page.locator('.card[data-signalling=up]').waitFor();
      }),
    );
  };

  it('goes on without it, and is found again: both hear each other all the time', async () => {
    await away();
    await alice.page.getByText(/^Next attempt in \d+ s\.$/).waitFor();
    await hear(alice, bob);
    await back(alice, bob);
    await Promise.all([alice.until('active'), bob.until('active')]);
    await hear(alice, bob);
    await alice.press('Hang up');
    await bob.sees('They hung up');
  });

  it('is muted and on hold as before, and can be taken up again', async () => {
    await bob.press('Mute');
    await alice.press('Hold');
    await alice.until('on_hold');
    await away();
    await back(alice, bob);
    await alice.until('on_hold');
    await bob.sees('They put you on hold');
    await expectSilence(bob.page);
    await alice.press('Hold');
    await alice.until('active');
    await expectSound(bob.page);
    await expectSilence(alice.page);
    await bob.press('Mute');
    await expectSound(alice.page);
  });

  it('tells the far side of a hang-up when it is back', async () => {
    await away();
    await alice.press('Hang up');
    await alice.sees('You hung up');
    await world.server.resume();
    await Promise.all([hurry(alice), hurry(bob)]);
    // By her goodbye, or, if he is not back yet when that comes, by the answer to the question whether the call still is.
    await bob.until('terminated');
  });

  it('leaves nothing uncaught on any page', () => {
    expect(world.uncaught).toEqual([]);
  });
});
