import { house, invite, pickUp } from './support/house.js';
import { authorized, cancelOf, inDialog, text } from './support/phone.js';

const home = house();
const elsewhere = 'SIP;cause=200;text="Call completed elsewhere"';

describe('server proxy: forking', () => {
  it('rings every contact and cancels the losers with the reason', async () => {
    const { at } = home();
    const [alice, desk, pocket] = [await at('alice'), await at('bob'), await at('bob')];
    await invite(alice, 'bob');
    const atDesk = await desk.expect('INVITE');
    const atPocket = await pocket.expect('INVITE');
    expect([atDesk.uri, atPocket.uri]).toEqual([desk.contact, pocket.contact]);
    pocket.send(pocket.answer(atPocket, 180));
    await alice.expect(180);
    desk.send(desk.answer(atDesk, 200));
    expect((await alice.expect('200 INVITE')).one('Contact')).toBe(`<${desk.contact}>`);
    const cancel = await pocket.expect('CANCEL');
    expect([cancel.uri, cancel.one('Reason'), cancel.one('CSeq')]).toEqual([
      pocket.contact,
      elsewhere,
      atPocket.one('CSeq').replace('INVITE', 'CANCEL'),
    ]);
    pocket.send(pocket.answer(atPocket, 487));
    expect((await pocket.expect('ACK')).one('To')).toContain('tag=bob');
  });

  it('cancels a branch only after its first provisional response', async () => {
    const { at, server } = home();
    const [alice, desk, pocket] = [await at('alice'), await at('bob'), await at('bob')];
    await invite(alice, 'bob');
    const atPocket = await pocket.expect('INVITE');
    await pickUp(desk);
    await alice.expect('200 INVITE');
    expect(server.log.some(passing => passing.method === 'CANCEL')).toBe(false);
    pocket.send(pocket.answer(atPocket, 180));
    expect((await pocket.expect('CANCEL')).one('Reason')).toBe(elsewhere);
  });

  it('forwards every 2xx, also a late one', async () => {
    const { at } = home();
    const [alice, desk, pocket] = [await at('alice'), await at('bob'), await at('bob')];
    const draft = await invite(alice, 'bob');
    const atPocket = await pocket.expect('INVITE');
    pocket.send(pocket.answer(atPocket, 180));
    await pickUp(desk);
    expect((await alice.expect('200 INVITE')).one('Contact')).toBe(`<${desk.contact}>`);
    await pocket.expect('CANCEL');
    pocket.send(pocket.answer(atPocket, 200));
    const late = await alice.expect('200 INVITE');
    expect(late.one('Contact')).toBe(`<${pocket.contact}>`);
    alice.send(text(inDialog(draft, late, 'ACK', draft.cseq), alice.host));
    expect((await pocket.expect('ACK')).uri).toBe(pocket.contact);
  });

  it.each([
    [500, 486, 486],
    [603, 486, 603],
    [503, 500, 500],
    [480, 302, 302],
  ])('of %i and %i the caller sees %i', async (first, second, best) => {
    const { at } = home();
    const [alice, desk, pocket] = [await at('alice'), await at('bob'), await at('bob')];
    await invite(alice, 'bob');
    const atPocket = await pocket.expect('INVITE');
    const atDesk = await desk.expect('INVITE');
    pocket.send(pocket.answer(atPocket, second));
    await pocket.expect('ACK');
    desk.send(desk.answer(atDesk, first));
    await desk.expect('ACK');
    await alice.expect(best);
    expect(
      alice.inbox.filter(frame => frame.status >= 300 && frame.status !== 401 && frame.status !== 407),
    ).toHaveLength(1);
  });

  it('merges the challenges of all branches', async () => {
    const { at } = home();
    const [alice, desk, pocket] = [await at('alice'), await at('bob'), await at('bob')];
    const draft = await invite(alice, 'bob');
    const challenge = (realm: string): string[] => [`Proxy-Authenticate: Digest realm="${realm}", nonce="n"`];
    desk.send(desk.answer(await desk.expect('INVITE'), 407, challenge('one')));
    pocket.send(pocket.answer(await pocket.expect('INVITE'), 407, challenge('two')));
    const merged = await alice.expect(`407 INVITE ${draft.callId} ${draft.cseq}`);
    expect([...merged.all('Proxy-Authenticate')].sort()).toEqual([
      'Digest realm="one", nonce="n"',
      'Digest realm="two", nonce="n"',
    ]);
  });

  it('a 6xx cancels the other branches', async () => {
    const { at } = home();
    const [alice, desk, pocket] = [await at('alice'), await at('bob'), await at('bob')];
    await invite(alice, 'bob');
    const atPocket = await pocket.expect('INVITE');
    pocket.send(pocket.answer(atPocket, 180));
    await alice.expect(180);
    desk.send(desk.answer(await desk.expect('INVITE'), 603));
    expect((await pocket.expect('CANCEL')).one('Reason')).toBe('SIP;cause=603');
    pocket.send(pocket.answer(atPocket, 487));
    expect((await alice.expect(603)).status).toBe(603);
  });

  it('answers 408 at once for a socket that dies', async () => {
    const { at, server } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    await invite(alice, 'bob');
    await bob.expect('INVITE');
    server.drop('bob');
    expect((await alice.expect(408)).status).toBe(408);
  });

  it('answers 408 at once for a socket in whose place its phone has registered over another', async () => {
    const { at, silent } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    await invite(alice, 'bob');
    await bob.expect('INVITE');
    const again = await silent('bob', bob.host);
    await again.register();
    expect((await alice.expect(408)).status).toBe(408);

    // It is he who is called from now on; and who registers once more over the same socket rings on.
    await invite(alice, 'bob');
    const rings = await again.expect('INVITE');
    await again.register();
    again.send(again.answer(rings, 486));
    expect((await alice.expect(486)).status).toBe(486);
  });

  it('one 503 goes on as 500', async () => {
    const { at } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    await invite(alice, 'bob');
    bob.send(bob.answer(await bob.expect('INVITE'), 503));
    expect((await alice.expect(500)).status).toBe(500);
  });
});

