import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import type { Page } from 'playwright-core';
import { expectSound } from './support/audio.js';
import { openWorld, type World } from './support/world.js';

/*
 * Small applications, written as public ones are for the two clients of the seeds. Each runs with the client that it was
 * written for and with ours, against the local server, and shows the same. Only the import and the address differ.
 */
const published = '@vonage/client-sdk@2.3.1';
const run = promisify(execFile);
const root = resolve(__dirname, '../..');
const apps = join(root, 'spec/apps');

/** By which client an application runs. */
const clients = ['genuine', 'ours'] as const;
type By = (typeof clients)[number];

let genuine: string;
let pages: string;
let world: World;

/** The application's page as it is served: with the published client, or with ours. */
const write = async (name: string, by: By): Promise<void> => {
  // A bundle of ours that comes from the local server needs no address.
  const isKnown = by === 'ours' && name === 'tutorial';
  const address = isKnown ? '{}' : '{ apiUrl: location.origin, websocketUrl: location.origin }';
  const bundle = `<div id="root"></div><call-desk></call-desk><script>window.address = ${address};</script><script src="%SDK%"></script>`;
  const text = name === 'tutorial' ? await readFile(join(apps, 'tutorial.html'), 'utf8') : `<!doctype html>${bundle}`;
  const local = name === 'tutorial' ? '/sdk/vonageClientSDK.min.js' : `/${name}-${by}.js`;
  const sdk = name === 'tutorial' && by === 'genuine' ? '/genuine.min.js' : local;
  await writeFile(join(pages, `${name}-${by}.html`), text.replace('%SDK%', sdk).replace('%ADDRESS%', address));
};

const bundle = (entry: string, by: By): void => {
  buildSync({
    entryPoints: [join(apps, entry)],
    outfile: join(pages, `${entry.replace(/\..*$/, '')}-${by}.js`),
    bundle: true,
    jsx: 'automatic',
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    alias: {
      '@vonage/client-sdk':
        by === 'ours'
          ? join(root, 'lib/vonage/index.ts')
          : join(genuine, 'node_modules/@vonage/client-sdk/dist/vonageClientSDK.min.mjs'),
    },
  });
};

beforeAll(async () => {
  genuine = await mkdtemp(join(tmpdir(), 'callstream-genuine-'));
  pages = await mkdtemp(join(tmpdir(), 'callstream-apps-'));
  await mkdir(join(pages, 'sdk'));
  await run('npm', ['install', '--prefix', genuine, '--no-audit', '--no-fund', '--ignore-scripts', published]);
  await run(process.execPath, [join(root, 'scripts/sdk/build.mjs'), join(pages, 'sdk')]);
  await copyFile(
    join(genuine, 'node_modules/@vonage/client-sdk/dist/vonageClientSDK.min.js'),
    join(pages, 'genuine.min.js'),
  );
  await copyFile(join(apps, 'vbot.html'), join(pages, 'vbot.html'));
  for (const by of clients) {
    for (const name of ['tutorial', 'chat', 'desk']) await write(name, by);
    bundle('chat.tsx', by);
    bundle('desk.ts', by);
  }
  world = await openWorld({ sdk: join(pages, 'sdk') }, pages);
}, 300_000);

afterAll(async () => {
  await world.close();
  await Promise.all([genuine, pages].map(folder => rm(folder, { recursive: true })));
});

const open: Page[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(page => page.context().close()));
  expect(world.uncaught).toEqual([]);
});

const visit = async (path: string): Promise<Page> => {
  const page = await world.open(path);
  open.push(page);
  return page;
};

const linesOf = (page: Page): Promise<readonly string[]> => page.locator('li').allTextContents();
const said = async (page: Page, text: string): Promise<void> => {
  await page.locator('li', { hasText: text }).first().waitFor();
};

