import { concatMap, map, ReplaySubject, type Observable } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { createClient } from '../../lib/client/client.js';
import type { Client } from '../../lib/client/model.js';
import type { Content, Conversation, ConversationEvent, ListedConversation } from '../../lib/conversation/model.js';
import type { ConversingReport, Request, Messaging } from '../../lib/conversation/port.js';
import { isLeft, left, right } from '../../lib/core/either.js';
import { fault } from '../../lib/core/fault.js';
import { fakeChat, names, type ChatLetter, type FakeChatOptions } from '../../lib/testing/index.js';
import { check } from '../../lib/service/checks.js';
import { changesOf } from '../support/legend.js';
import { acts, marbles, owns } from '../support/marbles.js';
import type { Outcome } from '../../lib/core/port.js';

type Answer = NonNullable<FakeChatOptions['answer']>;
type Reply = ReturnType<Answer>;

const alice = { id: 'USR-1', name: 'alice' };
const bob = { id: 'USR-2', name: 'bob' };
type Person = typeof alice;
const from = (user: Person) => ({ kind: 'embeddedInfo', memberId: `MEM-${user.name}`, user }) as const;
const head = (id: number, user: Person) => ({ id, conversationId: 'CON-1', timestamp: `t${id}`, from: from(user) });
const text = (id: number, user = bob): ConversationEvent => ({
  ...head(id, user),
  kind: 'message:text',
  body: { text: String(id) },
});
const seen = (id: number, eventId: number): ConversationEvent => ({
  ...head(id, alice),
  kind: 'message:seen',
  body: { eventId },
});
const member = (kind: 'joined' | 'left' | 'invited', id: number, user = alice, by = user): ConversationEvent => ({
  ...head(id, by),
  kind: `member:${kind}`,
  body: { memberId: `MEM-${user.name}`, user },
});
const arrives = (event: ConversationEvent): ConversingReport => ({ _tag: 'event', event });
const info = (id = 'CON-1', more: object = {}) => ({
  id,
  name: 'old',
  timestamp: { created: 't1' },
  properties: { customData: {} },
  me: { id: 'MEM-alice', state: 'JOINED' },
  ...more,
});

/*
 *     wire     1 … 9 bob says something   r renamed   d deleted   l alice leaves   k bob removes her   i and invites her
 *              j alice joins   x the socket goes
 */
const wire: Readonly<Record<string, ChatLetter>> = {
  ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map(id => [String(id), arrives(text(id))])),
  r: { _tag: 'updated', info: info('CON-1', { name: 'new' }) as never },
  d: { _tag: 'deleted', conversation: 'CON-1' },
  l: arrives(member('left', 2)),
  k: arrives(member('left', 2, alice, bob)),
  i: arrives(member('invited', 3, alice, bob)),
  j: arrives(member('joined', 4)),
  x: { _tag: 'closed', code: 1006 },
};

const events = (...items: readonly ConversationEvent[]): Reply => right({ items: [...items].reverse() });
/** What the service would have answered otherwise. */
const usual: Reply = right('usual');
/** A service where everything is as it should be; `change`: but for these verbs. */
const well =
  (change: Readonly<Partial<Record<Request['verb'], (args: never) => Reply>>> = {}): Answer =>
  ({ verb, args }) => {
    const reply = change[verb] === undefined ? usual : change[verb](args as never);
    if (reply !== usual) return reply;
    if (verb === 'getConversation') return right(info());
    if (verb === 'getConversations') return right({ items: [info()] });
    if (verb === 'getConversationEvents' && args.everything !== true) return events(text(1));
    return right(verb.startsWith('get') ? { items: [] } : { timestamp: 't9' });
  };

const world = ({ hot }: RunHelpers, row: string, options: FakeChatOptions = {}) => {
  const chat = fakeChat({ report$: hot(row, wire), answer: well(), ...options });
  const client: Client & Messaging = createClient({ conversations: chat, random: () => 0.5, newId: names() });
  const asked$ = chat.order$.pipe(concatMap(order => (order._tag === 'ask' ? [order.request] : [])));
  return { client, chat, asked$ };
};

const syncOf = ({ sync, name, me }: Conversation): string =>
  typeof sync === 'string'
    ? `${sync} ${name} ${me?.state ?? ''}`.trim()
    : 'gone' in sync
      ? `gone ${sync.gone}`
      : `failed ${sync.failed.code}`;