describe('server proxy', () => {
  it('repeats its answer to a repeated request, and forwards it once', async () => {
    const { at } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    const draft = await invite(alice, 'bob');
    bob.send(bob.answer(await bob.expect('INVITE'), 486));
    await alice.expect(486);
    // The same bytes would have the credentials too, but a repetition is known by its branch.
    alice.send(text(draft, alice.host));
    await alice.expect(486);
    expect(bob.inbox.filter(frame => frame.method === 'INVITE')).toHaveLength(1);
  });

  it('absorbs the ACK to a refusal', async () => {
    const { at, server } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    const draft = await invite(alice, 'bob');
    bob.send(bob.answer(await bob.expect('INVITE'), 486));
    await bob.expect('ACK');
    const refused = await alice.expect(486);
    const acked = server.next({ method: 'ACK', from: 'client', user: 'alice' });
    alice.send(text({ ...draft, method: 'ACK', to: refused.one('To'), headers: [] }, alice.host));
    await acked;
    await bob.register();
    expect(bob.inbox.filter(frame => frame.method === 'ACK')).toHaveLength(1);
  });

  it('has 481 for a CANCEL that matches nothing', async () => {
    const alice = await home().at('alice');
    alice.send(cancelOf(alice.request('INVITE', 'sip:bob@callstream.test'), alice.host));
    expect((await alice.expect('481 CANCEL')).status).toBe(481);
  });

  it('has 483 when the hops are used up, and 420 for what it does not support', async () => {
    const { at, server } = home();
    const alice = await at('alice');
    alice.send(text(alice.request('INVITE', `sip:bob@${server.realm}`, { maxForwards: 0 }), alice.host));
    await alice.expect(483);
    alice.send(
      text(alice.request('INVITE', `sip:bob@${server.realm}`, { headers: ['Proxy-Require: magic'] }), alice.host),
    );
    expect((await alice.expect(420)).one('Unsupported')).toBe('magic');
  });

  it('has 416 for another scheme and 400 for a request that lacks what every request has', async () => {
    const alice = await home().at('alice');
    alice.send(text(alice.request('INVITE', 'tel:+44123'), alice.host));
    await alice.expect(416);
    const whole = text(alice.request('MESSAGE', 'sip:bob@callstream.test'), alice.host);
    alice.send(whole.replace(/CSeq: .*/, 'CSeq: many'));
    expect((await alice.expect(400)).status).toBe(400);
  });

  it('answers OPTIONS itself, without asking who it is', async () => {
    const { silent, server } = home();
    const alice = await silent('alice');
    alice.send(text(alice.request('OPTIONS', `sip:${server.realm}`), alice.host));
    expect((await alice.expect('200 OPTIONS')).one('Allow')).toContain('INVITE');
  });

  it('lets nobody call in the name of another', async () => {
    const { at, server } = home();
    const alice = await at('alice');
    const draft = alice.request('INVITE', `sip:bob@${server.realm}`, { from: `<sip:bob@${server.realm}>;tag=x` });
    expect((await alice.ask(draft)).status).toBe(403);
  });

  it('asserts the identity itself, and none for who asked to be private', async () => {
    const { at, server } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    const lie = 'P-Asserted-Identity: <sip:999@callstream.test>';
    await invite(alice, 'bob', { headers: [`Contact: <${alice.contact}>`, lie] });
    expect((await bob.expect('INVITE')).all('P-Asserted-Identity')).toEqual([`"Alice" <sip:101@${server.realm}>`]);
    await invite(alice, 'bob', {
      from: '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=x',
      headers: [`Contact: <${alice.contact}>`, lie, 'Privacy: id'],
    });
    expect((await bob.expect('INVITE')).all('P-Asserted-Identity')).toEqual([]);
  });

  it('passes MESSAGE on and its answer back', async () => {
    const { at, server } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    const asked = alice.ask(alice.request('MESSAGE', `sip:102@${server.realm}`, { body: 'hi' }));
    const arrived = await bob.expect('MESSAGE');
    expect(arrived.body).toBe('hi');
    bob.send(bob.answer(arrived, 202));
    expect((await asked).status).toBe(202);
  });

  it('sends what is for a .invalid host to the socket that spoke for it last', async () => {
    const { at, server } = home();
    const [alice, bob] = [await at('alice'), await at('bob', 'bob-was-here.invalid')];
    const draft = await invite(alice, 'bob');
    await pickUp(bob);
    const answered = await alice.expect('200 INVITE');
    server.drop('bob');
    await bob.closed;
    const gone = inDialog(draft, answered, 'INFO', draft.cseq + 1);
    alice.send(text(gone, alice.host));
    await alice.expect('408 INFO');
    const again = await at('bob', 'bob-was-here.invalid');
    alice.send(text(inDialog(draft, answered, 'BYE', draft.cseq + 2), alice.host));
    again.send(again.answer(await again.expect('BYE'), 200));
    expect((await alice.expect('200 BYE')).status).toBe(200);
  });

  it('finds the caller again after a new socket: a response goes where the host is now', async () => {
    const { at, server } = home();
    const alice = await at('alice', 'alice-was-here.invalid');
    const bob = await at('bob');
    await invite(alice, 'bob');
    const arrived = await bob.expect('INVITE');
    server.drop('alice');
    await alice.closed;
    const again = await at('alice', 'alice-was-here.invalid');
    bob.send(bob.answer(arrived, 200));
    expect((await again.expect('200 INVITE')).status).toBe(200);
  });

  it('challenges once per request and forwards no credentials', async () => {
    const { at, server } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    const draft = alice.request('MESSAGE', `sip:bob@${server.realm}`);
    alice.send(text(draft, alice.host));
    const challenge = await alice.expect(407);
    expect(challenge.all('Proxy-Authenticate')).toHaveLength(2);
    alice.send(text(authorized(draft, challenge, alice.me, 'MD5'), alice.host));
    expect((await bob.expect('MESSAGE')).raw).not.toMatch(/authorization/i);
  });
});

describe('server proxy: Timer C', () => {
  const impatient = house({ answerTimeout: 200 });

  it('answers 408 for a phone that rings on, and cancels it', async () => {
    const { at } = impatient();
    const [alice, bob] = [await at('alice'), await at('bob')];
    await invite(alice, 'bob');
    bob.send(bob.answer(await bob.expect('INVITE'), 180));
    await alice.expect(180);
    await bob.expect('CANCEL');
    expect((await alice.expect(408)).status).toBe(408);
  });

  it('answers 408 for a phone that says nothing, and cancels it when it speaks', async () => {
    const { at } = impatient();
    const [alice, bob] = [await at('alice'), await at('bob')];
    await invite(alice, 'bob');
    const arrived = await bob.expect('INVITE');
    await alice.expect(408);
    expect(bob.inbox.some(frame => frame.method === 'CANCEL')).toBe(false);
    bob.send(bob.answer(arrived, 180));
    expect((await bob.expect('CANCEL')).one('Call-ID')).toBe(arrived.one('Call-ID'));
  });
});
