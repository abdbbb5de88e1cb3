/** Somebody who tells how loud 500 ms are that are heard from now on, as root mean square from 0 to 1. */
export type Listener = { readonly hears: () => Promise<number> };

/** Between a tone and silence there are orders of magnitude. */
const threshold = 0.01;

/** What was on its way may arrive first. */
const tries = 10;

const hearsAtLast = async (listener: Listener, is: (level: number) => boolean): Promise<number> => {
  let level = await listener.hears();
  for (let tried = 1; tried < tries && !is(level); tried += 1) level = await listener.hears();
  return level;
};

/** Fails unless this one hears something within five seconds. */
export const expectSound = async (listener: Listener): Promise<void> => {
  expect(await hearsAtLast(listener, level => level > threshold)).toBeGreaterThan(threshold);
};

/** Fails unless this one hears nothing any more: half a second of it, and then another. */
export const expectSilence = async (listener: Listener): Promise<void> => {
  await hearsAtLast(listener, level => level < threshold);
  expect(await listener.hears()).toBeLessThan(threshold);
};
