import { startServer } from 'callstream-server';
import { WebSocket } from 'ws';
import { createMemory } from '../lib/chat/memory.js';
import { askOf, at, codeOf, idOf, roomOf, say, town, type Line } from './support/chatter.js';

const home = town();

/** Alice and Bob in a conversation, Bob logged in; `tell` has Alice say so many texts, numbered from 3 on. */
async function chat(): Promise<{
  bob: Line;
  id: string;
  members: string[];
  session: string;
  token: string;
  tell: (...texts: string[]) => Promise<void>;
}> {
  const here = home();
  const { id, members } = await roomOf(here, 'alice', 'bob');
  const { line, session, token } = await here.login('bob');
  const alice = await here.ask('alice');
  return {
    bob: line,
    session,
    token,
    id,
    members,
    tell: async (...texts) => {
      for (const text of texts) await say(alice, id, members[0]!, text);
    },
  };
}

describe('server chat faults: sockets', () => {
  it('drop ends those of one user without a closing handshake', async () => {
    const { login, server } = home();
    const [alice, bob] = [await login('alice'), await login('bob')];
    server.chat.drop('Alice');
    expect(await alice.line.closed).toBe(1006);
    expect(bob.line.socket.readyState).toBe(WebSocket.OPEN);
    server.chat.drop();
    expect(await bob.line.closed).toBe(1006);
  });

  it('refused ones get a 503 until it is over', async () => {
    const { login, server } = home();
    const before = await login('alice');
    server.chat.refuse(true);
    const status = await new Promise<number | undefined>(resolve => {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/v2/rtc/?EIO=4&transport=websocket`);
      socket.on('unexpected-response', (_, response) => {
        resolve(response.statusCode);
      });
    });
    expect([status, before.line.socket.readyState]).toEqual([503, WebSocket.OPEN]);
    server.chat.refuse(false);
    await login('alice');
  });

  it('disconnect leaves the namespace, as when a token has expired', async () => {
    const { login, server } = home();
    const { line } = await login('alice');
    server.expire('alice');
    server.chat.disconnect('alice');
    await line.expect(/^41$/);
    expect(line.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('push sends any event, inject any text', async () => {
    const { login, server } = home();
    const { line } = await login('alice');
    server.chat.push('alice', 'session:terminated', { body: { x: 1 } });
    expect(await line.event('session:terminated')).toEqual({ body: { x: 1 } });
    server.chat.inject('alice', '42["message",{"id"');
    expect(await line.expect('42["message",{')).toBe('42["message",{"id"');
    server.chat.inject('alice', '1');
    await line.expect(/^1$/);
  });

  it('silent ones say and hear nothing until it is over', async () => {
    const here = home();
    const { bob, tell } = await chat();
    here.server.chat.silence('bob');
    bob.send('42["session:logout",{"tid":"T","body":{}}]');
    await tell('one', 'two');
    // A login of the same user stands for the time in which something could have come.
    await here.login('bob');
    expect([bob.heard('message'), bob.frames.some(frame => frame.includes('logged-out'))]).toEqual([[], false]);
    here.server.chat.silence('bob', false);
    await bob.event('session:logged-out');
    expect(bob.heard('message')).toEqual([3, 4]);
  });
});

describe('server chat faults: silent socket', () => {
  const brisk = town({ chat: { pingInterval: 50, pingTimeout: 50 } });

  it('gets no pings, and what went into it is told after the reconnection', async () => {
    const here = brisk();
    const { id, members } = await roomOf(here, 'alice', 'bob');
    const { line, session, token } = await here.login('bob');
    await line.expect('2');
    here.server.chat.silence('bob');
    const pings = line.frames.filter(frame => frame === '2').length;
    await say(await here.ask('alice'), id, members[0]!, 'into the dark');
    const again = here.connect({ token, session_id: session });
    const success = await again.event('session:success');
    await again.expect('2');
    expect(at(success.body, 'pending_events')).toMatchObject([{ id: 3, body: { text: 'into the dark' } }]);
    expect([line.heard('message'), line.frames.filter(frame => frame === '2').length]).toEqual([[], pings]);
  });
});

describe('server chat faults: events', () => {
  it('are lost, but not for whoever resumes', async () => {
    const here = home();
    const { bob, tell, id, session, token } = await chat();
    here.server.chat.lose({ user: 'bob', next: 2 });
    await tell('one', 'two', 'three');
    await bob.expect(/"three"/);
    expect(bob.heard('message')).toEqual([5]);
    expect(await here.server.chat.log(id)).toHaveLength(5);
    const success = await here.connect({ token, session_id: session }).event('session:success');
    const pending = at(success.body, 'pending_events') as { id: number }[];
    expect(pending.map(event => event.id)).toEqual([3, 4, 5]);
  });

  it('are sent twice', async () => {
    const { bob, tell } = await chat();
    home().server.chat.duplicate();
    await tell('one', 'two');
    await bob.expect(/"two"/);
    expect(bob.heard('message')).toEqual([3, 3, 4]);
  });

  it('are overtaken by the next one, or wait in vain for it', async () => {
    const here = home();
    const { bob, tell } = await chat();
    here.server.chat.reorder({ user: 'bob' });
    await tell('one', 'two');
    await bob.expect(/"one"/);
    expect(bob.heard('message')).toEqual([4, 3]);
    here.server.chat.reorder({ user: 'bob' });
    await tell('alone');
    await bob.expect(/"alone"/);
    here.server.chat.reorder({ user: 'bob' });
    await tell('let go');
    here.server.chat.calm('bob');
    await bob.expect(/"let go"/);
  });

  it('are late, in their order', async () => {
    const { bob, tell } = await chat();
    home().server.chat.delay({ next: 1, ms: 50 });
    await tell('one', 'two');
    await bob.expect(/"one"/);
    expect(bob.heard('message')).toEqual([4, 3]);
    home().server.chat.delay({ probability: 1, ms: 20 });
    await tell('three', 'four');
    await bob.expect(/"four"/);
    expect(bob.heard('message')).toEqual([4, 3, 5, 6]);
    home().server.chat.calm();
    await tell('five');
    await bob.expect(/"five"/);
  });

  it('suffer the same from the same seed', async () => {
    const fates = async (seed: number): Promise<readonly unknown[]> => {
      const server = await startServer({ port: 0, media: false, chat: { seed } });
      const ask = askOf(server, await server.token('alice'));
      const id = idOf(await ask('POST', '/v0.3/conversations', {}));
      const member = idOf(await ask('POST', `/v0.3/conversations/${id}/members`, { state: 'joined' }));
      const socket = new WebSocket(
        `ws://127.0.0.1:${server.port}/v2/rtc/?EIO=4&transport=websocket&token=${await server.token('alice')}`,
      );
      const heard: string[] = [];
      await new Promise<void>(resolve => {
        socket.on('message', data => {
          const frame = (data as Buffer).toString();
          if (frame.startsWith('0')) socket.send('40');
          if (frame.includes('session:success')) resolve();
          heard.push(...(/"text":"(\d+)"/.exec(frame)?.slice(1) ?? []));
        });
      });
      server.chat.lose({ probability: 0.5 });
      for (let i = 0; i < 20; i += 1) await say(ask, id, member, String(i));
      server.chat.calm();
      await new Promise<void>(resolve => {
        socket.on('message', data => {
          if ((data as Buffer).toString().includes('"end"')) resolve();
        });
        void say(ask, id, member, 'end');
      });
      await server.close();
      return heard;
    };
    const [one, same, other] = [await fates(1), await fates(1), await fates(2)];
    expect(one).toEqual(same);
    expect(one).not.toEqual(other);
    expect(one.length).toBeGreaterThan(3);
    expect(one.length).toBeLessThan(17);
  });
});

