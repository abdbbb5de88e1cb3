import * as fc from 'fast-check';
import { originalUri, parsableUri, parseAddress, restoreUris } from '../../lib/sip/address.js';
import { challengesOf, choose } from '../../lib/sip/digest.js';
import { parseDialogInfo } from '../../lib/sip/dialog-info.js';
import { parseDtmf } from '../../lib/sip/dtmf.js';
import { gate } from '../../lib/sip/gate.js';
import { assertedIdentity, identityOf } from '../../lib/sip/identity.js';
import {
  headerValues,
  parseMessage,
  splitOutside,
  type SipMessage,
  reasons,
  retryAfter,
  wordsOf,
} from '../../lib/sip/message.js';
import { parseReplaces } from '../../lib/sip/replaces.js';
import { reply } from '../../lib/sip/reply.js';
import { mediaType, plainAddress, rewrite, tags } from '../../lib/sip/rewrite.js';
import { direction, hasTelephoneEvent, withDirection } from '../../lib/sip/sdp.js';
import { safeHeaderValue, toRequestUri } from '../../lib/sip/uri.js';
import { asksForAutoAnswer } from '../../lib/sip/message-mapping.js';
import { parseXml } from '../../lib/sip/xml.js';
import { values } from './headers.js';
import { flaw, flawed, requestLine, statusLine } from './messages.js';
import { runs } from '../support/runs.js';
import { notices } from './notices.js';
import { descriptionLike, plainOffer } from './sdp.js';
import { address, chunk } from './words.js';
import { parseMessageSummary } from '../../lib/sip/subscription.js';
import { parseSipfrag } from '../../lib/sip/refer.js';

type Parser = (text: string) => unknown;

/** A message whose every header has this value. */
const all = (value: string): string =>
  ['INVITE sip:a@b SIP/2.0', ...Object.keys(values).map(name => `${name}: ${value}`), '', value].join('\r\n');

/** What reads text from outside: each takes a single value. */
const ofValues: Readonly<Record<string, Parser>> = {
  parseAddress,
  plainAddress,
  tags,
  parsableUri,
  originalUri,
  restoreUris,
  toRequestUri: text => toRequestUri(text, 'example.com'),
  'toRequestUri, as a URI': text => toRequestUri(`sip:${text}@example.com;${text}`, 'example.com'),
  safeHeaderValue: text => [safeHeaderValue('X-Text', text), safeHeaderValue(text, 'text')],
  splitOutside: text => [splitOutside(text, ','), splitOutside(text, ';')],
  direction,
  hasTelephoneEvent,
  withDirection: text => withDirection(text, 'sendonly'),
  parseReplaces,
  parseMessageSummary,
  parseSipfrag,
  parseXml,
  'parseXml, an attribute': text => parseXml(`<a b="${text}`),
  'parseXml, a tag': text => parseXml(`<a ${text}>`),
  parseDialogInfo,
  'parseDtmf, a relay': text => parseDtmf('application/dtmf-relay', text),
  'parseDtmf, a character': text => parseDtmf('application/dtmf', text),
};

type OfMessage = { readonly parse: (message: SipMessage) => unknown; readonly headers: readonly string[] };

/** Each takes a whole message, and reads these headers of it. */
const ofMessages: Readonly<Record<string, OfMessage>> = {
  identityOf: { parse: identityOf, headers: ['From', 'P-Asserted-Identity', 'Privacy'] },
  assertedIdentity: {
    parse: message => assertedIdentity(message, 'called'),
    headers: ['P-Asserted-Identity', 'Privacy'],
  },
  reasons: { parse: reasons, headers: ['Reason'] },
  words: { parse: wordsOf, headers: ['Warning', 'Reason'] },
  retryAfter: { parse: retryAfter, headers: ['Retry-After'] },
  challenges: { parse: message => choose(challengesOf(message)), headers: ['WWW-Authenticate', 'Proxy-Authenticate'] },
  mediaType: { parse: mediaType, headers: ['Content-Type'] },
  asksForAutoAnswer: { parse: asksForAutoAnswer, headers: ['Call-Info', 'Alert-Info', 'Answer-Mode'] },
  headerValues: { parse: message => headerValues(message, 'via'), headers: ['Via'] },
  rewrite: {
    parse: message => rewrite(message, 'BYE sip:a@b SIP/2.0', ''),
    headers: ['Via', 'From', 'Contact', 'Record-Route', 'Content-Type', 'Refer-To', 'X-Text'],
  },
  // It hashes what it copies, character by character, which is slow under Jest: so of these not one.
  reply: { parse: message => reply(message, { statusCode: 400 }), headers: ['To'] },
};

