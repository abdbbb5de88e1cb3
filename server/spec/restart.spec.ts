/** A server that goes away and comes back at the same port, and what its clients find then. */
import { house, invite, pickUp } from './support/house.js';
import { backInDialog, inDialog, phone, text } from './support/phone.js';

const home = house();

describe('server pause', () => {
  it('ends every socket, and nobody listens', async () => {
    const { at, server } = home();
    const alice = await at('alice');
    await server.pause();
    expect([await alice.closed, server.registrations('alice')]).toEqual([1006, []]);
    await expect(phone(server.wsUrl, alice.me)).rejects.toThrow('ECONNREFUSED');
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it('leaves users, passwords and tokens as they are', async () => {
    const { at, server } = home();
    const dave = await at('dave');
    const token = await server.token('dave');
    await server.pause();
    await server.resume();
    const again = await phone(server.wsUrl, dave.me, dave.host);
    expect((await again.register()).status).toBe(200);
    const asked = await fetch(`${server.url}/api/sdk/info`, { method: 'POST', body: JSON.stringify({ token }) });
    expect(await asked.json()).toMatchObject({ error: 0, data: { username: 'dave', password: dave.me.password } });
    again.socket.terminate();
  });

  it('twice is once, and a server that is paused can be closed', async () => {
    const { server } = home();
    await server.pause();
    await server.pause();
    await server.resume();
    await server.resume();
    expect((await fetch(`${server.url}/nothing`)).status).toBe(404);
    await server.pause();
  });
});

describe('server pause within a call', () => {
  it('goes on both ways once both have come back, over other sockets', async () => {
    const { at, server } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    const draft = await invite(alice, 'bob');
    const picked = await pickUp(bob);
    const answered = await alice.expect('200 INVITE');
    alice.send(text(inDialog(draft, answered, 'ACK', draft.cseq), alice.host));
    await bob.expect('ACK');
    await server.pause();
    await Promise.all([alice.closed, bob.closed]);
    await server.resume();
    const [hers, his] = [await at('alice', alice.host), await at('bob', bob.host)];
    const mending = inDialog(draft, answered, 'INVITE', draft.cseq + 1);
    hers.send(text({ ...mending, headers: [...mending.headers, `Contact: <${hers.contact}>`] }, hers.host));
    const arrived = await his.expect('INVITE');
    expect([arrived.uri, arrived.one('Call-ID')]).toEqual([bob.contact, draft.callId]);
    his.send(his.answer(arrived, 200));
    hers.send(text(inDialog(draft, await hers.expect('200 INVITE'), 'ACK', draft.cseq + 1), hers.host));
    await his.expect('ACK');
    his.send(text(backInDialog(picked.invite, picked.answer, 'BYE', 1), his.host));
    hers.send(hers.answer(await hers.expect('BYE'), 200));
    expect((await his.expect('200 BYE')).one('Call-ID')).toBe(draft.callId);
  });

  it('is lost for who comes back under another name', async () => {
    const { at, server } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    const draft = await invite(alice, 'bob');
    await pickUp(bob);
    const answered = await alice.expect('200 INVITE');
    await server.pause();
    await server.resume();
    const [hers] = [await at('alice', alice.host), await at('bob')];
    hers.send(text(inDialog(draft, answered, 'INVITE', draft.cseq + 1), hers.host));
    expect((await hers.expect('408 INVITE')).one('Call-ID')).toBe(draft.callId);
  });
});
