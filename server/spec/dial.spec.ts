import { house, invite } from './support/house.js';

const home = house();

describe('server dial plan', () => {
  it.each(['bob', '102', 'BOB', '101*102', '101*bob', '*101*102'])('%s rings Bob as Alice', async target => {
    const { at, server } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    await invite(alice, target);
    expect((await bob.expect('INVITE')).one('P-Asserted-Identity')).toBe(`"Alice" <sip:101@${server.realm}>`);
  });

  it('hotline*extension*number shows the hotline', async () => {
    const { at, server } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    await invite(alice, '19001000*101*102');
    expect((await bob.expect('INVITE')).one('P-Asserted-Identity')).toBe(`"Sales" <sip:19001000@${server.realm}>`);
  });

  it('a hotline rings everyone but the caller', async () => {
    const { at } = home();
    const [alice, desk, bob, carol] = [await at('alice'), await at('alice'), await at('bob'), await at('carol')];
    await invite(alice, '19002000');
    carol.send(carol.answer(await carol.expect('INVITE'), 180));
    bob.send(bob.answer(await bob.expect('INVITE'), 180));
    await alice.expect(180);
    expect((await alice.expect(180)).all('P-Asserted-Identity')).toEqual([]);
    expect([...alice.inbox, ...desk.inbox].filter(frame => frame.method === 'INVITE')).toEqual([]);
  });

  it('a registered contact can be called as it is', async () => {
    const { at, server } = home();
    const [alice, bob, other] = [await at('alice'), await at('bob'), await at('bob')];
    await alice.ask(alice.request('OPTIONS', `sip:${server.realm}`));
    const asked = alice.ask(alice.request('MESSAGE', bob.contact));
    bob.send(bob.answer(await bob.expect('MESSAGE'), 200));
    expect((await asked).status).toBe(200);
    expect(other.inbox.some(frame => frame.method === 'MESSAGE')).toBe(false);
  });

  it.each([
    ['nobody', 404],
    ['carol', 480],
    ['19001000', 480],
    ['123456*101*bob', 403],
    ['101*', 484],
  ])('%s gets %i', async (target, status) => {
    const alice = await home().at('alice');
    await invite(alice, target);
    expect((await alice.expect(status)).status).toBe(status);
  });

  it('another domain gets 404', async () => {
    const alice = await home().at('alice');
    expect((await alice.ask(alice.request('MESSAGE', 'sip:bob@example.com'))).status).toBe(404);
  });
});
