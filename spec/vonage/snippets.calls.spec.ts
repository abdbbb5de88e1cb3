import type { LegsPage, VonageClient, VonagePlatform } from 'callstream/vonage';
import { peerConnection } from '../sip/adapter/platform.js';
import { toneMicrophone } from '../support/wrtc.js';
import { programs } from './support/document.js';
import { renaming } from './support/renaming.js';
import { runnable } from './support/snippet.js';
import { listen, world } from './support/world.js';

const run = async <A>(method: string, client: VonageClient): Promise<A> =>
  (await runnable(programs[method]!)(client)) as A;

describe('vonage document snippet', () => {
  const home = world({ media: true });
  let microphone: ReturnType<typeof toneMicrophone>;
  beforeEach(() => {
    microphone = toneMicrophone(440);
  });
  afterEach(() => {
    microphone.stop();
  });

  const person = (user: string, more: VonagePlatform = {}): Promise<VonageClient> =>
    home().person(user, { peerConnection, userMedia: microphone.userMedia, ...more });

  /** A call to the echo, under the name that the document gives it. */
  const calling = async (): Promise<VonageClient> => {
    const alice = await person('alice', renaming('callId'));
    expect(await alice.serverCall({ callee: 'echo' })).toBe('callId');
    return alice;
  };

  it('serverCall calls user1, who hears it ring, and answers', async () => {
    const user1 = await person('user1');
    const [invite, alice] = [listen(user1, 'callInvite'), await person('alice')];
    const status = listen(alice, 'legStatusUpdate');
    const callId = await run<string>('serverCall', alice);
    const leg = await invite.next();
    await user1.answer(leg);
    await status.next();
    expect(await alice.getLeg(callId)).toMatchObject({
      id: callId,
      type: 'app',
      status: 'answered',
      from: { type: 'app', user: 'alice', number: null },
      to: { type: 'app', user: 'user1' },
    });
    const { legs } = await alice.getCallLegs(callId);
    expect(legs.map(({ id }) => id).sort()).toEqual([callId, leg].sort());
  });

  it('getCallLegs gives a page', async () => {
    const alice = await calling();
    const { legs, nextCursor, previousCursor } = await run<LegsPage>('getCallLegs', alice);
    expect(legs.map(({ id }) => id)).toContain('callId');
    expect([nextCursor, previousCursor]).toEqual([null, null]);
  });

  it('say has both texts said', async () => {
    const alice = await calling();
    const wanted = { method: 'POST', path: /\/events$/ };
    const first = home().server.chat.next(wanted);
    const said = run('say', alice);
    expect((await first).body).toMatchObject({ type: 'audio:say', body: { text: 'Hello World', ssml: false } });
    expect((await home().server.chat.next(wanted)).body).toMatchObject({
      body: {
        text: expect.stringMatching(/^<speak>/) as unknown,
        voice_name: 'Kimberly',
        ssml: true,
        level: 1,
        loop: 2,
      },
    });
    await said;
  });

  it('hangup hangs up', async () => {
    const alice = await calling();
    const ended = listen(alice, 'callHangup');
    await run('hangup', alice);
    expect(await ended.next()).toBe('callId');
  });
});
