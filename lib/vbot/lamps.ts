import { Subject, concatMap, distinctUntilChanged, filter, firstValueFrom, map, type Observable } from 'rxjs';
import type { Client } from '../client/model.js';
import type { Lamp, LampState } from '../subscriptions/model.js';
import { VBotError } from './error.js';
import type { Registry } from './listeners.js';
import type { VBotClientEvents, VBotLampStatus } from './model.js';
import { quiet } from './promise.js';

/** Status strings of the document; `unknown` has none. */
const statuses: Readonly<Record<LampState, VBotLampStatus | undefined>> = {
  unknown: undefined,
  idle: 'available',
  ringing: 'ringing',
  busy: 'busy',
};

type Told = Pick<VBotClientEvents, 'subscriptionNotify' | 'subscriptionTerminated'>;

/** The extensions that an application has subscribed to. */
export type Lamps = {
  readonly told: { readonly [Name in keyof Told]: Observable<Told[Name]> };
  readonly subscribe: (uri: string) => Promise<void>;
  readonly unsubscribe: (uri: string) => void;
};

function statusOf({ uri, state }: Lamp): readonly (readonly [string, VBotLampStatus])[] {
  const status = statuses[state];
  return status === undefined ? [] : [[uri, status]];
}

/** One subscription per URI, shared by all listeners. */
export function lampsOf(client: Client, registry: Registry<unknown>): Lamps {
  const notified$ = new Subject<Told['subscriptionNotify']>();
  const terminated$ = new Subject<Told['subscriptionTerminated']>();
  const keyOf = (uri: string): readonly unknown[] => ['lamp', uri];

  const watch = (uri: string): void => {
    const lamp$ = client.lamp$(uri);
    // Owned by the registry until `unsubscribe`.
    const subscription = lamp$
      .pipe(
        concatMap(statusOf),
        distinctUntilChanged((a, b) => a[1] === b[1]),
      )
      .subscribe(told => {
        notified$.next(told);
      });
    subscription.add(
      lamp$
        .pipe(
          map(({ watching, fault }) => (watching === 'no' ? fault : undefined)),
          distinctUntilChanged(),
          filter(reason => reason !== undefined),
        )
        .subscribe(reason => {
          terminated$.next([uri, new VBotError(reason)]);
        }),
    );
    registry.keep({ key: keyOf(uri), subscription });
  };

  const settled = async (uri: string): Promise<void> => {
    const { watching, fault } = await firstValueFrom(
      client.lamp$(uri).pipe(filter(lamp => lamp.watching === 'yes' || lamp.fault !== undefined)),
    );
    if (watching !== 'yes' && fault !== undefined) throw new VBotError(fault);
  };

  return {
    told: { subscriptionNotify: notified$, subscriptionTerminated: terminated$ },
    subscribe: uri => {
      if (registry.find(keyOf(uri)) === undefined) watch(uri);
      return quiet(settled(uri));
    },
    unsubscribe: uri => {
      registry.drop(keyOf(uri));
    },
  };
}
