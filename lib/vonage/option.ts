/** Optional value of the document: a value, `null` or `undefined`. */
export type Nullable<A> = A | null | undefined;

/** Brand of option objects, shared by both builds. */
const mark: unique symbol = Symbol.for('callstream/vonage/option') as never;

export type Some<A> = { readonly _tag: 'Some'; readonly value: A; readonly [mark]: true };
export type None = { readonly _tag: 'None'; readonly [mark]: true };

/** `Some` sets a value, `None` keeps the present one. */
export type Option<A> = Some<A> | None;

const nothing: None = /*#__PURE__*/ Object.freeze({ _tag: 'None', [mark]: true } as const);

/** Sets the value; `some(null)` resets it. */
export function some<A>(value: A): Option<A> {
  return { _tag: 'Some', value, [mark]: true };
}

/** Keeps the present value. */
export function none<A = never>(): Option<A> {
  return nothing;
}

/** True for `some()` and `none()`. */
export function isOption(value: unknown): value is Option<unknown> {
  return typeof value === 'object' && value !== null && mark in value;
}

/** A constructor that may also be called without `new`. */
type Make<Args extends readonly unknown[], A> = { new (...args: Args): A; (...args: Args): A };

/** Both ways to make one, and what each is an instance of. */
export const Option: {
  readonly Some: { new <A>(value: A): Option<A>; <A>(value: A): Option<A> };
  readonly None: Make<[], Option<never>>;
  readonly [Symbol.hasInstance]: (value: unknown) => value is Option<unknown>;
} = {
  // `new` returns the value that the constructor returns.
  Some: function Some(value: unknown) {
    return some(value);
  } as never,
  None: function None() {
    return nothing;
  } as never,
  [Symbol.hasInstance]: isOption,
};

/**
 * A value as an option, `null` where there is none; or the same option with its value, if it has one, made into
 * something else.
 */
export function mapOption<A>(value?: Nullable<A>): Option<A | null>;
export function mapOption<A, B>(option: Option<A>, to: (value: A) => B): Option<B>;
export function mapOption(value?: unknown, to?: (value: unknown) => unknown): Option<unknown> {
  if (to === undefined) return some(value ?? null);
  return isOption(value) && value._tag === 'Some' ? some(to(value.value)) : nothing;
}
