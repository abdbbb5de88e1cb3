import fc from 'fast-check';
import type { MemberStatus, MemberStatuses, Message } from '../../lib/conversation/model.js';
import { withStatuses } from '../../lib/conversation/statuses.js';
import { runs } from '../support/runs.js';

const message = (memberStatuses?: MemberStatuses): Message => ({
  kind: 'message:text',
  conversationId: 'CON-1',
  id: 1,
  timestamp: 't1',
  from: { kind: 'system' },
  body: { text: 'x' },
  ...(memberStatuses === undefined ? {} : { memberStatuses }),
});
const seen = (time: string): MemberStatus => ({ seen: time, current: 'seen' });
const later = (a: MemberStatus, b: MemberStatus): MemberStatus => ((b.seen ?? '') > (a.seen ?? '') ? b : a);
const plain = (before: MemberStatuses, member: string, status: MemberStatus): MemberStatuses => {
  const known = Object.hasOwn(before, member) ? before[member] : undefined;
  const entries = Object.entries(before).filter(([one]) => one !== member);
  return Object.fromEntries([...entries, [member, known === undefined ? status : later(known, status)]]);
};

it('statuses are plain data, by whatever name a member goes, and of every snapshot its own', () => {
  const member = fc.constantFrom('MEM-1', 'MEM-2', 'constructor', '__proto__', 'toString');
  const step = fc.record({ member, time: fc.constantFrom('1', '2', '3'), from: fc.nat() });
  fc.assert(
    fc.property(fc.boolean(), fc.array(step, { maxLength: 20 }), (isBegun, steps) => {
      const begun = isBegun ? { 'MEM-1': seen('2') } : undefined;
      const all: (readonly [Message, MemberStatuses])[] = [[message(begun), begun ?? {}]];
      for (const { member, time, from } of steps) {
        // Not always the newest goes on.
        const [before, expected] = all[from % 3 === 0 ? from % all.length : all.length - 1]!;
        const given = Object.fromEntries([[member, seen(time)]]);
        all.push([withStatuses(before, given, later), plain(expected, member, seen(time))]);
      }
      for (const [one, expected] of all) {
        expect(one.memberStatuses ?? {}).toEqual(expected);
        expect(JSON.parse(JSON.stringify(one))).toEqual({
          ...message(),
          ...(one.memberStatuses ? { memberStatuses: expected } : {}),
        });
        expect({ ...one }).toEqual(one);
      }
    }),
    runs(0.5),
  );
});

it('a status that is no news gives the same message', () => {
  const one = withStatuses(message(), { a: seen('2') }, later);
  expect(withStatuses(one, { a: seen('1') }, later)).toBe(one);
  expect(withStatuses(one, {}, later)).toBe(one);
});

it('a receipt looks at none of those before it', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`MEM-${at}`, seen('1')] as const));
  let compared = 0;
  const counting = (a: MemberStatus, b: MemberStatus): MemberStatus => {
    compared += 1;
    return later(a, b);
  };
  const entries = jest.spyOn(Object, 'fromEntries');
  let now = withStatuses(message(many), { x: seen('1') }, counting);
  for (let at = 0; at < 1000; at += 1) now = withStatuses(now, { [`NEW-${at}`]: seen('1') }, counting);
  expect([compared, entries.mock.calls.length]).toEqual([0, 0]);
  entries.mockRestore();
  expect(Object.keys(now.memberStatuses!)).toHaveLength(1101);
});
