import { NEVER, type Observable, type Subscription } from 'rxjs';
import type { VoiceEvents } from './calling.js';
import type { SessionErrorReason } from './enums.js';
import type { ConversationEvent } from './event.js';

/** Arguments of the callbacks, by event name. Return values are ignored. */
export type TypedEvents = VoiceEvents & {
  /** One of the twenty kinds: in order within a conversation and once, also across reconnects. */
  readonly conversationEvent: (event: ConversationEvent) => unknown;
  /**
   * `EXPIRED_TOKEN`: the token is accepted no more, and the session is over. `TRANSPORT_CLOSED`, or `PING_TIMEOUT` where
   * the service had fallen silent: five attempts to reconnect have failed; the attempts go on.
   */
  readonly sessionError: (reason: SessionErrorReason) => unknown;
  /** The line is lost, and is being looked for: once per outage. */
  readonly reconnecting: () => unknown;
  /** The line is back. */
  readonly reconnection: () => unknown;
};

/** Alias of `TypedEvents`, as in the published types. */
export type VonageEvent = { -readonly [Name in keyof TypedEvents]: TypedEvents[Name] };

/** A stream of callback arguments for each event. */
export type Sources = { readonly [Name in keyof TypedEvents]: Observable<Readonly<Parameters<TypedEvents[Name]>>> };

/** The callbacks of a client: each is one subscription, known by its symbol. */
export interface Listeners {
  readonly on: <Name extends keyof TypedEvents>(event: Name, callback: TypedEvents[Name]) => symbol;
  readonly off: (event: keyof TypedEvents, listener: symbol) => boolean;
  readonly clear: (event: keyof TypedEvents) => void;
}

/** Handler of a callback that throws; the other callbacks are still called. */
function tell(callback: (...told: readonly unknown[]) => unknown, told: readonly unknown[]): void {
  try {
    callback(...told);
  } catch (error) {
    console.error(error);
  }
}

/** Called for event names that do not exist. */
export function createListeners(sources: Sources, unknown: (event: string) => void = () => undefined): Listeners {
  const kept = new Map<symbol, { readonly event: keyof TypedEvents; readonly subscription: Subscription }>();
  const off: Listeners['off'] = (event, listener) => {
    const found = kept.get(listener);
    if (found?.event !== event) return false;
    found.subscription.unsubscribe();
    return kept.delete(listener);
  };
  return {
    on: (event, callback) => {
      const listener = Symbol(event);
      const isKnown = Object.hasOwn(sources, event);
      if (!isKnown) unknown(event);
      const call = callback as (...told: readonly unknown[]) => unknown;
      // Owned by the registry from `on` to `off`.
      const subscription = (isKnown ? sources[event] : NEVER).subscribe(told => {
        tell(call, told);
      });
      kept.set(listener, { event, subscription });
      return listener;
    },
    off,
    clear: event => {
      [...kept.keys()].forEach(listener => off(event, listener));
    },
  };
}
