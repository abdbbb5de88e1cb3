/** The same object without the properties that are `undefined`. */
export function compact<A extends object>(values: A): Present<A> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<A>;
}

type Optional<A> = { [Key in keyof A]-?: undefined extends A[Key] ? Key : never }[keyof A];
type Present<A> = Omit<A, Optional<A>> & { readonly [Key in Optional<A>]?: Exclude<A[Key], undefined> };
