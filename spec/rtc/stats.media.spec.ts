import { firstValueFrom, filter, toArray } from 'rxjs';
import type { MediaStats } from '../../lib/call/model.js';
import type { Peer } from '../../lib/rtc/model.js';
import { createPeer } from '../../lib/rtc/peer.js';
import { lastStats, statsOf } from '../../lib/rtc/stats.js';
import { energyOf, listeningMedia, provideMediaStream, toneMicrophone, wrtcPeerConnection } from '../support/wrtc.js';

const nothing = { packets: 0, packetsLost: 0, bytes: 0, jitter: 0 };

describe('rtc statsOf a peer connection', () => {
  const count = (...rows: readonly unknown[]): MediaStats => statsOf(rows);

  it.each<[rows: readonly unknown[], stats: MediaStats]>([
    [[], { received: nothing, sent: nothing }],
    [
      [
        { type: 'inbound-rtp', kind: 'audio', packetsReceived: 9, packetsLost: 1, bytesReceived: 900, jitter: 0.02 },
        { type: 'outbound-rtp', kind: 'audio', packetsSent: 7, bytesSent: 700 },
        { type: 'remote-inbound-rtp', kind: 'audio', packetsLost: 2, jitter: 0.03, roundTripTime: 0.5 },
        { type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 0.04 },
      ],
      {
        received: { packets: 9, packetsLost: 1, bytes: 900, jitter: 0.02 },
        sent: { packets: 7, packetsLost: 2, bytes: 700, jitter: 0.03 },
        roundTrip: 0.5,
        roundTripTo: 'far-end',
      },
    ],
    [
      [
        { type: 'remote-inbound-rtp', roundTripTime: 0, roundTripTimeMeasurements: 0 },
        { type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 0.04 },
      ],
      { received: nothing, sent: nothing, roundTrip: 0.04, roundTripTo: 'next-hop' },
    ],
    [
      [
        { type: 'codec', id: 'c1', mimeType: 'audio/telephone-event' },
        { type: 'codec', id: 'c2', mimeType: 'audio/PCMA' },
        { type: 'codec', id: 'c3', mimeType: 'video/VP8' },
        { type: 'transport', localCertificateId: 'mine' },
        {
          type: 'inbound-rtp',
          ssrc: 7,
          codecId: 'c2',
          jitterBufferDelay: 90.5,
          jitterBufferEmittedCount: 4_800,
        },
        { type: 'inbound-rtp', kind: 'video', ssrc: 8, codecId: 'c3', jitterBufferEmittedCount: 9 },
      ],
      {
        received: nothing,
        sent: nothing,
        codec: 'PCMA',
        source: '7 mine',
        buffer: { delay: 90.5, emitted: 4_800 },
      },
    ],
    [
      [
        { type: 'inbound-rtp', packetsReceived: 1, jitter: 0.3 },
        { type: 'inbound-rtp', mediaType: 'audio', packetsReceived: 2, jitter: 0.1 },
        { type: 'inbound-rtp', kind: 'video', packetsReceived: 100, jitter: 9 },
        { type: 'candidate-pair', nominated: false, state: 'succeeded', currentRoundTripTime: 1 },
        { type: 'candidate-pair', nominated: true, state: 'failed', currentRoundTripTime: 2 },
        { type: 'remote-inbound-rtp', roundTripTime: 0.2 },
        { type: 'codec', id: 'c1', mimeType: 'audio/opus' },
      ],
      {
        received: { packets: 3, packetsLost: 0, bytes: 0, jitter: 0.3 },
        sent: nothing,
        roundTrip: 0.2,
        roundTripTo: 'far-end',
      },
    ],
    [
      [null, 5, {}, { type: 'inbound-rtp', packetsReceived: '3', jitter: NaN, bytesReceived: null }],
      { received: nothing, sent: nothing },
    ],
  ])('%j', (rows, stats) => {
    expect(count(...rows)).toEqual(stats);
  });

  describe('on loopback', () => {
    const released: (() => void)[] = [];
    beforeAll(provideMediaStream);
    afterEach(() => {
      for (const release of released.splice(0)) release();
    });

    const end = () => {
      const microphone = toneMicrophone(440);
      const { media, heard } = listeningMedia(microphone.userMedia);
      const output = { volume: 1, muted: false };
      const peer = createPeer({ peerConnection: wrtcPeerConnection, media, output, live: true });
      released.push(() => {
        peer.close();
        microphone.stop();
      });
      return { peer, heard };
    };
    const gathered = (peer: Peer): Promise<unknown> =>
      firstValueFrom(peer.report$.pipe(filter(({ _tag }) => _tag === 'gathered')));

    it('is the sound that came, and the sound that went', async () => {
      const [caller, callee] = [end(), end()];
      const input = { volume: 1, processing: false };
      expect(await firstValueFrom(caller.peer.stats())).toMatchObject({ left: { fault: { code: 'wrong-state' } } });
      await Promise.all([caller, callee].map(({ peer }) => firstValueFrom(peer.openMicrophone(input))));
      const offered = gathered(caller.peer);
      await firstValueFrom(caller.peer.offer());
      await offered;
      const answered = gathered(callee.peer);
      await firstValueFrom(callee.peer.answer(caller.peer.localDescription!));
      await answered;
      await firstValueFrom(caller.peer.accept('answer', callee.peer.localDescription!));
      const ear = energyOf(callee.heard[0]!);
      released.push(() => {
        ear.stop();
      });
      const stats = async (peer: Peer): Promise<MediaStats> => {
        const result = await firstValueFrom(peer.stats());
        if (result._tag === 'Left') throw new Error(result.left.fault.code);
        return result.right;
      };
      const isCounted = async (): Promise<boolean> =>
        (await stats(caller.peer)).sent.packets > 10 && (await stats(callee.peer)).received.packets > 10;
      while (!(await isCounted())) await ear.over(5);
      const [sent, received] = [await stats(caller.peer), await stats(callee.peer)];
      expect(sent.sent.packets).toBeGreaterThan(10);
      expect(sent.sent.bytes).toBeGreaterThan(100);
      expect(received.received.packets).toBeGreaterThan(10);
      expect(received.received.bytes).toBeGreaterThan(100);
      expect(received.roundTrip).toBeGreaterThanOrEqual(0);
      expect(received.roundTrip).toBeLessThan(1);
      // The far side has not reported yet.
      expect(received.roundTripTo).toBe('next-hop');
      expect(received.codec).toBe('opus');
      expect(received.source).toMatch(/^\d+ \S/);
      expect(received.buffer!.emitted).toBeGreaterThan(1_000);
      expect(received.buffer!.delay / received.buffer!.emitted).toBeLessThan(1);
    });

    it('is nothing any more when the peer is closed', async () => {
      const { peer } = end();
      await firstValueFrom(peer.offer());
      peer.close();
      expect(await firstValueFrom(peer.stats())).toMatchObject({ left: { fault: { code: 'call-ended' } } });
    });
  });
});

describe('rtc lastStats', () => {
  const heard = (connection: Parameters<typeof lastStats>[0]): Promise<readonly MediaStats[]> =>
    firstValueFrom(lastStats(connection).pipe(toArray()));

  it('is told although it is closed meanwhile', async () => {
    // A real connection does not always answer then.
    let tell = (_: RTCStatsReport): void => undefined;
    const told = heard({ getStats: () => new Promise(resolve => (tell = resolve)) });
    tell(new Map());
    expect(await told).toEqual([{ received: nothing, sent: nothing }]);
  });

  it('is nothing where there is no connection, or it cannot tell', async () => {
    const connection = wrtcPeerConnection({});
    connection.close();
    expect(await heard(connection)).toEqual([]);
    expect(await heard(undefined)).toEqual([]);
    const broken = {
      getStats: (): never => {
        throw new Error('broken');
      },
    };
    expect(await heard(broken)).toEqual([]);
  });
});
