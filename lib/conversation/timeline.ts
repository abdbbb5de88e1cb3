/**
 * A sequence that never changes: oldest first, each id once. What changes it gives another one, which shares with it
 * almost everything that it holds; `===` tells whether anything has changed.
 *
 * Adding at the end costs the same however long it is. To look something up is a binary search; any other change copies
 * a chunk or two, and the list of the chunks.
 */
export interface Timeline<A> extends Iterable<A> {
  readonly length: number;
  /** A negative index counts from the end. */
  at(index: number): A | undefined;
  /** The newest, oldest first. */
  last(count: number): readonly A[];
  toArray(): readonly A[];
  toJSON(): readonly A[];
}

type WithId = { readonly id: number };

/** A stretch of a timeline, and where it begins. */
type Chunk<A> = { readonly start: number; readonly items: A[] };

const maxChunk = 256;

/**
 * One snapshot: chunks that it shares with others, and how much of them is its own. They are only ever added to, at the
 * end, by a snapshot that sees all of them; any other copies first.
 *
 *     the last chunk           a b c d e
 *     a snapshot of length 3   a b c         d is there: to add something else, it copies
 *     the newest               a b c d e     adds f, which no other looks at
 *
 * A class, because there is a snapshot for each event: its methods stand once on the prototype. Its chunks are private
 * in earnest, so that a deep comparison sees the sequence and not who shares which chunk.
 */
class Snapshot<A> implements Timeline<A> {
  readonly length: number;
  readonly #chunks: Chunk<A>[];

  constructor(chunks: Chunk<A>[], length: number) {
    this.length = length;
    this.#chunks = chunks;
  }

  /** Its own chunks, and none that was added since: one may be added to them, but no other change be made. */
  static chunks<A>(timeline: Timeline<A>): Chunk<A>[] {
    // Nothing else makes timelines.
    const chunks = (timeline as unknown as Snapshot<A>).#chunks;
    const tail = chunks.at(-1);
    return tail === undefined || tail.start < timeline.length
      ? chunks
      : chunks.slice(0, chunkAt(chunks, timeline.length - 1) + 1);
  }

  /** Vue wraps every object that calls itself an `Object` in a proxy, which has no private fields. */
  get [Symbol.toStringTag](): string {
    return 'Timeline';
  }

  at(index: number): A | undefined {
    const position = index < 0 ? index + this.length : index;
    if (position >= this.length) return undefined;
    const chunk = this.#chunks[chunkAt(this.#chunks, position)];
    return chunk?.items[position - chunk.start];
  }

  last(count: number): readonly A[] {
    const from = Math.max(0, this.length - count);
    const chunks = Snapshot.chunks(this);
    const own = chunks.slice(Math.max(0, chunkAt(chunks, from)));
    return joined(own.map(({ start, items }) => items.slice(Math.max(0, from - start), this.length - start)));
  }

  toArray(): readonly A[] {
    return this.last(this.length);
  }

  toJSON(): readonly A[] {
    return this.toArray();
  }

  *[Symbol.iterator](): Generator<A, void, undefined> {
    for (const { start, items } of Snapshot.chunks(this)) {
      const size = Math.min(items.length, this.length - start);
      for (let index = 0; index < size; index += 1) yield items[index] as A;
    }
  }
}

export const emptyTimeline: Timeline<never> = new Snapshot<never>([], 0);

/** With one item more, in its place; an id that is there already stays what it is. */
export function insert<A extends WithId>(timeline: Timeline<A>, item: A): Timeline<A> {
  const { length } = timeline;
  const chunks = Snapshot.chunks(timeline);
  const tail = chunks.at(-1);
  if (tail === undefined) return new Snapshot([{ start: 0, items: [item] }], 1);
  const { start, items } = tail;
  const size = length - start;
  if (item.id <= (items[size - 1] as A).id) return insertAll(timeline, [item]);
  if (items.length > size)
    return new Snapshot([...chunks.slice(0, -1), { start, items: [...items.slice(0, size), item] }], length + 1);
  if (size < maxChunk) items.push(item);
  else chunks.push({ start: length, items: [item] });
  return new Snapshot(chunks, length + 1);
}

