import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { createMemory } from '../lib/chat/memory.js';
import type { Json } from '../lib/chat/model.js';
import type { Message, Storage } from '../lib/chat/storage.js';
import { asked, calls, contents } from './support/storage.calls.js';
import { conversation, keepsItsWord, member } from './support/storage.js';
import { kinds, type Opened } from './support/storages.js';
import { runs } from '../../spec/support/runs.js';

describe.each(kinds())('the storage of $name', ({ start }) => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await start();
  });
  afterAll(() => opened.stop());

  keepsItsWord(() => opened.empty());

  describe('under hardship', () => {
    let storage: Storage;
    let beside: Storage;
    beforeEach(async () => {
      storage = await opened.empty();
      beside = await opened.beside(storage);
    });
    afterEach(async () => {
      await storage.close();
      await beside.close();
    });

    const enter = (room: string, user: string): ReturnType<Storage['putMember']> =>
      storage.putMember({
        member: member(room, user, 'JOINED'),
        was: undefined,
        event: { conversation: room, type: 'member:joined', from: null, user, at: 1, body: null },
      });
    const text = (room: string, user: string, body: Json, key?: string): Message => ({
      conversation: room,
      type: 'message',
      from: `MEM-${room}-${user}`,
      user,
      at: 1,
      body,
      ...(key === undefined ? {} : { key }),
    });
    async function room(id: string, ...users: string[]): Promise<void> {
      await storage.createConversation(conversation(id));
      for (const user of users) await enter(id, user);
    }

    it('numbers 200 messages of four senders at once, each key once, over several connections', async () => {
      const senders = ['a', 'b', 'c', 'd'];
      await room('C', ...senders);
      const results = await Promise.all(
        Array.from({ length: 200 }, (_, index) => {
          const sender = senders[index % 4]!;
          // Every key comes twice, the second time by way of the other storage.
          const key = String(Math.floor(index / 8));
          return (index % 8 < 4 ? storage : beside).append(text('C', sender, { sender, key }, key));
        }),
      );
      const events = results.map(result => (typeof result === 'string' ? undefined : result));
      expect(events.filter(result => result?.fresh)).toHaveLength(100);
      const log = await storage.events('C', { order: 'asc', limit: 1000 });
      expect(log.map(({ id }) => id)).toEqual(Array.from({ length: 104 }, (_, index) => index + 1));
      expect(new Set(log.slice(4).map(({ body }) => JSON.stringify(body))).size).toBe(100);
      for (const result of events) expect(log).toContainEqual(result?.event);
      expect((await beside.conversation('C'))?.last).toBe(104);
    });

    it('lets one of many have a name, and a user as many sessions as are allowed', async () => {
      const many = Array.from({ length: 12 }, (_, index) => ({ index, at: index % 2 ? storage : beside }));
      const made = await Promise.all(
        many.map(({ index, at }) => at.createConversation(conversation(`C${index}`, { name: 'one' }))),
      );
      expect(made.filter(result => result === 'created')).toHaveLength(1);
      const renamed = await Promise.all(
        many.map(async ({ index, at }) => {
          await at.createConversation(conversation(`D${index}`));
          return at.updateConversation(`D${index}`, { name: 'two' }, 5);
        }),
      );
      expect(renamed.filter(result => result !== 'duplicate-name')).toHaveLength(1);
      const users = await Promise.all(
        many.map(({ index, at }) => at.ensureUser({ id: `U${index}`, name: 'ann', display: '', created: index })),
      );
      expect(new Set(users.map(({ id }) => id)).size).toBe(1);
      const sessions = await Promise.all(
        many.map(({ index, at }) =>
          at.openSession({ id: `S${index}`, user: 'a', parameters: {}, opened: 1, expires: 9, positions: {} }, 5),
        ),
      );
      expect(sessions.filter(result => result === 'opened')).toHaveLength(5);
    });

    it('answers what comes while its conversation is deleted', async () => {
      await room('C', 'a', 'b');
      const append = (index: number): Promise<unknown> =>
        (index % 2 ? storage : beside).append(text('C', 'b', index, String(index)));
      const results = await Promise.all([
        ...[0, 1, 2, 3].map(append),
        beside.deleteConversation('C'),
        ...[4, 5, 6, 7].map(append),
        enter('C', 'c'),
      ]);
      expect(results).toContain(true);
      expect(await storage.events('C', { order: 'asc', limit: 9 })).toEqual([]);
      expect(await append(8)).toBe('no-conversation');
    });

    it('pages to the end in both directions while rows come into being', async () => {
      const created = [3, 1, 2, 1, 3, 2];
      for (const [index, at] of created.entries()) {
        await storage.createConversation(conversation(`C${index}`, { created: at, sortKey: index % 2 ? null : 'k' }));
        await enter(`C${index}`, 'a');
      }
      for (const order of ['asc', 'desc'] as const)
        for (const by of ['created', 'sortKey'] as const) {
          const found: string[] = [];
          for (let after: { value: string | number; id: string } | undefined; ;) {
            const [page] = await storage.conversationsOf('a', { order, by, limit: 1, ...(after ? { after } : {}) });
            if (!page) break;
            const { id, created, sortKey } = page.conversation;
            after = { value: by === 'created' ? created : (sortKey ?? ''), id };
            found.push(id);
            // Before the place where the page stands, in both orders.
            const before = conversation(`${order}${by}${found.length}`, {
              created: order === 'asc' ? 0 : 9,
              sortKey: order === 'asc' ? '' : 'z',
            });
            await storage.createConversation({ ...before, id: order === 'asc' ? `A${before.id}` : before.id });
            if (by === 'created') await enter(order === 'asc' ? `A${before.id}` : before.id, 'a');
          }
          const rest = found.filter(id => /^C\d$/.test(id));
          expect([...rest].sort()).toEqual(['C0', 'C1', 'C2', 'C3', 'C4', 'C5']);
          expect(new Set(found).size).toBe(found.length);
        }
    });

    it('keeps whatever JSON can say', async () => {
      const long = 'ü\u{1f600}\0'.repeat(250_000);
      const deep = Array.from({ length: 3000 }).reduce<Json>(
        (inner, _, depth) => (depth % 2 ? [inner] : { inner }),
        'in',
      );
      const bodies = [
        JSON.parse('{"__proto__":{"constructor":1},"toString":null,"":[]}') as Json,
        ['\0', '\ud800', '\udc00\ud800', '\u0001\u0002', '\\u0000', '\u{1f600}', '\u1000', '\uffff'],
        [0.1, 1e21, -1.5e-7, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE, 5e-324],
        long,
        deep,
      ];
      await room('C', 'a');
      for (const body of bodies) {
        await storage.append(text('C', 'a', body));
        const [event] = await storage.events('C', { order: 'desc', limit: 1 });
        expect(JSON.stringify(event?.body)).toBe(JSON.stringify(body));
      }
    });

    it('keeps whatever a text can be, also where it is looked for', async () => {
      // Longer than an entry of an index can be, however well it is packed.
      const long = randomBytes(60_000).toString('base64');
      const texts = ['\0', '\u0001', '\ud800', long, `${long}!`, '__proto__', `'; drop table users; --`, '{"\\'];
      for (const [index, words] of texts.entries()) {
        const custom = { name: words, display: words, image: words, sortKey: words, customData: { [words]: words } };
        const row = conversation(`C${index}`, custom);
        expect(await storage.createConversation(row)).toBe('created');
        expect(await storage.conversation(words)).toEqual(row);
        expect(await storage.createConversation({ ...row, id: 'other' })).toBe('duplicate-name');
        await enter(row.id, '__proto__');
        const message = { ...text(row.id, '__proto__', words, words), type: words };
        expect(await storage.append(message)).toMatchObject({ fresh: true });
        expect(await storage.append(message)).toMatchObject({ fresh: false });
        const slice = { order: 'desc', limit: 9, types: [words, '{,"'] } as const;
        expect(await storage.events(row.id, slice)).toMatchObject([{ type: words, key: words, body: words }]);
        await storage.openSession(
          {
            id: `S${index}`,
            user: `U${index}`,
            parameters: { [words]: words },
            opened: 1,
            expires: 2,
            positions: { [words]: 3 },
          },
          1,
        );
        expect(await storage.session(`S${index}`)).toMatchObject({
          parameters: { [words]: words },
          positions: { [words]: 3 },
        });
      }
      expect(Object.keys(await storage.positions('__proto__'))).toHaveLength(texts.length);
      expect([await storage.conversation('C\0'), await storage.session('\0')]).toEqual([undefined, undefined]);
    });

    it('takes any number for the place of an event', async () => {
      await room('C', 'a', 'b', 'c');
      for (const odd of [NaN, Infinity, -Infinity, 1.5, -1, 1e300]) {
        expect(await storage.event('C', odd)).toBeUndefined();
        const effect = { kind: 'receipt', event: odd, status: 'seen' } as const;
        expect(await storage.append({ ...text('C', 'a', ''), effect })).toBe('no-event');
      }
      const from = async (order: 'asc' | 'desc', value: number): Promise<readonly number[]> =>
        (await storage.members('C', { order, limit: Infinity, after: value })).map(({ entered }) => entered);
      expect(await from('asc', 1.5)).toEqual([2, 3]);
      expect(await from('desc', 2.5)).toEqual([2, 1]);
      expect(await from('asc', -Infinity)).toEqual([1, 2, 3]);
      expect(await from('desc', 1e300)).toEqual([3, 2, 1]);
      const after = { value: 1e300, id: '' };
      expect(await storage.conversationsOf('a', { order: 'asc', limit: 1, by: 'created', after })).toEqual([]);
    });
  });

  it('answers the same as that in memory, whatever it is asked', async () => {
    await fc.assert(
      fc.asyncProperty(calls, async asks => {
        const storage = await opened.empty();
        const memory = createMemory();
        for (const ask of asks) {
          // An id is never given twice, so nobody says what comes of it.
          const [given] = ask.given as readonly [{ readonly id: string }];
          if (ask.operation === 'createConversation' && (await memory.conversation(given.id))?.id === given.id)
            continue;
          if (ask.operation === 'ensureUser' && (await memory.user(given.id))?.id === given.id) continue;
          expect({ ask, is: await asked(storage, ask) }).toEqual({ ask, is: await asked(memory, ask) });
        }
        expect(await contents(storage)).toEqual(await contents(memory));
        await storage.close();
      }),
      runs(0.0125),
    );
  });
});
