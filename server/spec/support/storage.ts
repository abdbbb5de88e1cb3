/** What every storage of the conversation service must do, as specs. */
import type { ConversationRow, MemberFacts, MemberState, SessionRow } from '../../lib/chat/model.js';
import type {
  Appended,
  ConversationSlice,
  Erasing,
  EventSlice,
  MemberChange,
  MemberSlice,
  Message,
  Storage,
} from '../../lib/chat/storage.js';

export const conversation = (id: string, more: Partial<ConversationRow> = {}): ConversationRow => ({
  id,
  name: `name of ${id}`,
  display: null,
  image: null,
  ttl: null,
  sortKey: null,
  customData: null,
  creator: 'USR-a',
  created: 1000,
  updated: null,
  last: 0,
  ...more,
});

export const member = (
  room: string,
  user: string,
  state: MemberState,
  more: Partial<MemberFacts> = {},
): MemberFacts => ({
  id: `MEM-${room}-${user}`,
  conversation: room,
  user,
  state,
  channel: { type: 'app' },
  invitedBy: null,
  invited: null,
  joined: state === 'JOINED' ? 2000 : null,
  left: null,
  ...more,
});

const session = (id: string, more: Partial<SessionRow> = {}): SessionRow => ({
  id,
  user: 'USR-a',
  parameters: { acknowledge_events: 'true' },
  opened: 5000,
  expires: 6000,
  positions: {},
  ...more,
});

