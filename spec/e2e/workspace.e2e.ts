import type { Locator, Page } from 'playwright-core';
import { eventually } from './support/eventually.js';
import { openWorld, type World } from './support/world.js';

/** A person at the pane of conversations: finds things by their names and roles, as a screen reader does. */
type Person = {
  readonly page: Page;
  readonly log: Locator;
  readonly field: Locator;
  readonly press: (name: string | RegExp) => Promise<void>;
  readonly says: (text: string) => Promise<void>;
  /** Waits for these words in the timeline. */
  readonly reads: (words: string | RegExp) => Promise<void>;
  readonly sees: (words: string | RegExp) => Promise<void>;
  readonly begin: (title: string) => Promise<string>;
  readonly invite: (name: string) => Promise<void>;
  readonly attach: (kind: string, values: Readonly<Record<string, string>>) => Promise<void>;
};

const person = (page: Page): Person => {
  const chat = page.getByRole('region', { name: 'Messages' });
  const log = page.getByRole('log');
  const field = page.getByRole('textbox', { name: 'Message', exact: true });
  const press: Person['press'] = name => chat.getByRole('button', { name, exact: true }).click();
  return {
    page,
    log,
    field,
    press,
    says: async text => {
      await field.fill(text);
      await field.press('Enter');
    },
    reads: words => log.getByText(words).last().waitFor(),
    sees: words => page.getByText(words).last().waitFor(),
    begin: async title => {
      await press('New conversation');
      await page.getByRole('textbox', { name: 'Title' }).fill(title);
      await press('Begin');
      await page.getByRole('heading', { name: title }).waitFor();
      await field.waitFor();
      return page.evaluate(() => decodeURIComponent(location.hash.slice(1)));
    },
    invite: async name => {
      await press(/^\d+ members?$/);
      await page.getByRole('textbox', { name: 'User name' }).fill(name);
      await press('Invite');
      await press(/^\d+ members?$/);
    },
    attach: async (kind, values) => {
      await press('Attach');
      const form = page.getByRole('form', { name: 'Attach' });
      await form.getByRole('combobox', { name: 'What to attach' }).selectOption(kind);
      for (const [label, value] of Object.entries(values)) await form.getByLabel(label).fill(value);
      await form.getByRole('button', { name: 'Attach' }).click();
    },
  };
};

const isUp = (page: Page): Promise<void> => page.getByRole('banner').getByText('Connected', { exact: true }).waitFor();

