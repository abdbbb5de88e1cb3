import * as fc from 'fast-check';
import {
  dropFirst,
  emptyTimeline,
  find,
  insert,
  insertAll,
  update,
  type Timeline,
} from '../../lib/conversation/timeline.js';
import { runs } from '../support/runs.js';

type Item = { readonly id: number; readonly text: string };

const item = (id: number, text = ''): Item => ({ id, text });
const items = (...ids: readonly number[]): readonly Item[] => ids.map(id => item(id));
const upTo = (count: number): readonly Item[] => Array.from({ length: count }, (_, index) => item(index + 1));
const ids = (timeline: Timeline<Item>): readonly number[] => timeline.toArray().map(({ id }) => id);
const of = (...list: readonly number[]): Timeline<Item> =>
  items(...list).reduce<Timeline<Item>>((timeline, one) => insert(timeline, one), emptyTimeline);
/** A snapshot for each item, and the empty one before them. */
const grown = (list: readonly Item[]): readonly Timeline<Item>[] =>
  list.reduce<readonly Timeline<Item>[]>((all, one) => [...all, insert(all.at(-1)!, one)], [emptyTimeline]);

describe('conversation: timeline', () => {
  it('is in order, each id once, and the first that came stays', () => {
    const timeline = insert(of(1, 5, 3), item(3, 'again'));
    expect(timeline.toArray()).toEqual(items(1, 3, 5));
    expect([...insertAll(timeline, [item(4, 'a'), item(2), item(4, 'b'), item(5, 'c')])]).toEqual([
      ...items(1, 2, 3),
      item(4, 'a'),
      item(5),
    ]);
  });

  it('is read like an array', () => {
    const timeline = of(1, 2, 3);
    expect(timeline.length).toBe(3);
    expect([0, 2, 3, -1, -3, -4].map(index => timeline.at(index)?.id)).toEqual([1, 3, undefined, 3, 1, undefined]);
    expect([0, 2, 3, 9].map(count => timeline.last(count).length)).toEqual([0, 2, 3, 3]);
    expect(timeline.last(2)).toEqual(items(2, 3));
    const [first, ...others] = timeline;
    expect([first, ...others]).toEqual(items(1, 2, 3));
    const none: Timeline<Item> = emptyTimeline;
    expect([...none, ...none.toArray(), ...none.last(1)]).toEqual([]);
    expect(none.at(-1)).toBeUndefined();
  });

  it('is an array in JSON', () => {
    expect(JSON.stringify({ events: of(2, 1) })).toBe('{"events":[{"id":1,"text":""},{"id":2,"text":""}]}');
    expect(JSON.stringify(emptyTimeline)).toBe('[]');
  });

  it('is the same value when nothing has changed', () => {
    const timeline = of(1, 2, 3);
    const same = [
      insert(timeline, item(2, 'again')),
      insert(timeline, item(3, 'again')),
      insertAll(timeline, []),
      insertAll(timeline, items(3, 1)),
      update(timeline, 2, one => one),
      update(timeline, 4, () => item(4)),
      update(timeline, 0, () => item(0)),
      dropFirst(timeline, 0),
    ];
    same.forEach(one => {
      expect(one).toBe(timeline);
    });
    expect(update<Item>(emptyTimeline, 1, () => item(1))).toBe(emptyTimeline);
    expect(dropFirst(emptyTimeline, 1)).toBe(emptyTimeline);
    expect(dropFirst(timeline, 3)).toBe(emptyTimeline);
  });

  it('goes two ways from one snapshot', () => {
    const base = of(1, 2);
    const [left, right] = [insert(base, item(3, 'left')), insert(base, item(4, 'right'))];
    const [lefter, other] = [insert(left, item(5)), insert(left, item(6))];
    expect([base, left, right, lefter, other].map(ids)).toEqual([
      [1, 2],
      [1, 2, 3],
      [1, 2, 4],
      [1, 2, 3, 5],
      [1, 2, 3, 6],
    ]);
  });

  it('goes another way from every one of many snapshots, long after', () => {
    const all = upTo(600);
    const snapshots = grown(all).slice(1);
    const other = item(5_000, 'other');
    const forks = snapshots.map(timeline => insert(timeline, other));
    snapshots.forEach((timeline, index) => {
      const before = all.slice(0, index + 1);
      expect([...timeline]).toEqual(before);
      expect(timeline.last(2)).toEqual(before.slice(-2));
      expect(forks[index]!.toArray()).toEqual([...before, other]);
    });
  });

  it('does not see what a later snapshot has added', () => {
    const before = of(1, 2);
    insert(before, item(3));
    expect(find(before, 3)).toBeUndefined();
    expect(update(before, 3, () => item(3, 'changed'))).toBe(before);
    expect(before.at(2)).toBeUndefined();
    expect(before.last(1)).toEqual(items(2));
    expect([...before]).toEqual(items(1, 2));
    expect(ids(insertAll(before, items(0)))).toEqual([0, 1, 2]);
    expect(ids(dropFirst(before, 1))).toEqual([2]);
  });

  it('is equal to another that says the same, however each came about', () => {
    const [one, other] = [of(1, 2, 3), dropFirst(of(3, 2, 1, 0), 1)];
    insert(one, item(4));
    expect(one).toEqual(other);
    expect(one).not.toEqual(of(1, 2, 4));
  });

  it('survives a proxy that wraps plain objects only', () => {
    // What Vue asks of a value before it makes it reactive.
    expect(Object.prototype.toString.call(of(1))).toBe('[object Timeline]');
  });

  it('takes pages at the beginning, whole or one by one', () => {
    const page = (end: number): readonly Item[] => items(...Array.from({ length: 100 }, (_, index) => end - index));
    const starts = Array.from({ length: 20 }, (_, index) => 2_000 - index * 100);
    const whole = starts.reduce<Timeline<Item>>((timeline, end) => insertAll(timeline, page(end)), emptyTimeline);
    const single = starts.flatMap(page).reduce<Timeline<Item>>((timeline, one) => insert(timeline, one), emptyTimeline);
    expect(ids(whole)).toEqual(upTo(2_000).map(({ id }) => id));
    expect(whole).toEqual(single);
    expect(upTo(2_000).every(({ id }) => whole.at(id - 1)?.id === id && find(single, id)?.id === id)).toBe(true);
  });

  it('finds its way over many chunks', () => {
    const snapshots = grown(upTo(2_000));
    expect(snapshots.every(({ length }, index) => length === index)).toBe(true);
    expect(snapshots.every((timeline, index) => timeline.at(-1)?.id === (index === 0 ? undefined : index))).toBe(true);
    const last = snapshots.at(-1)!;
    const changed = update(last, 700, one => ({ ...one, text: 'changed' }));
    expect([find(last, 700), find(changed, 700), find(changed, 701)]).toEqual([
      item(700),
      item(700, 'changed'),
      item(701),
    ]);
    expect(last.last(300)).toEqual(upTo(2_000).slice(-300));
    expect(dropFirst(last, 700).toArray()).toEqual(upTo(2_000).slice(700));
  });
});