const listOf = (list: readonly ListedConversation[]): string => list.map(({ id, name }) => `${id} ${name}`).join();

/** What becomes of commands, by name. */
const codes = (): {
  readonly note: (name: string, outcome: Outcome<unknown>) => void;
  readonly code$: Observable<string>;
} => {
  const code$ = new ReplaySubject<string>(Infinity);
  return {
    code$,
    note: (name, outcome) => {
      outcome.subscribe(result => {
        code$.next(`${name} ${isLeft(result) ? result.left.code : 'done'}`);
      });
    },
  };
};

describe('conversation: changed by another user', () => {
  it('is renamed for its viewers and in the list', () => {
    marbles(helpers => {
      const { client } = world(helpers, '-----------r');
      owns(client, '                             -^---------------!');
      const one$ = client.conversation$('CON-1').pipe(changesOf(syncOf));
      helpers.expectObservable(one$, '   ------^--------!').toBe('------a----b', {
        a: 'live old JOINED',
        b: 'live new JOINED',
      });
      helpers
        .expectObservable(client.conversations$.pipe(changesOf(listOf)), '------^--------!')
        .toBe('------a----b', { a: 'CON-1 old', b: 'CON-1 new' });
    });
  });

  it('while the line is away has its new name when it is back', () => {
    marbles(helpers => {
      let name = 'old';
      const answer = well({ getConversation: () => right(info('CON-1', { name })) });
      const { client } = world(helpers, '-----------x', { answer });
      helpers.cold('                     -----------n').subscribe(() => {
        name = 'new';
      });
      owns(client, '                     -^-------- 1s !');
      helpers
        .expectObservable(client.conversation$('CON-1').pipe(changesOf(syncOf)), '------^--------- 900ms !')
        .toBe('------a----s 249ms b', { a: 'live old JOINED', s: 'stale old JOINED', b: 'live new JOINED' });
    });
  });

  it.each<readonly [string, string, string]>([
    ['is deleted', 'd', 'gone deleted'],
    ['was left by us elsewhere', 'l', 'gone left'],
    ['removes us', 'k', 'gone removed'],
  ])('and %s is gone for its viewers and from the list, and takes no commands', (_, letter, gone) => {
    marbles(helpers => {
      const { client, asked$ } = world(helpers, `-----------${letter}`);
      const { note, code$ } = codes();
      owns(client, '                             -^-----------------!');
      acts(helpers, '                            ---------------c', {
        c: () => {
          note('send', client.send('CON-1', { kind: 'text', text: 'x' }));
          note('older', client.loadOlder('CON-1'));
          note('seen', client.seen('CON-1', 1));
          note('typing', client.typing('CON-1', true));
          note('update', client.updateConversation('CON-1', {}));
          note('leave', client.leaveConversation('CON-1'));
        },
      });
      const code = gone === 'gone deleted' ? 'not-found' : 'forbidden';
      helpers.expectObservable(code$).toBe('---------------(abcdef)', {
        a: `send ${code}`,
        b: `older ${code}`,
        c: `seen ${code}`,
        d: `typing ${code}`,
        e: `update ${code}`,
        f: `leave ${code}`,
      });
      helpers.expectObservable(asked$.pipe(map(({ verb }) => verb)), '----------^------!').toBe('-');
      helpers
        .expectObservable(client.conversation$('CON-1').pipe(changesOf(syncOf)), '------^---------!')
        .toBe('------a----g', { a: 'live old JOINED', g: gone });
      helpers
        .expectObservable(client.conversations$.pipe(changesOf(listOf)), '------^---------!')
        .toBe('------a----g', { a: 'CON-1 old', g: '' });
    });
  });

  it('is ours again when we are invited again, and what is under way for it ends', () => {
    marbles(helpers => {
      const answer = well({ send: () => undefined });
      const { client } = world(helpers, '-----------k----i', { answer });
      const { note, code$ } = codes();
      owns(client, '                             -^-------------------!');
      acts(helpers, '                            ---------s-----------', {
        s: () => {
          note('send', client.send('CON-1', { kind: 'text', text: 'x' }));
        },
      });
      helpers.expectObservable(code$).toBe('-----------f', { f: 'send forbidden' });
      helpers
        .expectObservable(client.conversation$('CON-1').pipe(changesOf(syncOf)), '------^-------------!')
        .toBe('------a----g----(bcde)', {
          a: 'live old JOINED',
          g: 'gone removed',
          b: 'loading old LEFT',
          c: 'loading old JOINED',
          d: 'stale old JOINED',
          e: 'live old JOINED',
        });
      helpers
        .expectObservable(client.conversations$.pipe(changesOf(listOf)), '------^-------------!')
        .toBe('------a----g----a', { a: 'CON-1 old', g: '' });
    });
  });

  it('is not gone by an event about an earlier membership that comes late', () => {
    marbles(helpers => {
      const { client } = world(helpers, '---------j--l');
      owns(client, '                             -^-------------------!');
      helpers
        .expectObservable(client.conversations$.pipe(changesOf(listOf)), '------^-------------!')
        .toBe('------a', { a: 'CON-1 old' });
    });
  });

  it.each<readonly ['forbidden' | 'not-found', string]>([
    ['forbidden', 'gone forbidden'],
    ['not-found', 'gone deleted'],
  ])('is gone where the service says after a reconnect that it is %s', (code, gone) => {
    marbles(helpers => {
      let reply = usual;
      const refuse = (): Reply => reply;
      const answer = well({
        getConversation: refuse,
        getConversationEvents: refuse,
        getConversations: () => (reply === usual ? usual : right({ items: [] })),
      });
      const { client } = world(helpers, '-----------x', { answer });
      helpers.cold('                     -----------n').subscribe(() => {
        reply = left({ fault: fault(code) });
      });
      owns(client, '                     -^-------- 1s !');
      helpers
        .expectObservable(client.conversation$('CON-1').pipe(changesOf(syncOf)), '------^--------- 900ms !')
        .toBe('------a----s 249ms g', { a: 'live old JOINED', s: 'stale old JOINED', g: gone });
      helpers
        .expectObservable(client.conversations$.pipe(changesOf(listOf)), '------^--------- 900ms !')
        .toBe('------a----- 249ms g', { a: 'CON-1 old', g: '' });
    });
  });
});

