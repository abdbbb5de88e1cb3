import * as fc from 'fast-check';
import { originalUri, parsableUri, parseAddress, restoreUris } from '../../lib/sip/address.js';
import { challengesOf, choose } from '../../lib/sip/digest.js';
import { parseDtmf } from '../../lib/sip/dtmf.js';
import { gate } from '../../lib/sip/gate.js';
import { assertedIdentity, identityOf } from '../../lib/sip/identity.js';
import { headerValues, parseMessage, splitOutside } from '../../lib/sip/message.js';
import { reasons, retryAfter, warnings } from '../../lib/sip/reason.js';
import { reply } from '../../lib/sip/reply.js';
import { mediaType, plainAddress, rewrite, tags } from '../../lib/sip/rewrite.js';
import { direction, hasTelephoneEvent, withDirection } from '../../lib/sip/sdp.js';
import { safeHeaderValue, toRequestUri } from '../../lib/sip/uri.js';
import { asksForAutoAnswer } from '../../lib/sip/wording.js';
import { values } from './headers.js';
import { flaw, flawed, requestLine, statusLine } from './messages.js';
import { runs } from './runs.js';
import { descriptionLike, plainOffer } from './sdp.js';
import { address, chunk } from './words.js';

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
  'parseDtmf, a relay': text => parseDtmf('application/dtmf-relay', text),
  'parseDtmf, a character': text => parseDtmf('application/dtmf', text),
};

/** Each takes a whole message. */
const ofMessages: Readonly<Record<string, Parser>> = {
  gate: text => gate(text, { hasDialog: () => true }),
  parseMessage,
  identityOf: text => identityOf(parseMessage(text)),
  assertedIdentity: text => assertedIdentity(parseMessage(text)),
  reasons: text => reasons(parseMessage(text)),
  warnings: text => warnings(parseMessage(text)),
  retryAfter: text => retryAfter(parseMessage(text)),
  challenges: text => choose(challengesOf(parseMessage(text))),
  mediaType: text => mediaType(parseMessage(text)),
  asksForAutoAnswer: text => asksForAutoAnswer(parseMessage(text)),
  headerValues: text => headerValues(parseMessage(text), 'via'),
  reply: text => reply(parseMessage(text), { statusCode: 400 }),
  rewrite: text => rewrite(parseMessage(text), 'BYE sip:a@b SIP/2.0', ''),
};

/** Milliseconds that one input may take: a thousand times of what it does take, so that only a runaway shows. */
const bound = 1_000;

const expectFast = (parse: Parser, text: string): void => {
  const started = performance.now();
  parse(text);
  expect(performance.now() - started).toBeLessThan(bound);
};

describe('a parser of what comes from outside', () => {
  const value = fc.oneof(address, chunk, descriptionLike(plainOffer), ...Object.values(values));
  const headers = { Via: 'SIP/2.0/WSS a;branch=z9hG4bKx', From: '<sip:a@b>;tag=x', To: '<sip:c@d>', CSeq: '1 INVITE' };
  const message = fc
    .tuple(fc.oneof(requestLine('sip:a@b'), statusLine), flaw)
    .map(([line, wrong]) => flawed(line, headers, wrong));

  it('has a result for any value, at once', () => {
    fc.assert(
      fc.property(value, text => {
        for (const parse of Object.values(ofValues)) expectFast(parse, text);
        for (const parse of Object.values(ofMessages)) expectFast(parse, all(text));
      }),
      runs(0.1),
    );
  }, 600_000);

  it('has a result for any message, at once', () => {
    fc.assert(
      fc.property(message, text => {
        for (const parse of Object.values(ofMessages)) expectFast(parse, text);
      }),
      runs(0.1),
    );
  }, 600_000);

  const pieces = [
    '"',
    '<',
    '>',
    ' ',
    '\t',
    ';',
    ',',
    '\\',
    '\\"',
    '%',
    '=',
    ':',
    '::',
    '0',
    '0.',
    'a',
    'a-',
    'a.',
    'a;',
  ];
  const repeated = [...pieces, 'a=', '@', '(', '\r\n ', '\r\n', '\n', ';a=', '%41', '<sip:a>,', '"a" ', '\ud800', 'é'];
  const before = ['', 'sip:a@b', '"', 'sip:a;', 'Digest ', 'm=audio ', 'SIP;a='];

  // A reply hashes what it copies, character by character: that is slow under Jest, and never runs away.
  const { reply: _, ...searching } = ofMessages;

  it.each(Object.entries({ ...ofValues, ...searching }))('%s is not slowed down by repetition', (name, parse) => {
    for (const piece of repeated)
      for (const head of before) {
        const text = head + piece.repeat(Math.ceil(60_000 / piece.length));
        expectFast(parse, name in ofValues ? text : `INVITE sip:a@b SIP/2.0\r\nVia: ${text}\r\nFrom: ${text}\r\n\r\n`);
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
