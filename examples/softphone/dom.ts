import { fromEvent, ignoreElements, merge, Observable, tap } from 'rxjs';
import type { Either, Fault } from 'callstream';

/**
 * A piece of the page: subscribing puts it there and makes it work, unsubscribing takes it away again.
 * What it emits are the outcomes of the commands that the person gave with it.
 */
export type Piece = Observable<Either<Fault, unknown>>;

type Attributes = Readonly<Record<string, string | undefined>>;

/** An element with its attributes and its children. */
export const el = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] => {
  const node = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => {
    attribute(node, name, value);
  });
  node.append(...children);
  return node;
};

/** Sets an attribute, or takes it away; touches the document only for a change, so that a reader is not told twice. */
export const attribute = (node: Element, name: string, value: string | undefined): void => {
  if (value === undefined) node.removeAttribute(name);
  else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
};

/** Sets the text of a node, only for a change. */
export const text = (node: Node, words: string): void => {
  if (node.textContent !== words) node.textContent = words;
};

export const shown = (node: HTMLElement, on: boolean): void => {
  if (node.hidden === on) node.hidden = !on;
};

export const click$ = (node: HTMLElement): Observable<Event> => fromEvent(node, 'click');

/** Draws each value; a drawing has no outcome. */
export const drawn = <A>(source$: Observable<A>, draw: (value: A) => void): Observable<never> =>
  source$.pipe(tap(draw), ignoreElements());

/** A piece whose node stands at the end of `parent` while its work is done. */
export const mounted = (parent: Element, node: HTMLElement, ...work: readonly Piece[]): Piece =>
  new Observable(subscriber => {
    parent.append(node);
    // The work lives exactly as long as the node stands on the page.
    subscriber.add(merge(...work).subscribe(subscriber));
    return () => {
      const focused = node.contains(document.activeElement);
      node.remove();
      // Whoever works by keyboard would otherwise be sent back to the start of the page.
      if (focused) refugeOf(parent)?.focus();
    };
  });

/** Where the focus goes when it has lost its place: within the same section, if there is one. */
const refugeOf = (parent: Element): HTMLElement | null =>
  (parent.closest('section') ?? document).querySelector<HTMLElement>('[data-refuge]') ??
  document.querySelector<HTMLElement>('[data-refuge]');

/** An element of index.html. It is there, or the page is broken. */
export const part = (selector: string): HTMLElement => {
  const node = document.querySelector<HTMLElement>(selector);
  if (!node) throw new Error(`index.html has no ${selector}`);
  return node;
};
