import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { expectSound } from './support/audio.js';
import { eventually } from './support/eventually.js';
import { openSipPhone } from './support/opensipphone.js';
import { signedIn, type Softphone } from './support/softphone.js';
import { openWorld, type World } from './support/world.js';

/** As much of the service's own client as is used here; its callbacks and results are plain data. */
type Genuine = {
  readonly on: (event: 'callInvite', listener: (id: string) => void) => void;
  readonly createSession: (token: string) => Promise<string>;
  readonly serverCall: (context: { readonly callee: string }) => Promise<string>;
  readonly answer: (id: string) => Promise<void>;
  readonly hangup: (id: string) => Promise<void>;
  readonly getCallLegs: (id: string) => Promise<{ readonly legs: readonly unknown[] }>;
};

type Config = { readonly apiUrl: string; readonly websocketUrl: string; readonly loggingLevel: 'Error' };

declare global {
  interface Window {
    vonageClientSDK: { readonly VonageClient: new (config: Config) => Genuine };
    genuine: Genuine;
    invites: string[];
  }
}

/** The commercial client that the seeds describe. With what it brings along it weighs 91 MB, so nobody else installs it. */
const published = '@vonage/client-sdk@2.3.1';
const run = promisify(execFile);

describe('the genuine Vonage client', () => {
  let folder: string;
  let world: World;
  const open: Page[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'callstream-genuine-'));
    await run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', published]);
    world = await openWorld();
  }, 300_000);

  afterEach(async () => {
    await Promise.all(open.splice(0).map(page => page.context().close()));
    await eventually(
      async () => Promise.resolve(['alice', 'bob'].flatMap(user => world.server.chat.sockets(user))),
      sockets => sockets.every(count => count === 0),
    );
  });

  afterAll(async () => {
    await world.close();
    await rm(folder, { recursive: true });
  });

  const enter = async (user: string): Promise<Page> => {
    const page = await world.open('/style.css');
    open.push(page);
    await page.addScriptTag({ path: join(folder, 'node_modules/@vonage/client-sdk/dist/vonageClientSDK.js') });
    await page.evaluate(
      async ({ url, token }) => {
        const client = new window.vonageClientSDK.VonageClient({
          apiUrl: url,
          websocketUrl: url,
          loggingLevel: 'Error',
        });
        window.genuine = client;
        window.invites = [];
        client.on('callInvite', id => {
          window.invites.push(id);
        });
        await client.createSession(token);
      },
      { url: world.server.url, token: await world.server.token(user) },
    );
    return page;
  };

  const call = (page: Page, callee: string): Promise<string> =>
    page.evaluate(to => window.genuine.serverCall({ callee: to }), callee);

  const answer = async (page: Page): Promise<string> => {
    const id = await page.waitForFunction(() => window.invites[0]).then(found => found.jsonValue());
    await page.evaluate(name => window.genuine.answer(name), id ?? '');
    return id ?? '';
  };

  const hearEachOther = async (one: Page, other: Page): Promise<void> => {
    await Promise.all([expectSound(one), expectSound(other)]);
  };

  const ours = async (user: string): Promise<Softphone> => {
    const softphone = await signedIn(world, user);
    open.push(softphone.page);
    await softphone.callBy('Service');
    return softphone;
  };

  const sipPhoneOf = async (user: string): Promise<Page> => {
    const page = await openSipPhone(world, user);
    open.push(page);
    return page;
  };

  it('hears itself, and knows the legs of its call', async () => {
    const [alice, bob] = [await enter('alice'), await enter('bob')];
    const id = await call(alice, 'bob');
    await answer(bob);
    await hearEachOther(alice, bob);
    const { legs } = await alice.evaluate(name => window.genuine.getCallLegs(name), id);
    expect(legs).toHaveLength(2);
  });

  it('hears us, and we hear it, whoever calls', async () => {
    const [alice, bob] = [await enter('alice'), await ours('bob')];
    const id = await call(alice, 'bob');
    await bob.untilOn('service', 'ringing');
    await bob.press('Answer');
    await hearEachOther(alice, bob.page);
    await alice.evaluate(name => window.genuine.hangup(name), id);
    await bob.untilIdle();

    await bob.dial('alice');
    await answer(alice);
    await bob.untilOn('service', 'active');
    await hearEachOther(alice, bob.page);
  });

  it('hears a SIP phone that it calls', async () => {
    const [alice, bob] = [await enter('alice'), await sipPhoneOf('bob')];
    await call(alice, 'bob');
    await hearEachOther(alice, bob);
  });

  it('is heard by a SIP phone that calls it', async () => {
    const [alice, bob] = [await sipPhoneOf('alice'), await enter('bob')];
    const calling = alice.evaluate(() => sipPhone.call('bob'));
    await answer(bob);
    await calling;
    await hearEachOther(alice, bob);
  });
});
