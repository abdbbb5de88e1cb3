import fc from 'fast-check';
import { filter, firstValueFrom, map, NEVER, Subscription, throwError } from 'rxjs';
import type { Content, StreamEvent } from '../../lib/conversation/model.js';
import { startServer, type DevServer } from '../../server/lib/index.js';
import {
  farewell,
  idsOf,
  json,
  message,
  page,
  secret,
  startHostile,
  success,
  unhandled,
  until,
  visitor,
  watchOutput,
  type Hostile,
  type Visitor,
} from './support/hostile.js';
import { runs } from '../support/runs.js';
import type { Messaging } from '../../lib/conversation/port.js';

watchOutput();

const textOf = (event: StreamEvent): string | undefined =>
  event.kind === 'message:text' ? event.body.text : undefined;

describe('conversation: hostile server', () => {
  let far: Hostile;
  beforeEach(async () => {
    far = await startHostile();
  });
  afterEach(async () => {
    await farewell();
    await far.close();
  });

  /** Whatever came before: a normal message still arrives, exactly once. */
  const expectAlive = async (one: Visitor, id: number, cid = 'CON-1'): Promise<void> => {
    const text = `alive ${String(id)} in ${cid}`;
    far.tell('message', message(id, text, cid));
    far.tell('message', message(id, text, cid));
    await until(() => one.events.some(event => textOf(event) === text));
    far.tell('ephemeral', { cid, timestamp: 't', body: { after: text } });
    await until(() => one.events.some(({ kind }) => kind === 'ephemeral'));
    expect(one.events.filter(event => textOf(event) === text)).toHaveLength(1);
  };

  describe('and its frames', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    it.each<readonly [string, string | Uint8Array]>([
      ['binary', new Uint8Array([4, 2, 0, 255])],
      ['empty', ''],
      ['cut off', '42["message",{"id":1'],
      ['no protocol at all', 'x'],
      ['longer than 10 MB', `42["message",{"id":1,"x":"${'x'.repeat(10 * 1024 * 1024)}"}]`],
      ['nested a hundred thousand deep', `42["message",${deep}]`],
      ['without a name', '42[{}]'],
      ['without anything', '42[]'],
      ['no list', '42{}'],
      ['null', '42["message",null]'],
      ['of a binary event', '451-["message",{"_placeholder":true,"num":0}]'],
      ['of another namespace', '42/elsewhere,["message",{}]'],
      ['an answer to nobody', '43999[1]'],
      ['of an unknown type', '49'],
      ['a handshake in the middle', '0{"pingInterval":-5,"pingTimeout":"x"}'],
      ['numbered beyond all numbers', `42${'9'.repeat(1_000_000)}["message",{}]`],
    ])('%s', async (_, frame) => {
      const one = visitor(far.url);
      await one.up();
      far.say(frame);
      await expectAlive(one, 1);
      expect(one.faults.every(({ code }) => code === 'malformed-frame')).toBe(true);
      expect(far.heard.every(answer => answer.length < 1_000)).toBe(true);
    });

    it.each(['__proto__', 'constructor', 'toString', '<img src=x onerror=alert(1)>', ' ', '\ud800', 'CON-1 gap'])(
      'that call everything %j',
      async name => {
        const one = visitor(far.url, { receipts: true });
        await one.up();
        one.link.add(one.client.conversation$(name).subscribe());
        one.link.add(one.client.typing$(name).subscribe());
        const head = { cid: name, from: name, timestamp: 't', _embedded: { from_user: { user_id: name, name } } };
        const state = `{"seen_by":{${JSON.stringify(name)}:1},"delivered_to":{${JSON.stringify(name)}:"t"}}`;
        const said = { ...head, body: { message_type: 'text', text: name }, state: JSON.parse(state) as unknown };
        far.tell('message', { ...said, id: 1 });
        far.tell('member:joined', { ...head, id: 2, body: { member_id: name, user: { user_id: name, name } } });
        far.tell('message:seen', { ...head, id: 3, body: { event_id: 1 } });
        far.tell(`custom:${name}`, {
          ...head,
          id: 4,
          body: JSON.parse(`{${JSON.stringify(name)}:{"x":1}}`) as unknown,
        });
        far.tell(name, { ...head, id: 5, body: {} });
        far.tell('ephemeral', { ...head, body: { type: 'typing', on: true } });
        far.tell('ephemeral', { ...head, body: { type: 'presence', state: 'online' } });
        await until(() => idsOf(one).length === 5);
        expect(idsOf(one)).toEqual([1, 2, 3, 4, 5]);
        // As it is: nobody has touched the markup.
        expect(one.events.map(textOf).find(Boolean)).toBe(name);
        expect(({} as Record<string, unknown>)['x']).toBeUndefined();
        await expectAlive(one, 6, name);
      },
    );

    it('with statuses of a member whose name every object has are plain data', async () => {
      const one = visitor(far.url);
      one.link.add(one.client.conversation$('CON-1').subscribe());
      await one.up();
      const state = { seen_by: { 'MEM-1': 't' } };
      far.tell('message', { ...message(1), state });
      far.tell('message', { ...message(1), state: { seen_by: { constructor: 5 } } });
      await expectAlive(one, 2);
      far.tell('message', { ...message(1), state: { seen_by: { constructor: 5 } } });
      await expectAlive(one, 3);
      const { events } = await firstValueFrom(one.client.conversation$('CON-1'));
      expect(JSON.parse(JSON.stringify(events.at(0)))).toMatchObject({
        memberStatuses: { constructor: { current: 'none' } },
      });
    });

    it('with ids that are none are told as malformed, and change nothing', async () => {
      const one = visitor(far.url);
      await one.up();
      far.tell('message', message(1));
      for (const id of [-1, -5e15, 1.5, 2 ** 53, 1e300, 'x', '-3', '', NaN, undefined, null, {}, [2], true])
        far.tell('message', message(id));
      far.tell('message', message('2'));
      far.tell('custom:x', { ...message(-7) });
      far.tell('strange', { ...message(-8) });
      await expectAlive(one, 3);
      expect(idsOf(one)).toEqual([1, 2, 3]);
      expect(one.events.filter(({ kind }) => kind === 'gap')).toEqual([]);
      expect(one.faults.filter(({ code }) => code === 'malformed-frame')).toHaveLength(15);
    });

    it('far ahead cost nothing, and the gap is told when nobody can fill it', async () => {
      const one = visitor(far.url);
      await one.up();
      far.on('GET /v0.3/conversations/CON-1/events', json({}, 403));
      far.tell('message', message(1));
      far.tell('message', message(1e12));
      await until(() => one.events.length === 3);
      expect(one.events[1]).toEqual({ kind: 'gap', conversationId: 'CON-1', from: 2, to: 1e12 - 1 });
      await expectAlive(one, 1e12 + 1);
    });

    it('that say something else under the same number are heard once', async () => {
      const one = visitor(far.url);
      one.link.add(one.client.conversation$('CON-1').subscribe());
      await one.up();
      far.tell('message', message(1, 'first'));
      far.tell('message', message(1, 'second'));
      await expectAlive(one, 2);
      expect(one.events.map(textOf).filter(Boolean)).toEqual(['first', 'alive 2 in CON-1']);
    });

    it('of thousands of conversations that nobody has heard of', async () => {
      const one = visitor(far.url, { receipts: true });
      await one.up();
      const count = 1_000;
      for (let at = 0; at < count; at += 1) far.tell('message', message(1, 'x', `FOREIGN-${String(at)}`));
      await until(() => one.events.length === count);
      await expectAlive(one, 1);
    });

    it('a flood of pings, and of events that are to be acknowledged', async () => {
      const one = visitor(far.url);
      await one.up();
      for (let id = 1; id <= 2_000; id += 1) {
        far.say('2');
        far.say(`42${String(id)}${JSON.stringify(['message', message(id)])}`);
      }
      await until(() => one.events.length === 2_000 && far.heard.includes('432000[]'));
      expect(far.heard.filter(frame => frame === '3')).toHaveLength(2_000);
      expect(far.heard.filter(frame => frame.startsWith('43'))).toHaveLength(2_000);
      await expectAlive(one, 2_001);
    });
  });

  describe('and its logins', () => {
    it('twice', async () => {
      const one = visitor(far.url);
      await one.up();
      far.tell('session:success', success('USR-1', { pending_events: [{ type: 'message', ...message(1) }] }));
      await expectAlive(one, 2);
      expect(idsOf(one)).toEqual([1, 2]);
    });

    it('of somebody else in the middle end the connection', async () => {
      const one = visitor(far.url);
      await one.up();
      far.tell('session:success', success('USR-EVIL'));
      await until(() => one.faults.length > 0);
      expect(one.faults.map(({ code }) => code)).toEqual(['invalid-session']);
      const { user } = await one.when(({ connection }) => connection === 'connected');
      expect(user).toEqual({ id: 'USR-1', name: 'alice' });
      await expectAlive(one, 1);
    });

    it('with twenty thousand missed events', async () => {
      const count = 20_000;
      far.login = success('USR-1', {
        pending_events: Array.from({ length: count }, (_, at) => ({ type: 'message', ...message(at + 1, 'x') })),
      });
      const one = visitor(far.url, { receipts: true });
      await one.up();
      await until(() => one.events.length === count);
      expect(idsOf(one).every((id, at) => id === at + 1)).toBe(true);
    });

    it.each<readonly [string, unknown]>([
      ['null', null],
      ['no body', {}],
      ['numbers', { body: { id: 1, user_id: 2, name: 3 } }],
      ['a session that no URL can carry', { body: { id: '\ud800', user_id: 'USR-1', name: 'alice' } }],
      ['missed events that are none', success('USR-1', { pending_events: [null, 1, 'x', [], { type: 5 }] })],
      ['missed events that are no list', success('USR-1', { pending_events: { length: 1e9 } })],
    ])('that say %s', async (_, login) => {
      far.login = login;
      const one = visitor(far.url);
      one.link.add(one.client.connect());
      await until(() => far.heard.includes('40'));
      const settled = await one.when(
        ({ connection, registration }) => connection === 'connected' || registration.state === 'refused',
      );
      if (settled.connection === 'connected') await expectAlive(one, 1);
      else expect(one.faults.map(({ code }) => code)).toEqual(['bad-answer']);
    });

    it('a token that has expired in the middle (41), and a refusal (44)', async () => {
      const one = visitor(far.url);
      await one.up();
      far.say('41');
      await until(() => one.faults.length === 1);
      await one.when(({ connection }) => connection === 'connected');
      far.say('44{"message":"no opaque-secret-of-alice here"}');
      await until(() => one.faults.length === 2);
      await one.when(({ connection }) => connection === 'connected');
      expect(one.faults.map(({ code }) => code)).toEqual(['expired-token', 'refused']);
      await expectAlive(one, 1);
    });
  });

  describe('and its answers', () => {
    const events = 'GET /v0.3/conversations/CON-1/events';

    it.each<readonly [string, Parameters<Hostile['on']>[1], string]>([
      ['HTML', json('<html>', 200, { 'Content-Type': 'text/html' }), 'bad-answer'],
      ['nothing (204)', response => response.writeHead(204).end(), 'bad-answer'],
      ['null', json('null'), 'bad-answer'],
      ['another shape', json({ id: 1, name: [] }), 'bad-answer'],
      ['too deep', json(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), 'bad-answer'],
      ['elsewhere', (response, { path }) => response.writeHead(302, { Location: `${path}/x` }).end(), 'not-found'],
      [
        '400 with everything wrong',
        json({ detail: 5, title: [], code: {}, invalid_parameters: [1, null, {}] }, 400),
        'invalid-argument',
      ],
      ['a token in the words', json({ detail: `${'x'.repeat(490)}opaque-secret-of-alice` }, 403), 'forbidden'],
      ['a strange status', json({}, 499), 'refused'],
      ['too often, in a billion seconds', json({}, 429, { 'Retry-After': '1000000000' }), 'rate-limited'],
      [
        'too often, on a day far away',
        json({}, 429, { 'Retry-After': 'Fri, 31 Dec 2999 23:59:59 GMT' }),
        'rate-limited',
      ],
    ])('%s', async (_, reply, code) => {
      const one = visitor(far.url);
      await one.up();
      far.on('GET /v0.3/users/me', reply);
      const outcome = await one.outcome(one.client.getUser('me'));
      expect(outcome).toMatchObject({ _tag: 'Left', left: { code } });
      expect(JSON.stringify(outcome)).not.toContain('opaque');
      await expectAlive(one, 1);
    });

    it.each(['-1', 'garbage', '', '1.5', 'NaN', '0x10'])('too often, for %j', async after => {
      const one = visitor(far.url);
      await one.up();
      let asked = 0;
      far.on('GET /v0.3/users/me', (...all) => {
        asked += 1;
        if (asked === 1) json({}, 429, { 'Retry-After': after })(...all);
        else json({ id: 'USR-1', name: 'alice' })(...all);
      });
      expect(await one.outcome(one.client.getUser('me'))).toMatchObject({ _tag: 'Right' });
      expect(asked).toBe(2);
    });

    it('that break off in the body are asked for again', async () => {
      const one = visitor(far.url);
      await one.up();
      let asked = 0;
      far.on('GET /v0.3/users/me', (response, ...all) => {
        asked += 1;
        if (asked > 1) {
          json({ id: 'USR-1', name: 'alice' })(response, ...all);
          return;
        }
        response.writeHead(200, { 'Content-Length': '1000' });
        response.write('{"id":', () => response.socket?.destroy());
      });
      expect(await one.outcome(one.client.getUser('me'))).toMatchObject({ _tag: 'Right' });
      expect(asked).toBe(2);
    });

    it('that name ids which no URL can carry', async () => {
      const one = visitor(far.url, { receipts: true });
      await one.up();
      far.on('GET /v0.3/conversations/CON-1/members/me', json({ id: '\ud800', state: 'JOINED' }));
      const outcome = await one.outcome(one.client.leaveConversation('CON-1'));
      expect(outcome).toMatchObject({ _tag: 'Left', left: { retryable: false } });
      await expectAlive(one, 1);
    });

    it('pages whose items are out of range, unsorted, doubled, or none', async () => {
      const one = visitor(far.url);
      await one.up();
      far.tell('message', message(10));
      await until(() => one.events.length === 1);
      const items = [14, 12, 12, 3, 13, -4, 1.5].map(id => ({ type: 'message', ...message(id) }));
      far.on(events, json(page('events', [...items, null, 7, { type: 5 }])));
      far.tell('message', message(15));
      await until(() => idsOf(one).includes(15));
      expect(idsOf(one)).toEqual([10, 12, 13, 14, 15]);
      await expectAlive(one, 16);
    });

    it.each<readonly [string, (asked: number) => object]>([
      ['the same cursor for ever', () => page('events', [{ type: 'message', ...message(2) }], 'again')],
      ['ever new cursors and nothing else', asked => page('events', [], `c${String(asked)}`)],
      ['cursors that are garbage', () => page('events', [{ type: 'message', ...message(2) }], '%ZZ%00..')],
    ])('pages with %s come to an end', async (_, answer) => {
      const one = visitor(far.url);
      await one.up();
      far.tell('message', message(1));
      await until(() => one.events.length === 1);
      let asked = 0;
      far.on(events, (...all) => {
        asked += 1;
        json(answer(asked))(...all);
      });
      far.tell('message', message(4));
      await until(() => idsOf(one).includes(4));
      await expectAlive(one, 5);
      expect(asked).toBeLessThan(20);
    });

    it('a page with nothing on it that we understand is not the end of the history', async () => {
      const one = visitor(far.url);
      await one.up();
      far.tell('message', message(1));
      await until(() => one.events.length === 1);
      far.on(events, (response, seen, request) => {
        const second = seen.query.includes('cursor=second');
        json(
          second
            ? page('events', [{ type: 'message', ...message(3) }])
            : page('events', [{ type: 'message', id: 2 }], 'second'),
        )(response, seen, request);
      });
      far.tell('message', message(4));
      await until(() => idsOf(one).includes(4));
      expect(idsOf(one)).toEqual([1, 3, 4]);
    });

    it.each(['self', '', 'javascript:alert(1)', 5, { href: 'x' }, [], null])('links that are %j', async link => {
      const one = visitor(far.url);
      await one.up();
      far.on(events, json({ _embedded: { events: [] }, _links: { next: { href: link }, prev: link } }));
      const outcome = await one.outcome(one.client.getConversationEvents('CON-1'));
      expect(outcome).toEqual({ _tag: 'Right', right: { items: [] } });
    });

    it.each(['members', 'conversations'] as const)('pages of %s that never end', async name => {
      const one = visitor(far.url);
      let asked = 0;
      const count = (...all: Parameters<Parameters<Hostile['on']>[1]>): void => {
        asked += 1;
        const item = { id: 'X-1', name: 'x', state: 'JOINED' };
        json(page(name, [item], 'again'))(...all);
      };
      far.on(`GET /v0.3/${name === 'members' ? 'conversations/CON-1/members' : 'users/USR-1/conversations'}`, count);
      one.link.add(one.client.conversations$.subscribe());
      await one.up();
      const open = one.client.conversation$('CON-1').pipe(filter(({ sync }) => sync === 'live'));
      await firstValueFrom(open);
      await expectAlive(one, 1);
      expect(asked).toBeLessThan(10);
    });

    it('a slow page of the list takes nothing back that happened meanwhile', async () => {
      const one = visitor(far.url);
      const pages: (() => void)[] = [];
      const old = [1, 2].map(at => ({ id: `OLD-${String(at)}`, name: 'old' }));
      far.on('GET /v0.3/users/USR-1/conversations', (...all) => {
        pages.push(() => {
          json(page('conversations', old))(...all);
        });
      });
      await one.up();
      one.link.add(one.client.conversations$.subscribe());
      const body = { member_id: 'MEM-1', user: { user_id: 'USR-1', name: 'alice' } };
      far.tell('member:left', { ...message(1, '', 'OLD-1'), body });
      far.tell('member:joined', { ...message(1, '', 'CON-9'), body });
      const ids = (is: (ids: readonly string[]) => boolean): Promise<readonly string[]> =>
        firstValueFrom(
          one.client.conversations$.pipe(
            map(list => list.map(({ id }) => id)),
            filter(is),
          ),
        );
      await ids(list => list.includes('CON-9'));
      await until(() => pages.length === 1);
      pages[0]?.();
      expect(await ids(list => list.includes('OLD-2'))).toEqual(['CON-9', 'OLD-2']);
    });

    it('a window that can not be loaded holds back nothing', async () => {
      const one = visitor(far.url);
      far.on('GET /v0.3/conversations/CON-1/events', json('<html>'));
      one.link.add(one.client.conversation$('CON-1').subscribe());
      await one.up();
      await firstValueFrom(one.client.conversation$('CON-1').pipe(filter(({ sync }) => typeof sync === 'object')));
      await expectAlive(one, 7);
    });

    it('what came while a window could not be loaded is passed on', async () => {
      const one = visitor(far.url);
      let refuse = (): void => undefined;
      far.on('GET /v0.3/conversations/CON-1/events', (...all) => {
        refuse = () => {
          json({}, 403)(...all);
        };
      });
      one.link.add(one.client.conversation$('CON-1').subscribe());
      await one.up();
      far.tell('message', message(7));
      far.tell('message', message(8));
      await until(() => far.seen.some(({ path }) => path.endsWith('/events')));
      far.tell('ephemeral', { cid: 'CON-1', timestamp: 't', body: {} });
      await until(() => one.events.length === 1);
      refuse();
      await until(() => idsOf(one).length === 2);
      expect(idsOf(one)).toEqual([7, 8]);
    });

    it('one message that is too deep takes no other with it', async () => {
      const one = visitor(far.url);
      const deep = `${'{"a":'.repeat(600)}1${'}'.repeat(600)}`;
      const items = [3, 2, 1].map(id => ({
        ...message(id),
        type: 'message',
        ...(id === 2 ? { body: { message_type: 'custom', custom: JSON.parse(deep) as unknown } } : {}),
      }));
      far.on('GET /v0.3/conversations/CON-1/events', json(page('events', items)));
      await one.up();
      const { events: shown } = await firstValueFrom(
        one.client.conversation$('CON-1').pipe(filter(({ sync }) => sync === 'live')),
      );
      expect(shown.toArray().map(({ id }) => id)).toEqual([1, 3]);
      expect(one.faults.map(({ code }) => code)).toContain('bad-answer');
    });

    it('a page may hold as many large messages as it says', async () => {
      const one = visitor(far.url);
      const items = [12, 11, 10, 9, 8, 7].map(id => ({ ...message(id, 'x'.repeat(2_000_000)), type: 'message' }));
      far.on('GET /v0.3/conversations/CON-1/events', json(page('events', items)));
      await one.up();
      const { events: shown } = await firstValueFrom(
        one.client.conversation$('CON-1').pipe(filter(({ sync }) => sync === 'live')),
      );
      expect(shown.length).toBe(6);
    });
  });

  describe('and refused tokens', () => {
    const refused = json({ code: 'system:error:expired-token' }, 401);

    it.each<readonly [string, () => unknown]>([
      [
        'throws',
        () => {
          throw new Error(secret('opaque-secret-in-an-error'));
        },
      ],
      ['rejects', () => Promise.reject(new Error(secret('opaque-secret-in-an-error')))],
      ['errors', () => throwError(() => new Error(secret('opaque-secret-in-an-error')))],
      ['gives nothing', () => undefined],
      ['gives garbage', () => ({ token: 'x' })],
      ['gives a line break', () => secret('opaque\r\nX-Evil: secret')],
    ])('one refresh for each that is refused, when the provider %s', async (_, provide) => {
      let calls = 0;
      const one = visitor(far.url, {
        token: () => {
          calls += 1;
          return calls === 1 ? secret('opaque-secret-of-alice') : (provide() as string);
        },
      });
      await one.up();
      far.on('GET /v0.3/users/me', refused);
      const all = await Promise.all([1, 2, 3].map(() => one.outcome(one.client.getUser('me'))));
      expect(all.map(outcome => 'left' in outcome && outcome.left.code)).toEqual(all.map(() => 'unauthorized'));
      // Whoever is refused after a refresh has failed may ask for another: a new token may be there by then.
      expect(calls).toBeLessThanOrEqual(4);
      await expectAlive(one, 1);
    });

    it('a token that is refused anew is not refreshed anew', async () => {
      let calls = 0;
      const one = visitor(far.url, { token: () => secret(`opaque-secret-${String((calls += 1))}`) });
      await one.up();
      far.on('GET /v0.3/users/me', refused);
      far.on('PUT /v0.2/sessions/SES-1', json({ session_id: 'SES-1' }));
      expect(await one.outcome(one.client.getUser('me'))).toMatchObject({ left: { code: 'unauthorized' } });
      expect(calls).toBe(2);
      expect(far.seen.filter(({ path }) => path === '/v0.3/users/me')).toHaveLength(2);
    });

    it('receipts that are refused for ever ask for no more tokens than there are messages', async () => {
      let calls = 0;
      const one = visitor(far.url, { receipts: true, token: () => secret(`opaque-secret-${String((calls += 1))}`) });
      await one.up();
      far.on('POST /v0.3/conversations/*', refused);
      far.on('PUT /v0.2/sessions/SES-1', refused);
      far.tell('message', message(1));
      far.tell('message', message(2));
      await until(() => far.seen.filter(({ method }) => method === 'POST').length === 2);
      await expectAlive(one, 3);
      expect(calls).toBeLessThanOrEqual(4);
    });
  });
});

