import { concatMap, map, merge, type Observable } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { createClient } from '../../lib/client/client.js';
import type { Client } from '../../lib/client/model.js';
import type { Conversation, ConversationEvent, StreamEvent } from '../../lib/conversation/model.js';
import type { ConversingOrder, ConversingReport, Request, Messaging } from '../../lib/conversation/port.js';
import { left, right } from '../../lib/core/either.js';
import { fault } from '../../lib/core/fault.js';
import { fakeChat, names, type ChatLetter, type FakeChat, type FakeChatOptions } from '../../lib/testing/index.js';
import { changesOf } from '../support/legend.js';
import { marbles, owns } from '../support/marbles.js';
import { snapshot } from '../../lib/core/streams.js';

/*
 *     wire          1 … 9 an event with this number   y bob writes   n bob does not   p bob is there
 *                   j we have joined CON-2   l we have left it   x the socket goes
 *     requests      i info   m members   h history   b backfill   L list   one letter each
 *     conversation  the numbers that are shown; - none
 */
const bob = { kind: 'embeddedInfo', memberId: 'MEM-2', user: { id: 'USR-2', name: 'bob' } } as const;
const text = (id: number): ConversationEvent => ({
  kind: 'message:text',
  conversationId: 'CON-1',
  id,
  timestamp: `t${id}`,
  from: bob,
  body: { text: String(id) },
});
const arrives = (event: ConversationEvent): ConversingReport => ({ _tag: 'event', event });
const sign = (body: Readonly<Record<string, string | boolean>>): ConversingReport =>
  arrives({ kind: 'ephemeral', conversationId: 'CON-1', timestamp: 't', from: bob, body });
const ours = (kind: 'member:joined' | 'member:left', id: number): ConversingReport =>
  arrives({
    kind,
    conversationId: 'CON-2',
    id,
    timestamp: 't',
    from: { kind: 'system' },
    body: { memberId: 'MEM-1', user: { id: 'USR-1', name: 'alice' } },
  });

const wire: Readonly<Record<string, ChatLetter>> = {
  ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map(id => [String(id), arrives(text(id))])),
  y: sign({ type: 'typing', on: true }),
  n: sign({ type: 'typing', on: false }),
  p: sign({ type: 'presence', state: 'online' }),
  j: ours('member:joined', 1),
  l: ours('member:left', 2),
  x: { _tag: 'closed', code: 1006 },
};

const letters: Readonly<Partial<Record<Request['verb'], string>>> = {
  getConversation: 'i',
  getConversationMembers: 'm',
  getConversations: 'L',
};
const requestOf = (order: ConversingOrder): readonly string[] => {
  if (order._tag !== 'ask') return [];
  const { verb, args } = order.request;
  if (verb === 'getConversationEvents') return [args.everything === true ? 'b' : 'h'];
  return [letters[verb] ?? '?'];
};

const syncOf = ({ sync }: Conversation): string => {
  if (typeof sync === 'string') return sync;
  return 'gone' in sync ? `gone: ${sync.gone}` : sync.failed.code;
};
const shownBy = ({ events }: Conversation): string =>
  events
    .toArray()
    .map(({ id }) => id)
    .join('') || '-';
const eventOf = (event: StreamEvent): string => {
  if (event.kind === 'gap') return `gap ${event.from}-${event.to}`;
  return 'id' in event ? String(event.id) : event.kind;
};

const info = (id: string) => ({ id, name: `name of ${id}`, timestamp: {}, properties: { customData: {} } });

/** What the server has: the newest page of CON-1 holds these numbers. */
const holding =
  (...ids: readonly number[]): NonNullable<FakeChatOptions['answer']> =>
  ({ verb, args }) => {
    if (verb === 'getConversation') return right(info(args.conversation));
    if (verb === 'getConversationEvents' && args.everything !== true)
      return right({ items: [...ids].reverse().map(text) });
    return right({ items: verb === 'getConversations' ? [info('CON-1')] : [] });
  };

type World = { readonly client: Client & Messaging; readonly chat: FakeChat; readonly request$: Observable<string> };

const world = ({ hot }: RunHelpers, row: string, options: FakeChatOptions = {}): World => {
  const chat = fakeChat({ report$: hot(row, wire), answer: holding(), ...options });
  const client = createClient({ conversations: chat, random: () => 0.5, newId: names() });
  return { client, chat, request$: chat.order$.pipe(concatMap(requestOf)) };
};

describe('conversation: event$', () => {
  it('is in order: what comes too early is held', () => {
    marbles(helpers => {
      const { client } = world(helpers, '------1--3-3-2--', { answer: () => undefined });
      owns(client, '                             -^---------------!');
      helpers.expectObservable(client.event$.pipe(map(eventOf))).toBe('------1------(23)');
    });
  });

  it('tells of a hole that nobody fills, after 10 s, and goes on', () => {
    marbles(helpers => {
      const { client } = world(helpers, '------1--4- 10s -2', { answer: () => undefined });
      owns(client, '                             -^---------- 10s ---!');
      helpers
        .expectObservable(client.event$.pipe(map(eventOf)))
        .toBe('------1-- 10s (g4)', { 1: '1', g: 'gap 2-3', 4: '4' });
    });
  });

  it('carries what is for the moment as it comes, and begins for whoever subscribes', () => {
    marbles(helpers => {
      const { client } = world(helpers, '------1--y--2---');
      owns(client, '                             -^---------------!');
      helpers.expectObservable(client.event$.pipe(map(eventOf)), '--------^-------!').toBe('---------e--2', {
        e: 'ephemeral',
        2: '2',
      });
    });
  });
});