describe('server chat faults: by page', () => {
  it('is switched on and off by its user', async () => {
    const here = home();
    const { bob, tell, token } = await chat();
    const ask = askOf(here.server, token);
    const on = await ask('POST', '/dev/chat/faults', { duplicate: 1, delay: 10 });
    expect(on).toMatchObject({ status: 200, body: { lose: 0, duplicate: 1, reorder: 0, delay: 10, drop: false } });
    await tell('one');
    for (let i = 0; i < 2; i += 1) await bob.expect(/"one"/);
    await ask('POST', '/dev/chat/faults', { lose: 1 });
    await tell('two');
    expect((await ask('POST', '/dev/chat/faults', {})).status).toBe(200);
    await tell('three');
    await bob.expect(/"three"/);
    expect(bob.heard('message')).toEqual([3, 3, 5]);
    await ask('POST', '/dev/chat/faults', { drop: true });
    expect(await bob.closed).toBe(1006);
  });

  it('drops again and again', async () => {
    const here = home();
    const { login, server } = here;
    const { line, token } = await login('alice');
    const other = await login('bob');
    const ask = askOf(server, token);
    await ask('POST', '/dev/chat/faults', { drop: 100 });
    expect(await line.closed).toBe(1006);
    expect(await (await login('alice')).line.closed).toBe(1006);
    await ask('POST', '/dev/chat/faults', { drop: false });
    expect(other.line.socket.readyState).toBe(WebSocket.OPEN);
  });

  it.each([{ lose: 2 }, { delay: -1 }, { drop: 5 }, { drop: 'yes' }, { reorder: 'x' }, []])(
    'not like %j',
    async body => {
      const answer = await (await home().ask('alice'))('POST', '/dev/chat/faults', body);
      expect([answer.status, codeOf(answer)]).toEqual([400, 'http:error:validation-fail']);
    },
  );

  it('needs a token', async () => {
    expect((await askOf(home().server, 'x')('POST', '/dev/chat/faults', {})).status).toBe(401);
  });
});

