/** Whole numbers from one to another, both included. */
type Range = { readonly from: number; readonly to: number };
/** Ranges in their order; between any two of them something is missing. */
export type Ranges = readonly Range[];

/** These ranges and one more; the same value when it is in them already, or is empty. */
export function cover(ranges: Ranges, from: number, to: number): Ranges {
  if (from > to) return ranges;
  const last = ranges.at(-1);
  // Almost always the last range grows, and nothing else need be looked at.
  if (last !== undefined && from >= last.from && from <= last.to + 1)
    return to <= last.to ? ranges : [...ranges.slice(0, -1), { from: last.from, to }];
  const before = ranges.filter(range => range.to < from - 1);
  const after = ranges.filter(range => range.from > to + 1);
  // Whatever overlaps or adjoins becomes one with it.
  const touched = ranges.slice(before.length, ranges.length - after.length);
  const whole = { from: Math.min(from, touched[0]?.from ?? from), to: Math.max(to, touched.at(-1)?.to ?? to) };
  const [same] = touched;
  return same?.from === whole.from && same.to === whole.to ? ranges : [...before, whole, ...after];
}

/** True where the number is covered. */
export function covers(ranges: Ranges, id: number): boolean {
  return ranges.some(({ from, to }) => from <= id && id <= to);
}

/** How far one comes from here without a hole: the number itself when the next one is missing. */
export function reach(ranges: Ranges, id: number): number {
  return ranges.find(({ from, to }) => from <= id + 1 && id < to)?.to ?? id;
}

/** The uncovered ranges between two numbers, inclusive. */
export function uncovered(ranges: Ranges, from: number, to: number): Ranges {
  const within = ranges.filter(range => range.to >= from && range.from <= to);
  return [from, ...within.map(range => range.to + 1)]
    .map((start, index) => ({ from: start, to: (within[index]?.from ?? to + 1) - 1 }))
    .filter(hole => hole.from <= hole.to);
}
