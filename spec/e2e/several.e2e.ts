import { expectSilence, expectSound } from './support/audio.js';
import { signedIn, type Softphone } from './support/softphone.js';
import { openWorld, type World } from './support/world.js';

/** Runs in the page: a browser that plays nothing before somebody has touched the page. */
const untouched = (): void => {
  let touched = false;
  addEventListener(
    'pointerdown',
    () => {
      touched = true;
    },
    { capture: true },
  );
  const play = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'play')?.value as () => Promise<void>;
  HTMLMediaElement.prototype.play = function () {
    return touched ? play.call(this) : Promise.reject(new DOMException('Touch the page first.', 'NotAllowedError'));
  };
};

/** Three people, two calls at one of them: one talks, the other waits, and in the end the other two talk. */
describe('softphone: several calls', () => {
  let world: World;
  let alice: Softphone;
  let bob: Softphone;
  let carol: Softphone;

  const withBob = (): ReturnType<Softphone['cardOf']> => alice.cardOf('bob');
  const withCarol = (): ReturnType<Softphone['cardOf']> => alice.cardOf('carol');

  beforeAll(async () => {
    world = await openWorld();
    [alice, bob, carol] = await Promise.all([
      signedIn(world, 'alice'),
      signedIn(world, 'bob'),
      signedIn(world, 'carol'),
    ]);
  });

  afterAll(async () => {
    await world.close();
  });

  it('tests before the first call whether there will be one', async () => {
    await alice.page.getByText('Test before a call').click();
    await alice.page.getByRole('button', { name: 'Test now' }).click();
    await alice.page.getByText(/^You can call\. It will sound like MOS [34]\.\d\.$/).waitFor();
    expect(await alice.page.locator('.steps [data-result=passed]').count()).toBe(6);
    await alice.untilIdle();
  });

  it('holds the call that talks before another one begins', async () => {
    await alice.dial('bob');
    await bob.until('ringing');
    await bob.press('Answer');
    await withBob().is('active');
    await alice.dial('carol');
    await withBob().is('on_hold');
    await carol.until('ringing');
    await carol.press('Answer');
    await withCarol().is('active');
    await bob.sees('They put you on hold');
    await expectSound(carol.page);
    await expectSilence(bob.page);
  });

  it('swaps the two by one press, again and again', async () => {
    await alice.page.getByRole('button', { name: 'Swap: talk with bob' }).click();
    await withBob().is('active');
    await withCarol().is('on_hold');
    await carol.sees('They put you on hold');
    await expectSound(bob.page);
    await expectSilence(carol.page);

    await alice.page.getByRole('button', { name: 'Swap: talk with carol' }).click();
    await withCarol().is('active');
    await withBob().is('on_hold');
  });

  it('shows how the call that talks sounds', async () => {
    await withCarol()
      .node.getByText(/^MOS [34]\.\d$/)
      .waitFor();
  });

  it('connects both, and is out of it: they hear each other', async () => {
    await withCarol().press('Transfer');
    await withCarol().press('Connect with Bob');
    await carol.page.getByRole('button', { name: 'Connect me' }).click();
    await withCarol().is('terminated');
    await alice.live.first().waitFor({ state: 'detached' });
    await bob.cardOf('carol').is('active');
    await carol.cardOf('bob').is('active');
    await Promise.all([expectSound(bob.page), expectSound(carol.page)]);
  });

  it('sees by their lamps that the two talk, and that they are free again', async () => {
    await alice.page.getByRole('button', { name: 'Call bob: talking' }).waitFor();
    await alice.page.getByRole('button', { name: 'Call carol: talking' }).waitFor();
    await bob.hangUpAll();
    await alice.page.getByRole('button', { name: 'Call bob: free' }).waitFor();
    await alice.page.getByRole('button', { name: 'Call carol: free' }).waitFor();
    await carol.live.first().waitFor({ state: 'detached' });
  });

  it('hands the far side over to a number, which answers', async () => {
    await Promise.all([alice, bob, carol].map(({ untilIdle }) => untilIdle()));
    await alice.dial('bob');
    await bob.until('ringing');
    await bob.press('Answer');
    await withBob().is('active');
    await withBob().press('Transfer');
    await alice.page.getByRole('textbox', { name: 'Hand over to' }).fill('echo');
    await alice.page.getByRole('textbox', { name: 'Hand over to' }).press('Enter');
    await bob.page.getByText('Alice wants to connect you with echo.').waitFor();
    await bob.page.getByRole('button', { name: 'Connect me' }).click();
    await withBob().sees('Handed over');
    await bob.cardOf('echo').is('active');
    await expectSound(bob.page);
    await bob.hangUpAll();
  });

  it('stays in the call when the far side does not want to go, and says so', async () => {
    await Promise.all([alice, bob].map(({ untilIdle }) => untilIdle()));
    await alice.dial('bob');
    await bob.until('ringing');
    await bob.press('Answer');
    await withBob().is('active');
    await withBob().press('Transfer');
    await alice.page.getByRole('textbox', { name: 'Hand over to' }).fill('carol');
    await alice.page.getByRole('textbox', { name: 'Hand over to' }).press('Enter');
    await bob.page.getByRole('button', { name: 'Stay here' }).click();
    await alice.page.locator('.notice').waitFor();
    await withBob().is('active');
    await Promise.all([expectSound(alice.page), expectSound(bob.page)]);
    await alice.hangUpAll();
  });

  it('is not disturbed when that is not wished, and sees what waits in the mailbox', async () => {
    await bob.untilIdle();
    await bob.page.getByRole('switch', { name: 'Do not disturb', checked: false }).click();
    await carol.dial('bob');
    await carol.sees('Not available right now');
    await bob.page.getByRole('switch', { name: 'Do not disturb', checked: true }).click();
    world.server.mailbox('bob', { new: 2, old: 1 });
    await bob.page.getByText('2 new in your mailbox').waitFor();
  });

  it('says that the browser keeps the ring back, until somebody presses', async () => {
    const dave = await signedIn(world, 'dave', { before: untouched });
    await carol.untilIdle();
    await carol.dial('dave');
    await dave.until('ringing');
    await dave.page.getByText('The browser keeps the sound of this page back.').waitFor();
    await dave.page.getByRole('button', { name: 'Let me hear' }).click();
    await dave.page.getByText('The browser keeps the sound of this page back.').waitFor({ state: 'hidden' });
    await dave.press('Answer');
    await dave.until('active');
    await expectSound(carol.page);
    await carol.hangUpAll();
    await dave.page.context().close();
  });

  it('shows how loud both sides are', async () => {
    await carol.untilIdle();
    await carol.dial('bob');
    await bob.until('ringing');
    await bob.press('Answer');
    await carol.until('active');
    const loudest = (name: string): Promise<number> =>
      carol.live.getByRole('meter', { name }).evaluate(
        meter =>
          new Promise<number>(resolve => {
            const read = (): void => {
              const { value } = meter as HTMLMeterElement;
              if (value > 0.05) resolve(value);
              else requestAnimationFrame(read);
            };
            read();
          }),
      );
    expect(await loudest('How loud you are')).toBeLessThanOrEqual(1);
    expect(await loudest('How loud they are')).toBeLessThanOrEqual(1);
    await carol.hangUpAll();
  });

  it('works in one tab at a time, and in the other one when that is gone', async () => {
    const second = await carol.page.context().newPage();
    await second.goto(carol.page.url());
    await second.getByText('This user is at work in another tab.', { exact: false }).waitFor();
    await carol.page.close();
    await second.getByRole('banner').getByText('Connected', { exact: true }).waitFor();
  });

  it('leaves nothing uncaught on any page', () => {
    expect(world.uncaught).toEqual([]);
  });
});