describe('server chat faults: requests', () => {
  it('are answered as a spec orders, by method and beginning of the path, so often', async () => {
    const { server, ask } = home();
    const alice = await ask('alice');
    const answer = {
      status: 429,
      headers: { 'Retry-After': '2' },
      contentType: 'application/json',
      body: '{"code":"x"}',
    };
    server.respondHttp({ method: 'GET', path: '/v0.3/users' }, { ...answer, times: 2 });
    server.respondHttp({ path: /conversations$/ }, { status: 503 });
    for (let i = 0; i < 2; i += 1) {
      const refused = await alice('GET', '/v0.3/users/me');
      expect([refused.status, refused.headers.get('retry-after'), refused.body]).toEqual([429, '2', { code: 'x' }]);
    }
    expect((await alice('GET', '/v0.3/users/me')).status).toBe(200);
    expect((await alice('POST', '/v0.3/conversations', {})).status).toBe(503);
    expect((await alice('POST', '/v0.3/conversations', {})).status).toBe(201);
  });

  it('take effect and are never answered', async () => {
    const here = home();
    const { bob, id, members } = await chat();
    const alice = await here.ask('alice');
    here.server.chat.loseAnswer({ method: 'POST', path: /\/events$/, user: 'alice' });
    await expect(say(alice, id, members[0]!, 'once', 'k')).rejects.toThrow('fetch failed');
    expect(await bob.event('message')).toMatchObject({ id: 3, client_key: 'k' });
    expect(await say(alice, id, members[0]!, 'once', 'k')).toMatchObject({ status: 200, body: { id: 3 } });
    expect(await here.server.chat.log(id)).toHaveLength(3);
  });

  it('are held before their effect, answers and events after it', async () => {
    const here = home();
    const { bob, id, members } = await chat();
    const [alice, { chat: control }] = [await here.ask('alice'), here.server];
    const asked = control.hold({ method: 'POST', path: `/v0.3/conversations/${id}/events` });
    const answered = control.hold({ method: 'POST', status: 200 });
    const leaving = control.hold({ event: 'message', user: 'bob' });
    let done = false;
    const sent = say(alice, id, members[0]!, 'held').then(answer => {
      done = true;
      return answer;
    });
    expect(await asked.seen).toMatchObject({ user: 'alice', body: { from: members[0], type: 'message' } });
    expect(await control.log(id)).toHaveLength(2);
    asked.release();
    expect(await leaving.seen).toMatchObject({ event: 'message', user: 'bob', body: { id: 3, cid: id } });
    expect(await answered.seen).toMatchObject({ status: 200, body: { id: 3 } });
    expect([await control.log(id), bob.heard('message'), done]).toMatchObject([{ length: 3 }, [], false]);
    leaving.release();
    await bob.event('message');
    answered.release();
    expect((await sent).status).toBe(200);
  });

  it('and all else that passes can be read afterwards, or waited for', async () => {
    const here = home();
    const { server } = here;
    const next = server.chat.next({ event: 'message', user: 'bob' });
    const { tell, id } = await chat();
    await tell('hi');
    expect(await next).toMatchObject({ user: 'bob', event: 'message', body: { id: 3 } });
    const asked = server.chat.passed.filter(({ path = '', status }) => path.includes(id) && status === undefined);
    expect(asked.map(({ method, user, path }) => [method, user, path?.split('/').at(-1)])).toEqual([
      ['POST', 'alice', 'members'],
      ['POST', 'bob', 'members'],
      ['POST', 'alice', 'events'],
    ]);
    expect(JSON.stringify(server.chat.passed)).not.toContain(await server.token('alice'));
  });
});

describe('server chat faults: shutdown', () => {
  it('keeps its conversations in the storage that it is given', async () => {
    const storage = createMemory();
    const first = await startServer({ port: 0, media: false, storage });
    const id = idOf(await askOf(first, await first.token('alice'))('POST', '/v0.3/conversations', { name: 'kept' }));
    await first.close();
    const second = await startServer({ port: 0, media: false, storage });
    const found = await askOf(second, await second.token('alice'))('GET', '/v0.3/conversations/kept');
    expect(idOf(found)).toBe(id);
    await second.close();
  });

  it('says no token, text or name of a conversation to its log', async () => {
    const lines: string[] = [];
    const server = await startServer({ port: 0, media: false, log: line => lines.push(line) });
    const token = await server.token('alice');
    const ask = askOf(server, token);
    await ask('POST', '/v0.3/conversations', { name: 'secret' });
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/v2/rtc/?EIO=4&transport=websocket&token=${token}`);
    await new Promise<void>(resolve => {
      socket.on('message', data => {
        const frame = (data as Buffer).toString();
        if (frame.startsWith('0')) socket.send('40');
        if (frame.includes('session:success')) resolve();
      });
    });
    await server.close();
    expect(lines).toEqual(expect.arrayContaining(['alice logged in']));
    expect(lines.join('\n')).not.toMatch(/secret|eyJ/);
  });

  it('that fails inside says so with a code', async () => {
    const lines: string[] = [];
    const storage = { ...createMemory(), createConversation: () => Promise.reject(new Error('disk full')) };
    const server = await startServer({ port: 0, media: false, storage, log: line => lines.push(line) });
    const answer = await askOf(server, await server.token('alice'))('POST', '/v0.3/conversations', {});
    expect([answer.status, codeOf(answer)]).toEqual([500, 'http:error:internal']);
    expect(lines).toContain('POST /v0.3/conversations failed within');
    await server.close();
  });
});