/** One operation, on the timeline and on an array. */
type Move = {
  readonly move: (timeline: Timeline<Item>) => Timeline<Item>;
  readonly model: (list: readonly Item[]) => readonly Item[];
};

describe('conversation: timeline compared to a sorted array', () => {
  const added = (list: readonly Item[], more: readonly Item[]): readonly Item[] => [
    ...list,
    ...more.filter(({ id }, index) => ![...list, ...more.slice(0, index)].some(one => one.id === id)),
  ];
  const sorted = (list: readonly Item[]): readonly Item[] => [...list].sort((a, b) => a.id - b.id);

  const top = 1_500;
  const one = fc.record({ id: fc.nat(top), text: fc.string({ maxLength: 3 }) });
  const run = fc
    .tuple(fc.nat(top), fc.integer({ min: 1, max: 400 }), fc.boolean())
    .map(([from, count, down]) => upTo(count).map(({ id }) => item(down ? from + count - id : from + id)));

  const inserted = one.map((what): Move => ({
    move: timeline => insert(timeline, what),
    model: list => sorted(added(list, [what])),
  }));
  /** A few behind whatever is the last. */
  const appended = fc.integer({ min: 1, max: 300 }).map((count): Move => {
    const next = (last: Item | undefined): readonly Item[] => upTo(count).map(({ id }) => item((last?.id ?? 0) + id));
    return {
      move: timeline => next(timeline.at(-1)).reduce((all, what) => insert(all, what), timeline),
      model: list => [...list, ...next(list.at(-1))],
    };
  });
  const insertedAll = fc.oneof(fc.array(one, { maxLength: 20 }), run).map((what): Move => ({
    move: timeline => insertAll(timeline, what),
    model: list => sorted(added(list, what)),
  }));
  const updated = fc.tuple(fc.nat(top), fc.string({ maxLength: 3 })).map(([id, text]): Move => ({
    move: timeline => update(timeline, id, before => (before.text === text ? before : { ...before, text })),
    model: list =>
      list.some(before => before.id === id && before.text !== text)
        ? list.map(before => (before.id === id ? { ...before, text } : before))
        : list,
  }));
  const dropped = fc.integer({ min: -1, max: 400 }).map((count): Move => ({
    move: timeline => dropFirst(timeline, count),
    model: list => list.slice(Math.max(0, count)),
  }));
  const moves = fc.array(
    fc.record({
      move: fc.oneof(appended, insertedAll, inserted, updated, dropped),
      // Which of the snapshots so far it goes on from, counted from the newest: mostly that one.
      from: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(5)),
    }),
    { maxLength: 14 },
  );

  it('every snapshot says what its array says, whatever was made of it since', () => {
    fc.assert(
      fc.property(moves, fc.nat(top), (story, id) => {
        type Pair = readonly [Timeline<Item>, readonly Item[]];
        const pairs = story.reduce<readonly Pair[]>(
          (past, { move: { move, model }, from }) => {
            const [timeline, list] = past[Math.max(0, past.length - 1 - from)]!;
            const next: Pair = [move(timeline), model(list)];
            const unchanged = next[1].length === list.length && next[1].every((what, index) => what === list[index]);
            expect(next[0] === timeline).toBe(unchanged);
            return [...past, next];
          },
          [[emptyTimeline, []]],
        );
        pairs.forEach(([timeline, list]) => {
          expect(timeline.length).toBe(list.length);
          expect(timeline.toArray()).toEqual(list);
          expect([...timeline]).toEqual(list);
          expect(JSON.stringify(timeline)).toBe(JSON.stringify(list));
          expect(timeline.last(id)).toEqual(list.slice(Math.max(0, list.length - id)));
          expect(find(timeline, id)).toEqual(list.find(what => what.id === id));
          list.forEach((what, index) => {
            if (timeline.at(index)?.id !== what.id || timeline.at(index - list.length)?.id !== what.id)
              throw new Error(`at ${index}`);
            if (find(timeline, what.id)?.text !== what.text) throw new Error(`find ${what.id}`);
          });
          expect(timeline.at(list.length)).toBeUndefined();
          expect(timeline.at(-list.length - 1)).toBeUndefined();
        });
      }),
      runs(0.05),
    );
  });
});