describe('conversation: unavailable conversation', () => {
  /** So many times refused, and then well. */
  const down = (verbs: readonly Request['verb'][], code: 'server-error' | 'forbidden', until: number): Answer => {
    let count = 0;
    const refuse = (): Reply => {
      count += 1;
      return count <= until ? left({ fault: fault(code) }) : usual;
    };
    return well(Object.fromEntries(verbs.map(verb => [verb, refuse])));
  };

  it('is tried again until it is there, as long as somebody looks', () => {
    marbles(helpers => {
      const { client } = world(helpers, '-', { answer: down(['getConversation'], 'server-error', 8) });
      owns(client, '                          -^--- 5m !');
      const sync$ = client.conversation$('CON-1').pipe(changesOf(syncOf));
      // Five tries with backoff, then one request after another with longer ones.
      helpers.expectObservable(sync$, '     ------^--- 4m !').toBe('------a 3749ms f 5749ms b', {
        a: 'loading',
        f: 'failed server-error',
        b: 'live old JOINED',
      });
    });
  });

  it('is let be when it is refused for good, or nobody looks any more', () => {
    marbles(helpers => {
      const { client, asked$ } = world(helpers, '-', { answer: down(['getConversationMembers'], 'forbidden', 1) });
      owns(client, '                          -^--- 5m !');
      helpers
        .expectObservable(client.conversation$('CON-1').pipe(changesOf(syncOf)), '------^--- 1m !')
        .toBe('------f', { f: 'failed forbidden' });
      helpers.expectObservable(asked$.pipe(map(({ verb }) => verb)), '-------^--- 3m !').toBe('-');
    });
    marbles(helpers => {
      const { client, asked$ } = world(helpers, '-', { answer: down(['getConversation'], 'server-error', 99) });
      owns(client, '                          -^--- 5m !');
      client.conversation$('CON-1').pipe(changesOf(syncOf));
      helpers
        .expectObservable(client.conversation$('CON-1').pipe(changesOf(syncOf)), '------^ 4s !')
        .toBe('------a 3749ms f', {
          a: 'loading',
          f: 'failed server-error',
        });
      helpers.expectObservable(asked$.pipe(map(({ verb }) => verb)), '------- 5s ^--- 3m !').toBe('-');
    });
  });

  it('is the list, too', () => {
    marbles(helpers => {
      const { client } = world(helpers, '-', { answer: down(['getConversations'], 'server-error', 6) });
      owns(client, '                          -^--- 5m !');
      helpers
        .expectObservable(client.conversations$.pipe(changesOf(listOf)), '------^--- 4m !')
        .toBe('------a 7999ms b', { a: '', b: 'CON-1 old' });
    });
  });
});

