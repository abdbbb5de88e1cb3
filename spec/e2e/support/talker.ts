/** What runs in a page of `promise.e2e.ts`: a client that talks, and tells what it has seen. */
import { delay, filter, firstValueFrom, take } from 'rxjs';
import { createClient, type Client, type Messaging, type Outcome, type StreamEvent } from 'callstream';
import { browser, indexedDbOutbox, localStorageOutbox } from 'callstream/browser';
import { service } from 'callstream/service';

export type Talker = {
  readonly enter: (user: string, conversation?: string, outbox?: keyof typeof outboxes) => Promise<string>;
  readonly send: (conversation: string, count: number) => Promise<void>;
  /** The numbers in the timeline once there are so many, the numbers on `event$` in their order, and the gaps told. */
  readonly seen: (
    conversation: string,
    count: number,
  ) => Promise<{ readonly timeline: readonly number[]; readonly events: readonly number[]; readonly gaps: number }>;
  readonly reconnects: () => number;
  /** Puts a message into the outbox, once the line is away, and does not wait for what becomes of it. */
  readonly leave: (conversation: string, text: string) => Promise<void>;
};

const outboxes = { localStorage: localStorageOutbox, indexedDb: indexedDbOutbox } as const;

const tokenFor = async (user: string): Promise<string> => {
  const answer = await fetch('/dev/token', { method: 'POST', body: JSON.stringify({ user }) });
  return ((await answer.json()) as { readonly token: string }).token;
};

const createTalker = (): Talker => {
  let client: (Client & Messaging) | undefined;
  let name = '';
  let recoveries = 0;
  const events: StreamEvent[] = [];

  const present = (): Client & Messaging => {
    if (client === undefined) throw new Error('nobody has entered');
    return client;
  };

  return {
    enter: async (user, known, outbox) => {
      name = user;
      client = createClient({
        conversations: service({
          apiUrl: location.origin,
          websocketUrl: location.origin,
          token: () => tokenFor(user),
          ...(outbox === undefined ? {} : { outbox: outboxes[outbox]() }),
        }),
        devices: browser(),
      });
      client.event$.subscribe(event => events.push(event));
      client.session$.pipe(filter(({ connection }) => connection === 'recovering')).subscribe(() => {
        recoveries += 1;
      });
      client.connect();
      const created = known ?? (await firstRight(client.createConversation()));
      const joined = client.joinConversation(created);
      // Whoever comes back is in already.
      if (outbox === undefined || known === undefined) await firstRight(joined);
      client.conversation$(created).subscribe();
      return created;
    },
    send: async (conversation, count) => {
      await Promise.all(
        Array.from({ length: count }, (_, index) =>
          firstRight(present().send(conversation, { kind: 'text', text: `${name} ${index}` })),
        ),
      );
    },
    seen: async (conversation, count) => {
      const whole = await firstValueFrom(
        present()
          .conversation$(conversation)
          .pipe(
            filter(one => one.events.length === count && one.sync === 'live'),
            take(1),
          ),
      );
      return {
        timeline: whole.events.toArray().map(({ id }) => id),
        events: events.flatMap(event => ('id' in event ? [event.id] : [])),
        gaps: events.filter(({ kind }) => kind === 'gap').length,
      };
    },
    reconnects: () => recoveries,
    leave: async (conversation, text) => {
      await firstValueFrom(present().session$.pipe(filter(({ connection }) => connection === 'recovering')));
      present().send(conversation, { kind: 'text', text });
      // As long as a browser takes to write it down.
      await firstValueFrom(
        present()
          .conversation$(conversation)
          .pipe(
            filter(({ unsent }) => unsent.length > 0),
            delay(200),
          ),
      );
    },
  };
};

const firstRight = async <A>(outcome$: Outcome<A>): Promise<A> => {
  const outcome = await firstValueFrom(outcome$);
  if (outcome._tag === 'Left') throw new Error(JSON.stringify(outcome.left));
  return outcome.right;
};

declare global {
  var talker: Talker;
}
globalThis.talker = createTalker();