describe('conversation: token provider', () => {
  let server: DevServer;
  beforeEach(async () => {
    server = await startServer({ port: 0 });
  });
  afterEach(async () => {
    await farewell();
    await server.close();
  });

  it.each<readonly [string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error(secret('opaque-secret-in-an-error'));
      },
    ],
    ['rejects', () => Promise.reject(new Error(secret('opaque-secret-in-an-error')))],
    ['gives an empty token', () => ''],
    ['gives undefined', () => undefined],
    ['gives a number', () => 5],
    ['gives what no header can carry', () => secret('opaque secret with spaces')],
    ['gives a foreign token', () => secret('eyJhbGciOiJub25lIn0.eyJzdWIiOiJtYWxsb3J5In0.c2lnbmF0dXJl')],
    ['never answers', () => NEVER],
  ])('that %s: nobody is logged in, and nobody is asked all the time', async (name, token) => {
    let calls = 0;
    const one = visitor(server.url, {
      token: () => {
        calls += 1;
        return token() as string;
      },
    });
    one.link.add(one.client.connect());
    await until(() => calls > 0);
    const asked = one.outcome(one.client.getUser('me'));
    if (name !== 'never answers') {
      await until(() => one.faults.length > 0);
      expect(['unauthorized', 'invalid-token']).toContain(one.faults[0]?.code);
    }
    // Whoever leaves is told, also in the middle of it.
    one.link.unsubscribe();
    expect(await asked).toMatchObject({ _tag: 'Left' });
    expect(calls).toBeLessThan(10);
    await until(() => server.chat.sockets() === 0);
  });

  it('that gives the token of somebody else at a refresh: refused, and we stay who we are or nobody', async () => {
    const alice = secret(await server.token('alice'));
    const bob = secret(await server.token('bob'));
    let token = alice;
    const one = visitor(server.url, { token: () => token });
    await one.up();
    token = bob;
    server.respondHttp('/v0.3/users/me', { status: 401, body: '{}' });
    expect(await one.outcome(one.client.getUser('me'))).toMatchObject({ left: { code: 'unauthorized' } });
    expect(await one.outcome(one.client.getUser('me'))).toMatchObject({ right: { name: 'alice' } });
  });

  it('whose token expires in the middle is asked once, and what was asked for is repeated', async () => {
    let calls = 0;
    const one = visitor(server.url, {
      token: async () => {
        calls += 1;
        // No two of them are the same.
        return secret(await server.token('alice', 3_600 + calls));
      },
    });
    await one.up();
    server.expire('alice');
    const all = await Promise.all([1, 2, 3].map(() => one.outcome(one.client.getUser('me'))));
    expect(all.every(({ _tag }) => _tag === 'Right')).toBe(true);
    expect(calls).toBe(2);
  });
});

