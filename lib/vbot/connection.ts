import { filter, firstValueFrom, lastValueFrom, map, skipWhile, Subscription, takeWhile, type Observable } from 'rxjs';
import type { Client, Session } from '../client/model.js';
import { isRight, left, right, type Either } from '../kernel/either.js';
import { fault, type Fault } from '../kernel/fault.js';
import { VBotError } from './error.js';
import type { Registry } from './listeners.js';
import type { VBotAccount } from './options.js';

const key = ['line'];

/** What became of an attempt to connect, as soon as it is known. */
const verdictOf = ({ connection, registration, lines }: Session): Either<Fault, undefined> | undefined => {
  if (connection === 'connected') return right(undefined);
  if (connection === 'disconnected') return left(registration.fault ?? fault('disconnected'));
  const reason = lines.find(line => line.fault !== undefined)?.fault;
  return reason === undefined ? undefined : left(reason);
};

/** What comes of the next `connect`; to be subscribed before it. */
const verdict$ = (client: Client): Observable<Either<Fault, undefined>> =>
  client.session$.pipe(
    // How an earlier connection ended says nothing about this one.
    skipWhile(({ connection }) => connection === 'disconnected' || connection === 'disconnecting'),
    map(verdictOf),
    filter(verdict => verdict !== undefined),
  );

const isRefusal = ({ code }: Fault): boolean => code === 'unauthorized' || code === 'forbidden';

/** The account that the line is registered with; the registry remembers it beside the line. */
export const lineAccount = (registry: Registry<VBotAccount>): VBotAccount | undefined => registry.find(key)?.note;

/**
 * Opens the line and waits for its registration. Refused credentials are asked for once more by `renew`; nothing else
 * is tried twice.
 */
export const connectLine = async (
  client: Client,
  registry: Registry<VBotAccount>,
  account: VBotAccount,
  renew?: () => Promise<VBotAccount>,
): Promise<void> => {
  const verdict = firstValueFrom(verdict$(client), { defaultValue: left(fault('disconnected')) });
  const former = registry.find(key);
  const subscription = new Subscription();
  registry.keep({ key, subscription, note: account });
  subscription.add(client.connect());
  // Only now: the line is shared from one to the other and does not close between them.
  former?.subscription.unsubscribe();

  const isOurs = (): boolean => registry.find(key)?.subscription === subscription;
  const outcome = await verdict;
  if (isRight(outcome)) return;
  if (renew === undefined || !isRefusal(outcome.left) || !isOurs()) throw new VBotError(outcome.left);
  const fresh = await renew();
  if (!isOurs()) throw new VBotError(fault('disconnected'));
  return connectLine(client, registry, fresh);
};

/** Closes the line; resolves when nothing of it is left. */
export const disconnectLine = async (client: Client, registry: Registry<VBotAccount>): Promise<void> => {
  registry.drop(key);
  // A listener may have called this: the state follows when all of them have been heard.
  await Promise.resolve();
  await lastValueFrom(client.session$.pipe(takeWhile(({ connection }) => connection === 'disconnecting')), {
    defaultValue: undefined,
  });
};
