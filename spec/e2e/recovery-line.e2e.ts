import { setTimeout } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { openCarrier, type Carrier } from './support/carrier.js';
import { signedIn, softphone, type Softphone } from './support/softphone.js';
import { found, hear, talk } from './support/talk.js';
import { openWorld, type World } from './support/world.js';

/** The addresses of the sockets that a page has opened, in order, from now on. */
const socketsOf = (page: Page): readonly string[] => {
  const opened: string[] = [];
  page.on('websocket', socket => opened.push(socket.url()));
  return opened;
};

/** Runs in the page: makes chance high, so that the waits between attempts come near their ceilings. */
const longWaits = (): void => {
  const chance = Math.random;
  Math.random = () => 0.9 + chance() / 10;
};

/** Alice's line is not what it seems, or is away; Bob's is as it should be. */
describe('softphone: line recovery', () => {
  let world: World;
  let bob: Softphone;

  beforeAll(async () => {
    world = await openWorld();
  });

  afterAll(async () => {
    await world.close();
  });

  beforeEach(async () => {
    bob = await signedIn(world, 'bob');
  });

  afterEach(async () => {
    await bob.page.context().close();
  });

  describe('that is half open', () => {
    let carrier: Carrier;
    let alice: Softphone;
    /** What the page has said, the first line of each message. */
    let said: string[];

    beforeEach(async () => {
      carrier = await openCarrier(world.server.port);
      const page = await world.open('/nothing-here');
      said = [];
      page.on('websocket', socket => {
        socket.on('framesent', ({ payload }) => said.push(String(payload).split('\r\n')[0] ?? ''));
      });
      await page.goto(`http://127.0.0.1:${carrier.port}/?user=alice`);
      alice = softphone(page);
      await alice.untilMarbles('connected');
    });

    afterEach(async () => {
      await alice.page.context().close();
      await carrier.close();
    });

    it('is found out by a question within half a minute, and its call is there when it carries again', async () => {
      const call = await talk(alice, bob);
      await hear(alice, bob);
      carrier.stall();
      const since = Date.now();
      await alice.page.getByText('The call with Bob goes on.', { exact: false }).waitFor({ timeout: 40_000 });
      expect(Date.now() - since).toBeLessThan(35_000);
      expect(said.at(-1)).toMatch(/^OPTIONS /);
      await hear(alice, bob);

      carrier.carry();
      await found(alice, call);
      await alice.untilMarbles('recovering', 'connected');
      await hear(alice, bob);
      await alice.press('Hang up');
      await bob.sees('They hung up');
    }, 90_000);
  });

  describe('that is away', () => {
    let alice: Softphone;

    beforeEach(async () => {
      alice = await signedIn(world, 'alice', { before: longWaits });
    });

    afterEach(async () => {
      world.server.refuse(false);
      world.server.chat.refuse(false);
      await alice.page.context().close();
    });

    const lose = (): void => {
      const { server } = world;
      for (const { refuse, drop } of [server, server.chat]) {
        refuse(true);
        drop('alice');
      }
    };

    it('takes a call that rings with it: whom it rings is told when the line is back', async () => {
      await alice.dial('bob');
      await bob.until('ringing');
      const before = world.server.log.length;
      lose();
      await alice.sees('The line was lost');
      await bob.until('ringing');
      const cancelled = world.server.next({ method: 'CANCEL', from: 'server', user: 'bob' });
      expect(world.server.log.slice(before).map(({ method }) => method)).not.toContain('CANCEL');
      world.server.refuse(false);
      await cancelled;
      await bob.sees('They gave up');
    });

    it('is not tried any more once somebody has signed out', async () => {
      await talk(alice, bob);
      const opened = socketsOf(alice.page);
      lose();
      await alice.page.getByRole('banner').getByText('The line was lost, again in 4 s').waitFor();
      expect(opened.length).toBeGreaterThan(0);

      await alice.page.getByRole('button', { name: 'Sign out' }).click();
      await alice.untilMarbles('disconnected');
      const tried = opened.length;
      const peers = () => alice.page.evaluate(() => window.peers.map(({ connectionState }) => connectionState));
      expect(await peers()).toEqual(['closed']);
      world.server.refuse(false);
      world.server.chat.refuse(false);
      // By then it would have tried again.
      await setTimeout(6_000);
      expect(opened).toHaveLength(tried);
      expect(world.server.registrations('alice')).toEqual([]);
    });
  });

  it('leaves nothing uncaught on any page', () => {
    expect(world.uncaught).toEqual([]);
  });
});
