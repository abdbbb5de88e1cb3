import { startPeers, type Peers } from './support/peers.js';
import { done, person, type Person } from './support/person.js';
import { expectSilence, expectSound } from './support/sound.js';

/** A client and a telephone of another make: the media of the one are translated for the other. */
describe('baresip, a telephone', () => {
  let peers: Peers;
  let alice: Person;

  beforeAll(async () => {
    peers = await startPeers();
    alice = person(peers, 'alice', { dtmf: 'info' });
    await alice.online();
  });

  afterEach(async () => {
    await alice.hangUp();
  });

  afterAll(async () => {
    await alice.leave();
    await peers.stop();
  });

  const talk = async (): Promise<string> => {
    const id = await alice.invite('baresip');
    await alice.sees({ id, status: 'active', media: 'flowing' });
    await peers.telephone.next('CALL_ESTABLISHED');
    return id;
  };

  const bothHear = async (): Promise<void> => {
    await Promise.all([expectSound(alice), expectSound(peers.telephone)]);
  };

  const hangUp = async (id: string): Promise<void> => {
    await done(alice.client.hangup(id));
    await peers.telephone.next('CALL_CLOSED');
    expect((await alice.ended(id)).end).toMatchObject({ by: 'local', cause: 'hung_up' });
  };

  it('answers, and both are heard until the client hangs up', async () => {
    const id = await talk();
    await bothHear();
    await hangUp(id);
  });

  it('calls, is answered, and both are heard until the telephone hangs up', async () => {
    const rung = alice.rung();
    peers.telephone.perform('dial', 'sip:alice@peers.test');
    const { id, phoneNumber } = await rung;
    expect(phoneNumber).toBe('baresip');
    await done(alice.client.answer(id));
    await alice.sees({ id, status: 'active', media: 'flowing' });
    await peers.telephone.next('CALL_ESTABLISHED');
    await bothHear();
    peers.telephone.perform('hangup');
    expect((await alice.ended(id)).end).toMatchObject({ by: 'remote', cause: 'hung_up' });
    await peers.telephone.next('CALL_CLOSED');
  });

  it('is held by the client: both are silent, and heard again afterwards', async () => {
    const id = await talk();
    await bothHear();
    await done(alice.client.hold(id));
    await alice.sees({ id, status: 'on_hold', hold: { local: true, remote: false } });
    await expectSilence(alice);
    await done(alice.client.unhold(id));
    await alice.sees({ id, status: 'active', hold: { local: false, remote: false } });
    await expectSound(alice);
    await hangUp(id);
  });

  it('holds the client, which sees it, and is heard again afterwards', async () => {
    const id = await talk();
    await bothHear();
    peers.telephone.perform('hold');
    await alice.sees({ id, hold: { local: false, remote: true } });
    await expectSilence(alice);
    peers.telephone.perform('resume');
    await alice.sees({ id, hold: { local: false, remote: false } });
    await expectSound(alice);
    await hangUp(id);
  });

  it('reads the digits of an INFO', async () => {
    const id = await talk();
    await done(alice.client.dtmf(id, '15#'));
    for (const key of ['1', '5', '#']) {
      expect(await peers.telephone.next('CALL_DTMF_START')).toMatchObject({ param: key });
    }
    await hangUp(id);
  });
});