describe('conversation: invalid arguments', () => {
  let server: DevServer;
  let one: Visitor;
  beforeAll(async () => {
    server = await startServer({ port: 0 });
    const token = secret(await server.token('alice'));
    one = visitor(server.url, { token: () => token });
    await one.up();
  });
  afterAll(async () => {
    await farewell();
    await server.close();
  });

  type Wrong = readonly [string, (client: Messaging, no: never) => ReturnType<Messaging['getUser']>, number];
  const wrong = (name: string, call: (client: Messaging, no: never) => unknown, problems: number): Wrong => [
    name,
    call as Wrong[1],
    problems,
  ];
  const notText = fc
    .anything({ withBigInt: true, withDate: true, withMap: true })
    .filter(value => typeof value !== 'string' && value !== undefined);
  const notAtAll = fc.oneof(notText, fc.constantFrom('', ' ', '.', '..', '\ud800', undefined));

  it.each([
    wrong('getUser', (client, no) => client.getUser(no), 1),
    wrong('getConversation', (client, no) => client.getConversation(no), 1),
    wrong('deleteConversation', (client, no) => client.deleteConversation(no), 1),
    wrong('getConversationMember', (client, no) => client.getConversationMember(no, no), 2),
    wrong('joinConversation', (client, no) => client.joinConversation(no), 1),
    wrong('inviteToConversation', (client, no) => client.inviteToConversation(no, no), 2),
    wrong('leaveConversation', (client, no) => client.leaveConversation(no), 1),
    wrong('resend', (client, no) => client.resend(no, ' \n'), 2),
    wrong('unsend', (client, no) => client.unsend(no, 5 as never), 2),
    wrong('loadOlder', (client, no) => client.loadOlder(no), 1),
    wrong('send', (client, no) => client.send(no, { kind: no } as unknown as Content), 2),
    wrong('sendEphemeral', (client, no) => client.sendEphemeral(no, 5), 2),
    wrong('typing', (client, no) => client.typing(no, 'yes' as never), 2),
    wrong('presence', (client, no) => client.presence(no, 'gone' as never), 2),
    wrong('updateConversation', (client, no) => client.updateConversation(no, 5 as never), 2),
    wrong(
      'getConversationEvents',
      (client, no) => client.getConversationEvents(no, { pageSize: 0, order: 'up' as never }),
      3,
    ),
    wrong('getConversationMembers', (client, no) => client.getConversationMembers(no, { cursor: '&' }), 2),
  ])('of %s: all that is wrong in one fault, and nothing sent', async (_, call, problems) => {
    const before = server.chat.passed.length;
    await fc.assert(
      fc.asyncProperty(notAtAll, async no => {
        const outcome = await firstValueFrom(call(one.client, no as never));
        expect(outcome).toMatchObject({ left: { code: 'invalid-argument', retryable: false } });
        expect('left' in outcome && outcome.left.problems).toHaveLength(problems);
      }),
      runs(0.05),
    );
    expect(server.chat.passed).toHaveLength(before);
  });

  const refuses = (name: string, call: (client: Messaging) => unknown, code = 'invalid-argument') =>
    [name, call as (client: Messaging) => ReturnType<Messaging['getUser']>, code] as const;
  const long = 'x'.repeat(2 * 1024 * 1024);
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  const deepText = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;

  it.each([
    ...[-1, 0, 101, NaN, 1.5, Infinity, '5', null].map(size =>
      refuses(`a page of ${String(size)}`, client => client.getConversations({ pageSize: size as never })),
    ),
    ...['javascript:alert(1)', 'data:text/html,x', 'x', '', 5, null, { href: 'x' }].map(url =>
      refuses(`the URL ${JSON.stringify(url)}`, client => client.send('CON-1', { kind: 'image', url: url as never })),
    ),
    ...[-1, 1.5, NaN, 2 ** 53, '1', null].map(id =>
      refuses(`the event ${String(id)}`, client => client.seen('CON-1', id as never)),
    ),
    ...['[]', '5', 'null', '"x"', '{', deepText, [], 5, null].map(custom =>
      refuses(`custom data ${String(custom).slice(0, 20)}`, client =>
        client.send('CON-1', { kind: 'custom', customData: custom as never }),
      ),
    ),
    refuses('a circle', client => client.send('CON-1', { kind: 'custom', customData: circle as never })),
    refuses('a BigInt', client => client.send('CON-1', { kind: 'custom', customData: { x: 1n } as never })),
    refuses('what nobody could read', client =>
      client.send('CON-1', {
        kind: 'custom',
        customData: JSON.parse(`${'{"a":'.repeat(600)}1${'}'.repeat(600)}`) as never,
      }),
    ),
    refuses('six event types', client => client.getConversationEvents('CON-1', { eventFilter: 'abcdef'.split('') })),
    refuses('six event types in one', client =>
      client.getConversationEvents('CON-1', { eventFilter: ['a,b,c,d,e,f'] }),
    ),
    refuses('options that are none', client => client.getConversationEvents('CON-1', 'hello' as never)),
    refuses('options that are null', client => client.getConversationMembers('CON-1', null as never)),
    refuses('options that are a number', client => client.getConversations(5 as never)),
    refuses('a conversation that is none', client => client.createConversation([] as never)),
    refuses('two megabytes', client => client.send('CON-1', { kind: 'text', text: long }), 'too-large'),
    refuses('two megabytes of data', client => client.createConversation({ customData: { long } }), 'too-large'),
  ])('%s', async (_, call, code) => {
    const before = server.chat.passed.length;
    expect(await firstValueFrom(call(one.client))).toMatchObject({ left: { code } });
    expect(server.chat.passed).toHaveLength(before);
  });

  it('unknown ids: not found', async () => {
    const { client } = one;
    const id = 'CON-00000000-0000-4000-8000-000000000000';
    const outcomes = await Promise.all(
      [
        client.getUser('nobody-at-all'),
        client.getConversation(id),
        client.updateConversation(id, { displayName: 'x' }),
        client.deleteConversation(id),
        client.getConversationEvents(id),
        client.getConversationMembers(id),
        client.getConversationMember(id, 'MEM-9'),
        client.joinConversation(id),
        client.inviteToConversation(id, 'bob'),
        client.leaveConversation(id),
        client.deleteEvent(id, 1),
        client.send(id, { kind: 'text', text: 'x' }),
        client.sendEphemeral(id, {}),
        client.seen(id, 1),
        client.typing(id, true),
        client.presence(id, 'online'),
        client.resend(id, 'key'),
        client.unsend(id, 'key'),
      ].map(outcome$ => one.outcome(outcome$ as ReturnType<Messaging['getUser']>)),
    );
    expect(outcomes.map(outcome => ('left' in outcome ? outcome.left.code : 'right'))).toEqual(
      outcomes.map(() => 'not-found'),
    );
  });
});

