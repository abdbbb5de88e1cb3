import { startPeers, type Peers } from './support/peers.js';
import { done, person, type Person } from './support/person.js';
import { scenario, trunk } from './support/scenario.js';
import { expectSound } from './support/sound.js';

/** Two places ring: at one of them something is played before anybody answers. */
describe('early media', () => {
  let peers: Peers;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    peers = await startPeers();
    [alice, bob] = [person(peers, 'alice'), person(peers, 'bob')];
    await Promise.all([alice.online(), bob.online()]);
  });

  afterAll(async () => {
    await Promise.all([alice.leave(), bob.leave()]);
    await peers.stop();
  });

  const ring = async () => {
    const early = await scenario(peers, 'early', ['-m', '1']);
    await peers.registrar.bind('bob', `sip:early@${trunk}:${early.port}`);
    const rung = bob.rung();
    const id = await alice.invite('bob');
    await alice.sees({ id, status: 'ringing', earlyMedia: true });
    return { id, early, rung: (await rung).id };
  };

  it('is heard while both ring, and gives way to the one who answers', async () => {
    const { id, early, rung } = await ring();
    await expectSound(alice);
    await done(bob.client.answer(rung));
    await alice.sees({ id, status: 'active', media: 'flowing' });
    expect(await early.exited).toBe(0);
    await Promise.all([expectSound(alice), expectSound(bob)]);
    await done(alice.client.hangup(id));
    expect((await bob.ended(rung)).end).toMatchObject({ by: 'remote', cause: 'hung_up' });
  });
});
