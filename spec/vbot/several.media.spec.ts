import { BehaviorSubject } from 'rxjs';
import type { VBotClient, VBotError, VBotSession } from '../../lib/vbot/index.js';
import { inStatus, openWorld, ring, until, type World } from './support/world.js';

describe('vbot beyond the document', () => {
  let world: World;
  let alice: VBotClient;
  let bob: VBotClient;
  beforeAll(async () => {
    world = await openWorld();
  });
  beforeEach(async () => {
    [alice, bob] = await Promise.all([world.person('alice'), world.person('bob')]);
  });
  afterEach(() => world.leave());
  afterAll(() => world.close());

  const talking = async (who: VBotClient, number: string): Promise<VBotSession> => {
    const session = await who.invite(number);
    await expect(session.accepted()).resolves.toEqual({ accepted: true });
    return session;
  };

  /** Goes wherever it is sent. */
  const agreeing = ({ streams }: VBotClient): void => {
    streams.callEvent$.subscribe(event => {
      if (event._tag === 'refer') streams.consent(event.call, true);
    });
  };

  it('sessions are listed, and found by their id', async () => {
    const session = await talking(alice, 'echo');
    expect(alice.getSessions().map(({ id }) => id)).toEqual([session.id]);
    expect(alice.getSession(session.id)?.phoneNumber).toBe('echo');
    expect(alice.getSession('nobody')).toBeUndefined();
  });

  it('sessions tell when they come and when they go, by their id', async () => {
    const told: string[] = [];
    alice.on('sessionAdded', ({ id }) => told.push(`added ${id}`));
    alice.on('sessionRemoved', ({ id }) => told.push(`removed ${id}`));
    const session = await talking(alice, 'echo');
    expect(told).toEqual([`added ${session.id}`]);
    await session.terminate();
    await session.terminated();
    expect(told).toEqual([`added ${session.id}`, `removed ${session.id}`]);
  });

  it('a far side is handed over to a number, or stays', async () => {
    agreeing(alice);
    const { caller, callee } = await ring(alice, bob, '102');
    await callee.accept();
    await caller.accepted();
    await expect(callee.blindTransfer('code486')).resolves.toBe(false);
    await inStatus(bob, callee, 'active');
    await expect(callee.blindTransfer('echo')).resolves.toBe(true);
    await expect(callee.terminated()).resolves.toBe('transferred');
    await until(alice.streams.session$, ({ calls }) =>
      calls.some(({ phoneNumber, status }) => phoneNumber.includes('echo') && status === 'active'),
    );
  });

  it('two far sides are connected', async () => {
    agreeing(alice);
    const { caller, callee } = await ring(alice, bob, '102');
    await callee.accept();
    await caller.accepted();
    await callee.hold();
    const other = await talking(bob, 'echo');
    await expect(bob.attendedTransfer(callee, other)).resolves.toBe(true);
    await expect(Promise.all([callee.terminated(), other.terminated()])).resolves.toEqual([
      'transferred',
      'transferred',
    ]);
  });

  it('an extension is watched', async () => {
    const heard$ = new BehaviorSubject<readonly string[]>([]);
    const uri = 'sip:bob@callstream.test';
    alice.on('subscriptionNotify', (whose, status) => {
      heard$.next([...heard$.value, `${whose} ${status}`]);
    });
    const last = (status: string): Promise<unknown> => until(heard$, heard => heard.at(-1) === `${uri} ${status}`);
    await alice.subscribe(uri);
    await last('available');
    const session = await talking(bob, 'echo');
    await last('busy');
    await session.terminate();
    await last('available');
    alice.unsubscribe(uri);
    const told = heard$.value.length;
    await (await talking(bob, 'echo')).terminate();
    expect(heard$.value).toHaveLength(told);
  });

  it('an extension that there is not is told so', async () => {
    const ended = new Promise<VBotError>(resolve => {
      alice.on('subscriptionTerminated', (_, reason) => {
        resolve(reason);
      });
    });
    await expect(alice.subscribe('sip:nobody@callstream.test')).rejects.toMatchObject({ code: 'not-found' });
    await expect(ended).resolves.toMatchObject({ code: 'not-found' });
  });

  it('tells how a call sounds while somebody hears it', async () => {
    const session = await talking(alice, 'echo');
    const [who, quality] = await new Promise<readonly [{ readonly id: string }, { readonly mos?: number }]>(resolve => {
      session.on('callQualityUpdate', (whose, stats) => {
        resolve([whose, stats]);
      });
    });
    expect(who).toEqual({ id: session.id });
    expect(quality.mos).toBeGreaterThan(3.5);
    expect(session.stats.mos).toBeGreaterThan(3.5);
  });

  it('goes on with another token of the same account, and of no other', async () => {
    await alice.reconfigure({ accessToken: await world.server.token('alice') });
    expect(alice.isConnected()).toBe(true);
    await expect(alice.reconfigure({ accessToken: await world.server.token('bob') })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(alice.isConnected()).toBe(true);
  });
});