describe('conversation: paging', () => {
  /** Pages by their cursors, each with what is on it and where it leads. */
  const pages =
    <A>(table: Readonly<Record<string, readonly [items: readonly A[], next?: string]>>) =>
    ({ cursor = 'first' }: { readonly cursor?: string }): Reply => {
      const [items, next] = table[cursor] ?? [[]];
      return right({ items, ...(next === undefined ? {} : { nextCursor: next }) });
    };
  const faults = (client: Client): Observable<string> => client.fault$.pipe(map(({ code }) => code));

  it.each<readonly [string, Parameters<typeof pages>[0], string, string | undefined]>([
    [
      'with nothing on one of them',
      { first: [[info('CON-3')], 'a'], a: [[], 'b'], b: [[], 'c'], c: [[info('CON-2')]] },
      'CON-2 old,CON-3 old',
      undefined,
    ],
    [
      'that lead back',
      { first: [[info('CON-3')], 'a'], a: [[info('CON-2')], 'a'] },
      'CON-2 old,CON-3 old',
      'bad-answer',
    ],
    [
      'that lead in a circle',
      { first: [[info('CON-3')], 'a'], a: [[info('CON-2')], 'b'], b: [[], 'a'] },
      'CON-2 old,CON-3 old',
      'bad-answer',
    ],
  ])('of the list %s are all there is', (_, table, list, code) => {
    marbles(helpers => {
      const { client } = world(helpers, '-', { answer: well({ getConversations: pages(table) }) });
      owns(client, '                          -^--------!');
      helpers.expectObservable(client.conversations$.pipe(changesOf(listOf)), '---^---!').toBe('---a', { a: list });
      helpers.expectObservable(faults(client)).toBe(code === undefined ? '-' : '---f', { f: code });
    });
  });

  it('of members, with nothing on one of them', () => {
    marbles(helpers => {
      const of = (id: string) => ({ id, state: 'JOINED' });
      const table = { first: [[of('M1')], 'a'], a: [[], 'b'], b: [[of('M2')], 'b'] } as const;
      const { client } = world(helpers, '-', { answer: well({ getConversationMembers: pages(table) }) });
      owns(client, '                          -^--------!');
      const members$ = client
        .conversation$('CON-1')
        .pipe(changesOf(({ members }) => members.map(({ id }) => id).join()));
      helpers.expectObservable(members$, '---^---!').toBe('---a', { a: 'M1,M2' });
      helpers.expectObservable(faults(client)).toBe('---f', { f: 'bad-answer' });
    });
  });

  it('of events, with nothing on one of them', () => {
    marbles(helpers => {
      const table = { first: [[], 'a'], a: [[text(6), text(5)], 'b'], b: [[], 'c'], c: [[text(2)], 'c'] } as const;
      const answer = well({
        getConversationEvents: (args: { readonly everything?: boolean; readonly cursor?: string }) =>
          args.everything === true ? right({ items: [] }) : pages(table)(args),
      });
      const { client } = world(helpers, '-', { answer });
      const { note, code$ } = codes();
      owns(client, '                          -^-----------!');
      acts(helpers, '                         -------o--o', {
        o: () => {
          note('older', client.loadOlder('CON-1'));
        },
      });
      const shown$ = client.conversation$('CON-1').pipe(
        changesOf(
          ({ events, history }) =>
            `${events
              .toArray()
              .map(({ id }) => id)
              .join()} ${String(history.before)}`,
        ),
      );
      helpers.expectObservable(shown$, '---^-------!').toBe('---a---b', { a: '5,6 true', b: '2,5,6 false' });
      helpers.expectObservable(code$).toBe('-------a--a', { a: 'older done' });
      helpers.expectObservable(faults(client)).toBe('-------f', { f: 'bad-answer' });
    });
  });

  it('of what was missed, that lead nowhere: the hole is told of, and life goes on', () => {
    marbles(helpers => {
      const answer = well({
        getConversationEvents: (args: { readonly everything?: boolean }) =>
          args.everything === true ? right({ items: [], nextCursor: 'again' }) : events(text(1)),
      });
      const { client } = world(helpers, '-----------4---5', { answer });
      owns(client, '                             -^-----------------!');
      client
        .conversation$('CON-1')
        .subscribe()
        .add(() => undefined);
      const event$ = client.event$.pipe(
        map(event => (event.kind === 'gap' ? `${event.from}-${event.to}` : event.kind)),
      );
      helpers.expectObservable(event$, ' ------^---------!').toBe('-----------(gt)t', {
        g: '2-3',
        t: 'message:text',
      });
    });
  });
});

