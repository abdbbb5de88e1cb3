import { join } from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import type {} from './support/talker.js';
import { openWorld, type World } from './support/world.js';

/** The bundle of the client that talks, as any page would have it. */
const bundled = async (): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, 'support/talker.ts')],
    bundle: true,
    format: 'iife',
    target: 'es2022',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
};

const messages = 200;
const disconnects = 50;

describe('softphone: conversation over fifty disconnects', () => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(async () => {
    await world.close();
  });

  const pageWith = async (content: string): Promise<Page> => {
    const page = await world.open('/style.css');
    await page.addScriptTag({ content });
    return page;
  };

  it('see what the server has: every event once, in order, and no gap', async () => {
    const content = await bundled();
    const [alice, bob] = await Promise.all([pageWith(content), pageWith(content)]);
    const id = await alice.evaluate(() => talker.enter('alice'));
    await bob.evaluate(known => talker.enter('bob', known), id);

    let cuts = 0;
    const over = new Promise<void>(resolve => {
      const cut = (): void => {
        if (cuts === disconnects) {
          resolve();
          return;
        }
        cuts += 1;
        world.server.chat.drop(cuts % 2 === 0 ? 'alice' : 'bob');
        world.server.chat.drop(cuts % 2 === 0 ? 'bob' : 'alice');
        setTimeout(cut, 40 + Math.random() * 200);
      };
      cut();
    });
    const sent = [alice, bob].map(page =>
      page.evaluate(([conversation, count]) => talker.send(conversation, count), [id, messages] as const),
    );
    await Promise.all([...sent, over]);

    const log = await world.server.chat.log(id);
    expect(log.filter(({ type }) => type === 'message')).toHaveLength(2 * messages);
    const shown = log.filter(({ type }) => type === 'message' || type.startsWith('member:')).map(event => event.id);
    for (const page of [alice, bob]) {
      const seen = await page.evaluate(([conversation, count]) => talker.seen(conversation, count), [
        id,
        shown.length,
      ] as const);
      expect(seen.timeline).toEqual(shown);
      expect(seen.events).toEqual([...new Set(seen.events)].sort((a, b) => a - b));
      expect(seen.gaps).toBe(0);
      expect(await page.evaluate(() => talker.reconnects())).toBeGreaterThan(5);
    }
  }, 180_000);

  it.each(['localStorage', 'indexedDb'] as const)(
    'send what a reloaded page has left in %s, once, by one of two tabs',
    async outbox => {
      const content = await bundled();
      const first = await pageWith(content);
      const id = await first.evaluate(storage => talker.enter('carol', undefined, storage), outbox);
      world.server.chat.refuse(true);
      world.server.chat.drop('carol');
      await first.evaluate(conversation => talker.leave(conversation, 'left behind'), id);
      await first.reload();
      world.server.chat.refuse(false);

      const second = await first.context().newPage();
      await second.goto(first.url());
      const posted = world.server.chat.next({ method: 'POST', path: `/v0.3/conversations/${id}/events`, status: 200 });
      for (const page of [first, second]) {
        await page.addScriptTag({ content });
        await page.evaluate(([known, storage]) => talker.enter('carol', known, storage), [id, outbox] as const);
      }
      await posted;
      for (const page of [first, second]) await page.evaluate(conversation => talker.seen(conversation, 2), id);
      const texts = (await world.server.chat.log(id)).filter(({ type }) => type === 'message');
      expect(texts).toHaveLength(1);
      await first.context().close();
    },
    60_000,
  );
});
