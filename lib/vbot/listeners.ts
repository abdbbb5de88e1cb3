import { NEVER, take, type Observable, type Subscription } from 'rxjs';

/** Key of a listener: owner, event and callback. */
type Key = readonly unknown[];

/** A subscription, its key, and a note. */
type Kept<Note> = { readonly key: Key; readonly subscription: Subscription; readonly note?: Note };

/**
 * The one memory of this face: which subscriptions its listeners and its line stand for. It needs no other, for
 * everything else is read from the streams.
 */
export interface Registry<Note> {
  /** Stores a subscription until it closes or is dropped. */
  keep(kept: Kept<Note>): void;
  /** The latest entry with this key. */
  find(key: Key): Kept<Note> | undefined;
  /** Unsubscribes the latest entry with this key. */
  drop(key: Key): void;
}

/** Arguments of a listener: some events have two. */
type Said<Payload> = [Payload] extends [readonly [unknown, unknown]] ? Payload : readonly [Payload];
type Listener<Payload> = (...said: Said<Payload>) => unknown;

/** Event listeners of the document. Return values are ignored. */
export interface Listening<Events> {
  on<Name extends keyof Events>(event: Name, listener: Listener<Events[Name]>): void;
  /** Adds a listener; `statusUpdate` is called with the present value first. */
  once<Name extends keyof Events>(event: Name, listener: Listener<Events[Name]>): void;
  off<Name extends keyof Events>(event: Name, listener: Listener<Events[Name]>): void;
  removeListener<Name extends keyof Events>(event: Name, listener: Listener<Events[Name]>): void;
}

function spoken<Payload>(listener: Listener<Payload>): (payload: Payload) => unknown {
  return payload => listener(...((Array.isArray(payload) ? payload : [payload]) as unknown as Said<Payload>));
}

export function createRegistry<Note>(): Registry<Note> {
  const all = new Map<Subscription, Kept<Note>>();
  const find = (key: Key): Kept<Note> | undefined =>
    [...all.values()].filter(kept => kept.key.every((part, at) => part === key[at])).at(-1);
  return {
    keep: kept => {
      all.set(kept.subscription, kept);
      // `add` runs the teardown at once where the subscription has closed.
      kept.subscription.add(() => all.delete(kept.subscription));
    },
    find,
    drop: key => find(key)?.subscription.unsubscribe(),
  };
}

/**
 * Listeners over streams: each is one subscription. `scope` tells whose they are, so that two objects which speak for
 * the same call have the same listeners.
 */
export function listening<Events extends object>(
  registry: Registry<unknown>,
  scope: string,
  streams: { readonly [Name in keyof Events]: Observable<Events[Name]> },
): Listening<Events> {
  /** Unknown events log a warning and never fire. */
  const of = <Name extends keyof Events>(event: Name): Observable<Events[Name]> => {
    if (Object.hasOwn(streams, event)) return streams[event];
    console.warn(`[callstream/vbot] There is no event ${JSON.stringify(event)}: its listener is never called.`);
    return NEVER;
  };
  const off: Listening<Events>['off'] = (event, listener) => {
    registry.drop([scope, event, listener]);
  };
  return {
    // Owned by the registry from `on` to `off`.
    on: (event, listener) => {
      registry.keep({ key: [scope, event, listener], subscription: of(event).subscribe(spoken(listener)) });
    },
    // As `on`, for one event.
    once: (event, listener) => {
      registry.keep({
        key: [scope, event, listener],
        subscription: of(event).pipe(take(1)).subscribe(spoken(listener)),
      });
    },
    off,
    removeListener: off,
  };
}
