import { distinctUntilChanged, fromEvent, map, startWith, type Observable } from 'rxjs';

/** The address of a conversation is in the page's own: the browser's Back goes back, and a reload stays. */
export const linkTo = (id: string): string => `#${encodeURIComponent(id)}`;

/** The list has an address, too: the empty one. */
export const nothing = '#';

/** Anything may stand in an address: what can't be decoded is taken as it is. */
const selected = (): string => {
  const name = location.hash.slice(1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
};

/** Which conversation is open, by its id; empty when none is. */
export const selected$: Observable<string> = fromEvent(window, 'hashchange').pipe(
  startWith(undefined),
  map(selected),
  distinctUntilChanged(),
);

export const select = (id: string): void => {
  location.hash = linkTo(id);
};
