import * as fc from 'fast-check';
import { cover, covers, uncovered, reach, type Ranges } from '../../lib/conversation/ranges.js';

const range = (from: number, to: number): Ranges[number] => ({ from, to });

describe('conversation: ranges', () => {
  it.each<[string, Ranges, number, number, Ranges]>([
    ['the first', [], 3, 5, [range(3, 5)]],
    ['the last grows', [range(1, 2), range(5, 7)], 8, 8, [range(1, 2), range(5, 8)]],
    ['the last grows by what overlaps it', [range(5, 7)], 6, 9, [range(5, 9)]],
    ['one behind the last', [range(1, 2)], 4, 4, [range(1, 2), range(4, 4)]],
    ['one before the first', [range(4, 4)], 1, 2, [range(1, 2), range(4, 4)]],
    ['one between two', [range(1, 2), range(8, 9)], 5, 5, [range(1, 2), range(5, 5), range(8, 9)]],
    ['what adjoins becomes one', [range(1, 2), range(4, 5)], 3, 3, [range(1, 5)]],
    ['what adjoins from below', [range(4, 5), range(9, 9)], 3, 3, [range(3, 5), range(9, 9)]],
    [
      'over several',
      [range(1, 2), range(4, 5), range(7, 8), range(20, 21)],
      5,
      9,
      [range(1, 2), range(4, 9), range(20, 21)],
    ],
    ['over all', [range(4, 5), range(7, 8)], 1, 10, [range(1, 10)]],
  ])('cover: %s', (_, ranges, from, to, covered) => {
    expect(cover(ranges, from, to)).toEqual(covered);
  });

  it('cover gives the same value when nothing is new', () => {
    const ranges = [range(1, 5), range(8, 9)];
    expect(cover(ranges, 2, 4)).toBe(ranges);
    expect(cover(ranges, 1, 5)).toBe(ranges);
    expect(cover(ranges, 9, 9)).toBe(ranges);
    expect(cover(ranges, 7, 6)).toBe(ranges);
  });

  it('reach stops before the first hole, and does not begin in one', () => {
    const ranges = [range(1, 5), range(8, 9)];
    expect([0, 3, 4, 5, 6, 7, 8, 9, 20].map(id => reach(ranges, id))).toEqual([5, 5, 5, 5, 6, 9, 9, 9, 20]);
  });

  it('holes are what is missing within the bounds', () => {
    const ranges = [range(3, 5), range(8, 9)];
    expect(uncovered(ranges, 1, 12)).toEqual([range(1, 2), range(6, 7), range(10, 12)]);
    expect(uncovered(ranges, 4, 8)).toEqual([range(6, 7)]);
    expect(uncovered(ranges, 6, 6)).toEqual([range(6, 6)]);
    expect(uncovered(ranges, 3, 5)).toEqual([]);
    expect(uncovered(ranges, 4, 3)).toEqual([]);
    expect(uncovered([], 1, 2)).toEqual([range(1, 2)]);
  });
});

describe('conversation: ranges compared to a set of numbers', () => {
  const top = 40;
  const numbers = Array.from({ length: top + 3 }, (_, index) => index - 1);
  const stretch = fc.tuple(fc.nat(top), fc.nat(6)).map(([from, more]) => range(from, from + more));
  const story = fc.array(stretch, { maxLength: 15 });

  const told = (stretches: Ranges): { readonly ranges: Ranges; readonly set: ReadonlySet<number> } => ({
    ranges: stretches.reduce<Ranges>((ranges, { from, to }) => cover(ranges, from, to), []),
    set: new Set(stretches.flatMap(spelled)),
  });
  const spelled = ({ from, to }: Ranges[number]): readonly number[] =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index);

  it('they cover the same, in order, with something missing between any two', () => {
    fc.assert(
      fc.property(story, stretches => {
        const { ranges, set } = told(stretches);
        expect(ranges.flatMap(spelled)).toEqual([...set].sort((a, b) => a - b));
        ranges.slice(1).forEach(({ from }, index) => {
          expect(from).toBeGreaterThan(ranges[index]!.to + 1);
        });
        expect(numbers.filter(id => covers(ranges, id))).toEqual(numbers.filter(id => set.has(id)));
      }),
    );
  });

  it('cover gives the same value exactly when the set does not grow, and leaves the former value as it was', () => {
    fc.assert(
      fc.property(story, stretch, (stretches, { from, to }) => {
        const { ranges, set } = told(stretches);
        const before = structuredClone(ranges);
        expect(cover(ranges, from, to) === ranges).toBe(spelled({ from, to }).every(id => set.has(id)));
        expect(ranges).toEqual(before);
      }),
    );
  });

  it('reach and holes are what one finds by counting', () => {
    const counted = (set: ReadonlySet<number>, id: number): number => (set.has(id + 1) ? counted(set, id + 1) : id);
    fc.assert(
      fc.property(story, stretch, (stretches, bounds) => {
        const { ranges, set } = told(stretches);
        expect(numbers.map(id => reach(ranges, id))).toEqual(numbers.map(id => counted(set, id)));
        const missing = uncovered(ranges, bounds.from, bounds.to);
        expect(missing.flatMap(spelled)).toEqual(spelled(bounds).filter(id => !set.has(id)));
        expect(missing.reduce<Ranges>((whole, { from, to }) => cover(whole, from, to), [])).toEqual(missing);
      }),
    );
  });
});
