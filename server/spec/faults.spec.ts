import { startServer } from 'callstream-server';
import { WebSocket } from 'ws';
import { house, invite, pickUp } from './support/house.js';
import { phone, text } from './support/phone.js';

const home = house();

describe('server SIP faults: holds', () => {
  it('stop one message until it is released; others overtake it', async () => {
    const { at, server } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    const held = server.hold({ method: 'INVITE', status: 200, from: 'client', user: 'bob' });
    await invite(alice, 'bob');
    await pickUp(bob);
    expect((await held.seen).raw).toMatch(/^SIP\/2.0 200 /);
    await alice.register();
    expect(alice.inbox.some(frame => frame.status === 200 && frame.one('CSeq').endsWith('INVITE'))).toBe(false);
    held.release();
    expect((await alice.expect('200 INVITE')).status).toBe(200);
  });

  it('order a race: an answer that crosses a CANCEL', async () => {
    const { at, server } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    const answer = server.hold({ method: 'INVITE', status: 200 });
    const draft = await invite(alice, 'bob');
    const arrived = await bob.expect('INVITE');
    bob.send(bob.answer(arrived, 180));
    bob.send(bob.answer(arrived, 200));
    await answer.seen;
    alice.send(text({ ...draft, method: 'CANCEL', headers: [] }, alice.host));
    await alice.expect('200 CANCEL');
    await bob.expect('CANCEL');
    answer.release();
    expect((await alice.expect('200 INVITE')).status).toBe(200);
  });

  it('can wait for the attempt with credentials, or for what is about to leave', async () => {
    const { at, server } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    const asked = server.hold({ method: 'INVITE', authorized: true });
    const leaving = server.hold({ method: 'INVITE', from: 'server', user: 'bob' });
    await invite(alice, 'bob');
    expect((await asked.seen).user).toBe('alice');
    asked.release();
    expect((await leaving.seen).raw).toContain(`INVITE ${bob.contact}`);
    leaving.release();
    expect((await bob.expect('INVITE')).method).toBe('INVITE');
  });

  it('a dropped message never arrives', async () => {
    const { at, server } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    const ringing = server.hold({ method: 'INVITE', status: 180 });
    await invite(alice, 'bob');
    const arrived = await bob.expect('INVITE');
    bob.send(bob.answer(arrived, 180));
    await ringing.seen;
    ringing.drop();
    bob.send(bob.answer(arrived, 486));
    await alice.expect(486);
    expect(alice.inbox.some(frame => frame.status === 180)).toBe(false);
  });

  it('lifted before it caught anything, it catches nothing', async () => {
    const { silent, server } = home();
    const alice = await silent('alice');
    server.hold({ method: 'REGISTER' }).release();
    expect((await alice.register()).status).toBe(200);
  });
});

