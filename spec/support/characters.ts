import * as fc from 'fast-check';

/** Any character that a text can have: what fast-check's own `binary` gives, which takes most of a second to be made ready. */
export const character = fc
  .integer({ min: 0, max: 0x10f7ff })
  .map(code => String.fromCodePoint(code < 0xd800 ? code : code + 0x800));
