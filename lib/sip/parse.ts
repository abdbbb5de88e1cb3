import { IncomingRequestMessage, IncomingResponseMessage, NameAddrHeader } from './sipjs.js';
import type { SipMessage } from './message.js';
import { NULL_TAG } from './rfc2543.js';
import { parametersOf, parseSipUri } from './sip-uri.js';

type Message = IncomingRequestMessage | IncomingResponseMessage;
/** Takes one header; false where it can't be read. */
type Row = (message: Message, value: string) => boolean;

const addressForm = /^(?:"((?:[^"\\]|\\.)*)" )?<([^<>]+)>((?:;.*)?)$/s;
const viaForm = /^SIP\s*\/\s*2\.0\s*\/\s*\S+\s+(\[[^\]]+\]|[^\s:;]+)(?:\s*:\s*(\d{1,5}))?\s*((?:;.*)?)$/is;

/** An address in the form that the gate writes: a quoted name, a bracketed URI, parameters. */
function parseAddress(text: string): NameAddrHeader | undefined {
  const [, name = '', inside = '', outside = ''] = addressForm.exec(text) ?? [];
  const uri = parseSipUri(inside);
  return uri && new NameAddrHeader(uri, name, parametersOf(outside) as Record<string, string>);
}

/** Keeps a header with its meaning, so that nothing parses it again. */
function keep(message: Message, name: string, raw: string, parsed: unknown): void {
  (message.headers[name] ??= []).push({ raw, parsed });
}

function address(name: string, then: (message: Message, address: NameAddrHeader) => void = () => undefined): Row {
  return (message, value) => {
    const parsed = parseAddress(value);
    if (parsed === undefined) return false;
    keep(message, name, value, parsed);
    then(message, parsed);
    return true;
  };
}

const via: Row = (message, value) => {
  // Only the topmost Via is parsed.
  if (message.hasHeader('via')) {
    message.addHeader('via', value);
    return true;
  }
  const [, host, port, rest = ''] = viaForm.exec(value) ?? [];
  const { branch } = parametersOf(rest);
  if (host === undefined || typeof branch !== 'string') return false;
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
  ['refer-to', address('Refer-To')],
  [
    'content-disposition',
    (message, value) => {
      keep(message, 'Content-Disposition', value, { type: mediaTypeOf(value) });
      return true;
    },
  ],
  [
    'event',
    (message, value) => {
      keep(message, 'Event', value, { event: mediaTypeOf(value) });
      return true;
    },
  ],
]);

/** The value without its parameters, in lower case. */
function mediaTypeOf(value: string): string {
  return (value.split(';')[0] ?? '').trim().toLowerCase();
}

function begun(startLine: string): Message | undefined {
  const [, status, phrase = ''] = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(startLine) ?? [];
  if (status !== undefined) {
    const response = new IncomingResponseMessage();
    response.statusCode = Number(status);
    response.reasonPhrase = phrase;
    return response;
  }
  const [, method, uri] = /^(\S+) (\S+) SIP\/2\.0$/.exec(startLine) ?? [];
  const ruri = uri === undefined ? undefined : parseSipUri(uri);
  if (method === undefined || ruri === undefined) return undefined;
  const request = new IncomingRequestMessage();
  request.method = method;
  request.ruri = ruri;
  return request;
}

/** The source of each parsed message, so that our own readers need not parse again. */
const sources = new WeakMap<object, SipMessage>();

/** The source of a message; `undefined` for a response that sip.js has generated. */
export function sourceOf(message: object): SipMessage | undefined {
  return sources.get(message);
}

/**
 * Parses a message that the gate has passed into sip.js's own type; `undefined` where it cannot be parsed. Every header
 * that sip.js reads is stored parsed, so that it needs no grammar of its own.
 */
export function parse(source: SipMessage): Message | undefined {
  const { startLine, headers, body } = source;
  const message = begun(startLine);
  if (message === undefined) return undefined;
  for (const { name, value } of headers) {
    const row = rows.get(name);
    if (row === undefined) message.addHeader(name, value);
    else if (!row(message, value)) return undefined;
  }
  sources.set(message, source);
  message.body = body;
  return message;
}
