import { expectTypeOf } from 'expect-type';
import { mapOption, none, Option, some, type UpdateConversationParameters } from 'callstream/vonage';
import { changes } from '../../lib/vonage/parameters.js';

it('an option is a value or none, by either name', () => {
  expect(Option.Some(1)).toEqual(some(1));
  expect(Option.None()).toBe(none());
  expect(mapOption(some(2), two => two * 2)).toEqual(some(4));
  expect(mapOption(none(), String)).toBe(none());
  expectTypeOf(some('x')).toEqualTypeOf<Option<string>>();
  expectTypeOf(none()).toExtend<Option<string>>();
  expectTypeOf(mapOption(some('x'), text => text.length)).toEqualTypeOf<Option<number>>();
});

it('an option is made with `new` too, and is known by what it is', () => {
  expect(new Option.Some('x')).toEqual(some('x'));
  expect(new Option.None()).toBe(none());
  expect([some(1), none(), { _tag: 'Some', value: 1 }, null].map(value => value instanceof (Option as never))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect([mapOption('x'), mapOption(null), mapOption()]).toEqual([some('x'), some(null), some(null)]);
});

it('what is to change is set, reset or left as it is', () => {
  expect(
    changes({
      name: some('name'),
      displayName: some(null),
      imageUrl: null,
      ttl: 5,
      customSortKey: none(),
      customData: undefined,
    }),
  ).toEqual({ name: 'name', displayName: null, imageUrl: null, ttl: 5 });
});

it('custom data that looks like an option is none', () => {
  const data = { _tag: 'Some', value: 1 };
  expect(changes({ customData: data })).toEqual({ customData: data });
  expect(changes({ customData: some(data) })).toEqual({ customData: data });
});

it('takes what it is for, and nothing else', () => {
  expectTypeOf<{ ttl: Option<number | null> }>().toExtend<UpdateConversationParameters>();
  expectTypeOf<{ ttl: Option<string> }>().not.toExtend<UpdateConversationParameters>();
  expectTypeOf<{ name: number }>().not.toExtend<UpdateConversationParameters>();
});
