import { parseMessage, splitOutside } from '../../lib/sip/message.js';

/** What an application may be handed by its user, and hands on without a look. */
export const hostile: Readonly<Record<string, string>> = {
  'a line break and a header': 'x\r\nX-Injected: yes',
  'a line feed and a header': 'x\nX-Injected: yes',
  'a carriage return and a header': 'x\rX-Injected: yes',
  'an empty line and a request': 'x\r\n\r\nBYE sip:x SIP/2.0\r\n\r\n',
  'a line break at the end': 'x\r\n',
  'a folded line': 'x\r\n y',
  'an escaped line break': 'x%0d%0aX-Injected: yes',
  'NUL and other control characters': 'a\0b\u0007c\u000bd\u001be\u007ff',
  'a line break of ISO 8859': 'x\u0085X-Injected: yes',
  'line breaks of Unicode': 'x\u2028X-Injected: yes\u2029',
  'letters that run the other way': '\u202exyz\u2066',
  'half a character': 'x\ud800',
  'half a character at the front': '\udc00x',
  'a byte order mark': '\ufeffx',
  'another script': 'Zoë 大停電 👩‍👩‍👧',
  'quotes and brackets': '"x" <sip:x@y>;tag=z, \\"',
  'a quote that is open': 'x"',
  'a backslash at the end': 'x\\',
  'an end of an address': 'x>;tag=y, <sip:z',
  'very many characters': 'x'.repeat(40_000),
  nothing: '',
};

/** The lines of a message's head as the most lenient reader sees them. */
export const headOf = (frame: string): readonly string[] => (frame.split('\r\n\r\n')[0] ?? '').split(/\r\n|\r|\n/);

/** The names of the headers, in order. */
export const namesOf = (frame: string): readonly string[] =>
  headOf(frame)
    .slice(1)
    .map(line => line.split(':')[0]!.toLowerCase())
    .sort();

const structured: readonly string[] = ['from', 'to', 'contact', 'authorization', 'reason', 'refer-to'];

/** Into how many parts a reader takes apart the headers that have parts: a quote too many, and there are others. */
export const partsOf = (frame: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    parseMessage(frame)
      .headers.filter(({ name }) => structured.includes(name))
      .map(({ name, value }) => [name, splitOutside(value, ',').flatMap(part => splitOutside(part, ';')).length]),
  );
