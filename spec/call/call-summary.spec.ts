import type { CallEnd, MediaStats, QualitySummary } from '../../lib/call/model.js';
import { measured, summed, type Measured } from '../../lib/call/call-summary.js';
import type { Session } from '../../lib/client/model.js';
import { done, failed, type Letter, type Replies } from '../../lib/testing/index.js';
import { callSays, changesOf } from '../support/legend.js';
import { acts, marbles } from '../support/marbles.js';
import { phone, quick } from './support/phone.js';

const none = { packets: 0, packetsLost: 0, bytes: 0, jitter: 0 };

/** What has been counted after so many packets, of which so many were lost. */
const counted = (packets: number, packetsLost = 0, changes: Partial<MediaStats> = {}): MediaStats => ({
  received: { ...none, packets, packetsLost, jitter: 0.004 },
  sent: { ...none, packets },
  codec: 'PCMU',
  source: 'a',
  ...changes,
});

describe('call summary', () => {
  const fold = (...samples: readonly (readonly [stats: MediaStats, talking?: boolean])[]): QualitySummary =>
    samples.reduce<Measured | undefined>(
      (known, [stats, talking = true]) => measured(known, stats, { talking, teller: 'us' }),
      undefined,
    )!.summary;
  const jitter = { min: 4, max: 4, lossRate: 0, burstRate: 0 };

  it('counts from the beginning of the call', () => {
    expect(fold([counted(500)])).toEqual({ mos: 4.4, percentage: 93, jitter, packets: 500, loss: 0 });
  });

  it('is a mean of the intervals, by their packets', () => {
    // R 92.7, and 65.7 where a tenth is lost.
    expect(fold([counted(900)], [counted(990, 10)])).toMatchObject({ mos: 4.31, percentage: 90 });
    expect(fold([counted(900)], [counted(1_800, 100)])).toMatchObject({ mos: 3.89, percentage: 79 });
  });

  it('tells the bounds of the jitter and the mean of the round trips in ms, and losses in percent', () => {
    const shaky = (packets: number, packetsLost: number, ms: number): MediaStats =>
      counted(packets, packetsLost, {
        received: { ...none, packets, packetsLost, jitter: ms / 1_000 },
        roundTrip: (ms * 10) / 1_000,
      });
    expect(fold([shaky(500, 0, 5)], [shaky(900, 100, 25)], [shaky(1_400, 100, 15)])).toMatchObject({
      // 400 of 1400 packets came while a fifth was lost.
      jitter: { min: 5, max: 25, lossRate: 0.0667, burstRate: 0.2857 },
      roundTrip: 150,
      packets: 1_400,
      loss: 6.67,
    });
  });

  it('judges nothing on hold, and nothing with fewer than 10 packets', () => {
    expect(fold([counted(500), false])).toEqual({ jitter, packets: 500, loss: 0 });
    expect(fold([counted(9)])).toEqual({ jitter, packets: 9, loss: 0 });
    expect(fold([counted(500)], [counted(501, 400)])).toMatchObject({ mos: 4.4 });
  });

  it('knows no loss and no jitter where nothing came', () => {
    expect(fold([counted(0)])).toEqual({ packets: 0 });
  });

  it('adds up the sounds of several connections, and judges none by an interval in which it began anew', () => {
    expect(fold([counted(500)], [counted(40, 60, { source: 'b' })], [counted(540, 60, { source: 'b' })])).toEqual({
      mos: 4.4,
      percentage: 93,
      jitter: { ...jitter, lossRate: 0.0545 },
      packets: 1_040,
      loss: 5.45,
    });
  });

  const end: CallEnd = { by: 'local', cause: 'hung_up' };
  const theirs: CallEnd = { ...end, quality: { mos: 3 } };
  const known = (teller: Measured['teller']): Measured => measured(undefined, counted(500), { talking: true, teller });

  it.each<readonly [string, Measured | undefined, CallEnd, number | undefined]>([
    ['ours', known('us'), end, 4.4],
    ['theirs, where they have told it', known('us'), theirs, 3],
    ['none before theirs, which comes after our own hang-up', known('them'), end, undefined],
    ['ours, where it ends otherwise', known('them'), { ...end, by: 'network' }, 4.4],
    ['none where nothing is to be told', known('nobody'), end, undefined],
    ['none where nothing was measured', undefined, end, undefined],
  ])('is %s', (_, measurements, ended, mos) => {
    expect(summed(measurements, ended).quality?.mos).toBe(mos);
  });
});

