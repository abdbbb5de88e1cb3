import { house, invite, pickUp } from './support/house.js';
import { backInDialog, cancelOf, inDialog, text } from './support/phone.js';

const home = house();

describe('server: a call between two phones', () => {
  it('rings, is answered, and ends', async () => {
    const { server, at } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    const draft = await invite(alice, 'bob', { body: 'offer', headers: [`Contact: <${alice.contact}>`] });
    expect((await alice.expect(100)).status).toBe(100);
    const arrived = await bob.expect('INVITE');
    expect(arrived.uri).toBe(bob.contact);
    expect(arrived.body).toBe('offer');
    expect(arrived.one('Max-Forwards')).toBe('69');
    expect(arrived.all('Via')).toHaveLength(2);
    expect(arrived.all('Record-Route')).toEqual([`<sip:127.0.0.1:${server.port};transport=ws;lr>`]);
    expect(arrived.one('P-Asserted-Identity')).toBe(`"Alice" <sip:101@${server.realm}>`);
    expect(arrived.raw).not.toContain('Proxy-Authorization');

    bob.send(bob.answer(arrived, 180));
    const ringing = await alice.expect(180);
    expect(ringing.all('Via')).toHaveLength(1);
    expect(ringing.one('P-Asserted-Identity')).toBe(`"Bob" <sip:102@${server.realm}>`);
    bob.send(bob.answer(arrived, 200, undefined, 'answer'));
    const answered = await alice.expect('200 INVITE');
    expect(answered.body).toBe('answer');

    alice.send(text(inDialog(draft, answered, 'ACK', draft.cseq), alice.host));
    expect((await bob.expect('ACK')).all('Route')).toEqual([]);
    const bye = inDialog(draft, answered, 'BYE', draft.cseq + 1);
    alice.send(text(bye, alice.host));
    bob.send(bob.answer(await bob.expect('BYE'), 200));
    expect((await alice.expect('200 BYE')).all('Via')).toHaveLength(1);
  });

  it('is ended by the one who was called', async () => {
    const { at } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    const draft = await invite(alice, '102');
    const call = await pickUp(bob);
    alice.send(text(inDialog(draft, await alice.expect('200 INVITE'), 'ACK', draft.cseq), alice.host));
    await bob.expect('ACK');
    bob.send(text(backInDialog(call.invite, call.answer, 'BYE', 1), bob.host));
    alice.send(alice.answer(await alice.expect('BYE'), 200));
    expect((await bob.expect('200 BYE')).status).toBe(200);
  });

  it('is cancelled hop by hop', async () => {
    const { at } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    const draft = await invite(alice, 'bob');
    const arrived = await bob.expect('INVITE');
    bob.send(bob.answer(arrived, 180));
    await alice.expect(180);
    alice.send(cancelOf(draft, alice.host, ['Reason: SIP;cause=487;text="changed my mind"']));
    expect((await alice.expect('200 CANCEL')).status).toBe(200);
    const cancel = await bob.expect('CANCEL');
    expect(cancel.all('Via')).toEqual(arrived.all('Via').slice(0, 1));
    expect(cancel.one('Reason')).toBe('SIP;cause=487;text="changed my mind"');
    bob.send(bob.answer(cancel, 200));
    bob.send(bob.answer(arrived, 487));
    expect((await bob.expect('ACK')).all('Via')).toEqual(arrived.all('Via').slice(0, 1));
    expect((await alice.expect('487 INVITE')).status).toBe(487);
  });
});
