import { randomUUID } from 'node:crypto';
import { NEVER, Subject, Subscription, concatMap, filter, firstValueFrom, map, throwError } from 'rxjs';
import { BehaviorSubject } from 'rxjs';
import WebSocket from 'ws';
import { createClient } from '../../lib/client/client.js';
import type { StreamEvent } from '../../lib/conversation/model.js';
import type {
  Conversing,
  ConversingOrder,
  ConversingReport,
  OutboxStorage,
  Request,
} from '../../lib/conversation/port.js';
import { left, right } from '../../lib/core/either.js';
import { fault } from '../../lib/core/fault.js';
import { createKeyedStore } from '../../lib/core/keyed-store.js';
import { transition } from '../../lib/core/transition.js';
import type { LineOrder, LineReport } from '../../lib/line/port.js';
import { startServer } from '../../server/lib/index.js';
import { service } from '../../lib/service/index.js';
import { done, fakeChat, names, type FakeChat, type FakeChatOptions } from '../../lib/testing/index.js';
import { changesOf } from '../support/legend.js';
import { acts, marbles, owns } from '../support/marbles.js';
import {
  farewell,
  json,
  message,
  page,
  secret,
  startHostile,
  until,
  visitor,
  type Hostile,
} from './support/hostile.js';
import { createSerialQueue } from '../../lib/core/store.js';

const bob = { kind: 'embeddedInfo', memberId: 'MEM-2', user: { id: 'USR-2', name: 'bob' } } as const;
const text = (id: number, conversationId = 'CON-1'): ConversingReport => ({
  _tag: 'event',
  event: { kind: 'message:text', conversationId, id, timestamp: 't', from: bob, body: { text: String(id) } },
});
const writes: ConversingReport = {
  _tag: 'event',
  event: { kind: 'ephemeral', conversationId: 'CON-1', timestamp: 't', from: bob, body: { type: 'typing', on: true } },
};
const info = (id: string) => ({ id, name: id, timestamp: {}, properties: { customData: {} } });
const answer: NonNullable<FakeChatOptions['answer']> = ({ verb, args }) =>
  right(verb === 'getConversation' ? info(args.conversation) : { items: [] });

const verbOf = (order: ConversingOrder): readonly Request['verb'][] =>
  order._tag === 'ask' ? [order.request.verb] : [];

const clientOf = (chat: FakeChat) => createClient({ conversations: chat, random: () => 0.5, newId: names() });

/** A line that never says goodbye. */
const silentFarewell = (order: LineOrder): readonly LineReport[] => {
  if (order._tag === 'open') return [{ _tag: 'opened' }];
  if (order._tag === 'register') return [done(order, { expires: 3_600, user: { id: 'USR-1', name: 'alice' } })];
  return [];
};

describe('conversation leaks: timers', () => {
  it('stops for who has left a line that was on its way, though a window of his lingered', () => {
    const last = marbles(helpers => {
      const report$ = helpers.hot<ConversingReport>('--------x', { x: { _tag: 'closed', code: 1006 } });
      const client = clientOf(fakeChat({ report$, answer }));
      owns(client, '                            -^--------!');
      acts(helpers, '                           ----v', {
        v: () => {
          client.conversation$('CON-1').subscribe().unsubscribe();
        },
      });
    });
    expect(last).toBe(10);
  });

  it('stops 2 s after the farewell, though somebody is said to write meanwhile', () => {
    const last = marbles(helpers => {
      const report$ = helpers.hot<ConversingReport>('----w-------w', { w: writes });
      const client = clientOf(fakeChat({ report$, answer, line: silentFarewell }));
      owns(client, '                            -^--------!');
      helpers
        .expectObservable(client.typing$('CON-1').pipe(map(typing => typing.join())))
        .toBe('n---w-----n', { n: '', w: 'MEM-2' });
    });
    expect(last).toBe(2_010);
  });

  it('leaves one window and one timer of a thousand views, and after 30 s none', () => {
    const asked: string[] = [];
    const last = marbles(helpers => {
      const chat = fakeChat({ answer });
      const client = clientOf(chat);
      chat.order$.pipe(concatMap(verbOf)).subscribe(verb => asked.push(verb));
      owns(client, '   -^-- 31s -------!');
      acts(helpers, '  ---v 31s v---c', {
        v: () => {
          for (let at = 0; at < 1_000; at += 1) {
            client.conversation$('CON-1').subscribe().unsubscribe();
            client.typing$('CON-1').subscribe().unsubscribe();
            client.presence$('CON-1').subscribe().unsubscribe();
            client.conversations$.subscribe().unsubscribe();
          }
          asked.push('');
        },
        c: () => {
          client.connect().unsubscribe();
        },
      });
    });
    // What remains is what its owner does last.
    expect(last).toBe(31_011);
    const window = ['getConversation', 'getConversationMembers', 'getConversationEvents', 'getConversationEvents'];
    expect(asked).toEqual([...window, 'getConversations', '', ...window.slice(0, 3), '']);
  });

  it('is not kept by a thousand commands that wait for a line when nobody does any more', () => {
    const last = marbles(helpers => {
      const client = clientOf(fakeChat({ answer, line: () => [] }));
      owns(client, '   -^---!');
      acts(helpers, '  ---c', {
        c: () => {
          for (let at = 0; at < 1_000; at += 1) client.getUser('me');
          for (let at = 0; at < 1_000; at += 1) client.send('CON-1', { kind: 'text', text: 'x' });
        },
      });
    });
    // A line that never says that it has closed is waited for as long.
    expect(last).toBe(2_005);
  });
});

