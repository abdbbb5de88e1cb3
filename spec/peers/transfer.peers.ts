import { startPeers, type Peers } from './support/peers.js';
import { done, person, talking, type Person } from './support/person.js';
import { expectSound } from './support/sound.js';

describe('transfer of a baresip', () => {
  let peers: Peers;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    peers = await startPeers();
    [alice, bob] = [person(peers, 'alice'), person(peers, 'bob')];
    await Promise.all([alice.online(), bob.online()]);
  });

  afterEach(async () => {
    await Promise.all([alice.hangUp(), bob.hangUp()]);
  });

  afterAll(async () => {
    await Promise.all([alice.leave(), bob.leave()]);
    await peers.stop();
  });

  const talk = async (): Promise<string> => {
    const id = await alice.invite('baresip');
    await alice.sees({ id, status: 'active', media: 'flowing' });
    await peers.telephone.next('CALL_ESTABLISHED');
    return id;
  };

  it('is a telephone, which calls whom it is told to', async () => {
    const id = await talk();
    const rung = bob.rung();
    const handed = done(alice.client.transfer(id, 'bob'));
    const { id: atBob, phoneNumber } = await rung;
    expect(phoneNumber).toBe('baresip');
    await done(bob.client.answer(atBob));
    await handed;
    expect((await alice.ended(id)).end).toMatchObject({ cause: 'transferred' });
    await bob.sees({ id: atBob, status: 'active', media: 'flowing' });
    await expectSound(bob);
  });

  it('stays where it was when nobody takes it', async () => {
    const id = await talk();
    await expect(done(alice.client.transfer(id, 'code486'))).rejects.toThrow('486');
    await alice.sees({ id, status: 'active' });
    await expectSound(alice);
  });

  it('is asked to call somebody, and does so when its person agrees', async () => {
    const carol = person(peers, 'carol');
    await carol.online();
    const { id } = await talking(alice, 'bob', bob);
    const asked = bob.referred();
    const atCarol = carol.rung();
    const handed = done(alice.client.transfer(id, 'carol'));
    await done(bob.client.consent(await asked, true));
    await done(carol.client.answer((await atCarol).id));
    await handed;
    expect((await alice.ended(id)).end).toMatchObject({ cause: 'transferred' });
    await carol.sees({ status: 'active', media: 'flowing' });
    await Promise.all([expectSound(bob), expectSound(carol)]);
    await carol.leave();
  });

  it('is joined with another far side of ours', async () => {
    const carol = person(peers, 'carol');
    await carol.online();
    const { id: withBob } = await talking(alice, 'bob', bob);
    await done(alice.client.hold(withBob));
    const { id: withCarol, theirs } = await talking(alice, 'carol', carol);

    const asked = bob.referred();
    const handed = done(alice.client.transfer(withBob, { call: withCarol }));
    await done(bob.client.consent(await asked, true));
    await handed;
    expect((await alice.ended(withBob)).end).toMatchObject({ cause: 'transferred' });
    expect((await alice.ended(withCarol)).end).toMatchObject({ cause: 'transferred' });
    // The same call as before, with somebody else.
    await carol.sees({ id: theirs, status: 'active', media: 'flowing', phoneNumber: 'bob' });
    await Promise.all([expectSound(bob), expectSound(carol)]);
    await carol.leave();
  });
});
