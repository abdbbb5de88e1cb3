import * as fc from 'fast-check';
import {
  effective,
  isGone,
  newMedia,
  opened,
  released,
  ringerOf,
  settingsOf,
  stepMedia,
  useOf,
  wishFor,
  choosing,
  type MediaRecord,
} from '../../lib/media/step.js';

const named = (ids: string) => Array.from(ids, id => ({ id, label: `device ${id}` }));
const listed = (record: MediaRecord, inputs: string, outputs = ''): MediaRecord =>
  stepMedia(record, { _tag: 'devices', inputs: named(inputs), outputs: named(outputs) });
const wanting = (record: MediaRecord, [chosen, ...others]: readonly string[]): MediaRecord =>
  choosing(record, 'input', { ...record.devices.input, ...wishFor(chosen, others) });

describe('media: device choice', () => {
  it.each([
    ['the one that is wished, where it is there', 'ab', 'ab', 'a'],
    ['the next in the order, where it is not', 'ab', 'bc', 'b'],
    ['the first of those that are there', 'abcd', 'dc', 'c'],
    ['the platform’s own, where none of them is', 'ab', 'c', undefined],
    ['the one that is wished, where no list is known', 'ab', '', 'a'],
    ['the platform’s own, where nothing is wished', '', 'ab', undefined],
  ])('is %s', (_, wish, there, device) => {
    const [chosen, ...others] = Array.from(wish);
    expect(effective(wishFor(chosen, others), named(there))).toBe(device);
  });

  it('is always one that is there, or the platform’s own, where there is a list', () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'));
    const some = names.map(ids => ids.join(''));
    fc.assert(
      fc.property(some, fc.constantFrom('a', 'b', undefined), names, (there, chosen, others) => {
        fc.pre(there !== '');
        const device = effective(wishFor(chosen, others), named(there));
        expect(device === undefined || there.includes(device)).toBe(true);
        if (chosen !== undefined && there.includes(chosen)) expect(device).toBe(chosen);
      }),
    );
  });
});

describe('media: state of a choice', () => {
  it.each([
    ['a', ['ab'], 'chosen'],
    ['ab', ['ab', 'b'], 'fallback'],
    ['ab', ['ab', 'b', 'ab'], 'chosen'],
    ['a', ['ab', 'b'], 'fallback'],
    ['a', ['a', ''], 'lost'],
    ['', ['a', ''], 'lost'],
    ['', ['ab', 'b'], 'chosen'],
    // Nobody has said which devices there are.
    ['a', [''], 'chosen'],
    ['a', [], 'chosen'],
  ])('%s after the lists %j: %s', (wish, lists, use) => {
    const record = lists.reduce((now, list) => listed(now, list), wanting(newMedia, Array.from(wish)));
    expect(useOf(record, 'input')).toBe(use);
  });

  it('tells a device that is gone from one of which nothing is known', () => {
    expect(isGone(newMedia, 'input', 'a')).toBe(false);
    expect(isGone(listed(newMedia, 'b'), 'input', 'a')).toBe(true);
    expect(isGone(listed(newMedia, 'b'), 'input', undefined)).toBe(false);
    expect(isGone(listed(newMedia, 'b'), 'output', 'a')).toBe(false);
  });
});

describe('media: opened microphone', () => {
  it('is missed once it has left the list, until one was opened again', () => {
    const open = opened(listed(newMedia, 'ab'), 'a');
    const without = listed(open, 'b');
    const back = listed(without, 'ab');
    expect([open, without, back].map(({ vanished }) => vanished)).toEqual([false, true, true]);
    expect([opened(without, 'b'), opened(back, 'a'), released(back)].map(({ vanished }) => vanished)).toEqual([
      false,
      false,
      false,
    ]);
    expect(opened(without, 'b').devices.input.actual).toBe('b');
  });

  it('is not missed where it was on no list before', () => {
    expect(listed(opened(listed(newMedia, 'a'), 'elsewhere'), 'b').vanished).toBe(false);
  });

  it('changes nothing when it is the same again', () => {
    const open = opened(listed(newMedia, 'a'), 'a');
    expect(opened(open, 'a')).toBe(open);
  });
});

describe('media: initial orders', () => {
  it('begins with the devices that are there', () => {
    const record = listed(wanting(newMedia, ['a', 'b']), 'b', 'xy');
    const output = choosing(record, 'output', { ...record.devices.output, ...wishFor('z', ['y']) });
    const ringer = choosing(output, 'ringer', { ...wishFor('z', ['x']), volume: 0.5, use: 'chosen' });
    expect(settingsOf(output.devices)).toEqual({
      input: { id: 'b', volume: 1, processing: true },
      output: { id: 'y', volume: 1 },
    });
    expect(ringerOf(ringer.devices)).toEqual({ id: 'x', volume: 0.5, muted: false });
  });
});
