import type { Reason } from '../call/cause.js';
import { headerValue, headerValues, splitOutside, type SipMessage } from './message.js';
import { redact } from '../core/fault.js';

const protocols: ReadonlyMap<string, Reason['protocol']> = new Map([
  ['sip', 'SIP'],
  ['q.850', 'Q.850'],
]);

const printable = (text: string): string => text.replace(/\p{Cc}/gu, '');
/** Words for a person, in which a server may have quoted what it was told. */
const unquoted = (text: string): string =>
  redact(printable(/^".*"$/s.test(text) ? text.slice(1, -1).replace(/\\(.)/gs, '$1') : text));

const parameters = (parts: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    parts.flatMap((part): readonly (readonly [string, string])[] => {
      const [, name, value] = /^([^\s=]+)\s*=\s*(.*)$/s.exec(part) ?? [];
      return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value]];
    }),
  );

const reason = (value: string): readonly Reason[] => {
  const [name = '', ...rest] = splitOutside(value, ';');
  const protocol = protocols.get(name.toLowerCase());
  const found = parameters(rest);
  const cause = found.get('cause') ?? '';
  const text = found.get('text');
  if (protocol === undefined || !/^\d{1,3}$/.test(cause)) return [];
  return [{ protocol, cause: Number(cause), ...(text === undefined ? {} : { text: unquoted(text) }) }];
};

/**
 * Why a CANCEL, BYE or response was sent, every value in order.
 *
 * Protocols other than SIP and Q.850 and values without a cause of one to three digits are left out. RFC 3326, RFC 6432.
 */
export const reasons = (message: SipMessage): readonly Reason[] => headerValues(message, 'reason').flatMap(reason);

/**
 * The first words for a person: those of a Reason, whether or not it names a cause, as RFC 3326 §2 asks for none; else
 * those of a Warning. RFC 3261 §20.43.
 */
export const wordsOf = (message: SipMessage): string | undefined =>
  [
    ...headerValues(message, 'reason').map(value => parameters(splitOutside(value, ';').slice(1)).get('text')),
    ...headerValues(message, 'warning').map(value => /^\d{3}\s+\S+\s+(".*")$/s.exec(value)?.[1]),
  ]
    .map((text = '') => unquoted(text))
    .find(text => text !== '');

/**
 * After how many seconds to try again, or `undefined` when the message does not say. A comment and parameters may
 * follow the number and are not read. RFC 3261 §20.33.
 */
export const retryAfter = (message: SipMessage): number | undefined => {
  const [, seconds] = /^(\d{1,10})\s*(?:[(;].*)?$/s.exec(headerValue(message, 'retry-after') ?? '') ?? [];
  return seconds === undefined ? undefined : Number(seconds);
};
