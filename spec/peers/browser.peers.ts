import { expectSilence, expectSound as expectSoundOn } from '../e2e/support/audio.js';
import { openBrowser, type Browser, type PageUser } from './support/browser.js';
import { startPeers, type Peers } from './support/peers.js';
import { expectSound } from './support/sound.js';

/** A page and a telephone, over a secure line. */
describe('Chromium through Kamailio', () => {
  let peers: Peers;
  let browser: Browser;
  let alice: PageUser;

  beforeAll(async () => {
    [peers, browser] = await Promise.all([startPeers(), openBrowser()]);
    alice = await browser.open(peers, 'alice', { server: peers.wss });
  });

  afterAll(async () => {
    await browser.close();
    await peers.stop();
  });

  const talk = async (): Promise<string> => {
    const id = await alice.invite('baresip');
    await alice.sees({ id, status: 'active', media: 'flowing' });
    await peers.telephone.next('CALL_ESTABLISHED');
    return id;
  };

  const hangUp = async (id: string): Promise<void> => {
    expect(await alice.perform('hangup', id)).toBe('');
    await peers.telephone.next('CALL_CLOSED');
    expect((await alice.ended(id)).end).toMatchObject({ by: 'local', cause: 'hung_up' });
  };

  it('calls a telephone, and both are heard', async () => {
    const id = await talk();
    await Promise.all([expectSoundOn(alice.page), expectSound(peers.telephone)]);
    await hangUp(id);
  });

  it('is called by a telephone, and both are heard', async () => {
    const rung = alice.rung();
    peers.telephone.perform('dial', 'sip:alice@peers.test');
    const { id } = await rung;
    expect(await alice.perform('answer', id)).toBe('');
    await peers.telephone.next('CALL_ESTABLISHED');
    await Promise.all([expectSoundOn(alice.page), expectSound(peers.telephone)]);
    peers.telephone.perform('hangup');
    await peers.telephone.next('CALL_CLOSED');
    expect((await alice.ended(id)).end).toMatchObject({ by: 'remote', cause: 'hung_up' });
  });

  it('presses keys that the telephone reads in the media (RFC 4733)', async () => {
    const id = await talk();
    expect(await alice.press(id, '159#')).toBe('');
    for (const key of ['1', '5', '9', '#']) {
      expect(await peers.telephone.next('CALL_DTMF_START')).toMatchObject({ param: key });
    }
    expect(await alice.page.evaluate(() => window.tonesSent)).toBe('159#');
    await hangUp(id);
  });

  it('is silent while it holds the telephone, and is heard again afterwards', async () => {
    const id = await talk();
    await expectSoundOn(alice.page);
    expect(await alice.perform('hold', id)).toBe('');
    await alice.sees({ id, status: 'on_hold' });
    await expectSilence(alice.page);
    expect(await alice.perform('unhold', id)).toBe('');
    await expectSoundOn(alice.page);
    await hangUp(id);
  });

  it('throws nothing that nobody catches', () => {
    expect(browser.uncaught).toEqual([]);
  });
});
