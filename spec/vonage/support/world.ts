import { randomUUID } from 'node:crypto';
import { filter, firstValueFrom } from 'rxjs';
import type { Call } from 'callstream';
import { startServer, type DevServer, type ServerOptions } from 'callstream-server';
import {
  VonageClient,
  type ClientInitConfigObject,
  type ConversationEvent,
  type TypedEvents,
  type VonageError,
  type VonagePlatform,
} from 'callstream/vonage';
import { WebSocket } from 'ws';

/** The local server, and clients that leave when a spec is over. */
export type World = {
  readonly server: DevServer;
  readonly client: (config?: ClientInitConfigObject, platform?: VonagePlatform) => VonageClient;
  /** The same, signed in. */
  readonly person: (user: string, platform?: VonagePlatform) => Promise<VonageClient>;
};

/** Node's platform, and no chance: every wait is none. Names are made by chance unless they are given. */
export const platform: VonagePlatform = { webSocket: url => new WebSocket(url), random: () => 0, newId: randomUUID };

export const world = (options: ServerOptions = {}): (() => World) => {
  let server: DevServer;
  const clients: VonageClient[] = [];
  beforeEach(async () => {
    server = await startServer({ port: 0, media: false, ...options });
  });
  afterEach(async () => {
    for (const one of clients.splice(0)) await one.deleteSession();
    await server.close();
  });
  const client: World['client'] = (config = {}, more = {}) => {
    const made = new VonageClient(
      { apiUrl: server.url, disableInternalLogger: true, ...config },
      { ...platform, ...more },
    );
    clients.push(made);
    return made;
  };
  return () => ({
    server,
    client,
    person: async (user, more) => {
      const made = client({}, more);
      await made.createSession(await server.token(user));
      return made;
    },
  });
};

/** The call of this name is answered. */
export const answered = async ({ streams }: VonageClient, ref: string): Promise<void> => {
  const isIt = (call: Call): boolean => call.ref === ref && call.status === 'active';
  await firstValueFrom(streams!.session$.pipe(filter(({ calls }) => calls.some(isIt))));
};

/** What is heard of an event, from now on; `next` waits for one that was not taken yet. */
export type Ear<Told> = {
  readonly heard: readonly Told[];
  readonly next: (is?: (told: Told) => boolean) => Promise<Told>;
};

export const listen = <Name extends keyof TypedEvents>(
  client: VonageClient,
  event: Name,
): Ear<Parameters<TypedEvents[Name]>[0]> => {
  type Told = Parameters<TypedEvents[Name]>[0];
  const heard: Told[] = [];
  const taken = new Set<number>();
  const waiting = new Set<() => void>();
  client.on(event, ((told: Told) => {
    heard.push(told);
    waiting.forEach(look => {
      look();
    });
  }) as TypedEvents[Name]);
  return {
    heard,
    next: (is = () => true) =>
      new Promise(resolve => {
        const look = (): void => {
          const at = heard.findIndex((told, index) => !taken.has(index) && is(told));
          if (at < 0) return;
          taken.add(at);
          waiting.delete(look);
          resolve(heard[at]!);
        };
        waiting.add(look);
        look();
      }),
  };
};

/** The next event of a kind. */
export const next = <Kind extends ConversationEvent['kind']>(
  ear: Ear<ConversationEvent>,
  kind: Kind,
): Promise<Extract<ConversationEvent, { readonly kind: Kind }>> =>
  ear.next(event => event.kind === kind) as Promise<Extract<ConversationEvent, { readonly kind: Kind }>>;

/** A conversation that these have joined: its id and their member ids. */
export const roomOf = async (
  ...people: readonly VonageClient[]
): Promise<{ readonly id: string; readonly members: readonly string[] }> => {
  const id = await people[0]!.createConversation();
  const members: string[] = [];
  for (const person of people) members.push(await person.joinConversation(id));
  return { id, members };
};

/** What a promise was rejected with. */
export const reasonOf = async (promise: Promise<unknown>): Promise<VonageError> =>
  promise.then(
    value => {
      throw new Error(`not rejected, but ${JSON.stringify(value)}`);
    },
    (reason: unknown) => reason as VonageError,
  );

/** Type and code of what a promise was rejected with. */
export const refusalOf = async (promise: Promise<unknown>): Promise<readonly [string, string | null]> => {
  const { name, type, code } = await reasonOf(promise);
  expect(name).toBe('VonageError');
  return [type, code];
};
