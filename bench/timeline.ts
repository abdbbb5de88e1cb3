import { emptyTimeline, insert, type Timeline } from '../lib/conversation/timeline.js';

/** One way of keeping what was said, with a value for every event. */
type Way = { readonly name: string; readonly build: (events: readonly Event[]) => void };
/** Median nanoseconds an event while so many are added one by one. */
type Growth = { readonly name: string; readonly events: number; readonly ns: number };
export type Timelines = {
  /** Median milliseconds for 100 000 events with a snapshot for each. */
  readonly ms: number;
  readonly growth: readonly Growth[];
};

type Event = { readonly id: number; readonly text: string };

/** What a subscriber holds: outside of the loops, so that no way is spared making its values. */
let held: { readonly length: number } = [];

const ours: Way = {
  name: 'callstream',
  build: events => {
    let timeline: Timeline<Event> = emptyTimeline;
    for (const event of events) {
      timeline = insert(timeline, event);
      held = timeline;
    }
  },
};

/** The limit: ordered, but one array that changes under whoever holds it. */
const push: Way = {
  name: 'one array, push (no snapshots)',
  build: events => {
    const said: Event[] = [];
    for (const event of events) {
      said.push(event);
      held = said;
    }
  },
};

const copy: Way = {
  name: 'a copy for each event',
  build: events => {
    let said: readonly Event[] = [];
    for (const event of events) {
      said = [...said, event];
      held = said;
    }
  },
};

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

const once = ({ name, build }: Way, events: readonly Event[]): number => {
  const begun = performance.now();
  build(events);
  const ms = performance.now() - begun;
  if (held.length !== events.length) throw new Error(`${name}: ${held.length} of ${events.length} events`);
  held = [];
  return ms;
};

/** What is quadratic is asked for no more than it can do in a breath. */
const cells = [
  { way: copy, count: 1_000 },
  { way: copy, count: 10_000 },
  ...[10_000, 100_000, 1_000_000].flatMap(count => [ours, push].map(way => ({ way, count }))),
];

/**
 * What an event costs a timeline, beside an array that is pushed to and one that is copied, alternating in one run.
 * The events are made beforehand, by whoever they come from.
 */
export const timelines = (runs = 9): Timelines => {
  const all = Array.from({ length: 1_000_000 }, (_, index): Event => ({ id: index + 1, text: 'hello' }));
  const rounds = cells.map(({ way, count }) => ({ way, events: all.slice(0, count), taken: [] as number[] }));
  // The first round only warms up.
  for (let run = 0; run <= runs; run += 1)
    rounds.forEach(({ way, events, taken }) => {
      const ms = once(way, events);
      if (run > 0) taken.push(ms);
    });
  const growth = rounds.map(({ way, events, taken }) => ({
    name: way.name,
    events: events.length,
    ns: (median(taken) * 1e6) / events.length,
  }));
  const mine = growth.find(({ name, events }) => name === ours.name && events === 100_000)!;
  return { ms: (mine.ns * mine.events) / 1e6, growth };
};
