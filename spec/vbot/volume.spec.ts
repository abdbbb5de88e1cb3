import fc from 'fast-check';
import { toVolume } from '../../lib/vbot/volume.js';

describe('vbot toVolume', () => {
  it.each([
    [0, 0],
    [0.8, 0.8],
    [1, 1],
    [1.5, 0.015],
    [80, 0.8],
    [100, 1],
    [250, 1],
    [Infinity, 1],
    [-1, 0],
    [-80, 0],
    [-Infinity, 0],
  ])('%d means %d', (given, meant) => {
    expect(toVolume(given)).toBe(meant);
  });

  it('stays from 0 to 1 for every number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), value => {
        const volume = toVolume(value);
        expect(volume >= 0 && volume <= 1).toBe(true);
      }),
    );
  });

  it('does not make a number of what is none', () => {
    expect(toVolume(NaN)).toBeNaN();
  });
});
