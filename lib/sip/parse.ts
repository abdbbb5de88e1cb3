import {
  Grammar,
  IncomingRequestMessage,
  IncomingResponseMessage,
  NameAddrHeader,
  URI,
} from 'sip.js/lib/core/index.js';
import { parseMessage } from './message.js';
import { NULL_TAG } from './rfc2543.js';

type Message = IncomingRequestMessage | IncomingResponseMessage;
/** Takes one header; false where it can't be read. */
type Row = (message: Message, value: string) => boolean;

/** Parameters of a URI whose value is the same in any case: the grammar gives it in lower case. */
const caseless: ReadonlySet<string> = new Set(['transport', 'user']);

const parameters = (text: string): Readonly<Record<string, string | null>> =>
  Object.fromEntries(
    [...text.matchAll(/;([^;=]+)(?:=([^;]*))?/g)].map(([, given = '', value = null]) => {
      const name = given.toLowerCase();
      return [name, caseless.has(name) ? (value?.toLowerCase() ?? null) : value];
    }),
  );

/** A user without escapes, a name or an IPv4 address, and a port. */
const place = /(?:([\w.!~*'()+-]+)@)?([a-z\d.-]+)(?::(\d{1,5}))?/.source;
/** URI parameters without a grammar of their own; `parsableUri` has replaced the others. */
const ofUri = /;[\w-]+(?:=[\w.!~*'()+-]+)?/.source;
const ofHeader = /;[\w-]+(?:=[\w.!%*+`'~-]+)?/.source;
const uriForm = new RegExp(`^sip:${place}$`, 'i');
const addressForm = new RegExp(`^(?:"([^"\\\\]*)" )?<sip:${place}((?:${ofUri})*)>((?:${ofHeader})*)$`, 'i');
const viaForm = new RegExp(`^SIP/2\\.0/(?:WSS?|TCP|TLS|UDP) ([a-z\\d.-]+)(?::(\\d{1,5}))?((?:${ofHeader})+)$`, 'i');

const uriOf = (user = '', host: string, port?: string, inside = ''): URI =>
  new URI('sip', user, host, port === undefined ? undefined : Number(port), parameters(inside));

const parseUri = (text: string): URI | undefined => {
  const [, user, host, port] = uriForm.exec(text) ?? [];
  return host === undefined ? Grammar.URIParse(text) : uriOf(user, host, port);
};

const parseAddress = (text: string): NameAddrHeader | undefined => {
  const [, name = '', user, host, port, inside, outside = ''] = addressForm.exec(text) ?? [];
  return host === undefined
    ? Grammar.nameAddrHeaderParse(text)
    : new NameAddrHeader(uriOf(user, host, port, inside), name, parameters(outside) as Record<string, string>);
};

/** Keeps a header with its meaning, so that nothing parses it again. */
const keep = (message: Message, name: string, raw: string, parsed: unknown): void => {
  (message.headers[name] ??= []).push({ raw, parsed });
};

const address =
  (name: string, then: (message: Message, address: NameAddrHeader) => void = () => undefined): Row =>
  (message, value) => {
    const parsed = parseAddress(value);
    if (parsed === undefined) return false;
    keep(message, name, value, parsed);
    then(message, parsed);
    return true;
  };

const via: Row = (message, value) => {
  // Only the topmost Via is parsed.
  if (message.hasHeader('via')) {
    message.addHeader('via', value);
    return true;
  }
  const [, host, port, rest = ''] = viaForm.exec(value) ?? [];
  const { branch } = parameters(rest);
  if (host === undefined || typeof branch !== 'string') {
    message.addHeader('via', value);
    const parsed = message.parseHeader('via') as (Message['via'] & { readonly branch: string }) | undefined;
    if (parsed === undefined) return false;
    message.via = parsed;
    message.viaBranch = parsed.branch;
    return true;
  }
  message.via = { host, port: Number(port) };
  message.viaBranch = branch;
  keep(message, 'Via', value, { ...message.via, branch });
  return true;
};

const cseq: Row = (message, value) => {
  const [, number, method] = /^(\d+)\s+(\S+)$/.exec(value) ?? [];
  if (number === undefined || method === undefined) return false;
  message.addHeader('cseq', value);
  message.cseq = Number(number);
  message.method = method;
  return true;
};

const rows = new Map<string, Row>([
  ['via', via],
  [
    'from',
    address('From', (message, from) => {
      message.from = from;
      message.fromTag = (from.getParam('tag') as string | undefined) ?? NULL_TAG;
    }),
  ],
  [
    'to',
    address('To', (message, to) => {
      message.to = to;
      message.toTag = to.getParam('tag') as string;
    }),
  ],
  ['contact', address('Contact')],
  ['record-route', address('Record-Route')],
  ['cseq', cseq],
  [
    'call-id',
    (message, value) => {
      keep(message, 'Call-ID', value, value);
      message.callId = value;
      return true;
    },
  ],
  [
    'content-type',
    (message, value) => {
      keep(message, 'Content-Type', value, value);
      return true;
    },
  ],
  [
    'refer-to',
    (message, value) => {
      message.setHeader('refer-to', value);
      message.referTo = message.parseHeader('refer-to') as string | undefined;
      return message.referTo !== undefined;
    },
  ],
]);

const begun = (startLine: string): Message | undefined => {
  const [, status, phrase = ''] = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(startLine) ?? [];
  if (status !== undefined) {
    const response = new IncomingResponseMessage();
    response.statusCode = Number(status);
    response.reasonPhrase = phrase;
    return response;
  }
  const [, method, uri] = /^(\S+) (\S+) SIP\/2\.0$/.exec(startLine) ?? [];
  const ruri = uri === undefined ? undefined : parseUri(uri);
  if (method === undefined || ruri === undefined) return undefined;
  const request = new IncomingRequestMessage();
  request.method = method;
  request.ruri = ruri;
  return request;
};

/**
 * Parses a message that the gate has passed into sip.js's own type; `undefined` where it cannot be parsed.
 *
 * The result equals that of sip.js's parser, which instantiates its grammar for each header: half of the CPU time of a
 * call. Headers in their usual form are parsed by regular expressions, all others by the grammar.
 */
export const parse = (text: string): Message | undefined => {
  const { startLine, headers, body } = parseMessage(text);
  const message = begun(startLine);
  if (message === undefined) return undefined;
  for (const { name, value } of headers) {
    const row = rows.get(name);
    if (row === undefined) message.addHeader(name, value);
    else if (!row(message, value)) return undefined;
  }
  message.data = text;
  message.body = body;
  return message;
};