describe('server SIP faults: responses and sockets', () => {
  it('drop ends the sockets of one user without a closing handshake', async () => {
    const { at, server } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    server.drop('alice');
    expect(await alice.closed).toBe(1006);
    expect((await bob.register()).status).toBe(200);
    server.drop();
    expect(await bob.closed).toBe(1006);
  });

  it('silence keeps the socket open and says nothing; afterwards what waited goes on', async () => {
    const { at, server } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    server.silence('alice');
    const asked = alice.ask(alice.request('OPTIONS', `sip:${server.realm}`));
    const leaving = server.next({ method: 'INVITE', from: 'server', user: 'alice' });
    await invite(bob, 'alice');
    await leaving;
    await bob.register();
    expect(alice.inbox.some(frame => frame.method === 'INVITE' || frame.one('CSeq').endsWith('OPTIONS'))).toBe(false);
    expect(alice.socket.readyState).toBe(WebSocket.OPEN);
    server.silence('alice', false);
    expect((await alice.expect('INVITE')).method).toBe('INVITE');
    expect((await asked).status).toBe(200);
  });

  it('a silent socket can be dropped, and its contact goes with it', async () => {
    const { at, server } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    server.silence('alice');
    server.drop('alice');
    expect(await alice.closed).toBe(1006);
    await bob.register();
    expect(server.registrations('alice')).toEqual([]);
  });

  it('silence of one socket leaves the next one of the same user alone', async () => {
    const { at, server } = home();
    const old = await at('alice', 'same.invalid');
    server.silence('alice');
    const young = await at('alice', 'same.invalid');
    expect(server.registrations('alice')).toEqual([young.contact]);
    const bob = await at('bob');
    await invite(bob, 'alice');
    expect((await young.expect('INVITE')).uri).toBe(old.contact);
  });

  it('refuse answers new sockets with 503', async () => {
    const { server, at } = home();
    const alice = await at('alice');
    server.refuse(true);
    await expect(phone(server.wsUrl, alice.me)).rejects.toThrow('503');
    expect((await alice.register()).status).toBe(200);
    server.refuse(false);
    expect((await at('bob')).socket.readyState).toBe(WebSocket.OPEN);
  });

  it('respond answers in the place of the server, so often', async () => {
    const { silent, server } = home();
    const alice = await silent('alice');
    server.respond({ method: 'REGISTER', user: 'alice' }, { status: 503, headers: ['Retry-After: 2'], times: 2 });
    const first = await alice.register();
    expect([first.status, first.one('Retry-After')]).toEqual([503, '2']);
    expect((await alice.register()).status).toBe(503);
    expect((await alice.register()).status).toBe(200);
  });

  it('inject sends a frame as it is', async () => {
    const { at, server } = home();
    const alice = await at('alice');
    const frame = new Promise(resolve =>
      alice.socket.once('message', data => {
        resolve((data as Buffer).toString());
      }),
    );
    server.inject('alice', 'NONSENSE');
    expect(await frame).toBe('NONSENSE');
  });

  it('the log has what passed, with the user, and lines without secrets', async () => {
    const lines: string[] = [];
    const server = await startServer({ port: 0, log: line => lines.push(line) });
    const alice = await phone(server.wsUrl, server.user('alice'));
    const token = await server.token('alice');
    await alice.register();
    expect(server.log.map(({ from, user, method, status }) => [from, user, method, status])).toEqual([
      ['client', 'alice', 'REGISTER', undefined],
      ['server', 'alice', 'REGISTER', 401],
      ['client', 'alice', 'REGISTER', undefined],
      ['server', 'alice', 'REGISTER', 200],
    ]);
    expect(server.log[2]?.raw).toContain('Authorization: Digest');
    expect(lines.join('\n')).toContain('alice → REGISTER');
    for (const secret of [alice.me.password, token, 'Digest', 'nonce']) expect(lines.join('\n')).not.toContain(secret);
    alice.socket.terminate();
    await server.close();
  });

  it('close ends every socket and frees the port', async () => {
    const server = await startServer({ port: 0 });
    const alice = await phone(server.wsUrl, server.user('alice'));
    await server.close();
    expect(await alice.closed).toBe(1006);
    const again = await startServer({ port: server.port });
    expect(again.port).toBe(server.port);
    await again.close();
  });
});

describe('server SIP faults: frames', () => {
  const bounded = house({ bounds: { frameBytes: 4000, framesPerSecond: 20 } });

  it('a double CRLF is answered, a single one swallowed', async () => {
    const { at } = home();
    const alice = await at('alice');
    const frames: string[] = [];
    alice.socket.on('message', data => frames.push((data as Buffer).toString()));
    alice.send('\r\n');
    alice.send('\r\n\r\n');
    await alice.register([]);
    expect(frames[0]).toBe('\r\n');
    expect(frames.filter(frame => frame.trim() === '')).toHaveLength(1);
  });

  it('what is no SIP is ignored, binary frames are read like text', async () => {
    const { silent, server } = home();
    const alice = await silent('alice');
    for (const frame of ['hello', 'INVITE\r\n\r\n', 'SIP/2.0 200 OK\r\n\r\n', ': x\r\n\r\n', '\u0000\u0001'])
      alice.send(frame);
    alice.socket.send(Buffer.from(text(alice.request('OPTIONS', `sip:${server.realm}`), alice.host)));
    expect((await alice.expect('200 OPTIONS')).status).toBe(200);
  });

  it('one that is too long closes the socket', async () => {
    const alice = await bounded().silent('alice');
    alice.send('x'.repeat(4001));
    expect(await alice.closed).toBe(1009);
  });

  it('too many close the socket', async () => {
    const alice = await bounded().silent('alice');
    for (let i = 0; i < 60; i += 1) alice.send('\r\n');
    expect(await alice.closed).toBe(1008);
  });
});
