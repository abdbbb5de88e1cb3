import { createKeyedStore } from '../lib/core/keyed-store.js';
import { transition, type Transition } from '../lib/core/transition.js';
import { createSerialQueue } from '../lib/core/store.js';

/** How many events a second reach their subscribers, with so many conversations and so many subscribers. */
export type FanOut = { readonly name: string; readonly perSecond: number };

type Input = { readonly _tag: 'event'; readonly id: number };
type Step = Transition<{ readonly seen: number }, never, never>;

const count = (state: { readonly seen: number }, { id }: Input): Step =>
  transition({ seen: state.seen + (id & 1) + 1 });

const events = 2_000_000;

const ours = (keys: number, viewers: number): number => {
  const moment = { at: 0, random: 0 };
  const folds = createKeyedStore({
    initial: () => ({ seen: 0 }),
    step: count,
    perform: () => undefined,
    moment: () => moment,
    lane: createSerialQueue(),
  });
  const names = Array.from({ length: keys }, (_, index) => `CON-${index}`);
  let heard = 0;
  for (let viewer = 0; viewer < viewers; viewer += 1)
    folds.state$(names[viewer % keys]!).subscribe(() => {
      heard += 1;
    });
  const input: Input = { _tag: 'event', id: 1 };
  const began = performance.now();
  for (let at = 0; at < events; at += 1) folds.dispatch(names[at % keys]!, input);
  const ms = performance.now() - began;
  if (heard < events) throw new Error('somebody has not been told');
  return (events / ms) * 1_000;
};

/** Plain callbacks in a Map: nothing can be faster. */
const limit = (keys: number, viewers: number): number => {
  const names = Array.from({ length: keys }, (_, index) => `CON-${index}`);
  const listeners = new Map<string, ((state: { readonly seen: number }) => void)[]>(names.map(name => [name, []]));
  const states = new Map(names.map(name => [name, { seen: 0 }]));
  let heard = 0;
  for (let viewer = 0; viewer < viewers; viewer += 1)
    listeners.get(names[viewer % keys]!)!.push(() => {
      heard += 1;
    });
  const began = performance.now();
  for (let at = 0; at < events; at += 1) {
    const name = names[at % keys]!;
    const next = { seen: states.get(name)!.seen + 1 };
    states.set(name, next);
    for (const listener of listeners.get(name)!) listener(next);
  }
  const ms = performance.now() - began;
  if (heard < events) throw new Error('somebody has not been told');
  return (events / ms) * 1_000;
};

const best = (run: () => number): number => Math.max(...Array.from({ length: 5 }, run));

export const fanOuts = (): readonly FanOut[] => [
  { name: '1000 conversations × 1000 subscribers, ours', perSecond: best(() => ours(1_000, 1_000)) },
  { name: '1000 conversations × 1000 subscribers, callbacks in a Map', perSecond: best(() => limit(1_000, 1_000)) },
];