describe('conversation: list order', () => {
  const shown = (list: readonly ListedConversation[]): string =>
    list.map(({ id, unread, lastEvent }) => `${id} ${unread} ${lastEvent?.id ?? '-'}`).join();

  it('counts what was not seen, and has what was said last', () => {
    marbles(helpers => {
      const { client } = world(helpers, '---------4-5-s-a-5', {
        answer: well({ getConversations: () => right({ items: [info('CON-1', { unread: 2, lastEvent: text(3) })] }) }),
        report$: helpers.hot<ChatLetter>('---------4-5-s-a-5', {
          4: arrives(text(4)),
          5: arrives(text(5)),
          s: arrives(seen(6, 5)),
          a: arrives(text(7, alice)),
        }),
      });
      owns(client, '                             -^--------------------!');
      helpers
        .expectObservable(client.conversations$.pipe(changesOf(shown)), '---^--------------!')
        .toBe('---a-----b-c-d-e', { a: 'CON-1 2 3', b: 'CON-1 3 4', c: 'CON-1 4 5', d: 'CON-1 0 5', e: 'CON-1 0 7' });
    });
  });

  it('asks the service where it cannot count: when not all was seen, or the last was deleted', () => {
    marbles(helpers => {
      const { client } = world(helpers, '-', {
        answer: well({
          getConversations: () => right({ items: [info('CON-1', { unread: 3, lastEvent: text(3) })] }),
          getConversation: () => right(info('CON-1', { unread: 1, lastEvent: text(3) })),
        }),
        report$: helpers.hot<ChatLetter>('---------s', { s: arrives(seen(6, 2)) }),
      });
      owns(client, '                             -^--------------------!');
      helpers
        .expectObservable(client.conversations$.pipe(changesOf(shown)), '---^--------------!')
        .toBe('---a-----b', { a: 'CON-1 3 3', b: 'CON-1 1 3' });
    });
  });

  it('misses nothing that is said while it is loaded, and counts nothing twice', () => {
    marbles(helpers => {
      const { client } = world(helpers, '-', {
        answer: well({ getConversations: () => undefined }),
        report$: helpers.hot<ChatLetter>('----45p', {
          4: arrives(text(4)),
          5: arrives(text(5)),
          p: refOf => ({
            _tag: 'answered',
            ref: refOf('getConversations'),
            result: right({ items: [info('CON-1', { unread: 1, lastEvent: text(4) })] }),
          }),
        }),
      });
      owns(client, '                             -^--------------------!');
      helpers
        .expectObservable(client.conversations$.pipe(changesOf(shown)), '---^--------------!')
        .toBe('---z--a', { z: '', a: 'CON-1 2 5' });
    });
  });

  it.each([
    ['as they come', 1],
    ['the other way round', -1],
  ])('has one order for every client, %s: the newest first, then by id', (_, way) => {
    const made = (id: string, created?: string) => info(id, { timestamp: created === undefined ? {} : { created } });
    const items = [made('CON-a', 't1'), made('CON-d'), made('CON-c', 't2'), made('CON-b', 't1')];
    marbles(helpers => {
      const answer = well({ getConversations: () => right({ items: way === 1 ? items : [...items].reverse() }) });
      const { client } = world(helpers, '-', { answer });
      owns(client, '-^------!');
      const ids$ = client.conversations$.pipe(changesOf(list => list.map(({ id }) => id.slice(4)).join('')));
      helpers.expectObservable(ids$, '---^--!').toBe('---a', { a: 'cabd' });
    });
  });
});

