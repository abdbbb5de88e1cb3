/** The life of a subscription, whatever it watches. RFC 6665 §4.2. */
import { house, invite } from '../support/house.js';
import { asked, subscribe } from '../support/watching.js';

const home = house();

describe('server SUBSCRIBE', () => {
  it('is granted and told at once, in its own dialog', async () => {
    const alice = await home().at('alice');
    const watch = await subscribe(alice, '102', 'dialog;id=7');
    expect([watch.answer.one('Expires'), watch.answer.all('Record-Route')]).toEqual(['600', [expect.any(String)]]);
    const notify = await watch.notified();
    expect([notify.uri, notify.one('Event'), notify.one('Content-Type'), notify.one('From')]).toEqual([
      alice.contact,
      'dialog;id=7',
      'application/dialog-info+xml',
      watch.answer.one('To'),
    ]);
    expect(notify.one('Subscription-State')).toMatch(/^active;expires=(600|599)$/);
    expect(notify.body).toContain('entity="sip:bob@callstream.test"');
  });

  it.each([
    ['an unknown user', 'nobody', 'dialog', [], 404, '', ''],
    ['an unknown package', 'bob', 'presence', [], 489, 'Allow-Events', 'dialog, message-summary'],
    ['no package', 'bob', '', [], 489, 'Allow-Events', 'dialog, message-summary'],
    ['too short a time', 'bob', 'dialog', ['Expires: 59'], 423, 'Min-Expires', '60'],
    ['what is required', 'bob', 'dialog', ['Require: eventlist'], 420, 'Unsupported', 'eventlist'],
    ['a mailbox of another', 'bob', 'message-summary', [], 403, '', ''],
  ])('is refused for %s', async (_, to, event, headers, status, name, value) => {
    const alice = await home().at('alice');
    const answer = await asked(alice, to, event, headers);
    expect([answer.status, name === '' ? '' : answer.one(name)]).toEqual([status, value]);
  });

  it('is challenged as any other request', async () => {
    const alice = await home().at('alice');
    await subscribe(alice, 'bob', 'dialog');
    expect(alice.inbox.some(frame => frame.status === 407 && frame.one('CSeq').endsWith('SUBSCRIBE'))).toBe(true);
  });

  it('lasts an hour at most', async () => {
    const alice = await home().at('alice');
    const { answer } = await subscribe(alice, 'bob', 'dialog', ['Expires: 999999']);
    expect(answer.one('Expires')).toBe('3600');
  });

  it('tells everything anew when it is refreshed, and ends when it is given up', async () => {
    const { at } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    const watch = await subscribe(alice, 'bob', 'dialog');
    await watch.notified();
    expect((await watch.again(900)).one('Expires')).toBe('900');
    const told = await watch.notified();
    expect(told.body).toContain('version="1" state="full"');
    expect(told.one('Subscription-State')).toMatch(/^active;expires=(900|899)$/);
    expect((await watch.again(30)).status).toBe(423);
    expect((await watch.again(0)).one('Expires')).toBe('0');
    expect((await watch.notified()).one('Subscription-State')).toBe('terminated;reason=timeout');
    expect((await watch.again(600)).status).toBe(481);
    await invite(bob, 'blackhole');
    await bob.expect('100 INVITE');
    await alice.register();
    expect(alice.inbox.filter(frame => frame.method === 'NOTIFY')).toHaveLength(3);
  });

  it('of no time is one look', async () => {
    const alice = await home().at('alice');
    const look = await subscribe(alice, 'bob', 'dialog', ['Expires: 0']);
    const told = await look.notified();
    expect(told.one('Subscription-State')).toBe('terminated;reason=timeout');
    expect(told.body).toContain('state="full"');
    expect((await look.again(600)).status).toBe(481);
  });

  it('is over for whoever refuses a NOTIFY', async () => {
    const alice = await home().at('alice');
    const watch = await subscribe(alice, 'bob', 'dialog');
    await watch.notified(481);
    expect((await watch.again(600)).status).toBe(481);
  });

  it('is forgotten with its socket, but not when another has taken its place', async () => {
    const { at, server } = home();
    const [alice, bob] = [await at('alice'), await at('bob')];
    const [hers, his] = [await subscribe(alice, 'carol', 'dialog'), await subscribe(bob, 'carol', 'dialog')];
    await Promise.all([hers.notified(), his.notified()]);
    const young = await at('bob', bob.host);
    server.drop('alice');
    await alice.closed;
    bob.socket.terminate();
    const again = await at('alice', alice.host);
    const carol = await at('carol');
    const leaving = server.next({ method: 'NOTIFY', from: 'server', user: 'bob' });
    await invite(carol, 'blackhole');
    expect((await young.expect('NOTIFY')).body).toContain('initiator');
    await leaving;
    await again.register();
    expect(again.inbox.some(frame => frame.method === 'NOTIFY')).toBe(false);
  });

  it('is gone after a pause of the server', async () => {
    const { at, server } = home();
    const alice = await at('alice');
    const watch = await subscribe(alice, 'bob', 'dialog');
    await watch.notified();
    await server.pause();
    await server.resume();
    const again = await at('alice', alice.host);
    expect((await watch.again(600, again)).status).toBe(481);
  });
});

