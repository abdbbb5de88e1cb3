import type { Page } from 'playwright-core';
import type { World } from './world.js';

/** A person at the page that is made of the VBot document's API alone. */
export type VBotPage = {
  readonly page: Page;
  /** Presses a button of the latest call, or of the page. */
  readonly press: (label: string) => Promise<void>;
  readonly dial: (number: string) => Promise<void>;
  /** Waits until the latest session's last status is this one. */
  readonly until: (status: string) => Promise<void>;
  /** Waits until the page has said this about that. */
  readonly said: (about: string, what: string) => Promise<void>;
  /** All that was said about that, oldest first. */
  readonly saidOf: (about: string) => Promise<readonly string[]>;
  /** Ends what calls there are, and wipes what was said. */
  readonly fresh: () => Promise<void>;
};

export const vbotPage = async (world: World, user: string): Promise<VBotPage> => {
  const page = await world.open(`/vbot.html?user=${user}`);
  const said: VBotPage['said'] = (about, what) =>
    page.locator(`#log [data-about="${about}"][data-what="${what}"]`).last().waitFor();
  await said('account', 'connected');
  return {
    page,
    said,
    press: label => page.getByRole('button', { name: label, exact: true }).last().click(),
    dial: async number => {
      await page.getByRole('textbox', { name: 'Number' }).fill(number);
      await page.getByRole('button', { name: 'invite' }).click();
    },
    until: status => page.locator(`.card:last-child[data-status=${status}]`).waitFor(),
    saidOf: about =>
      page
        .locator(`#log [data-about="${about}"]`)
        .evaluateAll(items => items.map(item => (item as HTMLElement).dataset['what'] ?? '')),
    fresh: async () => {
      await page.evaluate(() => {
        document.querySelectorAll<HTMLElement>('.card button').forEach(button => {
          if (button.textContent === 'terminate') button.click();
        });
      });
      await page.locator('.card').first().waitFor({ state: 'detached' });
      await page.evaluate(() => {
        document.querySelector('#log')?.replaceChildren();
      });
    },
  };
};
