import * as fc from 'fast-check';
import { sendAt, observe, type Ice } from '../../lib/call/ice.js';
import { runs } from '../support/runs.js';

type Report = Parameters<typeof observe>[1];
type Servers = Ice['servers'];

const says: Readonly<Record<string, Report>> = {
  host: { _tag: 'candidate', call: 'c', kind: 'host' },
  srflx: { _tag: 'candidate', call: 'c', kind: 'srflx' },
  relay: { _tag: 'candidate', call: 'c', kind: 'relay' },
  gathered: { _tag: 'gathered', call: 'c' },
  unreachable: { _tag: 'unreachable', call: 'c' },
};

type Timeline = readonly (readonly [at: number, what: string])[];

const known = (servers: Servers, relayOnly: boolean, timeline: Timeline): Ice =>
  timeline.reduce<Ice>(
    (ice, [at, what]) => observe(ice, says[what]!, at),
    observe(undefined, { _tag: 'gathering', call: 'c', servers, relayOnly }, 0),
  );

/** When the description leaves, carried out as the call does it: each report sets the timer anew, unless it has fired. */
const leaves = (servers: Servers, relayOnly: boolean, timeline: Timeline): string => {
  const due = timeline.map((_, index) => ({
    plan: sendAt(known(servers, relayOnly, timeline.slice(0, index))),
    next: timeline[index]![0],
  }));
  const fired = due.find(({ plan, next }) => plan.at < next)?.plan;
  const { _tag, at } = fired ?? sendAt(known(servers, relayOnly, timeline));
  const now = fired === undefined ? Math.max(at, timeline.at(-1)?.[0] ?? 0) : at;
  return _tag === 'at' ? `${now}` : `no relay at ${now}`;
};

describe('call: ICE wait before a description is sent', () => {
  it.each<readonly [story: string, servers: Servers, timeline: Timeline, leaves: string]>([
    ['no servers: 20 ms after the last candidate', 'none', [[7, 'host']], '27'],
    [
      'each candidate begins the 20 ms anew',
      'none',
      [
        [7, 'host'],
        [20, 'host'],
        [38, 'host'],
      ],
      '58',
    ],
    [
      'one that comes later than that is not waited for',
      'none',
      [
        [7, 'host'],
        [130, 'host'],
      ],
      '27',
    ],
    [
      'complete: at once',
      'none',
      [
        [7, 'host'],
        [12, 'gathered'],
      ],
      '12',
    ],
    ['nothing at all: 5 s', 'none', [], '5000'],
    ['complete with nothing: still 5 s', 'none', [[3, 'gathered']], '5000'],
    ['the first one after a long nothing', 'none', [[4_000, 'host']], '4020'],
    [
      'stun: 20 ms after the first srflx',
      'stun',
      [
        [7, 'host'],
        [60, 'srflx'],
      ],
      '80',
    ],
    [
      'stun: complete without one, on a public address',
      'stun',
      [
        [7, 'host'],
        [50, 'gathered'],
      ],
      '50',
    ],
    ['dead stun: 300 ms after the first host', 'stun', [[7, 'host']], '307'],
    [
      'dead stun: the cap does not move with a second host',
      'stun',
      [
        [7, 'host'],
        [130, 'host'],
      ],
      '307',
    ],
    [
      'dead stun: but the 20 ms hold past the cap',
      'stun',
      [
        [7, 'host'],
        [300, 'host'],
      ],
      '320',
    ],
    [
      'unreachable stun: at once',
      'stun',
      [
        [7, 'host'],
        [90, 'unreachable'],
      ],
      '90',
    ],
    [
      'unreachable at the same time as the host: 20 ms',
      'stun',
      [
        [7, 'host'],
        [8, 'unreachable'],
      ],
      '27',
    ],
    [
      'turn: the srflx is not enough',
      'turn',
      [
        [7, 'host'],
        [30, 'srflx'],
        [70, 'relay'],
      ],
      '90',
    ],
    [
      'turn over tls: 500 ms cost nothing',
      'turn',
      [
        [7, 'host'],
        [30, 'srflx'],
        [520, 'relay'],
      ],
      '540',
    ],
    [
      'dead turn: 2 s after the first host',
      'turn',
      [
        [7, 'host'],
        [30, 'srflx'],
      ],
      '2007',
    ],
    [
      'unreachable turn: at once',
      'turn',
      [
        [7, 'host'],
        [30, 'srflx'],
        [400, 'unreachable'],
      ],
      '400',
    ],
    ['unreachable with nothing: 5 s', 'turn', [[400, 'unreachable']], '5000'],
  ])('%s', (_, servers, timeline, expected) => {
    expect(leaves(servers, false, timeline)).toBe(expected);
  });

  it.each<readonly [story: string, timeline: Timeline, leaves: string]>([
    ['20 ms after the relay', [[70, 'relay']], '90'],
    [
      'never with a host alone',
      [
        [7, 'host'],
        [30, 'srflx'],
      ],
      'no relay at 5000',
    ],
    ['not with nothing', [], 'no relay at 5000'],
    [
      'not when complete without one',
      [
        [7, 'host'],
        [80, 'gathered'],
      ],
      'no relay at 80',
    ],
    ['not when no server can be reached', [[90, 'unreachable']], 'no relay at 90'],
  ])('relays only: %s', (_, timeline, expected) => {
    expect(leaves('turn', true, timeline)).toBe(expected);
  });

  it('is never without a candidate before 5 s, never later than 5 s plus a burst, whatever comes', () => {
    const event = fc.tuple(fc.integer({ min: 0, max: 6_000 }), fc.constantFrom(...Object.keys(says)));
    fc.assert(
      fc.property(
        fc.constantFrom<Servers>('none', 'stun', 'turn'),
        fc.array(event, { maxLength: 8 }).map(events => events.sort(([a], [b]) => a - b)),
        (servers, timeline) => {
          const at = Number(leaves(servers, false, timeline));
          const first = timeline.find(([, what]) => what !== 'gathered' && what !== 'unreachable')?.[0] ?? Infinity;
          expect(at).toBeGreaterThanOrEqual(Math.min(first, 5_000));
          expect(at).toBeLessThanOrEqual(Math.max(5_000, first) + 2_000 + 8 * 20);
        },
      ),
      runs(0.1),
    );
  });
});