describe('softphone: workspace', () => {
  let world: World;

  const opened = async (user: string, options: Parameters<World['open']>[1] = {}): Promise<Person> => {
    const page = await world.open(`/?user=${user}`, { viewport: { width: 1280, height: 800 }, ...options });
    await isUp(page);
    return person(page);
  };

  /** Alice and bob in a conversation of their own. */
  const together = async (title: string, options: Parameters<World['open']>[1] = {}) => {
    const [alice, bob] = await Promise.all([opened('alice', options), opened('bob')]);
    if (options.viewport?.width === 360)
      await alice.page.getByRole('button', { name: 'Messages', exact: true }).click();
    const id = await alice.begin(title);
    await alice.invite('bob');
    await bob.press(`Join ${title}`);
    await bob.page.getByRole('heading', { name: title }).waitFor();
    await alice.reads('Bob joined');
    const leave = async (): Promise<void> => {
      await Promise.all([alice.page.context().close(), bob.page.context().close()]);
    };
    return { alice, bob, id, leave };
  };

  /** What the server has of what was said. */
  const textsOf = async (id: string): Promise<readonly unknown[]> =>
    (await world.server.chat.log(id))
      .filter(({ type }) => type === 'message')
      .map(({ body }) => (body as { readonly text?: string }).text);

  /** What no page of ours would send. */
  const poster = async (user: string, id: string) => {
    const conversation = `${world.server.url}/v0.3/conversations/${id}`;
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${await world.server.token(user)}`,
    };
    const { id: from } = (await (await fetch(`${conversation}/members/me`, { headers })).json()) as { id: string };
    return async (type: string, body: object): Promise<void> => {
      const answer = await fetch(`${conversation}/events`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ type, from, body }),
      });
      expect(answer.status).toBeLessThan(300);
    };
  };

  const overflow = (page: Page): Promise<number> =>
    page.evaluate(() => {
      const log = document.querySelector('.log');
      return (
        document.documentElement.scrollWidth -
        document.documentElement.clientWidth +
        (log === null ? 0 : log.scrollWidth - log.clientWidth)
      );
    });

  beforeAll(async () => {
    world = await openWorld();
  });

  afterEach(() => {
    world.server.chat.refuse(false);
  });

  afterAll(async () => {
    await world.close();
  });

  it('is where two people meet, talk, see what was read, and take things back', async () => {
    const { alice, bob, leave } = await together('Standup');
    await alice.says('Shall we talk at ten?');
    await bob.reads('Shall we talk at ten?');
    await alice.reads('Seen by Bob');

    await bob.field.pressSequentially('At');
    await alice.sees('Bob is typing…');
    await bob.field.fill('At the station until then:');
    await bob.field.press('Enter');
    await alice.page.getByText('Bob is typing…').waitFor({ state: 'detached' });
    await alice.reads('At the station until then:');

    await bob.attach('Location', { Latitude: '52.5251', Longitude: '13.3694' });
    const place = alice.log.getByRole('link', { name: /52.5251, 13.3694/ });
    await place.waitFor();
    expect(await place.getAttribute('href')).toBe('geo:52.5251,13.3694');

    await bob.attach('Image', { Address: `${world.server.url}/platform.png` });
    await alice.reads('Image: platform.png could not be loaded');
    await bob.attach('File', { Address: 'https://example.com/files/minutes%20of%20monday.pdf' });
    const file = alice.log.getByRole('link', { name: 'File: minutes of monday.pdf' });
    await file.waitFor();
    expect(await file.getAttribute('rel')).toContain('noopener');

    await alice.log.locator('.message', { hasText: 'Shall we talk' }).hover();
    await alice.log.locator('.message', { hasText: 'Shall we talk' }).getByLabel('Message options').click();
    await alice.press('Delete message');
    await Promise.all([alice.reads('This message was deleted'), bob.reads('This message was deleted')]);
    await bob.log.getByText('Shall we talk at ten?').waitFor({ state: 'detached' });

    await alice.press('2 members');
    await alice.page.getByRole('complementary').getByText('online').waitFor();
    await leave();
  });

  it('counts what came while another conversation was open, and calls a member', async () => {
    const { alice, bob, leave } = await together('First');
    await alice.begin('Second');
    await bob.says('Are you there?');
    await alice.page.getByRole('link', { name: 'First 1 new' }).click();
    await alice.reads('Are you there?');
    await bob.reads('Seen by Alice');
    await bob.press('2 members');
    await bob.press('Call Alice');
    await alice.page.getByRole('button', { name: 'Answer' }).click();
    await bob.page.locator('.card[data-status=active]').waitFor();
    await alice.says('Hello on both lines');
    await bob.reads('Hello on both lines');
    await leave();
  });

  it('shows HTML as the text that it is, and makes links of nothing but the web', async () => {
    const { alice, bob, id, leave } = await together('Text');
    const html = '<img src="x" onerror="document.title=\'run\'"><b>bold</b>';
    await alice.says(html);
    await bob.log.getByText(html, { exact: true }).waitFor();
    const url = 'javascript:document.title="run"';
    const post = await poster('alice', id);
    await post('message', { message_type: 'file', file: { url } });
    await post('message', { message_type: 'image', image: { url } });
    await bob.log.getByText(`Image: ${url}`).waitFor();
    expect(await bob.log.locator('img, b, a').count()).toBe(0);
    expect(await bob.page.title()).toBe('callstream');
    await leave();
  });

  it('shows what it does not know as a quiet line, and data as data', async () => {
    const { alice, bob, id, leave } = await together('Kinds');
    const post = await poster('alice', id);
    await post('custom:poll', { question: 'Lunch?' });
    await bob.log.getByText('custom:poll').click();
    await bob.reads(/"question": "Lunch\?"/);
    world.server.chat.push('bob', 'weather:changed', { cid: id, body: {} });
    await alice.says('Still here');
    await bob.reads('Still here');
    await leave();
  });

  it('keeps what is written without a line, shows that it waits, and sends it once', async () => {
    const { alice, bob, id, leave } = await together('Tunnel');
    world.server.chat.refuse(true);
    world.server.chat.drop('alice');
    await alice.sees('The line for messages was lost');
    await alice.says('Written in a tunnel');
    await alice.says('Never mind');
    await alice.reads('Waiting for the line');
    await alice.sees('No line. What you write waits here.');
    await alice.log.locator('.message', { hasText: 'Never mind' }).getByRole('button', { name: 'Take back' }).click();
    await alice.log.getByText('Never mind').waitFor({ state: 'detached' });

    world.server.chat.refuse(false);
    // The answer to it is lost, too.
    world.server.chat.loseAnswer({ method: 'POST', path: /\/events$/, user: 'alice' });
    await alice.page.getByRole('button', { name: 'Try now' }).click();
    await bob.reads('Written in a tunnel');
    await alice.reads('Seen by Bob');
    expect(await alice.log.getByText('Written in a tunnel').count()).toBe(1);
    expect(await textsOf(id)).toEqual(['Written in a tunnel']);
    await leave();
  });

  it('sends what waited when the page was loaded again, once', async () => {
    const { alice, bob, id, leave } = await together('Reload');
    world.server.chat.refuse(true);
    world.server.chat.drop('alice');
    await alice.sees('The line for messages was lost');
    await alice.says('Written before the reload');
    await alice.reads('Waiting for the line');
    const kept = await eventually(
      () => alice.page.evaluate(stored),
      count => count === 1,
    );
    expect(kept).toBe(1);

    await alice.page.reload();
    world.server.chat.refuse(false);
    await isUp(alice.page);
    await bob.reads('Written before the reload');
    await alice.reads('Seen by Bob');
    expect(await alice.log.getByText('Written before the reload').count()).toBe(1);
    expect(await textsOf(id)).toEqual(['Written before the reload']);
    await leave();
  });

  it('says why a conversation could not be loaded, and loads it when it is asked again', async () => {
    const { alice, bob, id, leave } = await together('Closed');
    await bob.says('Behind the door');
    await alice.reads('Behind the door');
    world.server.respondHttp({ method: 'GET', path: new RegExp(`${id}/events`) }, { status: 403, times: 1 });
    await alice.page.reload();
    await alice.sees('This conversation could not be loaded.');
    await alice.press('Try again');
    await alice.reads('Behind the door');
    await alice.page.getByText('This conversation could not be loaded.').waitFor({ state: 'detached' });
    await leave();
  });

  it('loads what is older, and leaves the reader where he was', async () => {
    const { alice, bob, id, leave } = await together('Long');
    const post = await poster('bob', id);
    for (let count = 1; count <= 130; count += 1)
      await post('message', { message_type: 'text', text: `number ${count}.` });
    await alice.reads('number 130.');
    await alice.page.reload();
    await alice.reads('number 130.');
    expect(await alice.log.getByText('number 30.').count()).toBe(0);
    const first = (await alice.log.locator('.message .text').first().textContent()) ?? '';
    const row = alice.log.locator('.message', { hasText: first });
    await alice.log.evaluate(node => {
      node.scrollTop = 0;
    });
    const before = await row.boundingBox();
    await alice.press('Load older messages');
    await alice.reads('number 1.');
    const after = await row.boundingBox();
    expect(Math.abs(after!.y - before!.y)).toBeLessThan(2);

    // Whoever reads what is old is told of what is new, and not moved.
    await bob.says('Something new');
    await alice.press('New messages');
    await bob.reads('Seen by Alice');
    await leave();
  });

  it('keeps its promise on a flaky network, and counts what the streams say', async () => {
    const { alice, bob, id, leave } = await together('Flaky');
    const toggle = bob.page.getByRole('switch', { name: 'Flaky network' });
    await toggle.click();
    await bob.sees(/events · 0 twice · 0 out of order · 0 gaps/);
    const texts = Array.from({ length: 20 }, (_, count) => `through the noise ${count}.`);
    for (const text of texts) await alice.says(text);
    await bob.reads('through the noise 19.');
    const shown = await eventually(
      () => bob.log.locator('.message .text').allTextContents(),
      all => all.length === texts.length,
    );
    expect(shown).toEqual(texts);
    expect(await textsOf(id)).toEqual(texts);
    await bob.sees(/[1-9]\d* events · 0 twice · 0 out of order · 0 gaps/);
    await toggle.click();
    await bob.page.locator('.tally').waitFor({ state: 'hidden' });
    await leave();
  });

  it('can be done with a keyboard alone', async () => {
    const { page } = await opened('carol');
    const bob = await opened('bob');
    const named = (): Promise<string> =>
      page.evaluate(() => {
        const node = document.activeElement as HTMLInputElement | null;
        return node?.ariaLabel ?? node?.labels?.[0]?.textContent ?? node?.textContent ?? '';
      });
    /** Goes on until the focus is there, and sees that it can be seen. */
    const go = async (name: string | RegExp, key = 'Tab'): Promise<void> => {
      for (let steps = 0; steps < 60; steps += 1) {
        const words = (await named()).trim();
        if (typeof name === 'string' ? words === name : name.test(words)) break;
        await page.keyboard.press(key);
      }
      expect((await named()).trim()).toMatch(name);
      expect(
        await page.evaluate(() => {
          const node = document.activeElement ?? document.body;
          return node.matches(':focus-visible') ? getComputedStyle(node).outlineStyle : 'none';
        }),
      ).not.toBe('none');
    };

    await go('New conversation');
    await page.keyboard.press('Enter');
    await go('Title');
    await page.keyboard.type('By keyboard');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.matches('.room h3') ?? false);
    await go(/^1 member$/);
    await page.keyboard.press('Enter');
    await go('User name');
    await page.keyboard.type('bob');
    await page.keyboard.press('Enter');
    await bob.press('Join By keyboard');

    await go('Message');
    await page.keyboard.type('One line');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('and 23 more');
    await page.keyboard.press('Enter');
    await bob.log.getByText('One line\nand 23 more').waitFor();
    await page.keyboard.type('Another one');
    await page.keyboard.press('Enter');
    await bob.reads('Another one');

    // From the newest message up to the one before it.
    await go('Message options', 'Shift+Tab');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await go('Delete message');
    await page.keyboard.press('Enter');
    await bob.reads('This message was deleted');
    await bob.reads('Another one');
    expect(await named()).toBe('Messages');

    await go('Message');
    await go('Attach', 'Shift+Tab');
    await page.keyboard.press('Enter');
    await go('What to attach');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement?.matches('textarea') ?? false);
    await Promise.all([page.context().close(), bob.page.context().close()]);
  });

  it('fits the width of a phone, in each of its states', async () => {
    const small = { viewport: { width: 360, height: 740 }, hasTouch: true } as const;
    const { alice, bob, leave } = await together('A title that is longer than a phone is wide', small);
    const { page } = alice;
    const fits = async (): Promise<void> => {
      expect(await overflow(page)).toBe(0);
    };
    await fits();
    await bob.says('https://example.com/' + 'an-address-without-a-single-place-to-break-it/'.repeat(4));
    await bob.says('Ärger'.repeat(60));
    await alice.reads(/Ärger/);
    await fits();
    await bob.attach('Image', { Address: `${world.server.url}/${'wide'.repeat(30)}.png` });
    await alice.reads(/could not be loaded/);
    await fits();
    await alice.press('Attach');
    await fits();
    await page.getByRole('combobox', { name: 'What to attach' }).selectOption('Location');
    await fits();
    await alice.press('Cancel');
    await alice.press(/^2 members$/);
    await fits();
    await page.getByRole('switch', { name: 'Flaky network' }).click();
    await alice.sees(/events · 0 twice/);
    await fits();
    await page.getByRole('switch', { name: 'Flaky network' }).click();
    world.server.chat.refuse(true);
    world.server.chat.drop('alice');
    await alice.sees('The line for messages was lost');
    await alice.says('Waiting');
    await alice.reads('Waiting for the line');
    await fits();
    await page.getByRole('link', { name: 'All conversations' }).click();
    await alice.press('New conversation');
    await fits();
    await alice.press('Cancel');

    // Who is in a conversation sees that he is called, and is one press away from it.
    await page.goBack();
    await bob.page.getByRole('textbox', { name: 'Number or name' }).fill('alice');
    await bob.page.getByRole('button', { name: 'Call', exact: true }).click();
    await page.getByRole('button', { name: 'Phone 1 call' }).click();
    await page.getByRole('button', { name: 'Answer' }).click();
    await page.locator('.card[data-status=active]').waitFor();
    await fits();
    await leave();
  });

  it('leaves nothing uncaught on any page', () => {
    expect(world.uncaught).toEqual([]);
  });
});

/** Runs in the page: how many messages lie in the outbox that outlives it. */
const stored = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open('callstream/outbox');
    opening.onerror = () => {
      reject(new Error('there is no outbox'));
    };
    opening.onsuccess = () => {
      const database = opening.result;
      const counting = database.transaction('messages').objectStore('messages').count();
      counting.onsuccess = () => {
        database.close();
        resolve(counting.result);
      };
    };
  });