/** Each time it is asked there are 500 packets more. */
const counting = (): Replies => {
  let packets = 0;
  return { ...quick, stats: order => [done(order, counted((packets += 500)))] };
};

const says = {
  ...callSays,
  l: call => ({ _tag: 'last-stats', call, stats: counted(1_200) }),
  h: call => ({ _tag: 'leg-hung-up', call, statusCode: 200, quality: { mos: 3, packets: 1 } }),
  n: call => ({ _tag: 'leg-hung-up', call, statusCode: 200 }),
} satisfies Readonly<Record<string, Letter>>;

const summaryOf = ({ calls: [call] }: Session): string => {
  if (call?.end === undefined) return '';
  const { mos, packets } = call.end.quality ?? {};
  return `${mos ?? '-'} of ${packets ?? '-'}`;
};

describe('call summary of a call', () => {
  type Options = Parameters<typeof phone>[3];
  const usual: Options = { says, summaries: true, linger: 60_000 };

  /** It is invited in frame 1; what is asked of it, and how its summary changes. */
  const expectStory = (
    report$: string,
    { orders, summary }: { readonly orders?: string; readonly summary: string },
    { hangup = '', ...options }: Options & { readonly hangup?: string } = {},
  ): void => {
    marbles(helpers => {
      const { client, order$ } = phone(helpers, '^ 32s !', report$, { ...usual, replies: counting(), ...options });
      acts(helpers, '-I', { I: () => client.invite('101') });
      acts(helpers, hangup, { E: () => client.hangup('c1') });
      if (orders !== undefined) helpers.expectObservable(order$, '^ 31s !').toBe(orders);
      helpers
        .expectObservable(client.session$.pipe(changesOf(summaryOf)), '^ 27s !')
        .toBe(summary, { a: '', b: '4.4 of 1000', l: '4.4 of 1200', n: '- of -', h: '3 of 1', d: '- of 1000' });
    });
  };

  it('is measured every 10 s from its answer on, and has the summary when it ends', () => {
    expectStory('--1-2 25s y', {
      orders: '   -(MI)  9999ms Q 9999ms Q',
      summary: '  a---- 25s b',
    });
  });

  it('counts to its last moment, also when it was short', () => {
    expectStory('--1-2 25s yl', { summary: 'a---- 25s bl' });
    expectStory('--1-2--yl', { summary: 'a------nl' });
  });

  it('has none, and is not measured, where none is wished', () => {
    expectStory('--1-2 25s yl', { orders: '-(MI)', summary: 'a---- 25s n' }, { summaries: false });
  });

  it('has none where nobody has answered', () => {
    expectStory('--3-4l', { orders: '-(MI)', summary: 'a---n' });
  });

  it('goes without what could not be measured', () => {
    const replies: Replies = { ...quick, stats: order => [failed(order, 'timeout')] };
    expectStory('--1-2 25s yl', { orders: '-(MI)  9999ms Q 9999ms Q', summary: 'a---- 25s nl' }, { replies });
  });

  it('is not judged while it is on hold', () => {
    expectStory('--1-2[ 25s y', { summary: 'a----- 25s d' });
  });

  const own: Options = { traits: { signalling: 'own', outlivesLine: true } };

  it('has the summary of the far system where that tells one', () => {
    expectStory('--1-2 25s hl', { summary: 'a---- 25s h' }, own);
    expectStory('--1-2 25s nl', { summary: 'a---- 25s bl' }, own);
  });

  it('waits for it after our own hang-up', () => {
    const hangup = '----- 25s E';
    expectStory('--1-2 25s -lh', { summary: 'a---- 25s n-h' }, { ...own, hangup });
    expectStory('--1-2 25s -lh', { summary: 'a---- 25s bl' }, { hangup });
  });
});
