/** One item of a list on the page: its node, made once, and how to draw a newer value of it. */
export type Kept<A> = { readonly node: HTMLElement; readonly draw: (value: A) => void };

type Keyed<A> = {
  readonly key: (value: A) => string;
  /** Whether there is nothing to draw. */
  readonly same: (a: A, b: A) => boolean;
  readonly make: (value: A) => Kept<A>;
};

/**
 * Shows a list, each item under its key: what stays keeps its node, and with it the focus and the place of the reader.
 * Only what has changed is drawn, and only what has moved is moved: one message more among a thousand is one node more.
 */
export const keyed = <A>(parent: Element, { key, same, make }: Keyed<A>): ((values: readonly A[]) => void) => {
  let shown: ReadonlyMap<string, { readonly value: A; readonly kept: Kept<A> }> = new Map();

  return values => {
    const next = new Map(
      values.map(value => {
        const before = shown.get(key(value));
        const kept = before?.kept ?? make(value);
        if (before === undefined || !same(before.value, value)) kept.draw(value);
        return [key(value), { value, kept }] as const;
      }),
    );
    shown.forEach(({ kept: { node } }, name) => {
      if (!next.has(name)) node.remove();
    });
    [...next.values()].reduceRight<Node | null>((after, { kept: { node } }) => {
      if (node.parentNode !== parent || node.nextSibling !== after) parent.insertBefore(node, after);
      return node;
    }, null);
    shown = next;
  };
};
