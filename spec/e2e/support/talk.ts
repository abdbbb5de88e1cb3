import { expectSound } from './audio.js';
import { latestCall, type Softphone } from './softphone.js';

/** The one calls Bob, who answers; the call's name on the caller's page. */
export const talk = async (caller: Softphone, bob: Softphone): Promise<string> => {
  await caller.dial('bob');
  await bob.until('ringing');
  await bob.press('Answer');
  await Promise.all([caller.until('active'), bob.until('active')]);
  return latestCall(caller);
};

/** Waits until the latest call has its line again, and fails unless it is this one. */
export const found = async (phone: Softphone, call: string): Promise<void> => {
  await phone.page.locator('.card:last-child[data-signalling=up]').waitFor();
  expect(await latestCall(phone)).toBe(call);
};

/** Fails unless each of them hears a sound. */
export const hear = async (...phones: readonly Softphone[]): Promise<void> => {
  await Promise.all(phones.map(({ page }) => expectSound(page)));
};
