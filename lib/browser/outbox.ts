import { createStore, del, entries, set, type UseStore } from 'idb-keyval';
import type { Observable } from 'rxjs';
import { catchError, defer, map, merge, mergeMap, of } from 'rxjs';
import type { OutboxStorage, StoredMessage } from '../conversation/port.js';
import { left, right, type Either } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import { held } from './locks.js';

/** A message as it lies there, with the page that is to send it. */
type Entry = Omit<StoredMessage, 'order'> & { readonly owner: string; readonly order?: number };

/** A place with names, such as `localStorage` or a store of IndexedDB. */
export type Shelf = {
  readonly read: () => Promise<readonly (readonly [string, unknown])[]>;
  readonly write: (name: string, entry: unknown) => Promise<void>;
  readonly remove: (name: string) => Promise<void>;
};

const prefix = 'callstream/outbox';

/**
 * Keeps the outbox in `localStorage`: simple, a few megabytes for all of the page's origin.
 *
 *     service({ outbox: localStorageOutbox(), … })
 */
export function localStorageOutbox(): OutboxStorage {
  return outboxOn({
    read: () =>
      promised(() =>
        Object.keys(localStorage)
          .filter(name => name.startsWith(prefix))
          .map(name => [name, parsed(localStorage.getItem(name) ?? 'null')] as const),
      ),
    write: (name, entry) =>
      promised(() => {
        localStorage.setItem(name, JSON.stringify(entry));
      }),
    remove: name =>
      promised(() => {
        localStorage.removeItem(name);
      }),
  });
}

/** Keeps the outbox in IndexedDB: as much as the browser grants. */
export function indexedDbOutbox(): OutboxStorage {
  let opened: UseStore | undefined;
  const store = (): UseStore => (opened ??= createStore(prefix, 'messages'));
  return outboxOn({
    read: async () => (await entries<string, unknown>(store())).map(([name, entry]) => [name, entry] as const),
    write: (name, entry) => set(name, entry, store()),
    remove: name => del(name, store()),
  });
}

/**
 * The outbox on a shelf that all pages of an origin share.
 *
 * A message belongs to the page that was asked to send it, and a page holds a lock of its own for as long as it lives.
 * A page that acquires another page's lock knows that it is closed, and takes over its messages: so every
 * message has one page that sends it. Where there are no locks, what lies there is taken over at once.
 */
export function outboxOn(shelf: Shelf): OutboxStorage {
  const me = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  const nameOf = (user: string, key: string): string => `${prefix}/${user}/${key}`;

  const lying$ = (user: string): Observable<readonly Entry[]> =>
    defer(() => shelf.read()).pipe(
      map(all => all.flatMap(([name, entry]) => (name.startsWith(nameOf(user, '')) && isEntry(entry) ? [entry] : []))),
      // The clock may have been set meanwhile: it decides only between messages of an earlier version, which have no order.
      map(entries => entries.sort((a, b) => (a.order ?? a.since) - (b.order ?? b.since))),
    );

  const takeOver$ = (user: string, owner: string): Observable<readonly StoredMessage[]> =>
    lying$(user).pipe(
      map(all => all.filter(entry => entry.owner === owner)),
      mergeMap(async orphans => {
        await Promise.all(orphans.map(entry => shelf.write(nameOf(user, entry.key), { ...entry, owner: me })));
        return orphans.map(({ owner: _, order = 0, ...message }) => ({ ...message, order }));
      }),
    );

  return {
    open: user =>
      merge(
        // Ours, for as long as anybody listens.
        held(`${prefix}/${me}`).pipe(mergeMap(() => [])),
        lying$(user).pipe(
          mergeMap(all => [...new Set(all.map(({ owner }) => owner))].filter(owner => owner !== me)),
          mergeMap(owner => held(`${prefix}/${owner}`).pipe(mergeMap(() => takeOver$(user, owner)))),
        ),
      ).pipe(answered),
    put: (user, message) =>
      defer(() => shelf.write(nameOf(user, message.key), { ...message, owner: me })).pipe(
        map(() => undefined),
        answered,
      ),
    remove: (user, key) =>
      defer(() => shelf.remove(nameOf(user, key))).pipe(
        map(() => undefined),
        answered,
      ),
  };
}

/** A failure of the storage (private window, full disk, blocked cookies) is a `Left`, never an exception. */
function answered<A>(value$: Observable<A>): Observable<Either<Fault, A>> {
  return value$.pipe(
    map(value => right(value)),
    catchError((cause: unknown) => of(left(fault('storage-failed', { cause })))),
  );
}

function promised<A>(run: () => A): Promise<A> {
  return new Promise(resolve => {
    resolve(run());
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Another program has written to this key.
    return null;
  }
}

/** Values under our keys that we did not write are ignored. */
function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const { conversation, key, content, since, owner } = value as { readonly [Key in keyof Entry]?: unknown };
  return (
    [conversation, key, owner].every(text => typeof text === 'string') &&
    typeof since === 'number' &&
    typeof content === 'object' &&
    content !== null
  );
}