describe('conversation leaks: requests', () => {
  it('that nobody waits for any more is let go of', () => {
    marbles(helpers => {
      const chat = fakeChat({ answer: () => undefined });
      const client = clientOf(chat);
      owns(client, '   -^---- 70s !');
      acts(helpers, '  ---g', { g: () => client.createConversation() });
      const order$ = chat.order$.pipe(
        filter(({ _tag }) => _tag === 'ask' || _tag === 'abandon'),
        map(order => ('ref' in order ? `${order._tag} ${order.ref}` : '')),
      );
      helpers.expectObservable(order$).toBe('---a 19999ms b', { a: 'ask ask:0/1', b: 'abandon ask:0/1' });
    });
  });

  let far: Hostile;
  beforeEach(async () => {
    far = await startHostile();
  });
  afterEach(async () => {
    await farewell();
    await far.close();
  });

  it('whose answer never ends is cut, and so is all that is under way when the client leaves', async () => {
    let open = 0;
    far.on('GET /v0.3/users/me', response => {
      open += 1;
      response.on('close', () => {
        open -= 1;
      });
      response.writeHead(200);
      response.write('{"id":"');
    });
    const port: Conversing = service({
      apiUrl: far.url,
      token: () => secret('opaque-secret'),
      webSocket: at => new WebSocket(at),
    });
    const adapter = port.open({ newId: names() });
    const told: ConversingReport[] = [];
    const held = adapter.report$.subscribe(report => told.push(report));
    const request = { verb: 'getUser', args: { user: 'me' } } as const;
    ['1', '2', '3'].forEach(ref => {
      adapter.perform({ _tag: 'ask', ref, request });
    });
    await until(() => open === 3);
    adapter.perform({ _tag: 'abandon', ref: '2' });
    adapter.perform({ _tag: 'abandon', ref: 'nobody' });
    await until(() => open === 2);
    held.unsubscribe();
    await until(() => open === 0);
    expect(told).toEqual([]);
  });

  it('is one of six at a time, however many conversations we are invited to', async () => {
    const one = visitor(far.url);
    let [open, most] = [0, 0];
    far.on('GET /v0.3/conversations/*', (response, seen, request) => {
      open += 1;
      most = Math.max(most, open);
      setImmediate(() => {
        open -= 1;
        json({ id: decodeURIComponent(seen.path.split('/')[3] ?? ''), name: 'x' })(response, seen, request);
      });
    });
    far.on('GET /v0.3/users/USR-1/conversations', json(page('conversations', [])));
    await one.up();
    one.link.add(one.client.conversations$.subscribe());
    const body = { member_id: 'MEM-1', user: { user_id: 'USR-1', name: 'alice' } };
    for (let at = 0; at < 200; at += 1) far.tell('member:invited', { ...message(1, '', `CON-${String(at)}`), body });
    await firstValueFrom(one.client.conversations$.pipe(filter(list => list.length === 200)));
    expect(most).toBeLessThanOrEqual(6);
  });
});