/** Specs for a storage that `make` opens empty. */
export function keepsItsWord(make: () => Promise<Storage>): void {
  let storage: Storage;
  beforeEach(async () => {
    storage = await make();
  });
  afterEach(() => storage.close());

  async function enter(facts: MemberFacts, was?: MemberState): ReturnType<Storage['putMember']> {
    const change: MemberChange = {
      member: facts,
      was,
      event: {
        conversation: facts.conversation,
        type: `member:${facts.state.toLowerCase()}`,
        from: facts.id,
        user: facts.user,
        at: 2000,
        body: { member_id: facts.id },
      },
    };
    return storage.putMember(change);
  }

  /** A conversation with these users joined. */
  async function room(id: string, ...users: string[]): Promise<void> {
    await storage.createConversation(conversation(id));
    for (const user of users) await enter(member(id, user, 'JOINED'));
  }

  const text = (id: string, user: string, words: string, more: Partial<Message> = {}): Message => ({
    conversation: id,
    type: 'message',
    from: `MEM-${id}-${user}`,
    user,
    at: 3000,
    body: { message_type: 'text', text: words },
    ...more,
  });

  const ids = async (id: string, slice: Partial<EventSlice> = {}): Promise<readonly number[]> =>
    (await storage.events(id, { order: 'asc', limit: 100, ...slice })).map(event => event.id);

  describe('users', () => {
    it('are stored once a name, and found by id and by name', async () => {
      const ann = { id: 'USR-1', name: 'ann', display: 'Ann', created: 1 };
      expect(await storage.ensureUser(ann)).toEqual(ann);
      expect(await storage.ensureUser({ ...ann, id: 'USR-2', display: 'Other' })).toEqual(ann);
      expect([await storage.user('USR-1'), await storage.user('ann')]).toEqual([ann, ann]);
      expect([await storage.user('USR-2'), await storage.user('')]).toEqual([undefined, undefined]);
    });
  });

  describe('conversations', () => {
    it('are found by id and by name as they were made, their counter at nothing', async () => {
      const row = conversation('C', { sortKey: 'k', ttl: 5, customData: { a: ['ü', '\u0000', 1.5, null] }, last: 7 });
      expect(await storage.createConversation(row)).toBe('created');
      const kept = { ...row, last: 0 };
      expect([await storage.conversation('C'), await storage.conversation(row.name)]).toEqual([kept, kept]);
      expect(await storage.conversation('D')).toBeUndefined();
    });

    it('have unique names, also after one was renamed or deleted', async () => {
      await storage.createConversation(conversation('C', { name: 'one' }));
      expect(await storage.createConversation(conversation('D', { name: 'one' }))).toBe('duplicate-name');
      await storage.createConversation(conversation('D', { name: 'two' }));
      expect(await storage.updateConversation('D', { name: 'one' }, 9)).toBe('duplicate-name');
      expect(await storage.updateConversation('C', { name: 'three' }, 9)).toMatchObject({ name: 'three', updated: 9 });
      expect(await storage.updateConversation('D', { name: 'one' }, 9)).toMatchObject({ name: 'one' });
      expect([await storage.deleteConversation('D'), await storage.deleteConversation('D')]).toEqual([true, false]);
      expect(await storage.createConversation(conversation('E', { name: 'one' }))).toBe('created');
    });

    it('change in what is given, and nothing else', async () => {
      await storage.createConversation(conversation('C', { display: 'D', sortKey: 's', customData: { a: 1 } }));
      const changed = conversation('C', { display: null, sortKey: 's', ttl: 3, customData: { a: 1 }, updated: 42 });
      expect(await storage.updateConversation('C', { display: null, ttl: 3 }, 42)).toEqual(changed);
      expect(await storage.conversation('C')).toEqual(changed);
      expect(await storage.updateConversation('X', {}, 1)).toBe('no-conversation');
    });

    it('of a user are those where they are invited or joined, by time or by key, ties by id', async () => {
      const facts: [string, number, string | null][] = [
        ['C1', 10, 'b'],
        ['C2', 10, null],
        ['C3', 5, 'B'],
        ['C4', 20, 'a'],
      ];
      for (const [id, created, sortKey] of facts) {
        await storage.createConversation(conversation(id, { created, sortKey }));
        await enter(member(id, 'USR-a', id === 'C4' ? 'INVITED' : 'JOINED'));
      }
      await room('C5', 'USR-b');
      await room('C6', 'USR-a');
      await enter(member('C6', 'USR-a', 'LEFT'), 'JOINED');
      const list = async (slice: ConversationSlice): Promise<readonly string[]> =>
        (await storage.conversationsOf('USR-a', slice)).map(found => found.conversation.id);
      expect(await list({ by: 'created', order: 'asc', limit: 9 })).toEqual(['C3', 'C1', 'C2', 'C4']);
      expect(await list({ by: 'created', order: 'desc', limit: 3 })).toEqual(['C4', 'C2', 'C1']);
      expect(await list({ by: 'created', order: 'asc', limit: 9, after: { value: 10, id: 'C1' } })).toEqual([
        'C2',
        'C4',
      ]);
      expect(await list({ by: 'created', order: 'desc', limit: 9, after: { value: 10, id: 'C2' } })).toEqual([
        'C1',
        'C3',
      ]);
      expect(await list({ by: 'sortKey', order: 'asc', limit: 9 })).toEqual(['C2', 'C3', 'C4', 'C1']);
      expect(await list({ by: 'sortKey', order: 'asc', limit: 9, after: { value: 'B', id: 'C3' } })).toEqual([
        'C4',
        'C1',
      ]);
      const [first] = await storage.conversationsOf('USR-a', { by: 'created', order: 'desc', limit: 1 });
      expect(first).toMatchObject({ member: { id: 'MEM-C4-USR-a', state: 'INVITED' }, conversation: { last: 1 } });
    });
  });

  describe('members', () => {
    it('come, change and go, each with an event in the same step', async () => {
      await storage.createConversation(conversation('C'));
      const invited = member('C', 'USR-a', 'INVITED', { invitedBy: 'bob', invited: 1500 });
      expect(await enter(invited)).toMatchObject({ member: { ...invited, entered: 1, gone: null }, event: { id: 1 } });
      const joined: MemberFacts = { ...invited, state: 'JOINED', joined: 1600, channel: { type: 'app', id: 'x' } };
      expect(await enter(joined, 'INVITED')).toMatchObject({ member: { ...joined, entered: 1, gone: null } });
      const left: MemberFacts = { ...joined, state: 'LEFT', left: 1700 };
      expect(await enter(left, 'JOINED')).toMatchObject({ member: { ...left, entered: 1, gone: 3 }, event: { id: 3 } });
      expect(await storage.member('C', invited.id)).toEqual({ ...left, entered: 1, gone: 3 });
      expect((await storage.events('C', { order: 'asc', limit: 9 })).map(event => event.type)).toEqual([
        'member:invited',
        'member:joined',
        'member:left',
      ]);
      expect(await storage.member('D', invited.id)).toBeUndefined();
    });

    it('that are not as they were thought to be stay so, and nothing is said', async () => {
      expect(await enter(member('C', 'USR-a', 'JOINED'))).toBe('no-conversation');
      await room('C', 'USR-a');
      expect(await enter(member('C', 'USR-a', 'JOINED'))).toBe('stale');
      expect(await enter(member('C', 'USR-a', 'JOINED'), 'INVITED')).toBe('stale');
      expect(await enter(member('C', 'USR-a', 'JOINED', { id: 'MEM-second' }))).toBe('stale');
      expect(await enter(member('C', 'USR-b', 'LEFT'), 'JOINED')).toBe('stale');
      expect([await ids('C'), await storage.member('C', 'MEM-second')]).toEqual([[1], undefined]);
    });

    it('of two that come at once for one user, one is there', async () => {
      await storage.createConversation(conversation('C'));
      const both = await Promise.all(['MEM-1', 'MEM-2'].map(id => enter(member('C', 'USR-a', 'JOINED', { id }))));
      expect(both.filter(result => result === 'stale')).toHaveLength(1);
      expect(await ids('C')).toEqual([1]);
    });

    it('a user who comes back is another member; the present one is theirs, else the latest', async () => {
      await room('C', 'USR-a');
      await enter(member('C', 'USR-a', 'LEFT'), 'JOINED');
      expect(await storage.memberOf('C', 'USR-a')).toMatchObject({ id: 'MEM-C-USR-a', state: 'LEFT' });
      await enter(member('C', 'USR-a', 'JOINED', { id: 'MEM-again' }));
      expect(await storage.memberOf('C', 'USR-a')).toMatchObject({ id: 'MEM-again', entered: 3 });
      await enter(member('C', 'USR-a', 'LEFT', { id: 'MEM-again' }), 'JOINED');
      expect(await storage.memberOf('C', 'USR-a')).toMatchObject({ id: 'MEM-again', gone: 4 });
      expect(await storage.memberOf('C', 'USR-b')).toBeUndefined();
    });

    it('are listed in all states by when they came; only joined ones listen', async () => {
      await room('C', 'USR-a', 'USR-b');
      await enter(member('C', 'USR-c', 'INVITED'));
      await enter(member('C', 'USR-a', 'LEFT'), 'JOINED');
      const list = async (slice: MemberSlice): Promise<readonly string[]> =>
        (await storage.members('C', slice)).map(found => found.user);
      expect(await list({ order: 'asc', limit: 9 })).toEqual(['USR-a', 'USR-b', 'USR-c']);
      expect(await list({ order: 'asc', limit: 1, after: 1 })).toEqual(['USR-b']);
      expect(await list({ order: 'desc', limit: 9, after: 3 })).toEqual(['USR-b', 'USR-a']);
      expect(await storage.audience('C')).toEqual(['USR-b']);
    });
  });

  describe('the log', () => {
    it('gives numbers without holes, also to those who write at once', async () => {
      await room('C', 'USR-a');
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, i) => storage.append(text('C', 'USR-a', String(i)))),
      );
      const given = results.map((result: Appended | string) => (typeof result === 'string' ? result : result.event.id));
      expect([...given].sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 20 }, (_, i) => i + 2));
      expect((await storage.conversation('C'))?.last).toBe(21);
    });

    it('keeps an event as it was put', async () => {
      await room('C', 'USR-a');
      const body = {
        message_type: 'text',
        text: 'a "b" \u0000 \ud83d\ude00 \\u0000',
        nested: [{ n: 1e21 }, null, false],
      };
      const result = await storage.append(text('C', 'USR-a', '', { body, key: 'k', at: 1_795_241_480_460 }));
      const event = {
        conversation: 'C',
        id: 2,
        type: 'message',
        from: 'MEM-C-USR-a',
        user: 'USR-a',
        at: 1_795_241_480_460,
        body,
        key: 'k',
        deleted: null,
        receipts: [],
      };
      expect(result).toEqual({ event, fresh: true });
      expect([await storage.event('C', 2), await storage.event('C', 3)]).toEqual([event, undefined]);
    });

    it('takes nothing from who is not joined, or speaks for somebody else', async () => {
      await room('C', 'USR-a', 'USR-b');
      await enter(member('C', 'USR-c', 'INVITED'));
      await enter(member('C', 'USR-b', 'LEFT'), 'JOINED');
      expect(await storage.append(text('C', 'USR-c', ''))).toBe('no-member');
      expect(await storage.append(text('C', 'USR-b', ''))).toBe('no-member');
      expect(await storage.append(text('C', 'USR-b', '', { from: 'MEM-C-USR-a' }))).toBe('no-member');
      expect(await storage.append(text('D', 'USR-a', ''))).toBe('no-conversation');
      expect((await storage.conversation('C'))?.last).toBe(4);
    });

    it('takes what the service itself says from whomever it names, with the next number', async () => {
      await room('C', 'USR-a');
      const said = {
        conversation: 'C',
        type: 'leg:status:update',
        from: 'MEM-none',
        user: null,
        at: 7,
        body: { a: [1] },
      };
      const event = { ...said, id: 2, key: null, deleted: null, receipts: [] };
      expect(await storage.note(said)).toEqual(event);
      expect(await storage.event('C', 2)).toEqual(event);
      expect(await storage.append(text('C', 'USR-a', ''))).toMatchObject({ event: { id: 3 } });
      expect(await storage.note({ ...said, conversation: 'D' })).toBe('no-conversation');
    });

    it('takes a key once, from each user and in each conversation', async () => {
      await room('C', 'USR-a', 'USR-b');
      await room('D', 'USR-a');
      const both = await Promise.all(
        ['one', 'two'].map(words => storage.append(text('C', 'USR-a', words, { key: 'k' }))),
      );
      const stored = await storage.event('C', 3);
      expect(both).toContainEqual({ fresh: true, event: stored });
      expect(both).toContainEqual({ fresh: false, event: stored });
      expect(await storage.append(text('C', 'USR-b', '', { key: 'k' }))).toMatchObject({ fresh: true });
      expect(await storage.append(text('D', 'USR-a', '', { key: 'k' }))).toMatchObject({ fresh: true });
      await enter(member('C', 'USR-a', 'LEFT'), 'JOINED');
      expect(await storage.append(text('C', 'USR-a', '', { key: 'k' }))).toMatchObject({ fresh: false });
      expect(await storage.append(text('C', 'USR-a', '', { key: 'l' }))).toBe('no-member');
    });

    it('is read in both directions, from a number on, by type', async () => {
      await room('C', 'USR-a');
      for (const type of ['message', 'custom:x', 'message', 'message:seen'])
        await storage.append(text('C', 'USR-a', '', { type }));
      expect(await ids('C')).toEqual([1, 2, 3, 4, 5]);
      expect(await ids('C', { order: 'desc', limit: 2 })).toEqual([5, 4]);
      expect(await ids('C', { from: 4 })).toEqual([4, 5]);
      expect(await ids('C', { from: 3, order: 'desc' })).toEqual([3, 2, 1]);
      expect(await ids('C', { from: 99, order: 'desc', limit: 1 })).toEqual([5]);
      expect([await ids('C', { from: 6 }), await ids('C', { from: 0, order: 'desc' })]).toEqual([[], []]);
      expect(await ids('C', { types: ['message', 'member:joined'] })).toEqual([1, 2, 4]);
      expect(await ids('C', { types: ['message', 'message:seen'], except: ['message:seen'] })).toEqual([2, 4]);
      expect(await ids('C', { types: ['message'], order: 'desc', limit: 1 })).toEqual([4]);
      expect(await ids('D')).toEqual([]);
    });

    it('notes a receipt once a member and kind, with the event that brings it', async () => {
      await room('C', 'USR-a', 'USR-b');
      await storage.append(text('C', 'USR-a', 'hi'));
      const report = (
        user: string,
        status: 'seen' | 'delivered',
        time: number,
        event = 3,
      ): ReturnType<Storage['append']> =>
        storage.append(
          text('C', user, '', { type: `message:${status}`, at: time, effect: { kind: 'receipt', event, status } }),
        );
      await report('USR-b', 'delivered', 10);
      await report('USR-b', 'seen', 20);
      await report('USR-a', 'seen', 15);
      expect(await report('USR-b', 'seen', 30)).toMatchObject({ fresh: true, event: { id: 7 } });
      const receipts = [
        { member: 'MEM-C-USR-b', status: 'delivered', at: 10 },
        { member: 'MEM-C-USR-b', status: 'seen', at: 20 },
        { member: 'MEM-C-USR-a', status: 'seen', at: 15 },
      ];
      expect((await storage.event('C', 3))?.receipts).toEqual(receipts);
      expect((await storage.events('C', { order: 'desc', limit: 1, from: 3 }))[0]?.receipts).toEqual(receipts);
      expect(await report('USR-b', 'seen', 40, 99)).toBe('no-event');
      expect((await storage.conversation('C'))?.last).toBe(7);
    });

    it('takes a body back once', async () => {
      await room('C', 'USR-a');
      await storage.append(text('C', 'USR-a', 'oops'));
      const erase = (event: number): ReturnType<Storage['append']> => {
        const effect: Erasing = { kind: 'erase', event, body: { text: '' } };
        return storage.append(text('C', 'USR-a', '', { type: 'event:delete', at: 77, effect }));
      };
      expect(await erase(2)).toMatchObject({ event: { id: 3, type: 'event:delete' } });
      expect(await storage.event('C', 2)).toMatchObject({ body: { text: '' }, deleted: 77, type: 'message' });
      expect([await erase(2), await erase(9)]).toEqual(['already-deleted', 'no-event']);
      expect([await ids('C'), await ids('C', { undeleted: true })]).toEqual([
        [1, 2, 3],
        [1, 3],
      ]);
    });

    it('goes with its conversation', async () => {
      await room('C', 'USR-a');
      await storage.deleteConversation('C');
      expect([await ids('C'), await storage.memberOf('C', 'USR-a'), await storage.audience('C')]).toEqual([
        [],
        undefined,
        [],
      ]);
      expect(await storage.append(text('C', 'USR-a', ''))).toBe('no-conversation');
    });
  });

  describe('sessions', () => {
    it('are kept, touched and ended', async () => {
      const row = session('S', { positions: { C: 3 } });
      expect(await storage.openSession(row, 5)).toBe('opened');
      expect(await storage.session('S')).toEqual(row);
      await storage.touchSession('S', 9000);
      expect(await storage.session('S')).toEqual({ ...row, expires: 9000 });
      await storage.touchSession('S', 9500, { C: 4, D: 1 });
      expect(await storage.session('S')).toEqual({ ...row, expires: 9500, positions: { C: 4, D: 1 } });
      await storage.endSession('S');
      await storage.touchSession('S', 9999);
      expect(await storage.session('S')).toBeUndefined();
    });

    it('are as many as are allowed; expired ones do not count', async () => {
      await storage.openSession(session('S1', { expires: 6000 }), 2);
      await storage.openSession(session('S2', { expires: 8000 }), 2);
      await storage.openSession(session('S3', { user: 'USR-b' }), 2);
      expect(await storage.openSession(session('S4'), 2)).toBe('too-many');
      expect(await storage.session('S4')).toBeUndefined();
      expect(await storage.openSession(session('S5', { opened: 6000, expires: 9000 }), 2)).toBe('opened');
      expect(await storage.session('S1')).toBeUndefined();
    });
  });

  describe('where a user stands', () => {
    const standing = async (conversation = 'C'): Promise<readonly [last: number | undefined, unread: number]> => {
      const found = (await storage.standings('USR-a', [conversation, 'none'])).get(conversation);
      return [found?.last?.id, found?.unread ?? NaN];
    };
    const seen = (event: number) =>
      storage.append({
        ...text('C', 'USR-a', ''),
        type: 'message:seen',
        body: { event_id: event },
        effect: { kind: 'receipt', event, status: 'seen' },
      });

    it('is what was said last, and how much of it was not seen', async () => {
      await room('C', 'USR-b', 'USR-a');
      expect(await standing()).toEqual([undefined, 0]);
      for (const said of ['one', 'two', 'three']) await storage.append(text('C', 'USR-b', said));
      expect(await standing()).toEqual([5, 3]);
      await storage.append(text('C', 'USR-a', 'mine'));
      await storage.note({ conversation: 'C', type: 'custom:x', from: null, user: null, at: 1, body: {} });
      expect(await standing()).toEqual([7, 3]);
      await seen(4);
      expect(await standing()).toEqual([7, 1]);
      await seen(5);
      expect(await standing()).toEqual([7, 0]);
    });

    it('begins where the user entered, and is nothing elsewhere', async () => {
      await room('C', 'USR-b');
      await storage.append(text('C', 'USR-b', 'before'));
      await enter(member('C', 'USR-a', 'JOINED'));
      await storage.append(text('C', 'USR-b', 'after'));
      expect(await standing()).toEqual([4, 1]);
      expect(await standing('elsewhere')).toEqual([undefined, NaN]);
    });
  });

  describe('what was missed', () => {
    const missed = async (positions: Record<string, number>, limit = 99): Promise<readonly string[]> =>
      (await storage.missed('USR-a', positions, limit)).map(event => `${event.conversation}${event.id}`);

    it("is what came in one's conversations since one's position, or since one entered", async () => {
      await room('C', 'USR-b', 'USR-a');
      await room('D', 'USR-b');
      await storage.append(text('D', 'USR-b', 'before'));
      await enter(member('D', 'USR-a', 'JOINED'));
      await storage.append(text('C', 'USR-b', 'one', { at: 3001 }));
      await storage.append(text('D', 'USR-b', 'two', { at: 3000 }));
      await room('E', 'USR-b');
      expect(await storage.positions('USR-a')).toEqual({ C: 3, D: 4 });
      expect(await missed({ C: 2, D: 3 })).toEqual(['D4', 'C3']);
      expect(await missed({ C: 2 })).toEqual(['D3', 'D4', 'C3']);
      expect(await missed({ C: 3, D: 4 })).toEqual([]);
      expect(await missed({}, 2)).toEqual(['C2', 'D3']);
    });

    it('is cut by number in each conversation, whatever a clock says', async () => {
      await room('C', 'USR-b', 'USR-a');
      await room('D', 'USR-b', 'USR-a');
      await storage.append(text('C', 'USR-b', 'by a clock that is fast', { at: 9000 }));
      await storage.append(text('C', 'USR-b', 'by one that is not', { at: 4000 }));
      await storage.append(text('D', 'USR-b', 'meanwhile', { at: 5000 }));
      expect(await missed({ C: 2, D: 2 })).toEqual(['D3', 'C3', 'C4']);
      expect(await missed({ C: 2, D: 2 }, 2)).toEqual(['D3', 'C3']);
      expect(await missed({ C: 3, D: 3 })).toEqual(['C4']);
    });

    it('is of an invitation only itself, and of a membership that is over what came up to its end', async () => {
      await room('C', 'USR-b', 'USR-a');
      await room('D', 'USR-b');
      await enter(member('D', 'USR-a', 'INVITED'));
      await storage.append(text('D', 'USR-b', 'not for guests'));
      await enter(member('C', 'USR-a', 'LEFT'), 'JOINED');
      await storage.append(text('C', 'USR-b', 'after'));
      expect(await storage.positions('USR-a')).toEqual({ D: 3 });
      expect(await missed({ C: 2 })).toEqual(['C3', 'D2']);
      expect(await missed({ D: 2 })).toEqual([]);
    });
  });
}
