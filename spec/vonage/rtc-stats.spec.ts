import { done, type Replies } from '../../lib/testing/index.js';
import { quick } from '../call/support/phone.js';
import { acts, marbles } from '../support/marbles.js';
import { score, type Score } from './support/score.js';

const counted = {
  received: { packets: 1, packetsLost: 2, bytes: 3, jitter: 0.4 },
  sent: { packets: 5, packetsLost: 6, bytes: 7, jitter: 0.8 },
};
const stats = {
  audioRecvPackets: 1,
  audioRecvPacketsLost: 2,
  audioRecvBytes: 3,
  audioRecvJitter: 0.4,
  audioSentPackets: 5,
  audioSentPacketsLost: 6,
  audioSentBytes: 7,
  audioSentJitter: 0.8,
  audioRtt: 0,
};

const talking = (
  helpers: Parameters<typeof score>[0],
  report$: string,
  { roundTrip, ...config }: { readonly roundTrip?: number; readonly rtcStatsTelemetry?: boolean } = {},
): Score => {
  const told = { ...counted, ...(roundTrip === undefined ? {} : { roundTrip }) };
  const replies: Replies = { ...quick, stats: order => [done(order, told)] };
  const made = score(helpers, '^ 9s !', report$, { replies, config });
  acts(helpers, '-I', { I: () => made.client.invite('bob') });
  return made;
};

describe('vonage rtcStatsUpdate', () => {
  it('tells every second of a call what its media have counted, until it is over', () => {
    marbles(helpers => {
      const { told } = talking(helpers, '             --m2---- 2s d', { roundTrip: 0.9 });
      helpers.expectObservable(told('rtcStatsUpdate')).toBe('---c 999ms c 999ms c', {
        c: [{ ...stats, audioRtt: 0.9 }, 'c1@far'],
      });
    });
  });

  it('asks only while somebody listens', () => {
    marbles(helpers => {
      const made = talking(helpers, '                            --m2');
      helpers.expectObservable(made.told('rtcStatsUpdate'), '-- 2s ^ 1500ms !').toBe('-- 2s c 999ms c', {
        c: [stats, 'c1@far'],
      });
      helpers.expectObservable(made.order$, '^ 8s !').toBe('        -(MI) 1997ms Q 999ms Q');
    });
  });

  it('is not told, and nobody is asked, when it is switched off', () => {
    marbles(helpers => {
      const made = talking(helpers, '--m2', { rtcStatsTelemetry: false });
      helpers.expectObservable(made.told('rtcStatsUpdate')).toBe('|');
      helpers.expectObservable(made.order$, '^ 8s !').toBe('-(MI)');
    });
  });
});
