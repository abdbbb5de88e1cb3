import { fromEvent, merge, Observable } from 'rxjs';
import { drawn } from './dom.js';

/** Where the reader is in a list that grows at its end, and at its beginning. */
export type Place = {
  /** Whether the newest is in sight. */
  readonly atEnd: () => boolean;
  readonly toEnd: () => void;
  /** Changes the list, and leaves the reader where he was: at the end, or at what he was reading. */
  readonly keep: (change: () => void) => void;
  /** Follows the reader, and keeps him at the end when the list gets more or less room. */
  readonly work: Observable<never>;
};

/** So near to the end is at the end. */
const near = 48;

/** `list` stands in `view`, which scrolls. */
export const placeIn = (view: HTMLElement, list: HTMLElement): Place => {
  let end = true;

  const toEnd = (): void => {
    end = true;
    view.scrollTop = view.scrollHeight;
  };
  const look = (): void => {
    end = view.scrollHeight - view.scrollTop - view.clientHeight < near;
  };
  const topOf = (node: Element): number => node.getBoundingClientRect().top;

  const keep = (change: () => void): void => {
    const top = topOf(view);
    const read = end ? undefined : [...list.children].find(row => row.getBoundingClientRect().bottom > top);
    const before = read === undefined ? 0 : topOf(read);
    change();
    if (end) toEnd();
    else if (read?.isConnected === true) view.scrollTop += topOf(read) - before;
  };

  const resize$ = new Observable<undefined>(subscriber => {
    const observer = new ResizeObserver(() => {
      subscriber.next(undefined);
    });
    [view, list].forEach(node => {
      observer.observe(node);
    });
    return () => {
      observer.disconnect();
    };
  });

  return {
    atEnd: () => end,
    toEnd,
    keep,
    work: merge(
      drawn(fromEvent(view, 'scroll', { passive: true }), look),
      drawn(resize$, () => {
        if (end) toEnd();
      }),
    ),
  };
};