describe('conversation: ownership of arguments', () => {
  it('may change after it was sent', () => {
    marbles(helpers => {
      const { client, asked$ } = world(helpers, '-');
      owns(client, '                                 ------^-----!');
      const content = { kind: 'text', text: 'first' };
      client.send('CON-1', content as Content);
      content.text = 'second';
      client.send('CON-1', content as Content);
      content.text = 'third';
      const texts$ = asked$.pipe(
        concatMap(({ verb, args }) => (verb === 'send' && args.content.kind === 'text' ? [args.content.text] : [])),
      );
      helpers.expectObservable(texts$).toBe('------(ab)', { a: 'first', b: 'second' });
    });
  });

  it('may change while a request waits for a line', () => {
    marbles(helpers => {
      const { client, asked$ } = world(helpers, '------x');
      owns(client, '                                 -^----- 1s !');
      const changes = { customData: { deep: { value: 1 } } };
      acts(helpers, '                              ---------u', {
        u: () => {
          client.updateConversation('CON-1', changes);
          changes.customData.deep.value = 2;
        },
      });
      const value$ = asked$.pipe(map(({ args }) => ('changes' in args ? JSON.stringify(args.changes) : '')));
      helpers.expectObservable(value$).toBe('------ 250ms a', { a: '{"customData":{"deep":{"value":1}}}' });
    });
  });
});

describe('conversation: invalid keys', () => {
  it.each([null, undefined, 7, '', ' ', '..', {}, [], () => 'CON-1', '\ud800'])('%p fails, and is no error', key => {
    const client = createClient({ conversations: fakeChat({ check, answer: well() }) });
    const id = key as never;
    const told: unknown[] = [];
    const over = jest.fn();
    const seenBy = [
      client
        .conversation$(id)
        .pipe(map(({ sync }) => (typeof sync === 'object' && 'failed' in sync ? sync.failed.code : sync))),
      client.typing$(id),
      client.presence$(id),
    ].map(state$ =>
      (state$ as Observable<unknown>).subscribe({ next: value => told.push(value), error: over, complete: over }),
    );
    expect(told).toEqual(['invalid-argument', [], {}]);
    expect(over).not.toHaveBeenCalled();
    seenBy.forEach(one => {
      one.unsubscribe();
    });
  });
});

describe('conversation: typing and presence', () => {
  it('are given once in three seconds while they stay the same, and at once when they change', () => {
    marbles(helpers => {
      const { client, asked$ } = world(helpers, '-');
      const { note, code$ } = codes();
      owns(client, '           -^--------- 10s !');
      acts(helpers, '          ---(yyy)y-y- 3s y-n-n-y', {
        y: () => {
          note('on', client.typing('CON-1', true));
        },
        n: () => {
          note('off', client.typing('CON-1', false));
        },
      });
      const said$ = asked$.pipe(map(({ args }) => ('body' in args ? JSON.stringify(args.body) : '')));
      helpers.expectObservable(said$).toBe('---a-------- 3s a-b---a', {
        a: '{"type":"typing","on":true}',
        b: '{"type":"typing","on":false}',
      });
      helpers.expectObservable(code$).toBe('---(aaa)a-a- 3s a-b-b-a', { a: 'on done', b: 'off done' });
    });
  });

  it('that were not heard are given again', () => {
    marbles(helpers => {
      const answer = well({ sendEphemeral: () => left({ fault: fault('server-error') }) });
      const { client, asked$ } = world(helpers, '-', { answer });
      owns(client, '           -^--------- 10s !');
      acts(helpers, '          ---y-y', { y: () => client.typing('CON-1', true) });
      helpers.expectObservable(asked$.pipe(map(() => 'a'))).toBe('---a-a');
    });
  });

  it('of somebody who leaves are gone with him', () => {
    marbles(helpers => {
      const sign = (body: Readonly<Record<string, string | boolean>>) =>
        arrives({ kind: 'ephemeral', conversationId: 'CON-1', timestamp: 't', from: from(bob), body });
      const { client } = world(helpers, '-', {
        report$: helpers.hot<ChatLetter>('------yp--l', {
          y: sign({ type: 'typing', on: true }),
          p: sign({ type: 'presence', state: 'online' }),
          l: arrives(member('left', 2, bob)),
        }),
      });
      owns(client, '                             -^------------------!');
      helpers.expectObservable(client.typing$('CON-1').pipe(map(({ length }) => String(length)))).toBe('0-----1---0');
      helpers
        .expectObservable(client.presence$('CON-1').pipe(map(presence => String(Object.keys(presence).length))))
        .toBe('0------1--0');
    });
  });
});
