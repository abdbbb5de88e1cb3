import type { VonageClient } from 'callstream/vonage';
import { breakable, peerConnection } from '../sip/adapter/platform.js';
import { toneMicrophone } from '../support/wrtc.js';
import { switchboard, told } from './support/switchboard.js';
import { answered } from './support/world.js';

const number = expect.any(Number) as number;
const measured = {
  mos_score: number,
  quality_percentage: number,
  jitter_min_var: number,
  jitter_max_var: number,
  jitter_loss_rate: number,
  jitter_burst_rate: number,
  flaw_total: number,
  packet_cnt: number,
  packet_loss_perc: number,
};

describe('vonage: a call between two clients over the local server', () => {
  const home = switchboard();

  type Pair = {
    readonly alice: VonageClient;
    readonly bob: VonageClient;
    /** Alice's leg, and bob's. */
    readonly ours: string;
    readonly theirs: string;
  };

  /** Alice calls bob, for whom it rings. */
  const ringing = async (): Promise<Pair> => {
    const [alice, bob] = [await home().caller('alice'), await home().caller('bob')];
    const invited = told(bob, 'callInvite');
    const ours = await alice.serverCall({ callee: 'bob' });
    const [theirs, from, channelType] = await invited.next();
    expect([from, channelType]).toEqual(['alice', 'app']);
    return { alice, bob, ours, theirs };
  };

  const talking = async (): Promise<Pair> => {
    const pair = await ringing();
    const status = told(pair.alice, 'legStatusUpdate');
    await pair.bob.answer(pair.theirs);
    for (let last = ''; last !== 'ANSWERED'; [, , last] = await status.next());
    return pair;
  };

  it('rings, is answered, and is hung up: each side hears why, and how it was', async () => {
    const { alice, bob, ours, theirs } = await talking();
    const [here, there] = [told(alice, 'callHangup'), told(bob, 'callHangup')];
    await alice.hangup(ours, 'good night', 'GN');
    expect(await here.next()).toEqual([ours, measured, 'LOCAL_HANGUP']);
    expect(await there.next()).toEqual([theirs, measured, 'REMOTE_HANGUP']);
  });

  it('tells how far the other leg is', async () => {
    const [alice, bob] = [await home().caller('alice'), await home().caller('bob')];
    const [status, invited] = [told(alice, 'legStatusUpdate'), told(bob, 'callInvite')];
    const ours = await alice.serverCall({ callee: 'bob' });
    const [theirs] = await invited.next();
    expect(await status.next()).toEqual([ours, theirs, 'RINGING']);
    await bob.answer(theirs);
    expect(await status.next()).toEqual([ours, theirs, 'ANSWERED']);
    await bob.hangup(theirs);
    expect(await status.next()).toEqual([ours, theirs, 'COMPLETED']);
  });

  it('is rejected', async () => {
    const { alice, bob, ours, theirs } = await ringing();
    const [ended, cancelled, over] = [
      told(alice, 'callHangup'),
      told(bob, 'callInviteCancel'),
      told(bob, 'callHangup'),
    ];
    await bob.reject(theirs);
    const [callId, , reason] = await ended.next();
    expect([callId, reason]).toEqual([ours, 'REMOTE_REJECT']);
    expect([cancelled.all, over.all]).toEqual([[], []]);
  });

  it('is taken back', async () => {
    const { alice, bob, ours, theirs } = await ringing();
    const cancelled = told(bob, 'callInviteCancel');
    await alice.hangup(ours);
    expect(await cancelled.next()).toEqual([theirs, 'RemoteCancel']);
  });

  it('is answered elsewhere', async () => {
    const desk = await home().caller('bob');
    const [first, gone] = [told(desk, 'callInvite'), told(desk, 'callInviteCancel')];
    const { bob, theirs } = await ringing();
    const [other] = await first.next();
    await bob.answer(theirs);
    expect(await gone.next()).toEqual([other, 'AnsweredElsewhere']);
  });

  it('is rejected elsewhere', async () => {
    const desk = await home().caller('bob');
    const [first, gone] = [told(desk, 'callInvite'), told(desk, 'callInviteCancel')];
    const { bob, theirs } = await ringing();
    const [other] = await first.next();
    await bob.reject(theirs);
    expect(await gone.next()).toEqual([other, 'RejectedElsewhere']);
  });

  it('tells who is silenced, who hears nothing, and what is pressed', async () => {
    const { alice, bob, ours, theirs } = await talking();
    const [mutes, earmuffs, keys] = [told(bob, 'mute'), told(bob, 'earmuff'), told(bob, 'dtmf')];
    await alice.mute(ours);
    expect(await mutes.next()).toEqual([theirs, ours, true]);
    await alice.unmute(ours);
    expect(await mutes.next()).toEqual([theirs, ours, false]);
    await alice.enableEarmuff(ours);
    expect(await earmuffs.next()).toEqual([theirs, ours, true]);
    await alice.disableEarmuff(ours);
    expect(await earmuffs.next()).toEqual([theirs, ours, false]);
    await alice.sendDTMF(ours, '12#');
    expect(await keys.next()).toEqual([theirs, ours, '12#']);
  });

  it('may be answered, and hung up, from within the callback that tells of it', async () => {
    const [alice, bob] = [await home().caller('alice'), await home().caller('bob')];
    const here = told(alice, 'callHangup');
    bob.on('callInvite', callId => bob.answer(callId));
    alice.on('legStatusUpdate', (callId, _, status) => (status === 'ANSWERED' ? alice.hangup(callId) : undefined));
    const ours = await alice.serverCall({ callee: 'bob' });
    expect((await here.next()).filter(one => typeof one === 'string')).toEqual([ours, 'LOCAL_HANGUP']);
  });

  it('counts what its media carry, and shows its connection', async () => {
    const { alice, ours } = await talking();
    expect(alice.getPeerConnection(ours)?.connectionState).toMatch(/^connect/);
    expect(alice.getPeerConnection('LEG-none')).toBeUndefined();
    // There is no document in Node.
    expect(alice.getAudioOutputElement()).toBeUndefined();
    const counts = told(alice, 'rtcStatsUpdate');
    for (;;) {
      const [stats, callId] = await counts.next();
      expect(callId).toBe(ours);
      if (stats.audioRecvPackets > 0 && stats.audioSentPackets > 0) break;
    }
    await alice.hangup(ours);
    expect(alice.getPeerConnection(ours)).toBeUndefined();
  });

  it('has its media made anew, and is taken up again by a client that did not know it', async () => {
    const { alice, bob, ours, theirs } = await talking();
    await alice.reconnectCall(ours);
    const again = await home().caller('alice');
    await again.reconnectCall(ours);
    const [ended, there] = [told(again, 'callHangup'), told(bob, 'callHangup')];
    await again.hangup(ours);
    expect((await ended.next())[2]).toBe('LOCAL_HANGUP');
    expect((await there.next())[0]).toBe(theirs);
  });
});

