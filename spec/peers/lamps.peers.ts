import { filter, firstValueFrom, type Observable } from 'rxjs';
import type { LampState } from 'callstream';
import { startPeers, type Peers } from './support/peers.js';
import { done, person, type Person } from './support/person.js';
import { scenario } from './support/scenario.js';
import { within } from './support/within.js';

describe('dialog state by Kamailio', () => {
  let peers: Peers;
  let alice: Person;
  let bob: Person;
  let carol: Person;

  beforeAll(async () => {
    peers = await startPeers();
    [alice, bob, carol] = [person(peers, 'alice'), person(peers, 'bob'), person(peers, 'carol')];
    await Promise.all([alice.online(), bob.online(), carol.online()]);
  });

  afterAll(async () => {
    await Promise.all([alice.leave(), bob.leave(), carol.leave()]);
    await peers.stop();
  });

  const until = <A>(value$: Observable<A>, is: (value: A) => boolean, what: string): Promise<A> =>
    within(firstValueFrom(value$.pipe(filter(is))), () => what);

  it('is shown by a lamp: somebody is called, talks, and is free again', async () => {
    const lamp$ = alice.client.lamp$('sip:bob@peers.test');
    const shown: LampState[] = [];
    const watching = lamp$.subscribe(({ state }) => {
      if (shown.at(-1) !== state) shown.push(state);
    });
    await until(lamp$, lamp => lamp.watching === 'yes' && lamp.state === 'idle', 'the lamp is lit for nobody');

    const rung = bob.rung();
    const id = await carol.invite('bob');
    const { id: atBob } = await rung;
    await until(lamp$, ({ state }) => state === 'ringing', 'bob is called');
    await done(bob.client.answer(atBob));
    const busy = await until(lamp$, ({ state }) => state === 'busy', 'bob talks');
    expect(busy.dialogs).toMatchObject([{ state: 'confirmed', direction: 'recipient' }]);
    expect(busy.dialogs[0]?.remote).toContain('carol@peers.test');
    await done(carol.client.hangup(id));
    await until(lamp$, ({ state }) => state === 'idle', 'bob is free again');
    expect(shown).toEqual(['unknown', 'idle', 'ringing', 'busy', 'idle']);
    watching.unsubscribe();
  });

  it('has left messages, which the mailbox counts', async () => {
    const mailbox$ = alice.client.mailbox$();
    const watching = mailbox$.subscribe();
    await until(mailbox$, mailbox => mailbox.watching === 'yes', 'the mailbox is watched');
    const told = await scenario(peers, 'mailbox', ['-m', '1']);
    expect(await told.exited).toBe(0);
    const { counts } = await until(mailbox$, ({ waiting }) => waiting, 'messages wait');
    expect(counts).toEqual({ 'voice-message': { new: 2, old: 1 } });
    watching.unsubscribe();
  });
});