describe('conversation leaks: a hundred conversations', () => {
  it('are all asked for what they missed once the line is back, six at a time', async () => {
    const far = await startHostile();
    const one = visitor(far.url);
    await one.up();
    for (let at = 0; at < 100; at += 1) far.tell('message', message(1, '', `CON-${String(at)}`));
    await until(() => one.events.length === 100);
    let [open, most] = [0, 0];
    far.on('GET /v0.3/conversations/*', (response, seen, request) => {
      open += 1;
      most = Math.max(most, open);
      setImmediate(() => {
        open -= 1;
        json(page('events', [{ type: 'message', ...message(2) }]))(response, seen, request);
      });
    });
    far.drop();
    await until(() => one.events.length === 200);
    expect(most).toBeLessThanOrEqual(6);
    await farewell();
    await far.close();
  });
});

describe('conversation leaks: memory', () => {
  it('of folds that lie idle is bounded, and none is forgotten that somebody views or that has something to do', () => {
    const folds = createKeyedStore<number, number, never, string>({
      initial: () => 0,
      step: (state, input) => transition(state + input, { events: [String(state + input)] }),
      isIdle: state => state < 5,
      most: 100,
      perform: () => undefined,
      moment: () => ({ at: 0, random: 0 }),
      lane: createSerialQueue(),
    });
    const seen: number[] = [];
    folds.state$('viewed').subscribe(state => seen.push(state));
    folds.dispatch('busy', 7);
    for (let at = 0; at < 10_000; at += 1) {
      folds.dispatch(`key ${String(at)}`, 1);
      expect(folds.keys().length).toBeLessThanOrEqual(100);
    }
    folds.dispatch('viewed', 1);
    folds.dispatch('busy', 1);
    expect(seen).toEqual([0, 1]);
    expect(folds.peek('busy')).toBe(8);
    expect(folds.keys().slice(0, 2)).toEqual(['viewed', 'busy']);
    for (let at = 0; at < 300; at += 1) folds.dispatch(`busy ${String(at)}`, 9);
    expect(folds.keys().filter(key => key.startsWith('busy '))).toHaveLength(300);
  });

  it('of what foreign conversations said is bounded, and what is viewed among them goes on', async () => {
    const report$ = new Subject<ConversingReport>();
    const client = clientOf(fakeChat({ report$, answer }));
    const link = new Subscription();
    link.add(client.connect());
    link.add(client.conversation$('CON-1').subscribe());
    const events: StreamEvent[] = [];
    link.add(client.event$.subscribe(event => events.push(event)));
    await firstValueFrom(client.conversation$('CON-1').pipe(filter(({ sync }) => sync === 'live')));
    report$.next(text(1));
    for (let at = 0; at < 25_000; at += 1) report$.next(text(1, `FOREIGN-${String(at)}`));
    report$.next(text(1));
    report$.next(text(2));
    expect(events).toHaveLength(25_002);
    const ours = events.filter(event => event.conversationId === 'CON-1');
    expect(ours.map(event => 'id' in event && event.id)).toEqual([1, 2]);
    link.unsubscribe();
  });
});

describe('conversation leaks: another user', () => {
  it('sends nothing and sees nothing of who was there before', () => {
    marbles(helpers => {
      const users = ['alice', 'bob'];
      const line = (order: LineOrder): readonly LineReport[] => {
        if (order._tag === 'open') return [{ _tag: 'opened' }];
        if (order._tag === 'close') return [{ _tag: 'closed' }];
        const name = order._tag === 'register' ? (users.shift() ?? '') : '';
        return [done(order, order._tag === 'register' ? { expires: 3_600, user: { id: name, name } } : undefined)];
      };
      const report$ = helpers.hot<ConversingReport>('-----1--x', { 1: text(1), x: { _tag: 'closed', code: 1006 } });
      const chat = fakeChat({
        report$,
        line,
        answer: request => (request.verb === 'send' ? undefined : answer(request)),
      });
      const client = clientOf(chat);
      owns(client, '   -^-------- 1s ----!');
      const outcomes: string[] = [];
      acts(helpers, '  ------s--s', {
        s: () => {
          client.send('CON-1', { kind: 'text', text: 'of alice' }).subscribe(outcome => {
            outcomes.push(outcome._tag === 'Left' ? outcome.left.code : 'right');
          });
        },
      });
      const sent$ = chat.order$.pipe(
        concatMap(verbOf),
        filter(verb => verb === 'send'),
      );
      helpers.expectObservable(sent$).toBe('------s', { s: 'send' });
      const shown$ = client
        .conversation$('CON-1')
        .pipe(changesOf(({ events, unsent }) => `${String(events.length)} ${String(unsent.length)}`));
      helpers.expectObservable(shown$, '------------ 1s ^').toBe('------------ 1s a', { a: '0 0' });
      helpers.cold('------------ 1s c').subscribe(() => {
        expect(outcomes).toEqual(['cancelled', 'cancelled']);
      });
    });
  });
});

