import { parsableUri, parseAddress } from './address.js';
import { challengesOf, choose, type Challenge } from './digest.js';
import { fullName, headerValue, headerValues, splitOutside, type SipMessage } from './message.js';

const token = /^[\w\-.!%*+`'~]+$/;
const parameter = /^([\w\-.!%*+`'~]+)(?:\s*=\s*([\w\-.!%*+`'~]+|\[[\da-f:.]+\]|"(?:[^"\\\p{Cc}]|\\[^\p{Cc}])*"))?$/iu;

/** Header parameters without the blanks between them; `undefined` when one is malformed. */
const parameters = (text: string): string | undefined => {
  const parts = splitOutside(text, ';').map(part => parameter.exec(part));
  return parts.every(part => part !== null)
    ? parts.map(([, name = '', value]) => (value === undefined ? `;${name}` : `;${name}=${value}`)).join('')
    : undefined;
};

/** The tags among the parameters of a From or To, which should be one or none. */
export const tags = (value: string): readonly string[] =>
  splitOutside(parseAddress(value)?.parameters ?? '', ';').flatMap(part => {
    const [, name, tag] = parameter.exec(part) ?? [];
    return name?.toLowerCase() === 'tag' ? [tag ?? ''] : [];
  });

/**
 * An address in the one form that sip.js's grammar always takes: a quoted name, a bracketed URI (`parsableUri`), its
 * parameters. `undefined` when it is no address.
 */
export const plainAddress = (value: string): string | undefined => {
  const address = parseAddress(value);
  const uri = address && parsableUri(address.uri);
  const rest = address && parameters(address.parameters);
  if (address === undefined || uri === undefined || rest === undefined) return undefined;
  const name = address.displayName?.replace(/[\\"]/g, '\\$&');
  return name === undefined ? `<${uri}>${rest}` : `"${name}" <${uri}>${rest}`;
};

/** `type/subtype` in lower case without its parameters; `undefined` when there is none or it is malformed. */
export const mediaType = (message: SipMessage): string | undefined => {
  const [, type] =
    /^([\w\-.!%*+`'~]+\s*\/\s*[\w\-.!%*+`'~]+)\s*(?:;.*)?$/.exec(headerValue(message, 'content-type') ?? '') ?? [];
  return type?.replace(/\s/g, '').toLowerCase();
};

const challengeLine = (item: Challenge): string =>
  [
    `${item.kind === 'www' ? 'WWW' : 'Proxy'}-Authenticate: Digest realm="${item.realm}"`,
    `nonce="${item.nonce}"`,
    `algorithm=${item.algorithm}`,
    ...(item.qop.length === 0 ? [] : [`qop="${item.qop.join(',')}"`]),
    ...(item.opaque === undefined ? [] : [`opaque="${item.opaque}"`]),
    ...(item.stale ? ['stale=true'] : []),
  ].join(', ');

/** All challenges by themselves, the chosen one last: sip.js knows only the last, and drops a message with an odd one. */
const challengeLines = (message: SipMessage): readonly string[] => {
  const all = challengesOf(message);
  const [best] = choose(all);
  return [...all.filter(item => item !== best), ...(best === undefined ? [] : [best])].map(challengeLine);
};

const addresses =
  (name: string) =>
  (message: SipMessage): readonly string[] =>
    headerValues(message, name).flatMap(value => {
      const plain = plainAddress(value);
      return plain === undefined ? [] : [`${name}: ${plain}`];
    });

const contentType = (message: SipMessage, body: string): readonly string[] => {
  const type = mediaType(message);
  if (type === undefined || body === '') return [];
  // sip.js takes a body for a session description only if its type has no parameters.
  return [`content-type: ${type === 'application/sdp' ? type : (headerValue(message, 'content-type') ?? type)}`];
};

/** Headers that sip.js parses on arrival, each in a form which it takes. */
const parsed: ReadonlyMap<string, (message: SipMessage, body: string) => readonly string[]> = new Map<
  string,
  (message: SipMessage, body: string) => readonly string[]
>([
  // Of several values in one line sip.js takes the last for the first.
  ['via', message => headerValues(message, 'via').map(via => `via: ${via}`)],
  ['from', addresses('from')],
  ['to', addresses('to')],
  ['contact', addresses('contact')],
  ['record-route', addresses('record-route')],
  ['call-id', message => [`call-id: ${headerValue(message, 'call-id') ?? ''}`]],
  ['cseq', message => [`cseq: ${headerValue(message, 'cseq') ?? ''}`]],
  ['max-forwards', message => headerValues(message, 'max-forwards').map(value => `max-forwards: ${value}`)],
  ['content-type', contentType],
  ['content-length', (_message, body) => [`content-length: ${octets(body)}`]],
  ['www-authenticate', challengeLines],
  ['proxy-authenticate', () => []],
  // Only a REFER needs it, and no REFER gets here.
  ['refer-to', () => []],
]);

/** The length of a text on the wire. */
export const octets = (text: string): number => new TextEncoder().encode(text).length;

/**
 * The message as sip.js is to see it: one header a line, full names, nothing that its parser drops or throws on. Headers
 * that are no headers, and those whose name sip.js would take for another's (it reads `_` as `-`), are left out.
 */
export const rewrite = (message: SipMessage, startLine: string, body: string): string => {
  const others = message.headers.filter(
    ({ name, value }) => token.test(name) && !/\p{Cc}/u.test(value) && !parsed.has(fullName(name.replaceAll('_', '-'))),
  );
  return [
    startLine,
    ...[...parsed.values()].flatMap(lines => lines(message, body)),
    ...others.map(({ name, value }) => `${name}: ${value}`),
    '',
    body,
  ].join('\r\n');
};
