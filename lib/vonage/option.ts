/** What the document writes where a value may be left out. */
export type Nullable<A> = A | null | undefined;

/** Marks our options, so that custom data which looks like one is none; the same in both builds of this package. */
const mark: unique symbol = Symbol.for('callstream/vonage/option') as never;

export type Some<A> = { readonly _tag: 'Some'; readonly value: A; readonly [mark]: true };
export type None = { readonly _tag: 'None'; readonly [mark]: true };

/** A value to be set, which may be `null`, or nothing: then what is there stays as it is. */
export type Option<A> = Some<A> | None;

const nothing: None = /*#__PURE__*/ Object.freeze({ _tag: 'None', [mark]: true } as const);

/** Sets the value; `some(null)` resets it. */
export const some = <A>(value: A): Option<A> => ({ _tag: 'Some', value, [mark]: true });

/** Leaves the value as it is, as leaving it out does. */
export const none = (): Option<never> => nothing;

/** Both ways to make one. */
export const Option = { Some: some, None: none } as const;

/** The same option with its value, if it has one, made into something else. */
export const mapOption = <A, B>(option: Option<A>, to: (value: A) => B): Option<B> =>
  option._tag === 'Some' ? some(to(option.value)) : option;

/** Whether this is one of ours. */
export const isOption = (value: unknown): value is Option<unknown> =>
  typeof value === 'object' && value !== null && mark in value;
