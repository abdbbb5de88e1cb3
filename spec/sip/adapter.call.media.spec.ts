import { isRight } from '../../lib/core/either.js';
import { startServer, type DevServer } from '../../server/lib/index.js';
import { energyOf, listeningMedia, toneMicrophone } from '../support/wrtc.js';
import { line, stopAll } from './adapter/line.js';
import { talk } from './adapter/talk.js';

describe('SIP adapter: a call with media', () => {
  let server: DevServer;
  beforeEach(async () => {
    server = await startServer({ port: 0 });
  });
  afterEach(async () => {
    stopAll();
    await server.close();
  });

  it('carries voices, lets them be silenced, and its microphone and loudspeaker be changed', async () => {
    const microphones = [toneMicrophone(440), toneMicrophone(600)] as const;
    const [here, there] = [listeningMedia(microphones[0].userMedia), listeningMedia(microphones[1].userMedia)];
    const alice = line(server, 'alice', {}, here.media);
    const bob = line(server, 'bob', {}, there.media);
    await Promise.all([alice.up(), bob.up()]);
    const { call } = await talk(alice, bob, 'A', '102');
    await Promise.all([alice, bob].map(one => one.take('media', ({ media }) => media === 'flowing')));
    const ears = [energyOf(here.heard[0]!), energyOf(there.heard[0]!)] as const;
    const heard = async (): Promise<readonly boolean[]> =>
      (await Promise.all(ears.map(ear => ear.over(10)))).map(({ level }) => level > 0.05);
    // The first frames may have been sent before the connection was up.
    await heard();
    expect(await heard()).toEqual([true, true]);

    alice.perform({ _tag: 'voice', call: 'A', live: false });
    await heard();
    expect(await heard()).toEqual([true, false]);

    const input = { volume: 1, processing: false };
    expect(isRight(await alice.ask({ _tag: 'input', call: 'A', input }))).toBe(true);
    expect(await heard()).toEqual([true, false]);
    alice.perform({ _tag: 'voice', call: 'A', live: true });
    await heard();
    expect(await heard()).toEqual([true, true]);

    const output = { volume: 0.5, muted: true };
    expect(isRight(await bob.ask({ _tag: 'output', call, output }))).toBe(true);
    expect([...alice.left('fault'), ...bob.left('fault')]).toEqual([]);

    bob.perform({ _tag: 'end', call });
    await alice.take('ended');
    expect(microphones.flatMap(({ tracks }) => tracks.map(({ readyState }) => readyState))).toEqual(
      microphones.flatMap(({ tracks }) => tracks.map(() => 'ended')),
    );
    for (const ear of ears) ear.stop();
    for (const microphone of microphones) microphone.stop();
  });
});
