import {
  filter,
  firstValueFrom,
  lastValueFrom,
  map,
  skipWhile,
  Subscription,
  take,
  takeWhile,
  type Observable,
} from 'rxjs';
import type { Client, Session } from '../client/model.js';
import { isLeft, left, right, type Either } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import { VBotError } from './error.js';
import type { Registry } from './listeners.js';
import type { VBotAccount } from './options.js';
import { orThrow, quiet } from './promise.js';

/** Parameters of a connect; `renew` requests fresh credentials. */
export type Opening = {
  readonly client: Client;
  readonly registry: Registry<VBotAccount>;
  readonly renew: () => Promise<VBotAccount>;
};

const key = ['line'];
function isRefusal({ code }: Fault): boolean {
  return code === 'unauthorized' || code === 'forbidden';
}
function isRefused({ registration: { state, fault: reason } }: Session): boolean {
  return state === 'refused' && reason !== undefined && isRefusal(reason);
}

/** Outcome of a connect. */
function verdictOf({ connection, registration, lines }: Session): Either<Fault, undefined> | undefined {
  if (connection === 'connected') return right(undefined);
  if (connection === 'disconnected') return left(registration.fault ?? fault('disconnected'));
  const reason = lines.find(line => line.fault !== undefined)?.fault;
  return reason === undefined ? undefined : left(reason);
}

/** Outcome of the next `connect`; subscribe before calling it. */
function verdict$(client: Client): Observable<Either<Fault, undefined>> {
  return client.session$.pipe(
    // How an earlier connection ended says nothing about this one.
    skipWhile(({ connection }) => connection === 'disconnected' || connection === 'disconnecting'),
    map(verdictOf),
    filter(verdict => verdict !== undefined),
  );
}

/** Account of the present line. */
export function lineAccount(registry: Registry<VBotAccount>): VBotAccount | undefined {
  return registry.find(key)?.note;
}

/**
 * Opens the line and waits for its registration. Credentials that are refused, now or at a later registration, are
 * asked for once more; nothing else is tried twice.
 */
export async function connectLine(opening: Opening, account: VBotAccount, again = true): Promise<void> {
  const { client, registry } = opening;
  const verdict = firstValueFrom(verdict$(client), { defaultValue: left(fault('disconnected')) });
  const former = registry.find(key);
  const subscription = new Subscription();
  const isOurs = (): boolean => registry.find(key)?.subscription === subscription;
  registry.keep({ key, subscription, note: account });
  subscription.add(client.connect());
  // Releases the former connection after the new one exists, so that the line stays open.
  former?.subscription.unsubscribe();

  const watch = (): void => {
    subscription.add(
      // A later refusal reconnects with fresh credentials.
      client.session$.pipe(filter(isRefused), take(1)).subscribe(() => {
        void quiet(connectAnew(opening, isOurs));
      }),
    );
  };

  const outcome = await verdict;
  if (isLeft(outcome) && isRefusal(outcome.left)) {
    if (!again || !isOurs()) throw new VBotError(outcome.left);
    return connectAnew(opening, isOurs);
  }
  watch();
  orThrow(outcome);
}

async function connectAnew(opening: Opening, isOurs: () => boolean): Promise<void> {
  const fresh = await opening.renew();
  if (!isOurs()) throw new VBotError(fault('disconnected'));
  return connectLine(opening, fresh, false);
}

/** Closes the line; resolves when nothing of it is left. */
export async function disconnectLine({ client, registry }: Opening): Promise<void> {
  registry.drop(key);
  // Within a listener the state changes one turn later.
  await Promise.resolve();
  await lastValueFrom(client.session$.pipe(takeWhile(({ connection }) => connection === 'disconnecting')), {
    defaultValue: undefined,
  });
}
