import fc from 'fast-check';
import { mosOf, packetization, ratingOf, type Path } from '../../lib/call/e-model.js';

describe('E-model mosOf', () => {
  it.each([
    [-1, 1],
    [0, 1],
    [6, 1],
    [10, 1.035],
    [20, 1.252],
    [30, 1.609],
    [40, 2.064],
    [50, 2.575],
    [60, 3.1],
    [70, 3.597],
    [80, 4.024],
    [90, 4.339],
    [93.2, 4.4093],
    [100, 4.5],
    [101, 4.5],
  ])('of %d is %d', (rating, mos) => {
    expect(mosOf(rating)).toBeCloseTo(mos, 4);
  });
});

describe('E-model ratingOf', () => {
  it.each<readonly [string, Path, number]>([
    ['of a perfect path', { delay: 0, loss: 0 }, 93.2],
    ['of packets of 20 ms alone', { delay: 20, loss: 0, codec: 'PCMA' }, 92.72],
    ['of a tenth of a second', { delay: 100, loss: 0 }, 90.8],
    ['where delay begins to disturb', { delay: 177.3, loss: 0 }, 88.9448],
    ['where delay disturbs', { delay: 400, loss: 0 }, 59.103],
    ['with 1 % lost', { delay: 0, loss: 0.01, codec: 'PCMU' }, 89.5602],
    ['with 5 % lost', { delay: 0, loss: 0.05, codec: 'PCMU' }, 77.4193],
    ['with 5 % lost in pairs', { delay: 0, loss: 0.05, burst: 2, codec: 'PCMU' }, 75.9899],
    ['of G.729', { delay: 0, loss: 0, codec: 'G729' }, 82.2],
    ['of G.729 with 5 % lost', { delay: 0, loss: 0.05, codec: 'g729' }, 64.7],
    ['of opus, taken to be as good as G.711', { delay: 0, loss: 0.05, codec: 'opus' }, 77.4193],
    ['of G.722, taken to be as good as G.711', { delay: 0, loss: 0.05, codec: 'G722' }, 77.4193],
    ['of a codec that nobody knows', { delay: 0, loss: 0.05, codec: 'constructor' }, 77.4193],
    ['where nothing comes through', { delay: 1_000, loss: 1 }, 0],
  ])('%s', (_, path, rating) => {
    expect(ratingOf(path)).toBeCloseTo(rating, 3);
  });
});

describe('E-model packetization', () => {
  it.each([
    [undefined, 20],
    ['PCMU', 20],
    ['pcma', 20],
    ['G729', 25],
    ['opus', 26.5],
    ['G722', 21.5],
  ])('%s: %d ms', (codec, ms) => {
    expect(packetization(codec)).toBe(ms);
  });
});

describe('E-model properties', () => {
  const path = fc.record(
    {
      delay: fc.double({ min: 0, max: 5_000, noNaN: true }),
      loss: fc.double({ min: 0, max: 1, noNaN: true }),
      burst: fc.double({ min: 1, max: 10, noNaN: true }),
      codec: fc.constantFrom('PCMU', 'G729', 'opus', 'G722', 'other'),
    },
    { requiredKeys: ['delay', 'loss'] },
  );

  it('a rating is from 0 to 93.2, and an opinion from 1 to 4.5', () => {
    fc.assert(
      fc.property(path, fc.double({ noNaN: true }), (given, any) => {
        const rating = ratingOf(given);
        expect(rating).toBeGreaterThanOrEqual(0);
        expect(rating).toBeLessThanOrEqual(93.2);
        for (const mos of [mosOf(rating), mosOf(any)]) {
          expect(mos).toBeGreaterThanOrEqual(1);
          expect(mos).toBeLessThanOrEqual(4.5);
        }
      }),
    );
  });

  it('more delay, or more loss, is never better', () => {
    fc.assert(
      fc.property(path, fc.double({ min: 0, max: 1, noNaN: true }), (given, more) => {
        const loss = given.loss + (1 - given.loss) * more;
        const worse = [
          { ...given, delay: given.delay + more * 1_000 },
          { ...given, loss },
        ];
        for (const one of worse) {
          expect(ratingOf(one)).toBeLessThanOrEqual(ratingOf(given) + 1e-9);
          expect(mosOf(ratingOf(one))).toBeLessThanOrEqual(mosOf(ratingOf(given)) + 1e-9);
        }
      }),
    );
  });
});