describe.each(clients)('a page with a script tag, by %s client', by => {
  const enter = async (user: string): Promise<Page> => {
    const page = await visit(`/tutorial-${by}.html?user=${user}${by}`);
    await page.getByRole('button', { name: 'Log in' }).click();
    await said(page, 'Logged in');
    return page;
  };

  it('calls somebody by the `to` of its context, who answers, and hears who has hung up', async () => {
    const [alice, bob] = [await enter('alice'), await enter('bob')];
    await alice.getByLabel('Whom to call').fill(`bob${by}`);
    await alice.getByRole('button', { name: 'Call' }).click();
    await bob.getByRole('button', { name: 'Answer' }).click();
    await Promise.all([expectSound(alice), expectSound(bob), said(alice, 'They have answered')]);
    await bob.getByRole('button', { name: 'Hang up' }).click();
    await Promise.all([said(alice, 'Call over'), said(bob, 'Call over')]);
    expect((await linesOf(alice)).filter(line => line !== 'Calling')).toEqual([
      'Logged in: string',
      'They have answered',
      'Call over: REMOTE_HANGUP, quality is a number',
    ]);
    // Ours also tells the callee of the caller's leg, which has answered from the beginning.
    expect((await linesOf(bob)).filter(line => line !== 'They have answered')).toEqual([
      'Logged in: string',
      `app call from alice${by}`,
      'Answered',
      'Call over: LOCAL_HANGUP, quality is a number',
    ]);
  });
});

describe.each(clients)('a chat in React, by %s client', by => {
  it('shows what was said, seen and written, and who is there', async () => {
    const [alice, bob] = [await visit(`/chat-${by}.html?user=alice`), await visit(`/chat-${by}.html?user=bob`)];
    await bob.getByRole('button', { name: 'New conversation' }).waitFor();
    await alice.getByRole('button', { name: 'New conversation' }).click();
    await alice.getByRole('heading', { name: 'Lunch, canteen' }).waitFor();
    await bob.getByRole('button', { name: 'Lunch' }).first().click();
    await said(alice, 'bob has come');
    await bob.getByLabel('Message').fill('hungry?');
    await alice.getByText('bob writes').waitFor();
    await bob.getByRole('button', { name: 'Send' }).click();
    await said(alice, 'bob: hungry?');
    await alice.getByLabel('Message').fill("Don't <stop> & think");
    await alice.getByLabel('Message').fill('yes, I am');
    await alice.getByRole('button', { name: 'Send' }).click();
    await said(bob, 'alice: yes, I am');
    await bob.getByRole('button', { name: 'Seen' }).click();
    expect(await linesOf(alice)).toEqual(['alice has come', 'bob has come', 'bob: hungry?', 'me: yes, I am']);
    expect(await linesOf(bob)).toEqual(['alice has come', 'bob has come', 'me: hungry?', 'alice: yes, I am']);
  });
});

describe.each(clients)('a desk of a call centre, by %s client', by => {
  it('listens to what there is and what there is not, and works from within reactive state', async () => {
    const page = await visit(`/desk-${by}.html?user=desk${by}`);
    await said(page, 'online');
    await page.getByRole('button', { name: 'Call' }).click();
    await said(page, 'in call');
    await expectSound(page);
    await page.getByRole('button', { name: '1', exact: true }).click();
    await said(page, 'pressed 1');
    await page.getByRole('button', { name: 'Mute' }).click();
    await said(page, 'muted');
    await page.getByRole('button', { name: 'End' }).click();
    await said(page, 'mos is');
    expect((await linesOf(page)).filter(line => line !== 'answered')).toEqual([
      'late listener is a symbol, off: true',
      'online',
      'in call',
      'pressed 1',
      'muted',
      'I have ended it',
      'mos is a number',
    ]);
  });
});

describe("VBot's demo", () => {
  it('calls, is called, and forgets what is over', async () => {
    const [alice, bob] = [await visit('/vbot.html?user=alice'), await visit('/vbot.html?user=bob')];
    await Promise.all([said(alice, 'client connected'), said(bob, 'client connected')]);
    await alice.locator('#hotline option', { hasText: 'Support' }).waitFor({ state: 'attached' });
    await alice.getByLabel('Number').fill('bob');
    await alice.locator('#hotline').evaluate(list => {
      (list as HTMLSelectElement).selectedIndex = -1;
    });
    await alice.getByRole('button', { name: 'Call' }).click();
    await bob.getByRole('button', { name: 'Accept' }).click();
    await Promise.all([expectSound(alice), expectSound(bob)]);
    await bob.getByRole('button', { name: 'End' }).click();
    await Promise.all([said(alice, 'known'), said(bob, 'known')]);
    const of = async (page: Page): Promise<readonly string[]> =>
      (await linesOf(page)).filter(line => line !== 'client connecting' && line !== 'session trying');
    expect(await of(alice)).toEqual([
      'client connected',
      'session ringing',
      'session active',
      'session terminated',
      'known: false',
    ]);
    expect((await of(bob)).slice(2)).toEqual([
      'session ringing',
      'session active',
      'session terminated',
      'known: false',
    ]);
  });
});
