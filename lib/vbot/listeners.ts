import { NEVER, take, type Observable, type Subscription } from 'rxjs';

/** Key of a listener: owner, event and callback. */
type Key = readonly unknown[];

/** One subscription, and what it was made with. */
type Kept<Note> = { readonly key: Key; readonly subscription: Subscription; readonly note?: Note };

/**
 * The one memory of this face: which subscriptions its listeners and its line stand for. It needs no other, for
 * everything else is read from the streams.
 */
export interface Registry<Note> {
  /** Until `drop`, or until it ends by itself. */
  keep(kept: Kept<Note>): void;
  /** The latest of this key. */
  find(key: Key): Kept<Note> | undefined;
  /** Unsubscribes the latest of this key. */
  drop(key: Key): void;
}

/** Arguments of a listener: some events have two. */
type Said<Payload> = [Payload] extends [readonly [unknown, unknown]] ? Payload : readonly [Payload];
type Listener<Payload> = (...said: Said<Payload>) => unknown;

/** How the document hears of things. A listener's result is not looked at, so that it may be an async function. */
export interface Listening<Events> {
  on<Name extends keyof Events>(event: Name, listener: Listener<Events[Name]>): void;
  /** Hears one event; of a status, the one that is there already. */
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
      // Runs at once where the stream has ended within its own subscription.
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
  /** A name that is no event is never heard, and has a line in the console: an older page waits for some. */
  const of = <Name extends keyof Events>(event: Name): Observable<Events[Name]> => {
    if (Object.hasOwn(streams, event)) return streams[event];
    console.warn(`[callstream/vbot] There is no event ${JSON.stringify(event)}: its listener is never called.`);
    return NEVER;
  };
  const off: Listening<Events>['off'] = (event, listener) => {
    registry.drop([scope, event, listener]);
  };
  return {
    // A listener is a viewer that the document lets in by `on` and out by `off`.
    on: (event, listener) => {
      registry.keep({ key: [scope, event, listener], subscription: of(event).subscribe(spoken(listener)) });
    },
    // The same, for one event.
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
