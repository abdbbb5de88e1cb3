import { isHost, parsableUri, parseAddress } from './address.js';
import { challengesOf, choose, type Challenge } from './digest.js';
import { fullName, headerValue, headerValues, splitOutside, type Header, type SipMessage } from './message.js';

const token = /^[\w\-.!%*+`'~]+$/;
const parameter = /^([\w\-.!%*+`'~]+)(?:\s*=\s*([\w\-.!%*+`'~]+|"(?:[^"\\\p{Cc}]|\\[^\p{Cc}])*"))?$/iu;

type Parameter = { readonly name: string; readonly value: string | undefined };

/** The parameters of a header value; `undefined` when one is malformed. */
function parameters(text: string): readonly Parameter[] | undefined {
  const parts = splitOutside(text, ';').map(part => parameter.exec(part));
  return parts.every(part => part !== null) ? parts.map(([, name = '', value]) => ({ name, value })) : undefined;
}

/** Parameters whose unexpected values sip.js's grammar does not recover from, each with the predicate of a valid value. */
type Picky = ReadonlyMap<string, (value: string) => boolean>;
const inAddress: Picky = new Map([
  ['expires', (value: string) => /^\d{1,10}$/.test(value)],
  ['q', (value: string) => /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(value)],
]);
const inVia: Picky = new Map([
  // The cookie alone is no identifier: RFC 4475 §3.2.1.
  ['branch', (value: string) => token.test(value) && !/^z9hG4bK$/i.test(value)],
  ['ttl', (value: string) => /^\d{1,3}$/.test(value)],
  ['maddr', isHost],
  ['received', (value: string) => isHost(value) || isHost(`[${value}]`)],
  ['rport', (value: string) => /^\d*$/.test(value)],
]);
function isTaken(picky: Picky) {
  return ({ name, value = '' }: Parameter): boolean => picky.get(name.toLowerCase())?.(value) ?? true;
}

/** A Via's address after `received` may be IPv6 without brackets, and its `rport` may be empty: no other header's may. */
function viaParameter(part: string): Parameter | undefined {
  const [, name, value] = /^(received|rport)\s*=\s*(\S*)$/i.exec(part) ?? [];
  return name === undefined || value === undefined ? parameters(part)?.[0] : { name, value };
}

/** True when the parameters of a Via are legal and include exactly one branch. */
export function isViaParameters(text: string): boolean {
  const all = splitOutside(text, ';').map(viaParameter);
  return (
    all.every(item => item !== undefined && isTaken(inVia)(item)) &&
    all.filter(item => item?.name.toLowerCase() === 'branch').length === 1
  );
}

/** The tags among the parameters of a From or To, which should be one or none. */
export function tags(value: string): readonly string[] {
  return (parameters(parseAddress(value)?.parameters ?? '') ?? []).flatMap(item =>
    item.name.toLowerCase() === 'tag' ? [item.value ?? ''] : [],
  );
}

/** Limits for sip.js's slow grammar: length of an address in UTF-16 units, values of a header. */
const LONGEST = 4096;
const MOST = 64;

/**
 * An address in the one form that sip.js's grammar always takes: a quoted name, a bracketed URI (`parsableUri`), its
 * parameters. `undefined` when it is no address.
 */
export function plainAddress(value: string): string | undefined {
  const address = value.length > LONGEST ? undefined : parseAddress(value);
  const uri = address && parsableUri(address.uri);
  const all = address && parameters(address.parameters);
  if (address === undefined || uri === undefined || all === undefined) return undefined;
  const rest = all
    .filter(isTaken(inAddress))
    .map(item => `;${item.name}${item.value === undefined ? '' : `=${item.value}`}`)
    .join('');
  const name = address.displayName?.replace(/[\\"]/g, '\\$&');
  return name === undefined ? `<${uri}>${rest}` : `"${name}" <${uri}>${rest}`;
}

/** `type/subtype` in lower case without its parameters; `undefined` when there is none or it is malformed. */
export function mediaType(message: SipMessage): string | undefined {
  const [, type] =
    /^([\w\-.!%*+`'~]+\s*\/\s*[\w\-.!%*+`'~]+)\s*(?:;.*)?$/.exec(headerValue(message, 'content-type') ?? '') ?? [];
  return type?.replace(/\s/g, '').toLowerCase();
}

function challengeHeader(item: Challenge): Header {
  return {
    name: item.kind === 'www' ? 'www-authenticate' : 'proxy-authenticate',
    value: [
      `Digest realm="${item.realm}"`,
      `nonce="${item.nonce}"`,
      `algorithm=${item.algorithm}`,
      ...(item.qop.length === 0 ? [] : [`qop="${item.qop.join(',')}"`]),
      ...(item.opaque === undefined ? [] : [`opaque="${item.opaque}"`]),
      ...(item.stale ? ['stale=true'] : []),
    ].join(', '),
  };
}

/** All challenges by themselves, the chosen one last: sip.js knows only the last, and drops a message with an odd one. */
function challengeHeaders(message: SipMessage): readonly Header[] {
  const all = challengesOf(message);
  const [best] = choose(all);
  return [...all.filter(item => item !== best), ...(best === undefined ? [] : [best])].map(challengeHeader);
}

function addresses(name: string) {
  return (message: SipMessage): readonly Header[] =>
    headerValues(message, name)
      .slice(0, MOST)
      .flatMap(value => {
        const plain = plainAddress(value);
        return plain === undefined ? [] : [{ name, value: plain }];
      });
}

function contentType(message: SipMessage, body: string): readonly Header[] {
  const type = mediaType(message);
  // Without its parameters: sip.js drops a message for an odd one, and takes a body for a session only if there is none.
  return type === undefined || body === '' ? [] : [{ name: 'content-type', value: type }];
}

function each(name: string) {
  return (message: SipMessage): readonly Header[] => headerValues(message, name).map(value => ({ name, value }));
}

function first(name: string) {
  return (message: SipMessage): readonly Header[] => [{ name, value: headerValue(message, name) ?? '' }];
}

/** Headers that sip.js reads, each in canonical form. */
const parsed: ReadonlyMap<string, (message: SipMessage, body: string) => readonly Header[]> = new Map<
  string,
  (message: SipMessage, body: string) => readonly Header[]
>([
  ['via', each('via')],
  ['from', addresses('from')],
  ['to', addresses('to')],
  ['contact', addresses('contact')],
  ['record-route', addresses('record-route')],
  ['call-id', first('call-id')],
  ['cseq', first('cseq')],
  ['max-forwards', each('max-forwards')],
  ['content-type', contentType],
  ['content-length', (_message, body) => [{ name: 'content-length', value: String(octets(body)) }]],
  ['www-authenticate', challengeHeaders],
  ['proxy-authenticate', () => []],
  ['refer-to', addresses('refer-to')],
]);

/** The length of a text on the wire. */
export function octets(text: string): number {
  return new TextEncoder().encode(text).length;
}

/**
 * The message in canonical form, for `parse`: full names, one value for each header, valid addresses. Lines that are no
 * headers, and headers whose name sip.js would confuse with another (it reads `_` as `-`), are left out.
 */
export function rewrite(message: SipMessage, startLine: string, body: string): SipMessage {
  const others = message.headers.filter(
    ({ name, value }) => token.test(name) && !/\p{Cc}/u.test(value) && !parsed.has(fullName(name.replaceAll('_', '-'))),
  );
  return {
    startLine,
    headers: [...[...parsed.values()].flatMap(headers => headers(message, body)), ...others],
    body,
    complete: true,
  };
}
