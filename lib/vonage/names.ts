/** Names as the document's client makes them of its enums, for applications that use its helpers. */

/** `CALL_ENDED` as `callEnded`. */
export type CamelCase<Text extends string, Separator extends string = '_'> = Uncapitalize<PascalCase<Text, Separator>>;

/** `CALL_ENDED` as `CallEnded`. */
export type PascalCase<
  Text extends string,
  Separator extends string = '_',
> = Text extends `${infer Head}${Separator}${infer Rest}`
  ? `${Capitalize<Lowercase<Head>>}${PascalCase<Rest, Separator>}`
  : Text extends Uppercase<Text>
    ? Capitalize<Lowercase<Text>>
    : Capitalize<Text>;

/** An enum object of its values. */
export type toEnum<Value extends string> = { [Key in Value as PascalCase<Key>]: Key };

/** Property names of an object. */
export type unionOfValues<Values> = Values[keyof Values];
