import type { Locator, Page } from 'playwright-core';
import type { World } from './world.js';

type Status = 'trying' | 'ringing' | 'active' | 'on_hold' | 'terminated';

/** The card of one call. */
type Card = {
  readonly node: Locator;
  readonly press: (name: string) => Promise<void>;
  readonly sees: (words: string) => Promise<void>;
  /** Waits until the call has this status. */
  readonly is: (status: Status) => Promise<void>;
};

/** A person at the softphone: finds things by their names and roles, as a screen reader does. */
export type Softphone = {
  readonly page: Page;
  readonly press: (name: string) => Promise<void>;
  readonly dial: (number: string) => Promise<void>;
  /** Chooses the line to call by, and to answer on where both ring. */
  readonly callBy: (line: 'SIP' | 'Service') => Promise<void>;
  /** The card of the latest call that shows these words. */
  readonly sees: (words: string) => Promise<void>;
  /** Waits until the latest call has this status. */
  readonly until: (status: Status) => Promise<void>;
  /** Waits until the latest call is on that line, in this status. */
  readonly untilOn: (line: 'sip' | 'service', status: Status) => Promise<void>;
  readonly live: Locator;
  /** The latest card with this name, of several; any case. */
  readonly cardOf: (name: string) => Card;
  /** The statuses in a row of the strip, oldest first. */
  readonly marbles: (lane: string) => Promise<readonly string[]>;
  /** Waits until the session's row has these marbles at its end. */
  readonly untilMarbles: (...statuses: readonly string[]) => Promise<void>;
  readonly hangUpAll: () => Promise<void>;
  /** Waits until no card is left: one that goes moves the dial pad. */
  readonly untilIdle: () => Promise<void>;
};

export const softphone = (page: Page): Softphone => {
  const live = page.locator('.card:not([data-status=terminated])');
  const latest = page.locator('.card').last();
  const rowOf = (lane: string): Locator => page.locator(`[data-lane="${lane}"] li`);
  const marbles = (lane: string): Promise<readonly string[]> =>
    rowOf(lane).evaluateAll(items => items.map(item => (item as HTMLElement).dataset['status'] ?? ''));

  const cardOf = (name: string): Card => {
    const named = page.getByRole('heading', { name, exact: false, level: 3 });
    const node = page.locator('.card').filter({ has: named }).last();
    return {
      node,
      press: label => node.getByRole('button', { name: label, exact: true }).click(),
      sees: words => node.getByText(words, { exact: true }).waitFor(),
      is: status => node.and(page.locator(`[data-status=${status}]`)).waitFor(),
    };
  };

  return {
    page,
    live,
    cardOf,
    marbles,
    press: name => latest.getByRole('button', { name, exact: true }).click(),
    dial: async number => {
      await page.getByRole('textbox', { name: 'Number or name' }).fill(number);
      await page.getByRole('button', { name: 'Call', exact: true }).click();
    },
    callBy: line => page.getByRole('radio', { name: line, exact: true }).check(),
    sees: words => latest.getByText(words, { exact: true }).waitFor(),
    until: status => page.locator(`.card:last-child[data-status=${status}]`).waitFor(),
    untilOn: (line, status) => page.locator(`.card:last-child[data-line=${line}][data-status=${status}]`).waitFor(),
    untilIdle: () => page.locator('.card').first().waitFor({ state: 'detached' }),
    untilMarbles: async (...statuses) => {
      await page.waitForFunction(
        wanted => {
          const items = [...document.querySelectorAll<HTMLElement>('[data-lane="session$"] li')];
          return (
            items
              .map(item => item.dataset['status'])
              .slice(-wanted.length)
              .join() === wanted.join()
          );
        },
        [...statuses],
      );
    },
    hangUpAll: async () => {
      // In one go: a card may end by itself while a pointer is on its way to it.
      await page.evaluate(() => {
        document.querySelectorAll<HTMLElement>('.card :is(.hangup, .refuse):not([hidden])').forEach(button => {
          button.click();
        });
      });
      await live.first().waitFor({ state: 'detached' });
    },
  };
};

/** A softphone that is signed in and registered. */
export const signedIn = async (world: World, user: string, options: Parameters<World['open']>[1] = {}) => {
  const phone = softphone(await world.open(`/?user=${user}`, options));
  await phone.untilMarbles('connected');
  return phone;
};

/** The name of the latest call's row in the strip. */
export const latestCall = async ({ page }: Softphone): Promise<string> =>
  (await page.locator('.card').last().getAttribute('data-call')) ?? '';
