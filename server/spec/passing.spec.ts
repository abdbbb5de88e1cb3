/** Every method passes, within a dialog and outside of one, and comes out as it went in. */
import { house, invite, pickUp } from './support/house.js';
import { backInDialog, inDialog, text, type Draft, type Frame, type Phone } from './support/phone.js';

const home = house();

interface Talk {
  readonly alice: Phone;
  readonly bob: Phone;
  /** A request of hers in their dialog. */
  readonly hers: (method: string) => Draft;
  readonly his: (method: string) => Draft;
  readonly answered: Frame;
}

async function talk(): Promise<Talk> {
  const { at } = home();
  const [alice, bob] = [await at('alice'), await at('bob')];
  const draft = await invite(alice, 'bob');
  const picked = await pickUp(bob);
  const answered = await alice.expect('200 INVITE');
  alice.send(text(inDialog(draft, answered, 'ACK', draft.cseq), alice.host));
  await bob.expect('ACK');
  let number = draft.cseq;
  return {
    alice,
    bob,
    answered,
    hers: method => inDialog(draft, answered, method, (number += 1)),
    his: method => backInDialog(picked.invite, picked.answer, method, (number += 1)),
  };
}

describe('server proxy: within a dialog', () => {
  it.each(['INFO', 'UPDATE', 'MESSAGE', 'REFER', 'NOTIFY', 'SUBSCRIBE', 'OPTIONS', 'INVITE'])(
    '%s passes both ways without a challenge',
    async method => {
      const { alice, bob, hers, his } = await talk();
      const there = hers(method);
      alice.send(text({ ...there, headers: [...there.headers, 'X-Mark: there'] }, alice.host));
      const atBob = await bob.expect(method);
      expect([atBob.uri, atBob.one('X-Mark'), atBob.all('Route')]).toEqual([bob.contact, 'there', []]);
      bob.send(bob.answer(atBob, 202));
      await alice.expect(`202 ${method}`);
      const back = his(method);
      bob.send(text({ ...back, headers: [...back.headers, 'X-Mark: back'] }, bob.host));
      const atAlice = await alice.expect(method);
      expect([atAlice.uri, atAlice.one('X-Mark')]).toEqual([alice.contact, 'back']);
      alice.send(alice.answer(atAlice, 603));
      expect((await bob.expect(`603 ${method}`)).one('To')).toBe(back.to);
    },
  );

  it('a REFER and its NOTIFYs keep what they say', async () => {
    const { alice, bob, hers, his } = await talk();
    const referTo = 'Refer-To: <sip:carol@callstream.test?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>';
    const refer = hers('REFER');
    alice.send(text({ ...refer, headers: [...refer.headers, `Contact: <${alice.contact}>`, referTo] }, alice.host));
    const arrived = await bob.expect('REFER');
    expect(`Refer-To: ${arrived.one('Refer-To')}`).toBe(referTo);
    bob.send(bob.answer(arrived, 202));
    await alice.expect('202 REFER');
    const notify = his('NOTIFY');
    const told = [...notify.headers, 'Event: refer', 'Subscription-State: active', 'Content-Type: message/sipfrag'];
    bob.send(text({ ...notify, headers: told, body: 'SIP/2.0 180 Ringing\r\n' }, bob.host));
    const heard = await alice.expect('NOTIFY');
    expect([heard.one('Event'), heard.body]).toEqual(['refer', 'SIP/2.0 180 Ringing\r\n']);
  });
});

describe('server proxy: outside of dialogs', () => {
  it.each(['MESSAGE', 'REFER', 'NOTIFY', 'INFO', 'OPTIONS'])(
    '%s is challenged, and goes to every contact',
    async method => {
      const { at, server } = home();
      const [alice, desk, pocket] = [await at('alice'), await at('bob'), await at('bob')];
      const asked = alice.ask(alice.request(method, `sip:bob@${server.realm}`, { body: 'hi' }));
      const [atDesk, atPocket] = [await desk.expect(method), await pocket.expect(method)];
      expect([atDesk.uri, atPocket.uri, atDesk.body]).toEqual([desk.contact, pocket.contact, 'hi']);
      desk.send(desk.answer(atDesk, 480));
      pocket.send(pocket.answer(atPocket, 200));
      expect((await asked).status).toBe(200);
      expect(alice.inbox.some(frame => frame.status === 407)).toBe(true);
    },
  );

  it('a MESSAGE to somebody who is nowhere gets 480', async () => {
    const { at, server } = home();
    const alice = await at('alice');
    expect((await alice.ask(alice.request('MESSAGE', `sip:bob@${server.realm}`))).status).toBe(480);
  });

  it('a REFER records the route of the dialog that it makes, a MESSAGE makes none', async () => {
    const { at, server } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    for (const [method, routes] of [
      ['REFER', 1],
      ['MESSAGE', 0],
    ] as const) {
      const asked = alice.ask(alice.request(method, `sip:bob@${server.realm}`));
      const arrived = await bob.expect(method);
      expect(arrived.all('Record-Route')).toHaveLength(routes);
      bob.send(bob.answer(arrived, 202));
      expect((await asked).status).toBe(202);
    }
  });

  it('an INVITE with Replaces is routed as any other', async () => {
    const { alice, answered } = await talk();
    const carol = await home().at('carol');
    const replaces = `Replaces: ${answered.one('Call-ID')};to-tag=bob;from-tag=x`;
    await invite(carol, 'alice', { headers: [`Contact: <${carol.contact}>`, 'Require: replaces', replaces] });
    const arrived = await alice.expect('INVITE');
    expect([`Replaces: ${arrived.one('Replaces')}`, arrived.one('Require')]).toEqual([replaces, 'replaces']);
  });
});
