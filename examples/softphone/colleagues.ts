import { BehaviorSubject, type Observable } from 'rxjs';

/** Whose lamps are watched, by name or number. */
export type Colleagues = {
  /** State; outlives the page. */
  readonly names$: Observable<readonly string[]>;
  readonly add: (name: string) => void;
  readonly remove: (name: string) => void;
};

const first = ['alice', 'bob', 'carol'] as const;

const isNames = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(name => typeof name === 'string');

const read = (place: string): unknown => {
  try {
    return JSON.parse(localStorage.getItem(place) ?? '');
  } catch {
    // Nothing was kept, or by somebody else.
    return undefined;
  }
};

/** The list of this user, as it was left; at first everybody else whom the local server knows. */
export const colleaguesOf = (user: string): Colleagues => {
  const place = `callstream/colleagues/${user}`;
  const kept = read(place);
  const names$ = new BehaviorSubject(isNames(kept) ? kept : first.filter(name => name !== user));

  const keep = (names: readonly string[]): void => {
    localStorage.setItem(place, JSON.stringify(names));
    names$.next(names);
  };

  return {
    names$,
    add: name => {
      if (!names$.value.includes(name)) keep([...names$.value, name]);
    },
    remove: name => {
      keep(names$.value.filter(one => one !== name));
    },
  };
};