const ofFrames: Readonly<Record<string, Parser>> = {
  parseMessage,
  gate: text => gate(text, { hasDialog: () => true }),
  ...Object.fromEntries(
    Object.entries(ofMessages).map(([name, { parse }]) => [name, (text: string) => parse(parseMessage(text))]),
  ),
};

/** A message that says this in the headers which a parser reads, or in all that matter. */
const saying = (parser: string, text: string): string => {
  const names = ofMessages[parser]?.headers ?? ['Via', 'From', 'To', 'Contact', 'Call-ID', 'CSeq', 'Require'];
  return ['INVITE sip:a@b SIP/2.0', ...names.map(name => `${name}: ${text}`), '', ''].join('\r\n');
};

/** Milliseconds of the processor that one input may cost: a hundred times of what it does, so that only a runaway shows. */
const bound = 1_000;

const expectFast = (parse: Parser, text: string): void => {
  const started = process.cpuUsage();
  parse(text);
  expect(process.cpuUsage(started).user / 1_000).toBeLessThan(bound);
};

describe('fuzz: parser', () => {
  const value = fc.oneof(address, chunk, notices, descriptionLike(plainOffer), ...Object.values(values));
  const headers = { Via: 'SIP/2.0/WSS a;branch=z9hG4bKx', From: '<sip:a@b>;tag=x', To: '<sip:c@d>', CSeq: '1 INVITE' };
  const message = fc
    .tuple(fc.oneof(requestLine('sip:a@b'), statusLine), flaw)
    .map(([line, wrong]) => flawed(line, headers, wrong));

  it('has a result for any value, at once', () => {
    fc.assert(
      fc.property(value, text => {
        for (const parse of Object.values(ofValues)) expectFast(parse, text);
        for (const parse of Object.values(ofFrames)) expectFast(parse, all(text));
      }),
      runs(0.1),
    );
  }, 600_000);

  it('has a result for any message, at once', () => {
    fc.assert(
      fc.property(message, text => {
        for (const parse of Object.values(ofFrames)) expectFast(parse, text);
      }),
      runs(0.1),
    );
  }, 600_000);

  const marks = ['"', '<', '>', ' ', '\t', ';', ',', '\\', '%', '=', ':', '@', '\n', '&', "'"];
  const pieces = [...marks, 'a', 'a-', 'a.', '1.', 'a;', ';a=', '\r\n ', '<sip:a>,', '"a" ', '\ud800'];
  const heads = ['', 'sip:a@b;', '"', 'Digest a=', '399 x ', 'm=audio '];
  const before = process.env['CALLSTREAM_RUNS'] === undefined ? heads.slice(0, 2) : heads;

  it.each(Object.entries({ ...ofValues, ...ofFrames }))('%s is not slowed down by repetition', (name, parse) => {
    for (const piece of pieces)
      for (const head of before) {
        const text = head + piece.repeat(Math.ceil(30_000 / piece.length)) + 'x';
        expectFast(parse, name in ofValues ? text : saying(name, text));
      }
  });

  it('gives back the URI that it made parsable', () => {
    fc.assert(
      fc.property(address, text => {
        const uri = parseAddress(text)?.uri ?? '';
        const made = parsableUri(uri);
        if (made !== undefined) expect(originalUri(made)).toBe(uri);
      }),
      runs(0.1),
    );
  });
});
