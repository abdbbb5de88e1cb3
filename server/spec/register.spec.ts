import { house } from './support/house.js';
import { authorized, text } from './support/phone.js';

const home = house();

describe('server REGISTER', () => {
  it('is challenged with SHA-256 first and MD5 last', async () => {
    const { server, silent } = home();
    const alice = await silent('alice');
    alice.send(text(alice.request('REGISTER', `sip:${server.realm}`), alice.host));
    const challenge = await alice.expect(401);
    expect(challenge.all('WWW-Authenticate')).toEqual([
      expect.stringMatching(/^Digest realm="callstream.test", nonce="[^"]+", algorithm=SHA-256, qop="auth"$/),
      expect.stringMatching(/^Digest realm="callstream.test", nonce="[^"]+", algorithm=MD5, qop="auth"$/),
    ]);
  });

  it.each(['SHA-256', 'MD5'] as const)('is accepted with %s', async algorithm => {
    const { server, silent } = home();
    const alice = await silent('alice');
    const draft = alice.request('REGISTER', `sip:${server.realm}`, {
      to: `<sip:alice@${server.realm}>`,
      headers: [`Contact: <${alice.contact}>;+sip.instance="<urn:uuid:1>";reg-id=1;expires=120`],
    });
    const answer = await alice.ask(draft, algorithm);
    expect(answer.status).toBe(200);
    expect(answer.all('Contact')).toEqual([`<${alice.contact}>;+sip.instance="<urn:uuid:1>";reg-id=1;expires=120`]);
    expect(server.registrations('alice')).toEqual([alice.contact]);
  });

  it('is challenged again, without stale, when the password is wrong', async () => {
    const { server, silent } = home();
    const alice = await silent('alice');
    const answer = await alice.ask(alice.request('REGISTER', `sip:${server.realm}`), 'SHA-256', 'guess');
    expect(answer.status).toBe(401);
    expect(answer.raw).not.toContain('stale');
    expect(server.registrations('alice')).toEqual([]);
  });

  it('is told that its nonce is stale, and may answer the new one', async () => {
    const { server, silent } = home();
    const alice = await silent('alice');
    const draft = alice.request('REGISTER', `sip:${server.realm}`, {
      to: `<sip:alice@${server.realm}>`,
      headers: [`Contact: <${alice.contact}>`],
    });
    alice.send(text(draft, alice.host));
    const challenge = await alice.expect(401);
    server.expire({ nonce: true });
    const answered = authorized(draft, challenge, alice.me, 'SHA-256');
    alice.send(text(answered, alice.host));
    const stale = await alice.expect(401);
    expect(stale.all('WWW-Authenticate').every(line => line.endsWith('stale=true'))).toBe(true);
    alice.send(text(authorized({ ...draft, cseq: 2 }, stale, alice.me, 'SHA-256'), alice.host));
    expect((await alice.expect(200)).one('CSeq')).toBe('3 REGISTER');
  });

  it('is not accepted with a nonce that the server never gave', async () => {
    const { server, silent } = home();
    const alice = await silent('alice');
    const draft = alice.request('REGISTER', `sip:${server.realm}`);
    alice.send(text(draft, alice.host));
    const challenge = await alice.expect(401);
    const forged = {
      ...challenge,
      all: (name: string) => challenge.all(name).map(l => l.replace(/nonce="./, 'nonce="!')),
    };
    alice.send(text(authorized(draft, forged, alice.me, 'SHA-256'), alice.host));
    expect((await alice.expect(401)).raw).not.toContain('stale');
  });

  it('of somebody else is forbidden', async () => {
    const { server, silent } = home();
    const alice = await silent('alice');
    const draft = alice.request('REGISTER', `sip:${server.realm}`, {
      to: `<sip:bob@${server.realm}>`,
      headers: [`Contact: <${alice.contact}>`],
    });
    expect((await alice.ask(draft)).status).toBe(403);
  });

  it('for too short a time is answered with the least there is', async () => {
    const alice = await home().silent('alice');
    const answer = await alice.register([`Contact: <${alice.contact}>`, 'Expires: 10']);
    expect([answer.status, answer.one('Min-Expires')]).toEqual([423, '60']);
  });

  it('is capped, and lasts the usual time when none is asked for', async () => {
    const alice = await home().silent('alice');
    expect((await alice.register([`Contact: <${alice.contact}>;expires=99999`])).one('Contact')).toMatch(
      /;expires=3600$/,
    );
    expect((await alice.register([`Contact: <${alice.contact}>`])).one('Contact')).toMatch(/;expires=600$/);
  });

  it('of the same device replaces the contact, of another adds one', async () => {
    const { server, silent } = home();
    const [old, young, other] = [await silent('alice'), await silent('alice'), await silent('alice')];
    const device = ';+sip.instance="<urn:uuid:1>";reg-id=1';
    await old.register([`Contact: <${old.contact}>${device}`]);
    await young.register([`Contact: <${young.contact}>${device}`]);
    expect(server.registrations('alice')).toEqual([young.contact]);
    await other.register([`Contact: <${other.contact}>;+sip.instance="<urn:uuid:2>";reg-id=1`]);
    expect(server.registrations('alice')).toEqual([young.contact, other.contact]);
  });

  it('of the same contact over a new socket takes it along, so that the old socket ends nothing', async () => {
    const { server, at } = home();
    const old = await at('alice', 'same.invalid');
    const young = await at('alice', 'same.invalid');
    old.socket.terminate();
    await old.closed;
    await young.register();
    expect(server.registrations('alice')).toEqual([young.contact]);
  });

  it('ends with expires=0, and all at once with *', async () => {
    const { server, at } = home();
    const [one, two] = [await at('alice'), await at('alice')];
    expect((await one.register([`Contact: <${one.contact}>;expires=0`])).one('Contact')).toContain(two.contact);
    await one.register();
    expect(server.registrations('alice')).toEqual([two.contact, one.contact]);
    expect((await one.register(['Contact: *', 'Expires: 60'])).status).toBe(400);
    expect((await one.register(['Contact: *', 'Expires: 0'])).all('Contact')).toEqual([]);
    expect(server.registrations('alice')).toEqual([]);
  });

  it('only asks when it has no Contact', async () => {
    const alice = await home().at('alice');
    expect((await alice.register([])).all('Contact')).toHaveLength(1);
  });

  it('goes when the socket goes', async () => {
    const { server, at } = home();
    const alice = await at('alice');
    const bob = await at('bob');
    alice.socket.close();
    await alice.closed;
    await bob.register();
    expect(server.registrations('alice')).toEqual([]);
    expect(server.registrations('bob')).toEqual([bob.contact]);
  });
});

describe('server REGISTER: short lifetimes', () => {
  const short = house({ lifetimes: { min: 1, usual: 1 } });

  it('run out by themselves', async () => {
    const { server, at } = short();
    const alice = await at('alice');
    await alice.register([`Contact: <${alice.contact}>;expires=1`]);
    expect(server.registrations('alice')).toEqual([alice.contact]);
    const until = Date.now() + 3000;
    while (server.registrations('alice').length > 0 && Date.now() < until) await alice.register([]);
    expect(server.registrations('alice')).toEqual([]);
  });
});