describe('conversation: subscribers that throw', () => {
  let server: DevServer;
  beforeEach(async () => {
    server = await startServer({ port: 0 });
  });
  afterEach(async () => {
    await farewell();
    await server.close();
  });

  const inRoom = async (): Promise<{ readonly one: Visitor; readonly id: string }> => {
    const token = secret(await server.token('alice'));
    const one = visitor(server.url, { token: () => token });
    await one.up();
    const created = await one.outcome(one.client.createConversation());
    const id = 'right' in created ? created.right : '';
    await one.outcome(one.client.joinConversation(id));
    return { one, id };
  };

  it('that throw harm nobody else', async () => {
    const { one, id } = await inRoom();
    const { client } = one;
    const boom = (): never => {
      throw new Error('a subscriber threw');
    };
    const rude = new Subscription();
    rude.add(client.event$.subscribe(boom));
    rude.add(client.conversation$(id).subscribe(boom));
    rude.add(client.conversations$.subscribe(boom));
    rude.add(client.session$.subscribe(boom));
    rude.add(client.typing$(id).subscribe(boom));
    for (let at = 0; at < 20; at += 1) {
      const outcome$ = client.send(id, { kind: 'text', text: String(at) });
      rude.add(outcome$.subscribe(boom));
      expect(await one.outcome(outcome$)).toMatchObject({ _tag: 'Right' });
    }
    await until(() => one.events.filter(({ kind }) => kind === 'message:text').length === 20);
    rude.unsubscribe();
    // Each was told to rxjs, which tells the application; all of them are ours.
    await until(() => unhandled().every(error => (error as Error).message === 'a subscriber threw'));
    await new Promise(resolve => setTimeout(resolve));
    unhandled();
  });

  it('that act within their handlers', async () => {
    const { one, id } = await inRoom();
    const { client } = one;
    let said = 0;
    const life = new Subscription();
    one.link.add(life);
    life.add(
      client.event$.subscribe(event => {
        if (event.kind !== 'message:text' || said === 10) return;
        said += 1;
        client.send(id, { kind: 'text', text: `answer ${String(said)}` });
        client.typing(id, true);
        firstValueFrom(client.conversation$(id)).catch(() => undefined);
        client.connect().unsubscribe();
        if (said === 10) life.unsubscribe();
      }),
    );
    client.send(id, { kind: 'text', text: 'begin' });
    await until(() => one.events.filter(({ kind }) => kind === 'message:text').length === 11);
    const stored = (await server.chat.log(id)).filter(({ type }) => type === 'message');
    expect(stored).toHaveLength(11);
    const ids = idsOf(one);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  });

  it('that leave and come back within a handler', async () => {
    const { one, id } = await inRoom();
    const { client, link } = one;
    let again: Subscription | undefined;
    link.add(
      client.event$.subscribe(event => {
        if (event.kind !== 'message:text' || again !== undefined) return;
        link.remove(again as never);
        again = client.connect();
      }),
    );
    await one.outcome(client.send(id, { kind: 'text', text: 'one' }));
    await until(() => again !== undefined);
    await one.when(({ connection }) => connection === 'connected');
    expect(await one.outcome(client.send(id, { kind: 'text', text: 'two' }))).toMatchObject({ _tag: 'Right' });
    await until(() => one.events.map(textOf).includes('two'));
    again?.unsubscribe();
  });

  it('and commands before, during and after a connection', async () => {
    const token = secret(await server.token('alice'));
    const one = visitor(server.url, { token: () => token });
    const { client } = one;
    expect(await one.outcome(client.getUser('me'))).toMatchObject({ left: { code: 'no-line' } });
    const [first, second] = [client.connect(), client.connect()];
    const during = one.outcome(client.getUser('me'));
    expect(await during).toMatchObject({ right: { name: 'alice' } });
    expect(server.chat.sockets()).toBe(1);
    first.unsubscribe();
    expect(await one.outcome(client.getUser('me'))).toMatchObject({ right: { name: 'alice' } });
    server.chat.drop();
    expect(await one.outcome(client.getUser('me'))).toMatchObject({ right: { name: 'alice' } });
    second.unsubscribe();
    second.unsubscribe();
    expect(await one.outcome(client.getUser('me'))).toMatchObject({ left: { code: 'no-line' } });
    await until(() => server.chat.sockets() === 0);
  });

  it('and a disconnect in the middle of a login', async () => {
    const token = secret(await server.token('alice'));
    const one = visitor(server.url, { token: () => token });
    for (let round = 0; round < 5; round += 1) {
      const link = one.client.connect();
      const asked = one.outcome(one.client.getUser('me'));
      if (round > 0) await until(() => one.sockets.length > 0 && one.sockets.at(-1)?.readyState !== 0);
      link.unsubscribe();
      expect(await asked).toMatchObject({ _tag: expect.stringMatching(/Left|Right/) as unknown });
    }
    await one.when(({ connection }) => connection === 'disconnected');
    await until(() => server.chat.sockets() === 0);
  });
});
