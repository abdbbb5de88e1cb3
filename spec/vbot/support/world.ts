import { filter, firstValueFrom, map, type Observable } from 'rxjs';
import WebSocket from 'ws';
import { startServer, type DevServer } from '../../../server/lib/index.js';
import { VBotClient, type VBotOptions, type VBotSession } from '../../../lib/vbot/index.js';
import { energyOf, provideMediaStream, wrtcPeerConnection } from '../../support/wrtc.js';
import { hummingDevices } from './devices.js';

/** A server, and people who use it by the document's API alone. */
export type World = {
  readonly server: DevServer;
  /** How often `/api/sdk/info` was asked. */
  readonly asked: () => number;
  /** `VBotClient`, for this server. */
  readonly VBotClient: (access_token: string) => Promise<VBotClient>;
  /** What this client's loudspeaker plays, from now on: the level over `frames` of 10 ms, from 0 to 1. */
  readonly level: (client: VBotClient, frames?: number) => Promise<number>;
  readonly client: (user: string, options?: VBotOptions) => Promise<VBotClient>;
  /** The same, registered. */
  readonly person: (user: string, options?: VBotOptions) => Promise<VBotClient>;
  /** Everybody hangs up and leaves. */
  readonly leave: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export const openWorld = async (): Promise<World> => {
  provideMediaStream();
  const server = await startServer({ port: 0 });
  const clients: VBotClient[] = [];
  const ears = new Map<VBotClient, readonly MediaStreamTrack[]>();
  const requests: string[] = [];

  const optionsOf = (options: VBotOptions): VBotOptions => ({
    baseUrl: server.url,
    fetch: (url, init) => {
      requests.push(new Request(url).url);
      return fetch(url, init);
    },
    webSocket: (url, protocols) => new WebSocket(url, protocols),
    peerConnection: wrtcPeerConnection,
    ...options,
  });

  const open = async (token: string, options: VBotOptions): Promise<VBotClient> => {
    const { devices, heard } = hummingDevices();
    const made = await VBotClient(token, {
      ...(options.userMedia === undefined ? { devices } : {}),
      ...optionsOf(options),
    });
    clients.push(made);
    ears.set(made, heard);
    return made;
  };
  const client: World['client'] = async (user, options = {}) => open(await server.token(user), options);

  const leave = async (): Promise<void> => {
    // One after the other: who leaves first says all that there is to say, and the others are still there to hear it.
    for (const one of clients.splice(0)) await one.disconnect();
    requests.splice(0);
  };

  return {
    server,
    asked: () => requests.filter(url => url.endsWith('/api/sdk/info')).length,
    level: async (who, frames = 20) => {
      const ear = energyOf(ears.get(who)!.at(-1)!);
      const { level } = await ear.over(frames);
      ear.stop();
      return level;
    },
    VBotClient: access_token => open(access_token, {}),
    client,
    person: async (user, options) => {
      const made = await client(user, options);
      await made.connect();
      return made;
    },
    leave,
    close: async () => {
      await leave();
      await server.close();
    },
  };
};

/** Resolves with the first value of which this is true. */
export const until = <A>(source$: Observable<A>, is: (value: A) => boolean): Promise<A> =>
  firstValueFrom(source$.pipe(filter(is)));

/** Resolves when the call behind the session is in this status. */
export const inStatus = (client: VBotClient, session: VBotSession, status: VBotSession['status']): Promise<unknown> =>
  until(client.streams.call$(session.id).pipe(map(call => call?.status)), now => now === status);

/** What a hum is heard as, and what silence is. */
export const loud = 0.05;
export const silent = 0.002;

/** The next incoming call. */
export const invited = (client: VBotClient): Promise<VBotSession> =>
  new Promise(resolve => {
    client.once('invite', resolve);
  });

export type Talk = { readonly caller: VBotSession; readonly callee: VBotSession };

/** A call from one to the other that is ringing. */
export const ring = async (from: VBotClient, to: VBotClient, number: string, hotline?: string): Promise<Talk> => {
  const incoming = invited(to);
  const caller = await from.invite(number, hotline);
  const ringing = inStatus(from, caller, 'ringing');
  const callee = await incoming;
  await ringing;
  return { caller, callee };
};

/** A call from one to the other that was picked up. */
export const talk = async (from: VBotClient, to: VBotClient, number: string, hotline?: string): Promise<Talk> => {
  const { caller, callee } = await ring(from, to, number, hotline);
  await callee.accept();
  await inStatus(from, caller, 'active');
  return { caller, callee };
};

/** What a promise was rejected with. */
export const reasonOf = async (
  promise: Promise<unknown>,
): Promise<{ readonly name?: string; readonly code?: string }> =>
  promise.then(
    value => {
      throw new Error(`not rejected, but ${JSON.stringify(value)}`);
    },
    (reason: unknown) => reason as { readonly name?: string; readonly code?: string },
  );

/** Rejections that nobody handled while `body` ran, and for two turns of the event loop after it. */
export const unhandled = async (body: () => unknown): Promise<readonly unknown[]> => {
  const reasons: unknown[] = [];
  const note = (reason: unknown): void => {
    reasons.push(reason);
  };
  process.on('unhandledRejection', note);
  await body();
  await new Promise(resolve => setImmediate(resolve));
  await new Promise(resolve => setImmediate(resolve));
  process.off('unhandledRejection', note);
  return reasons;
};
