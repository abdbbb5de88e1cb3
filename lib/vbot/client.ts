import { concatMap, distinctUntilChanged, map, pairwise, skipWhile, type Observable } from 'rxjs';
import { browser } from '../browser/index.js';
import { createClient } from '../client/client.js';
import type { Call, CallStatus } from '../call/model.js';
import type { Calling } from '../call/calling.js';
import type { Client } from '../client/model.js';
import { fault } from '../core/fault.js';
import type { DevicePort } from '../media/port.js';
import { sip } from '../sip/index.js';
import { socketUrl } from './address.js';
import { connectLine, disconnectLine, lineAccount } from './connection.js';
import { fromHotline, vbotUri } from './dial.js';
import { VBotError } from './error.js';
import { createRegistry, listening, type Registry } from './listeners.js';
import { defaultMedia } from './media.js';
import type { VBotClient as Face, VBotClientEvents, VBotSession, VBotStatus } from './model.js';
import { defaults, type VBotAccount, type VBotOptions } from './options.js';
import { lampsOf } from './lamps.js';
import { orThrow, promised, quiet, succeeded } from './promise.js';
import { fetchAccount, fetchHotlines } from './service.js';
import { sessionOf } from './session.js';
import { snapshot } from '../core/streams.js';

/** The given device port, else `browser()` in a page without `userMedia`. */
function devicesOf({ devices, userMedia }: VBotOptions): DevicePort | undefined {
  return devices ?? (userMedia === undefined && 'document' in globalThis ? browser() : undefined);
}

function lineOf(account: VBotAccount, current: () => VBotAccount, options: VBotOptions): Calling {
  const { webSocket, peerConnection, userMedia } = options;
  const server = orThrow(socketUrl(account, options));
  try {
    return sip({
      server,
      aor: `sip:${account.username}@${account.realm}`,
      credentials: current,
      displayName: account.username,
      iceServers: options.iceServers ?? [],
      userAgent: options.userAgent ?? defaults.userAgent,
      requestUri: vbotUri(account, options),
      ...(webSocket === undefined ? {} : { webSocket }),
      ...(peerConnection === undefined ? {} : { peerConnection }),
      ...(userMedia === undefined ? {} : { userMedia }),
    });
  } catch (cause) {
    // Account data that form no URI are a `bad-answer`.
    throw new VBotError(fault('bad-answer', { cause }));
  }
}

type Making = { readonly token: string; readonly options: VBotOptions; readonly registry: Registry<VBotAccount> };

function isLive({ status }: Call): boolean {
  return status !== 'terminated';
}

/** The ids of the calls that are not over. */
function liveIds(client: Client): Observable<readonly string[]> {
  return client.session$.pipe(
    map(({ calls }) => calls.filter(isLive).map(({ id }) => id)),
    distinctUntilChanged((a, b) => a.join() === b.join()),
  );
}

/** Ids of the first list that the second lacks. */
function news(ids: readonly string[], others: readonly string[]): readonly { readonly id: string }[] {
  return ids.filter(id => !others.includes(id)).map(id => ({ id }));
}

function comingsAndGoings(client: Client): {
  readonly [Name in 'sessionAdded' | 'sessionRemoved']: Observable<VBotClientEvents[Name]>;
} {
  const change$ = liveIds(client).pipe(pairwise());
  return {
    sessionAdded: change$.pipe(concatMap(([before, now]) => news(now, before))),
    sessionRemoved: change$.pipe(concatMap(([before, now]) => news(before, now))),
  };
}

function faceOf<Status>(
  client: Client,
  account: VBotAccount,
  { token, options, registry }: Making,
  toStatus: (call: Call) => Status,
): Face<Status> {
  let current = token;
  const opening = { client, registry, renew: () => fetchAccount(current, options) };
  const lamps = lampsOf(client, registry);
  const session = (call: Call): VBotSession<Status> => sessionOf(client, call, registry, toStatus);

  const reconfigure = async (accessToken: string): Promise<void> => {
    const fresh = await fetchAccount(accessToken, options);
    if (fresh.username !== account.username || fresh.realm !== account.realm) throw new VBotError(fault('conflict'));
    current = accessToken;
    if (snapshot(client.session$).connection === 'disconnected') return;
    await disconnectLine(opening);
    await connectLine(opening, fresh);
  };

  return Object.freeze({
    ...listening<VBotClientEvents<Status>>(registry, 'client', {
      statusUpdate: client.session$.pipe(
        map(session => session.connection),
        distinctUntilChanged(),
        // The initial `disconnected` is not emitted.
        skipWhile(connection => connection === 'disconnected'),
      ),
      invite: client.incoming$.pipe(map(session)),
      ...comingsAndGoings(client),
      ...lamps.told,
    }),
    streams: client,
    defaultMedia: defaultMedia(client, registry),
    connect: () => quiet(connectLine(opening, lineAccount(registry) ?? account)),
    disconnect: () => quiet(disconnectLine(opening)),
    isConnected: () => snapshot(client.session$).connection === 'connected',
    getHotlines: () => quiet(fetchHotlines(token, options)),
    invite: (phoneNumber, hotlineNumber) =>
      promised(client.invite(phoneNumber, { context: fromHotline(hotlineNumber) }), session),
    getSessions: () => snapshot(client.session$).calls.filter(isLive).map(session),
    getSession: id => {
      const call = snapshot(client.call$(id));
      return call === undefined || !isLive(call) ? undefined : session(call);
    },
    showDialpad: () => {
      console.info('[callstream/vbot] There is no dialpad here: the page shows its own and calls invite().');
    },
    attendedTransfer: (one, other) => succeeded(client.transfer(one.id, { call: other.id })),
    subscribe: lamps.subscribe,
    unsubscribe: lamps.unsubscribe,
    reconfigure: ({ accessToken }) => quiet(reconfigure(accessToken)),
  } satisfies Face<Status>);
}

export type VBotClient = Face;

/**
 * The client of the VBot Web SDK, from a user's token.
 *
 *     const client = await VBotClient(access_token);
 *     client.on('invite', session => ring(session));
 *     await client.connect();
 *
 * Asks the service once who the holder of the token is; nothing is connected yet. Rejects with `VBotError` where the
 * service refuses (with its words, redacted), fails, or answers what cannot be understood. VBot Web SDK, "Connection".
 */
export const VBotClient: MakeClient = async (accessToken: string, options: VBotOptions = {}): Promise<never> => {
  const account = await fetchAccount(accessToken, options);
  const registry = createRegistry<VBotAccount>();
  const devices = devicesOf(options);
  const client = createClient({
    calling: [lineOf(account, () => lineAccount(registry) ?? account, options)],
    ...(devices === undefined ? {} : { devices }),
  });
  const making = { token: accessToken, options, registry };
  // The option decides the type, which the compiler cannot infer.
  return (
    options.statusUpdate === 'object'
      ? faceOf(client, account, making, ({ id, status }): VBotStatus => ({ id, status }))
      : faceOf(client, account, making, ({ status }) => status)
  ) as never;
};

type MakeClient = <Options extends VBotOptions = VBotOptions>(
  accessToken: string,
  options?: Options,
) => Promise<Face<Options extends { readonly statusUpdate: 'object' } ? VBotStatus : CallStatus>>;
