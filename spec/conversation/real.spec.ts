import { randomUUID } from 'node:crypto';
import { filter, firstValueFrom, Subscription } from 'rxjs';
import WebSocket from 'ws';
import { createClient } from '../../lib/client/client.js';
import type { Client } from '../../lib/client/model.js';
import type { Conversation, Sent, StreamEvent } from '../../lib/conversation/model.js';
import { isLeft } from '../../lib/core/either.js';
import { startServer, type DevServer } from '../../server/lib/index.js';
import { service } from '../../lib/service/index.js';
import type { Messaging } from '../../lib/conversation/port.js';
import type { Outcome } from '../../lib/core/port.js';

type Person = {
  readonly client: Client & Messaging;
  readonly events: StreamEvent[];
  readonly link: Subscription;
};

const got = async <A>(outcome$: Outcome<A>): Promise<A> => {
  const outcome = await firstValueFrom(outcome$);
  if (isLeft(outcome)) throw new Error(JSON.stringify(outcome.left));
  return (outcome as { readonly right: A }).right;
};

describe('conversation: two clients over the local server', () => {
  let server: DevServer;
  const people: Person[] = [];

  const person = (name: string): Person => {
    const client = createClient({
      random: () => 0,
      newId: randomUUID,
      conversations: service({
        apiUrl: server.url,
        websocketUrl: server.url,
        token: () => server.token(name),
        webSocket: url => new WebSocket(url),
      }),
    });
    const events: StreamEvent[] = [];
    const link = new Subscription();
    link.add(client.event$.subscribe(event => events.push(event)));
    link.add(client.connect());
    const one = { client, events, link };
    people.push(one);
    return one;
  };

  const connected = async ({ client }: Person): Promise<void> => {
    await firstValueFrom(client.session$.pipe(filter(({ connection }) => connection === 'connected')));
  };

  /** A conversation that both have joined. */
  const together = async (alice: Person, bob: Person): Promise<string> => {
    await Promise.all([connected(alice), connected(bob)]);
    const id = await got(alice.client.createConversation());
    await got(alice.client.joinConversation(id));
    await got(bob.client.joinConversation(id));
    return id;
  };

  beforeEach(async () => {
    server = await startServer({ port: 0 });
  });
  afterEach(async () => {
    people.splice(0).forEach(({ link }) => {
      link.unsubscribe();
    });
    await server.close();
  });

  const whole = ({ client }: Person, id: string, count: number): Promise<Conversation> =>
    firstValueFrom(
      client.conversation$(id).pipe(filter(({ events, unsent }) => events.length === count && unsent.length === 0)),
    );

  const send = ({ client }: Person, id: string, name: string, count: number, first = 0): Promise<Sent[]> =>
    Promise.all(
      Array.from({ length: count }, (_, index) =>
        got(client.send(id, { kind: 'text', text: `${name} ${first + index}` })),
      ),
    );

  /** What each has seen, and sees now, is what the server has. */
  const expectPromise = async (id: string, all: readonly Person[]): Promise<void> => {
    const stored = await server.chat.log(id);
    const shown = stored.filter(({ type }) => type === 'message' || type.startsWith('member:'));
    for (const one of all) {
      const { events, gaps } = await whole(one, id, shown.length);
      expect(events.toArray().map(event => event.id)).toEqual(shown.map(event => event.id));
      expect(gaps).toEqual([]);
      const seen = one.events.flatMap(event => ('id' in event ? [event.id] : []));
      // In order and once.
      expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
      expect(one.events.filter(({ kind }) => kind === 'gap')).toEqual([]);
    }
  };

  it('keep the promise through many disconnects, while both send', async () => {
    const alice = person('alice');
    const bob = person('bob');
    const id = await together(alice, bob);
    const views = new Subscription();
    [alice, bob].forEach(({ client }) => {
      views.add(client.conversation$(id).subscribe());
    });

    for (let cuts = 0; cuts < 50; cuts += 1) {
      const sent = Promise.all([send(alice, id, 'alice', 4, cuts * 4), send(bob, id, 'bob', 4, cuts * 4)]);
      server.chat.drop();
      await sent;
    }

    await expectPromise(id, [alice, bob]);
    views.unsubscribe();
  });

  it('keep it while events get lost, come twice, in the wrong order and late, and answers never come', async () => {
    const alice = person('alice');
    const bob = person('bob');
    const id = await together(alice, bob);
    const views = new Subscription();
    [alice, bob].forEach(({ client }) => {
      views.add(client.conversation$(id).subscribe());
    });
    server.chat.lose({ probability: 0.15 });
    server.chat.duplicate({ probability: 0.15 });
    server.chat.reorder({ probability: 0.15 });
    server.chat.delay({ probability: 0.15, ms: 40 });
    server.chat.loseAnswer({ method: 'POST', path: `/v0.3/conversations/${id}/events`, times: 10 });
    await Promise.all([send(alice, id, 'alice', 60), send(bob, id, 'bob', 60)]);
    // What was lost at the very end is missed by nobody, until the next event or the next line.
    server.chat.calm();
    server.chat.drop();
    const texts = (await server.chat.log(id)).filter(({ type }) => type === 'message');
    expect(texts).toHaveLength(120);
    await expectPromise(id, [alice, bob]);
    views.unsubscribe();
  });
});
