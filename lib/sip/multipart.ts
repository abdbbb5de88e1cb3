import { headerValue, parameter, parseMessage, wordOf, type SipMessage } from './message.js';

const SDP = 'application/sdp';

function typeOf(part: SipMessage): string {
  return wordOf(part, 'content-type').replace(/\s/g, '').toLowerCase();
}

/** `handling` of Content-Disposition; `required` by default. RFC 3261 §20.11. */
function isRequired(part: SipMessage): boolean {
  return parameter(headerValue(part, 'content-disposition') ?? '', 'handling')?.toLowerCase() !== 'optional';
}

/** True for the disposition `session`, which is the default of SDP; `early-session` is not answered. RFC 3261 §20.11, RFC 3959. */
function isSession(part: SipMessage): boolean {
  return /^(?:session)?$/i.test(wordOf(part, 'content-disposition'));
}

/** A part has the form of a message without a start line; one without any header begins with the empty line. */
function partOf(text: string): SipMessage {
  return parseMessage(`\r\n${text}`);
}

/** The parts of a body, in order; none where it has no boundary. RFC 2046 §5.1.1. */
function partsOf(message: SipMessage): readonly SipMessage[] {
  const boundary = parameter(headerValue(message, 'content-type') ?? '', 'boundary') ?? '';
  if (boundary === '') return [];
  const lines = `\r\n${message.body}`.split(/\r?\n/);
  const ends = lines.flatMap((line, at) => {
    const rest = line.startsWith(`--${boundary}`) ? line.slice(boundary.length + 2).trimEnd() : undefined;
    return rest === '' || rest === '--' ? [{ at, isLast: rest === '--' }] : [];
  });
  return ends
    .flatMap(({ at, isLast }, nth) => (isLast ? [] : [lines.slice(at + 1, ends[nth + 1]?.at).join('\r\n')]))
    .filter(text => text !== '')
    .map(partOf);
}

/** `sdp`: the session description of a body. `isUnknown`: the body has a required part of an unknown type. */
export type Content = { readonly sdp?: string; readonly isUnknown: boolean };

const nothing: Content = { isUnknown: false };

/** `alternative`: the last part with a description wins. Other subtypes: each required part must be known. RFC 2046 §5.1.3, §5.1.4, RFC 5621 §3. */
function contentOfParts(subtype: string, parts: readonly Content[]): Content {
  const found = subtype === 'alternative' ? [...parts].reverse().find(({ sdp }) => sdp !== undefined) : undefined;
  if (found !== undefined) return found;
  const sdp = parts.find(part => part.sdp !== undefined)?.sdp;
  return { isUnknown: parts.some(({ isUnknown }) => isUnknown), ...(sdp === undefined ? {} : { sdp }) };
}

/** The limit of nested multiparts. */
const maxDepth = 4;

/**
 * Reads the body of a message, or of one part. Ignores unknown parts with `handling=optional`. Total. RFC 5621.
 */
export function contentOf(message: SipMessage, depth = 0): Content {
  const type = typeOf(message);
  if (message.body === '') return nothing;
  const [, subtype] = /^multipart\/(.+)$/.exec(type) ?? [];
  if (subtype !== undefined && depth < maxDepth) {
    const parts = partsOf(message);
    if (parts.length > 0)
      return contentOfParts(
        subtype,
        parts.map(part => contentOf(part, depth + 1)),
      );
  }
  if (type === SDP && isSession(message)) return { sdp: message.body, isUnknown: false };
  return { isUnknown: isRequired(message) };
}

/** The message with nothing but the description as its body, or with none. */
export function withSession(message: SipMessage, { sdp = '' }: Content): SipMessage {
  return {
    ...message,
    headers: [
      ...message.headers.filter(({ name }) => name !== 'content-type' && name !== 'content-disposition'),
      ...(sdp === '' ? [] : [{ name: 'content-type', value: SDP }]),
    ],
    body: sdp,
  };
}
