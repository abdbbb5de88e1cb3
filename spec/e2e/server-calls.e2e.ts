import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { expectSilence, expectSound } from './support/audio.js';
import type {} from './support/caller.js';
import { openSipPhone } from './support/opensipphone.js';
import { eventually } from './support/eventually.js';
import { signedIn, softphone, type Softphone } from './support/softphone.js';
import { openWorld, type World } from './support/world.js';

/** Whether the server can speak. */
const speaks = (process.env['PATH'] ?? '').split(delimiter).some(at => existsSync(join(at, 'espeak-ng')));

/** Where the page's latest connection receives: another one each time that its media are made anew. */
const ufrag = ({ page }: Softphone): Promise<string> =>
  page.evaluate(() => /a=ice-ufrag:(\S+)/.exec(window.peers.at(-1)?.currentLocalDescription?.sdp ?? '')?.[1] ?? '');

/** What the latest card says of the others in its call. */
const others = ({ page }: Softphone) =>
  page.locator('.card').last().getByRole('list', { name: 'The others in this call' });

describe('softphone: service calls', () => {
  let world: World;
  let alice: Softphone;
  let bob: Softphone;

  const wide = { viewport: { width: 1280, height: 800 } } as const;

  beforeAll(async () => {
    world = await openWorld();
    [alice, bob] = await Promise.all([signedIn(world, 'alice', wide), signedIn(world, 'bob', wide)]);
  });

  beforeEach(async () => {
    await Promise.all([alice.callBy('Service'), bob.callBy('Service')]);
  });

  afterEach(async () => {
    await Promise.all([alice.hangUpAll(), bob.hangUpAll()]);
    await Promise.all([alice.untilIdle(), bob.untilIdle()]);
  });

  afterAll(async () => {
    await world.close();
  });

  const callerPage = async (page: Page, user: string): Promise<void> => {
    const bundle = await build({
      entryPoints: [join(__dirname, 'support/caller.ts')],
      bundle: true,
      format: 'iife',
      target: 'es2022',
      write: false,
    });
    await page.addScriptTag({ content: bundle.outputFiles[0]?.text ?? '' });
    await page.evaluate(name => caller.enter(name), user);
  };

  /** A page with the service alone. */
  const callerOf = async (user: string): Promise<Page> => {
    const page = await world.open('/style.css');
    await callerPage(page, user);
    return page;
  };

  const ring = async (): Promise<void> => {
    await alice.dial('bob');
    await bob.untilOn('service', 'ringing');
    await alice.untilOn('service', 'ringing');
  };

  const talk = async (): Promise<void> => {
    await ring();
    await bob.press('Answer');
    await Promise.all([alice.untilOn('service', 'active'), bob.untilOn('service', 'active')]);
  };

  const hearEachOther = async (): Promise<void> => {
    await Promise.all([expectSound(alice.page), expectSound(bob.page)]);
  };

  /** Silence where it must be: the sound that was heard is the other one's, and not anybody's. */
  const mutedIsSilent = async (speaker: Softphone, listener: Softphone): Promise<void> => {
    await speaker.press('Mute');
    expect((await expectSilence(listener.page)).packets).toBeGreaterThan(20);
    await speaker.press('Mute');
    await expectSound(listener.page);
  };

  it('ring, are answered, and are heard on both sides', async () => {
    await ring();
    await others(alice).getByText('ringing', { exact: true }).waitFor();
    await bob.press('Answer');
    await Promise.all([alice.untilOn('service', 'active'), bob.untilOn('service', 'active')]);
    await others(alice).getByText('bob', { exact: true }).waitFor();
    await others(alice).getByText('answered', { exact: true }).waitFor();
    await bob.live.getByRole('heading', { name: 'alice' }).waitFor();
    await hearEachOther();
    await mutedIsSilent(alice, bob);
    await mutedIsSilent(bob, alice);
    // The conversation that the call takes place in is none to talk in.
    await bob.page.getByText('No conversations yet.').waitFor();
  });

  it('tell the other side of a muted microphone, and of the keys that are pressed', async () => {
    await talk();
    await bob.press('Mute');
    await others(alice).getByText('muted', { exact: true }).waitFor();
    await bob.press('Mute');
    await others(alice).getByText('muted', { exact: true }).waitFor({ state: 'hidden' });

    await alice.press('Keypad');
    await alice.press('5');
    await alice.press('hash');
    await bob.sees('They pressed 5#');
  });

  it('are held: silent on both sides, and heard again afterwards', async () => {
    await talk();
    await bob.press('Hold');
    await bob.until('on_hold');
    await others(alice).getByText('muted', { exact: true }).waitFor();
    await others(alice).getByText('does not listen', { exact: true }).waitFor();
    await Promise.all([expectSilence(alice.page), expectSilence(bob.page)]);
    await bob.press('Hold');
    await bob.until('active');
    await others(alice).getByText('does not listen', { exact: true }).waitFor({ state: 'hidden' });
    await hearEachOther();
  });

  it('have something said to everybody', async () => {
    await talk();
    const field = alice.live.getByRole('textbox', { name: 'What to say' });
    await alice.live.getByRole('checkbox', { name: 'It is SSML' }).check();
    await field.fill('<speak>never closed');
    await alice.press('Say');
    await alice.page
      .getByRole('status', { name: 'Notices' })
      .getByText(/SSML|speak/)
      .waitFor();
    await alice.live.getByRole('checkbox', { name: 'It is SSML' }).uncheck();

    await alice.press('Mute');
    await bob.press('Mute');
    await Promise.all([expectSilence(alice.page), expectSilence(bob.page)]);
    await field.fill('This is said to both of you, and it is a rather long sentence about 24 trains');
    await alice.press('Say');
    await alice.sees('The service says it to everybody.');
    expect(await field.inputValue()).toBe('');
    // Digits that are written are not pressed.
    expect(await bob.live.getByText(/They pressed/).count()).toBe(0);
    if (speaks) await hearEachOther();
  });

  it('end with a word on how they were', async () => {
    await talk();
    await hearEachOther();
    await alice.press('Hang up');
    await Promise.all([alice.sees('You hung up'), bob.sees('They hung up')]);
    const score = /^MOS [1-4]\.\d$/;
    await Promise.all(
      [alice, bob].map(({ page }) => page.locator('.card[data-status=terminated]').getByText(score).waitFor()),
    );
  });

  it('are refused', async () => {
    await ring();
    await bob.press('Refuse');
    await alice.sees('Busy');
    await bob.until('terminated');
  });

  it('are taken back', async () => {
    await ring();
    await alice.press('Hang up');
    await Promise.all([alice.sees('You took the call back'), bob.sees('They gave up')]);
  });

  it('echo, at the number of that name', async () => {
    await alice.dial('echo');
    await alice.untilOn('service', 'active');
    await expectSound(alice.page);
    await alice.press('Mute');
    await expectSilence(alice.page);
  });

  it('end with what a number answers', async () => {
    await alice.dial('code486');
    await alice.sees('Busy');
    await alice.untilOn('service', 'terminated');
  });

  it('reach somebody at a SIP phone', async () => {
    const carol = await openSipPhone(world, 'carol');
    await alice.dial('carol');
    await alice.untilOn('service', 'active');
    await Promise.all([expectSound(alice.page), expectSound(carol)]);
    await alice.press('Mute');
    await expectSilence(carol);
    await alice.press('Hang up');
    await alice.sees('You hung up');
    await carol.context().close();
  });

  it('come from a SIP phone', async () => {
    const carol = await openSipPhone(world, 'carol');
    const dave = await callerOf('dave');
    const answered = dave.evaluate(() => caller.answer());
    await carol.evaluate(() => sipPhone.call('dave'));
    await answered;
    await Promise.all([expectSound(carol), expectSound(dave)]);
    await dave.evaluate(() => caller.hangUp());
    await Promise.all([carol, dave].map(page => page.context().close()));
  });

  it('ring once, whichever line they come by', async () => {
    const rows = bob.page.locator('.lane[data-stream="call$"]:not(:has([data-status=terminated]))');
    for (const [line, name] of [
      ['SIP', 'sip'],
      ['Service', 'service'],
    ] as const) {
      await alice.callBy(line);
      await alice.dial('bob');
      await bob.untilOn(name, 'ringing');
      await alice.untilOn(name, 'ringing');
      expect(await rows.count()).toBe(1);
      expect(await bob.live.count()).toBe(1);
      await bob.press('Refuse');
      await alice.sees('Busy');
      expect(await bob.live.count()).toBe(0);
      await Promise.all([alice.untilIdle(), bob.untilIdle()]);
    }
  });

  it('have their sound made anew', async () => {
    await talk();
    await hearEachOther();
    const before = await ufrag(alice);
    await alice.press('Reconnect the sound');
    expect(
      await eventually(
        () => ufrag(alice),
        now => now !== before && now !== '',
      ),
    ).not.toBe(before);
    await hearEachOther();
    await mutedIsSilent(alice, bob);
  });

  it('go on while the line is away, and can be hung up afterwards', async () => {
    await talk();
    world.server.chat.refuse(true);
    world.server.chat.drop('alice');
    await alice.untilMarbles('recovering');
    await hearEachOther();
    world.server.chat.refuse(false);
    await alice.untilMarbles('recovering', 'connected');
    await alice.untilOn('service', 'active');
    await hearEachOther();
    await alice.press('Hang up');
    await Promise.all([alice.sees('You hung up'), bob.sees('They hung up')]);
  });

  it('are taken up again by a page that was loaded again', async () => {
    const page = await callerOf('dave');
    const calling = page.evaluate(() => caller.call('bob'));
    await bob.untilOn('service', 'ringing');
    await bob.press('Answer');
    const ref = await calling;
    await Promise.all([expectSound(page), expectSound(bob.page)]);

    await page.reload();
    await callerPage(page, 'dave');
    expect(await page.evaluate(name => caller.takeUp(name), ref)).toBe('');
    await Promise.all([expectSound(page), expectSound(bob.page)]);
    await bob.untilOn('service', 'active');
    const { received, sent, roundTrip } = await page.evaluate(() => caller.counted());
    expect(Math.min(received.bytes, sent.bytes)).toBeGreaterThan(50);
    expect([received.jitter, sent.jitter, roundTrip].every(seconds => seconds !== undefined && seconds < 1)).toBe(true);

    await page.evaluate(() => caller.hangUp());
    await bob.sees('They hung up');
    expect(await page.evaluate(name => caller.takeUp(name), ref)).toBe('call-ended');
    await page.context().close();
  });

  it('leave nothing uncaught on any page', () => {
    expect(world.uncaught).toEqual([]);
  });
});

describe('softphone: service calls without media', () => {
  it('says what is missing', async () => {
    const world = await openWorld({ media: false });
    const alice = softphone(await world.open('/?user=alice'));
    await alice.untilMarbles('connected');
    await alice.callBy('SIP');
    await alice.dial('echo');
    await alice.sees('Not available right now: This server has no sound: @roamhq/wrtc is not installed');
    await alice.callBy('Service');
    await alice.dial('echo');
    await alice.sees('The service is not available: This server has no sound: @roamhq/wrtc is not installed.');
    await alice.page.getByRole('status', { name: 'Notices' }).getByText('Install @roamhq/wrtc').waitFor();
    await world.close();
  });
});