describe('vonage: interrupted media', () => {
  const home = switchboard();

  it('is made anew by itself, with autoReconnectMedia', async () => {
    const { server, client } = home();
    const microphone = toneMicrophone(440);
    let fail = (): void => undefined;
    const alice = client(
      { autoReconnectMedia: true },
      {
        userMedia: microphone.userMedia,
        peerConnection: configuration => {
          const made = breakable(peerConnection(configuration));
          ({ fail } = made);
          return made.connection;
        },
      },
    );
    await alice.createSession(await server.token('alice'));
    const [stopped, lost] = [told(alice, 'callMediaReconnecting'), told(alice, 'callMediaDisconnect')];
    const ours = await alice.serverCall({ callee: 'echo' });
    const asked = server.chat.next({ method: 'POST', path: new RegExp(`/rtc/${ours}/offer$`) });
    await answered(alice, ours);
    fail();
    expect(await stopped.next()).toEqual([ours]);
    await asked;
    expect(lost.all).toEqual([]);
    await alice.hangup(ours);
    microphone.stop();
  });
});

describe('vonage: custom data of a call', () => {
  const home = switchboard();

  it.each([
    ['an object', { callee: 'echo', nested: { list: [1, null] } }],
    ['the text of one', JSON.stringify({ callee: 'echo', nested: { list: [1, null] } })],
  ])('is %s, as it is', async (_, context) => {
    const alice = await home().caller('alice');
    const asked = home().server.chat.next({ method: 'POST', path: /\/knocking$/ });
    await alice.serverCall(context);
    const { properties } = (await asked).body as { readonly properties: { readonly custom_data: object } };
    expect(properties.custom_data).toEqual({ callee: 'echo', nested: { list: [1, null] } });
  });
});
