import fc from 'fast-check';
import { mosOf, ratingOf } from '../../lib/voice/quality.js';

describe('the E-model', () => {
  it.each([
    [0, 0, 93.2],
    [100, 0, 90.8],
    [177.3, 0, 88.94],
    [277.3, 0, 75.54],
    [0, 25.1, 45.7],
  ])('%d ms and %d %% of packets lost are R = %d', (delay, loss, rating) => {
    expect(ratingOf(delay, loss)).toBeCloseTo(rating, 2);
  });

  it.each([
    [0, 1],
    [50, 2.58],
    [60, 3.1],
    [80, 4.02],
    [93.2, 4.41],
    [100, 4.5],
  ])('R = %d is an opinion of %d', (rating, opinion) => {
    expect(mosOf(rating)).toBeCloseTo(opinion, 2);
  });

  it('never leaves 1 to 4.5, and is never better when more is lost', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 5_000, noNaN: true }),
        fc.double({ min: 0, max: 99, noNaN: true }),
        (delay, loss) => {
          const opinion = mosOf(ratingOf(delay, loss));
          expect(opinion).toBeGreaterThanOrEqual(1);
          expect(opinion).toBeLessThanOrEqual(4.5);
          expect(ratingOf(delay, loss + 1)).toBeLessThan(ratingOf(delay, loss));
        },
      ),
    );
  });
});