describe('conversation: conversation$', () => {
  it('is the same Observable for the same id, and has a value at once', () => {
    const client = createClient({ conversations: fakeChat() });
    expect(client.conversation$('CON-1')).toBe(client.conversation$('CON-1'));
    expect(snapshot(client.conversation$('CON-1'))).toMatchObject({ id: 'CON-1', sync: 'loading', unsent: [] });
  });

  it('loads for the first viewer, shows all the same, and lets go 30 s after the last one', () => {
    marbles(helpers => {
      const { client, request$ } = world(helpers, '------------4', { answer: holding(1, 2, 3) });
      const shown$ = client.conversation$('CON-1').pipe(changesOf(shownBy));
      owns(client, '                            -^----------------- 80s ------!');
      helpers.expectObservable(shown$, '        --------^-------!').toBe('--------a---b', { a: '123', b: '1234' });
      helpers.expectObservable(shown$, '        ----------^---!').toBe('   ----------a-b', {
        a: '123',
        b: '1234',
      });
      helpers
        .expectObservable(shown$, '        ---------------- 29s ^--!')
        .toBe('---------------- 29s a', { a: '1234' });
      helpers
        .expectObservable(shown$, '        ---------------- 29s --- 30s 1ms ^-!')
        .toBe('---------------- 29s --- 30s 1ms a', {
          a: '123',
        });
      helpers.expectObservable(request$).toBe('--------(imhb) 59s ------(imh)');
    });
  });

  it('is stale without a line, and live once what was missed has come', () => {
    marbles(helpers => {
      const { client } = world(helpers, '------------x', { answer: holding(1) });
      const sync$ = client.conversation$('CON-1').pipe(changesOf(syncOf));
      owns(client, '                          -^-------- 1s !');
      helpers
        .expectObservable(sync$, '       --------^--- 900ms !')
        .toBe('--------l---s 249ms l', { l: 'live', s: 'stale' });
    });
  });

  it('tells why it can not be loaded', () => {
    marbles(helpers => {
      const answer = (): ReturnType<NonNullable<FakeChatOptions['answer']>> => left({ fault: fault('forbidden') });
      const { client } = world(helpers, '-', { answer });
      owns(client, '                          -^-------!');
      const sync$ = client.conversation$('CON-1').pipe(changesOf(syncOf));
      helpers.expectObservable(sync$, '       ------^!').toBe('------f', { f: 'forbidden' });
    });
  });

  it('has one page more when it is asked for, and says when there is none', () => {
    const all = [1, 2, 3, 4, 5, 6];
    const answer: FakeChatOptions['answer'] = ({ verb, args }) => {
      if (verb !== 'getConversationEvents' || args.everything === true) return right({ items: [] });
      const from = Number(args.cursor ?? 6);
      const items = all.filter(id => id <= from && id > from - 2).reverse();
      return right({ items: items.map(text), ...(from > 2 ? { nextCursor: String(from - 2) } : {}) });
    };
    marbles(helpers => {
      const { client } = world(helpers, '-', { answer });
      owns(client, '                          -^------------------!');
      helpers.hot('                            ---------o--o--o').subscribe(() => {
        client.loadOlder('CON-1');
      });
      const shown$ = client
        .conversation$('CON-1')
        .pipe(changesOf(conversation => `${shownBy(conversation)}${conversation.history.before ? ' and more' : ''}`));
      helpers.expectObservable(shown$, '      ------^---------!').toBe('------a--b--c', {
        a: '56 and more',
        b: '3456 and more',
        c: '123456',
      });
    });
  });
});

describe('conversation: typing$ and presence$', () => {
  it('fold signs, which fade', () => {
    marbles(helpers => {
      const { client } = world(helpers, '------y---n----y--p');
      owns(client, '                             -^---------------------- 100s !');
      const typing$ = client.typing$('CON-1').pipe(map(members => members.join()));
      helpers.expectObservable(typing$).toBe('n-----y---n----y 5999ms n', { n: '', y: 'MEM-2' });
      const presence$ = client.presence$('CON-1').pipe(map(presence => presence['MEM-2'] ?? 'nobody'));
      helpers.expectObservable(presence$).toBe('n-----------------p 89999ms n', { n: 'nobody', p: 'online' });
    });
  });
});

describe('conversation: conversations$', () => {
  it('is loaded once somebody looks, and follows our own coming and going', () => {
    marbles(helpers => {
      const { client, request$ } = world(helpers, '------------j--l');
      const list$ = client.conversations$.pipe(changesOf(list => list.map(({ id }) => id).join()));
      owns(client, '                      -^-------------------!');
      helpers
        .expectObservable(list$, '    --------^----------!')
        .toBe('--------a---b--a', { a: 'CON-1', b: 'CON-1,CON-2' });
      helpers.expectObservable(request$).toBe('--------L---i');
    });
  });
});

describe('conversation: disconnected client', () => {
  it('holds nothing: no subscription, no timer', () => {
    const frames = marbles(helpers => {
      const { client, chat } = world(helpers, '------1--3---y', { answer: holding(1) });
      owns(client, '                             -^-----------------!');
      merge(client.conversation$('CON-1'), client.event$, client.typing$('CON-1'))
        .subscribe()
        .add(() => undefined);
      helpers.cold('---------------------a').subscribe(() => {
        expect(chat.subscribers.count).toBe(0);
      });
    });
    // The last thing that happens is a look at what is left.
    expect(frames).toBe(21);
  });
});
