import { tabLock } from '../../lib/browser/index.js';

/** The locks of an origin, as far as our code asks for them: one owner a name, and whoever waits gets it next. */
const origin = () => {
  const held = new Set<string>();
  const waiting: { readonly name: string; readonly grant: () => void }[] = [];
  const asked: string[] = [];

  const next = (name: string): void => {
    const index = waiting.findIndex(one => one.name === name);
    if (index >= 0) waiting.splice(index, 1)[0]!.grant();
  };
  const request = (name: string, { signal }: { readonly signal: AbortSignal }, work: () => Promise<void>) =>
    new Promise<void>((resolve, reject) => {
      asked.push(name);
      const one = {
        name,
        grant: () => {
          held.add(name);
          void work().then(() => {
            held.delete(name);
            resolve();
            next(name);
          });
        },
      };
      signal.addEventListener('abort', () => {
        const index = waiting.indexOf(one);
        if (index < 0) return;
        waiting.splice(index, 1);
        reject(new DOMException('given up', 'AbortError'));
      });
      waiting.push(one);
      if (!held.has(name)) next(name);
    });
  return { locks: { request }, held, asked };
};

const soon = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

describe('tabLock', () => {
  const platform = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  afterEach(() => {
    Reflect.deleteProperty(globalThis, 'navigator');
    if (platform !== undefined) Object.defineProperty(globalThis, 'navigator', platform);
  });
  const within = (navigator: object): void => {
    Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  };
  const watch = (name: string) => {
    const told: boolean[] = [];
    const { hold$ } = tabLock(name);
    return { told, hold$, subscription: hold$.subscribe(mine => told.push(mine)) };
  };

  it('is of one tab at a time, and of the next one when that lets go', async () => {
    const { locks, held } = origin();
    within({ locks });
    const [first, second, third] = [watch('line'), watch('line'), watch('other')];
    await soon();
    expect([first.told, second.told, third.told]).toEqual([[false, true], [false], [false, true]]);
    first.subscription.unsubscribe();
    await soon();
    expect(second.told).toEqual([false, true]);
    second.subscription.unsubscribe();
    third.subscription.unsubscribe();
    await soon();
    expect(held.size).toBe(0);
  });

  it('is asked for once, however often it is watched, and tells a late viewer how it stands', async () => {
    const { locks, asked, held } = origin();
    within({ locks });
    const { hold$, subscription } = watch('line');
    await soon();
    const late: boolean[] = [];
    const viewer = hold$.subscribe(mine => late.push(mine));
    expect([late, asked.length]).toEqual([[true], 1]);
    subscription.unsubscribe();
    expect(held.size).toBe(1);
    viewer.unsubscribe();
    await soon();
    expect(held.size).toBe(0);
  });

  it('is not waited for any more by whoever has left', async () => {
    const { locks, held } = origin();
    within({ locks });
    const [first, second] = [watch('line'), watch('line')];
    await soon();
    second.subscription.unsubscribe();
    first.subscription.unsubscribe();
    await soon();
    expect([second.told, held.size]).toEqual([[false], 0]);
  });

  it('is of every tab where the platform has no locks', () => {
    within({});
    expect([watch('line').told, watch('line').told]).toEqual([
      [false, true],
      [false, true],
    ]);
  });
});