describe('server SUBSCRIBE: short subscription', () => {
  const brief = house({ lifetimes: { min: 1 } });

  it('runs out by itself, and is told so', async () => {
    const alice = await brief().at('alice');
    const watch = await subscribe(alice, 'bob', 'dialog', ['Expires: 1']);
    await watch.notified();
    expect((await watch.notified()).one('Subscription-State')).toBe('terminated;reason=timeout');
    expect((await watch.again(600)).status).toBe(481);
  });
});

describe('server SUBSCRIBE: mailbox', () => {
  it('is told as it stands, and again when it changes', async () => {
    const { at, server } = home();
    const alice = await at('alice');
    const watch = await subscribe(alice, 'alice', 'message-summary');
    const empty = await watch.notified();
    expect(empty.one('Content-Type')).toBe('application/simple-message-summary');
    expect(empty.body).toBe(
      'Messages-Waiting: no\r\nMessage-Account: sip:alice@callstream.test\r\nVoice-Message: 0/0\r\n',
    );
    server.mailbox('Alice', { new: 2, old: 8 });
    const full = await watch.notified();
    expect(full.body).toContain('Messages-Waiting: yes\r\n');
    expect(full.body).toContain('Voice-Message: 2/8\r\n');
    server.mailbox('bob', { new: 1, old: 0 });
    server.mailbox('alice', { new: 0, old: 10 });
    expect((await watch.notified()).body).toContain('Voice-Message: 0/10\r\n');
  });

  it('is set over HTTP by its owner', async () => {
    const { at, server } = home();
    const alice = await at('alice');
    const watch = await subscribe(alice, 'alice', 'message-summary');
    await watch.notified();
    const post = async (token: string, body: unknown): Promise<number> => {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${server.url}/dev/mailbox`, { method: 'POST', headers, body: JSON.stringify(body) });
      return answer.status;
    };
    const token = await server.token('alice');
    expect(await post(token, { new: 3, old: 1 })).toBe(200);
    expect((await watch.notified()).body).toContain('Voice-Message: 3/1\r\n');
    expect(await post('nobody', { new: 3, old: 1 })).toBe(401);
    for (const body of [{ new: 3 }, { new: -1, old: 0 }, { new: '3', old: 1 }, null])
      expect(await post(token, body)).toBe(400);
  });

  it('is not told of calls', async () => {
    const { at } = home();
    const alice = await at('alice');
    const box = await subscribe(alice, '101', 'message-summary');
    await box.notified();
    const lamp = await subscribe(alice, '101', 'dialog');
    await lamp.notified();
    await invite(alice, 'blackhole');
    expect((await lamp.notified()).body).toContain('initiator');
    await alice.register();
    expect(alice.inbox.filter(frame => frame.method === 'NOTIFY')).toHaveLength(3);
  });
});
