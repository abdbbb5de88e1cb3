import { expectSound as expectSoundOn } from '../e2e/support/audio.js';
import { openBrowser, type Browser } from './support/browser.js';
import { startPeers, type Peers } from './support/peers.js';
import { person, type Person } from './support/person.js';
import { expectSound } from './support/sound.js';

/** Servers that help a call to find its way, and those that do not. */
describe('a call through rtpengine and coturn', () => {
  let peers: Peers;
  let browser: Browser;

  beforeAll(async () => {
    [peers, browser] = await Promise.all([startPeers(), openBrowser()]);
  });

  afterAll(async () => {
    await browser.close();
    await peers.stop();
  });

  /** A server that is there and does not answer. */
  const dead = (scheme: 'stun' | 'turn'): RTCIceServer => ({
    urls: `${scheme}:127.0.0.1:${peers.ports.hole}`,
    ...(scheme === 'turn' ? { username: 'turn', credential: 'secret-turn' } : {}),
  });

  it('goes by the relay alone, and both are heard', async () => {
    const alice = await browser.open(peers, 'alice', { iceServers: [peers.turn], iceTransportPolicy: 'relay' });
    const id = await alice.invite('baresip');
    await alice.sees({ id, status: 'active', media: 'flowing' });
    await Promise.all([expectSoundOn(alice.page), expectSound(peers.telephone)]);

    const ways = await alice.page.evaluate(async () => {
      type Stat = { readonly type: string; readonly candidateType?: string };
      const reports = await Promise.all(window.peers.map(peer => peer.getStats()));
      return reports
        .flatMap(report => [...report.values()] as Stat[])
        .filter(({ type }) => type === 'local-candidate')
        .map(({ candidateType }) => candidateType);
    });
    expect(ways.length).toBeGreaterThan(0);
    expect(new Set(ways)).toEqual(new Set(['relay']));
    await alice.perform('hangup', id);
    await alice.page.context().close();
  });

  it('that may go by a relay alone does not begin where none answers', async () => {
    const erin = await browser.open(peers, 'erin', { iceServers: [dead('turn')], iceTransportPolicy: 'relay' });
    const id = await erin.invite('baresip');
    expect((await erin.ended(id)).end).toMatchObject({ by: 'local', cause: 'media_failed' });
    expect(await erin.page.evaluate(() => phone.faults())).toEqual(['no-relay']);
    expect(await peers.registrar.heard('INVITE', 'erin')).toBe(0);
    await erin.page.context().close();
  });

  const untilRinging = async (somebody: Person): Promise<number> => {
    const { startedAt, id } = await somebody.sees({ id: await somebody.invite('bob') });
    await somebody.sees({ id, status: 'ringing' });
    const took = Date.now() - startedAt;
    somebody.client.hangup(id);
    return took;
  };

  it('waits 300 ms for a server that does not answer, and not for seconds', async () => {
    const [bob, carol, dave] = [
      person(peers, 'bob'),
      person(peers, 'carol'),
      person(peers, 'dave', { iceServers: [dead('stun')] }),
    ];
    await Promise.all([bob.online(), carol.online(), dave.online()]);
    const without = await untilRinging(carol);
    const took = await untilRinging(dave);
    expect(took).toBeGreaterThanOrEqual(300);
    expect(took - without).toBeLessThan(600);
    await Promise.all([bob.leave(), carol.leave(), dave.leave()]);
  });
});
