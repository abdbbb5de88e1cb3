/** Requests and responses that are right but for a few headers, and then perhaps disturbed. */
import * as fc from 'fast-check';
import { values } from './headers.js';
import { bodies } from './sdp.js';
import { uris } from './words.js';
import { character } from '../support/characters.js';

/** A value of several lines is several headers. */
type Headers = Readonly<Record<string, string>>;

type Change = readonly [name: string, value: string | undefined];
type Noise = { readonly at: number; readonly cut: number; readonly text: string };
/** What is wrong with a message: headers changed or left out, the body, and some characters in between. */
export type Flaw = { readonly changes: readonly Change[]; readonly content: string; readonly noise: Noise | undefined };

const change: fc.Arbitrary<Change> = fc
  .constantFrom(...Object.keys(values))
  .chain(name => fc.option(values[name]!, { freq: 8, nil: undefined }).map((value): Change => [name, value]));

const noise: fc.Arbitrary<Noise | undefined> = fc.option(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat({ max: 3 }),
    text: fc.oneof(
      fc.string({ unit: character, maxLength: 3 }),
      fc.constantFrom('\r\n', '\r', '\n', '"', '<', '>', ';', ',', ':', '%', '\r\n\r\n'),
    ),
  }),
  { freq: 1, nil: undefined },
);

export const flaw: fc.Arbitrary<Flaw> = fc.record({
  changes: fc.array(change, { maxLength: 2 }),
  content: bodies,
  noise,
});

const changed = (headers: Headers, changes: readonly Change[]): Headers =>
  changes.reduce<Headers>((all, [name, value]) => {
    const others = Object.fromEntries(Object.entries(all).filter(([key]) => key !== name));
    return value === undefined ? others : { ...others, [name]: value };
  }, headers);

const disturbed = (text: string, by: Noise | undefined): string => {
  if (by === undefined) return text;
  const at = Math.floor(by.at * text.length);
  return text.slice(0, at) + by.text + text.slice(at + by.cut);
};

/** The message with its flaw, as text. */
export const flawed = (startLine: string, headers: Headers, { changes, content, noise: by }: Flaw): string =>
  disturbed(
    [
      startLine,
      ...Object.entries(changed(headers, changes)).flatMap(([name, value]) =>
        value.split('\n').map(item => `${name}: ${item}`),
      ),
      '',
      content,
    ].join('\r\n'),
    by,
  );

const methods =
  'INVITE ACK CANCEL BYE OPTIONS INFO UPDATE PRACK REFER NOTIFY MESSAGE SUBSCRIBE REGISTER PUBLISH invite FOO';

/** Request lines for this target, most of them INVITEs. */
export const requestLine = (target: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constant(`INVITE ${target} SIP/2.0`) },
    {
      weight: 6,
      arbitrary: fc.constantFrom(...methods.split(' ')).map(method => `${method} ${target} SIP/2.0`),
    },
    { weight: 2, arbitrary: fc.constantFrom(...uris).map(other => `INVITE ${other} SIP/2.0`) },
    fc.constantFrom(
      `INVITE ${target} SIP/3.0`,
      `INVITE ${target} sip/2.0`,
      `INVITE  ${target}  SIP/2.0`,
      `INVITE <${target}> SIP/2.0`,
      'GET / HTTP/1.1',
      'INVITE * SIP/2.0',
      'INVITE',
      '',
    ),
    fc.string(),
  );

export const statusLine: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .constantFrom(100, 180, 183, 200, 202, 302, 401, 407, 422, 423, 481, 486, 491, 503, 603, 699)
      .map(code => `SIP/2.0 ${code} Words`),
  },
  fc.constantFrom(
    'SIP/2.0 200',
    'SIP/2.0 200 ',
    'SIP/2.0 486 "Busy" <50%>{}|^`',
    'SIP/2.0 099 x',
    'SIP/2.0 700 x',
    'SIP/2.0 2000 x',
    'SIP/3.0 200 OK',
    'sip/2.0 200 Ünï',
    'SIP/2.0 200 a\tb',
  ),
);