/** With more items, in whatever order they come; an id that is there already stays what it is. */
export function insertAll<A extends WithId>(timeline: Timeline<A>, items: readonly A[]): Timeline<A> {
  const sorted = inOrder(items);
  const [first] = sorted;
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) return timeline;
  const { length } = timeline;
  const chunks = Snapshot.chunks(timeline);
  const from = Math.max(0, chunkOf(chunks, first.id));
  const to = Math.max(0, chunkOf(chunks, last.id)) + 1;
  // Only the affected chunks are copied.
  const known = joined(chunks.slice(from, to).map(chunk => chunk.items.slice(0, length - chunk.start)));
  const merged = inOrder([...known, ...sorted]);
  if (merged.length === known.length) return timeline;
  return new Snapshot(
    numbered([...chunks.slice(0, from).map(itemsOf), ...split(merged), ...chunks.slice(to).map(itemsOf)]),
    length + merged.length - known.length,
  );
}

/** The item with this id. */
export function find<A extends WithId>(timeline: Timeline<A>, id: number): A | undefined {
  const chunks = Snapshot.chunks(timeline);
  const chunk = chunks[chunkOf(chunks, id)];
  const item = chunk?.items[indexOf(chunk, timeline.length, id)];
  return item?.id === id ? item : undefined;
}

/** With another item in the place of the one with this id; `change` leaves the id as it is. */
export function update<A extends WithId>(timeline: Timeline<A>, id: number, change: (item: A) => A): Timeline<A> {
  const before = find(timeline, id);
  const after = before && change(before);
  if (after === undefined || after === before) return timeline;
  const { length } = timeline;
  const chunks = [...Snapshot.chunks(timeline)];
  const place = chunkOf(chunks, id);
  const chunk = chunks[place] as Chunk<A>;
  const items = chunk.items.slice(0, length - chunk.start);
  items[indexOf(chunk, length, id)] = after;
  chunks[place] = { start: chunk.start, items };
  return new Snapshot(chunks, length);
}

/** Without so many of the oldest. */
export function dropFirst<A extends WithId>(timeline: Timeline<A>, count: number): Timeline<A> {
  const { length } = timeline;
  if (count <= 0 || length === 0) return timeline;
  if (count >= length) return emptyTimeline;
  const [first, ...rest] = Snapshot.chunks(timeline).slice(chunkAt(Snapshot.chunks(timeline), count));
  const { start, items } = first as Chunk<A>;
  return new Snapshot(numbered([items.slice(count - start, length - start), ...rest.map(itemsOf)]), length - count);
}

/** By id, each once; of equals the first stays. */
function inOrder<A extends WithId>(items: readonly A[]): readonly A[] {
  return [...items].sort((a, b) => a.id - b.id).filter((item, index, all) => item.id !== all[index - 1]?.id);
}

/** `concat`, because `flat` takes ten times as long. */
function joined<A>(lists: readonly A[][]): readonly A[] {
  return ([] as A[]).concat(...lists);
}

/** In equal parts, so that no chunk ends up small between others. */
function split<A>(items: readonly A[]): readonly A[][] {
  const parts = Math.ceil(items.length / maxChunk);
  const size = Math.ceil(items.length / parts);
  return Array.from({ length: parts }, (_, part) => items.slice(part * size, (part + 1) * size));
}

function numbered<A>(lists: readonly A[][]): Chunk<A>[] {
  let next = 0;
  return lists.map(items => {
    const start = next;
    next += items.length;
    return { start, items };
  });
}

function itemsOf<A>({ items }: Chunk<A>): A[] {
  return items;
}

/** The last chunk that begins at this position or before it. */
function chunkAt(chunks: readonly Chunk<unknown>[], position: number): number {
  return leading(chunks, chunks.length, ({ start }) => start <= position) - 1;
}

/** The last chunk that begins with this id or a lower one. */
function chunkOf<A extends WithId>(chunks: readonly Chunk<A>[], id: number): number {
  return leading(chunks, chunks.length, ({ items }) => (items[0] as A).id <= id) - 1;
}

/** The last item of a chunk with this id or a lower one; never one that came after a snapshot of this length. */
function indexOf<A extends WithId>({ start, items }: Chunk<A>, length: number, id: number): number {
  return leading(items, Math.min(items.length, length - start), item => item.id <= id) - 1;
}

/** How many at the beginning of a list are so, where all that are come before all that are not. */
function leading<A>(list: readonly A[], count: number, so: (item: A) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (so(list[middle] as A)) low = middle + 1;
    else high = middle;
  }
  return low;
}