describe('conversation leaks: storage', () => {
  const good: OutboxStorage = { open: () => NEVER, put: () => NEVER, remove: () => NEVER };
  const boom = (): never => {
    throw new Error('a storage threw');
  };
  const bad = (): ReturnType<OutboxStorage['put']> => throwError(() => new Error('a storage threw'));

  it.each<readonly [string, OutboxStorage]>([
    ['throws when it is opened', { ...good, open: boom }],
    ['throws when it is written to', { ...good, put: boom }],
    ['errors', { open: bad as OutboxStorage['open'], put: bad, remove: bad }],
    ['fails', { ...good, put: () => new BehaviorSubject(left(fault('storage-failed'))) }],
    ['gives nothing', { ...good, put: () => undefined as never }],
  ])('that %s is told of, and the message is sent all the same', (_, outbox) => {
    marbles(helpers => {
      const client = clientOf(fakeChat({ outbox, answer: () => right({ timestamp: 't', id: 1 }) }));
      owns(client, '   -^---------!');
      const outcomes: string[] = [];
      acts(helpers, '  ----s', {
        s: () => {
          client.send('CON-1', { kind: 'text', text: 'x' }).subscribe(({ _tag }) => outcomes.push(_tag));
        },
      });
      const codes: string[] = [];
      client.fault$.subscribe(({ code }) => codes.push(code));
      helpers.cold('------c').subscribe(() => {
        expect(outcomes).toEqual(['Right']);
        expect(codes).not.toEqual([]);
        expect(codes.every(code => code === 'storage-failed')).toBe(true);
      });
    });
  });
});

describe('conversation leaks: sockets', () => {
  it('leave nothing behind: sixty connections with a conversation in view', async () => {
    const server = await startServer({ port: 0 });
    const token = await server.token('alice');
    const sockets: WebSocket[] = [];
    let asking = 0;
    const client = createClient({
      random: () => 0,
      newId: randomUUID,
      conversations: service({
        apiUrl: server.url,
        websocketUrl: server.url,
        token: () => token,
        webSocket: at => {
          const socket = new WebSocket(at);
          sockets.push(socket);
          return socket;
        },
        fetch: async (...of) => {
          asking += 1;
          try {
            return await fetch(...of);
          } finally {
            asking -= 1;
          }
        },
      }),
    });
    const idle = (): Promise<unknown> =>
      firstValueFrom(client.session$.pipe(filter(({ connection }) => connection === 'disconnected')));
    const timers = (): number => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length;

    const first = client.connect();
    await firstValueFrom(client.session$.pipe(filter(({ connection }) => connection === 'connected')));
    const created = await firstValueFrom(client.createConversation());
    const id = created._tag === 'Right' ? created.right : '';
    await firstValueFrom(client.joinConversation(id));
    first.unsubscribe();
    await idle();
    await until(() => server.chat.sockets() === 0);
    const base = timers();

    for (let round = 0; round < 60; round += 1) {
      const link = client.connect();
      const view = client.conversation$(id).subscribe();
      const write = client.typing$(id).subscribe();
      // Sometimes in the middle of it, sometimes when all is there; the view goes first or last.
      if (round % 4 !== 0)
        await firstValueFrom(client.session$.pipe(filter(({ connection }) => connection === 'connected')));
      if (round % 4 === 2) await firstValueFrom(client.conversation$(id).pipe(filter(({ sync }) => sync === 'live')));
      if (round % 4 === 3) server.chat.drop('alice');
      if (round % 2 === 0) view.unsubscribe();
      link.unsubscribe();
      view.unsubscribe();
      write.unsubscribe();
      await idle();
    }

    await until(() => server.chat.sockets() === 0 && asking === 0);
    await until(() => sockets.every(({ readyState }) => readyState === WebSocket.CLOSED));
    // Nothing is waited for any more, not even for the two seconds of a farewell.
    await until(() => timers() <= base);
    for (const socket of sockets)
      expect(['open', 'message', 'close', 'error'].map(name => socket.listenerCount(name))).toEqual([0, 0, 0, 0]);
    await server.close();
  });
});
