import { filter, firstValueFrom, map } from 'rxjs';
import { WebSocket } from 'ws';
import { createClient, isRight, snapshot, type Call, type Client, type Session } from '../../lib/index.js';
import { startServer, type DevServer } from '../../server/lib/index.js';
import { sip } from '../../lib/sip/index.js';
import { fakeDevices } from '../../lib/testing/index.js';
import { peerConnection, silentMedia } from './adapter/platform.js';
import { pass, usualClock, virtualClock } from '../support/clock.js';

const until = (client: Client, is: (session: Session) => boolean): Promise<Session> =>
  firstValueFrom(client.session$.pipe(filter(is)));
const seen = (client: Client, is: (call: Call) => boolean): Promise<Call> =>
  firstValueFrom(
    client.session$.pipe(
      map(({ calls }) => calls.find(is)),
      filter(call => call !== undefined),
    ),
  );

describe('SIP adapter: two clients', () => {
  let server: DevServer;
  const leave: (() => Promise<unknown>)[] = [];

  const join = async (name: string): Promise<Client> => {
    const { username, password, realm } = server.user(name);
    const line = sip({
      server: server.wsUrl,
      aor: `sip:${username}@${realm}`,
      credentials: { username, password },
      webSocket: (url, protocols) => new WebSocket(url, protocols),
      peerConnection,
    });
    const client = createClient({ calling: [line], devices: { ...fakeDevices(), media: silentMedia } });
    const link = client.connect();
    leave.push(() => {
      link.unsubscribe();
      return until(client, ({ connection }) => connection === 'disconnected');
    });
    await until(client, ({ connection }) => connection === 'connected');
    return client;
  };
  /** One calls the other, who answers: the call's ids here and there. */
  const talk = async (from: Client, to: Client, target: string): Promise<readonly [string, string]> => {
    const known = new Set(snapshot(to.session$).calls.map(({ id }) => id));
    const placed = await firstValueFrom(from.invite(target));
    if (!isRight(placed)) throw new Error(placed.left.code);
    const { id } = await seen(
      to,
      call => call.direction === 'incoming' && call.status === 'ringing' && !known.has(call.id),
    );
    const acknowledged = server.next({ method: 'ACK', from: 'server' });
    await firstValueFrom(to.answer(id));
    await seen(from, call => call.id === placed.right.id && call.status === 'active');
    await acknowledged;
    return [placed.right.id, id];
  };

  beforeEach(async () => {
    server = await startServer({ port: 0 });
  });
  afterEach(async () => {
    usualClock();
    await Promise.all(leave.splice(0).map(go => go()));
    await server.close();
  });

  it('both hold at once, and both have agreed in the end', async () => {
    const [alice, bob] = await Promise.all([join('alice'), join('bob')]);
    const [mine, theirs] = await talk(alice, bob, '102');
    await Promise.all([
      seen(alice, ({ id, media }) => id === mine && media === 'flowing'),
      seen(bob, ({ id, media }) => id === theirs && media === 'flowing'),
    ]);
    const offers = ['alice', 'bob'].map(user => server.hold({ method: 'INVITE', from: 'client', user }));
    const held = [alice.hold(mine), bob.hold(theirs)].map(outcome => firstValueFrom(outcome));
    await Promise.all(offers.map(({ seen: met }) => met));
    virtualClock();
    for (const one of offers) one.release();
    // Each tries again after a time of its own: RFC 3261 §14.1.
    const agreed = Promise.all(held);
    const over = jest.fn<undefined, []>();
    void agreed.then(over);
    while (over.mock.calls.length === 0) await pass(100);
    usualClock();
    expect((await agreed).map(isRight)).toEqual([true, true]);
    expect(server.log.some(({ status, from }) => status === 491 && from === 'client')).toBe(true);
    for (const [client, id] of [
      [alice, mine],
      [bob, theirs],
    ] as const)
      expect(await seen(client, call => call.id === id && call.status === 'on_hold' && call.hold.remote)).toMatchObject(
        {
          hold: { local: true, remote: true },
        },
      );
  });

  it('a hold that was under way when the line went is agreed on when it is back', async () => {
    const [alice, bob] = await Promise.all([join('alice'), join('bob')]);
    const [mine, theirs] = await talk(alice, bob, '102');
    const offer = server.hold({ method: 'INVITE', from: 'client', user: 'alice' });
    const held = firstValueFrom(alice.hold(mine));
    await offer.seen;
    server.drop('alice');
    await seen(alice, ({ id, signalling }) => id === mine && signalling === 'recovering');
    offer.drop();
    expect(isRight(await held)).toBe(true);
    expect(await seen(alice, ({ id, signalling }) => id === mine && signalling === 'up')).toMatchObject({
      status: 'on_hold',
    });
    await seen(bob, ({ id, hold }) => id === theirs && hold.remote);
    await firstValueFrom(alice.hangup(mine));
    expect((await seen(bob, ({ id, status }) => id === theirs && status === 'terminated')).end?.cause).toBe('hung_up');
  });

  it('a call that is ended while the line is away is ended there when it is back', async () => {
    const [alice, bob] = await Promise.all([join('alice'), join('bob')]);
    const [mine, theirs] = await talk(alice, bob, '102');
    server.refuse(true);
    server.drop('alice');
    await seen(alice, ({ id, signalling }) => id === mine && signalling === 'recovering');
    await firstValueFrom(alice.hangup(mine));
    expect(snapshot(alice.session$).calls).toMatchObject([{ status: 'terminated', end: { cause: 'hung_up' } }]);
    server.refuse(false);
    await firstValueFrom(alice.reconnect());
    expect((await seen(bob, ({ id, status }) => id === theirs && status === 'terminated')).end?.cause).toBe('hung_up');
  });

  it('one hands the other over to a third, whom she has asked first', async () => {
    const [alice, bob, carol] = await Promise.all([join('alice'), join('bob'), join('carol')]);
    const [first, atBob] = await talk(alice, bob, '102');
    await firstValueFrom(alice.hold(first));
    const [second, atCarol] = await talk(alice, carol, '103');
    const handed = firstValueFrom(alice.transfer(first, { call: second }));
    await seen(bob, ({ id, refer }) => id === atBob && refer !== undefined);
    const consented = await firstValueFrom(bob.consent(atBob, true));
    if (!isRight(consented)) throw new Error(consented.left.code);
    expect(isRight(await handed)).toBe(true);
    await seen(bob, ({ id, status }) => id === consented.right.id && status === 'active');
    expect(await seen(carol, ({ id, displayName }) => id === atCarol && displayName === 'Bob')).toMatchObject({
      status: 'active',
    });
    for (const ours of [first, second]) {
      const over = await seen(alice, ({ id, status }) => id === ours && status === 'terminated');
      expect(over.end?.cause).toBe('transferred');
    }
    await firstValueFrom(carol.hangup(atCarol));
    await seen(bob, ({ id, status }) => id === consented.right.id && status === 'terminated');
  });
});
