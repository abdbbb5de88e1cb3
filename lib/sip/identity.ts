import type { Identity } from '../call/model.js';
import { originalUri, parseAddress, type Address } from './address.js';
import { headerValue, headerValues, type SipMessage } from './message.js';

const printable = (text: string): string => text.replace(/\p{Cc}/gu, '');

/** Escapes that are no UTF-8 stay as they are. */
const decoded = (text: string): string => {
  try {
    return printable(decodeURIComponent(text));
  } catch {
    return printable(text);
  }
};

const number = /^\+?[\d*#A-D().-]+$/i;
const bare = (text: string): string => (number.test(text) && /[\d*#]/.test(text) ? text.replace(/[().-]/g, '') : text);

type Party = { readonly user: string; readonly host: string; readonly phone: boolean };

const party = (uri: string): Party | undefined => {
  const original = originalUri(uri);
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(original) ?? [];
  if (scheme.toLowerCase() === 'tel') return { user: decoded(rest.split(';')[0] ?? ''), host: '', phone: true };
  if (!/^sips?$/i.test(scheme)) return undefined;
  const at = rest.lastIndexOf('@');
  const place = rest.slice(at + 1);
  // A password and telephone parameters are no part of the name (RFC 3261 §19.1.1, §19.1.6).
  const user = at === -1 ? '' : (/^[^:;]*/.exec(rest.slice(0, at))?.[0] ?? '');
  return {
    user: decoded(user),
    host: printable(/^(?:\[[^\]]*\]|[^:;?]*)/.exec(place)?.[0] ?? '').toLowerCase(),
    phone: /;user=phone(?:[;?]|$)/i.test(place),
  };
};

const phoneNumber = (of: Party): string => (of.user === '' ? of.host : of.phone ? bare(of.user) : of.user);
const isAnonymous = (of: Party): boolean => of.host === 'anonymous.invalid';

const privacies: ReadonlySet<string> = new Set(['id', 'user', 'header']);
const isPrivate = (message: SipMessage): boolean =>
  headerValues(message, 'privacy').some(value =>
    value.split(/[\s;,]+/).some(word => privacies.has(word.toLowerCase())),
  );

const parties = (values: readonly string[]): readonly { readonly address: Address; readonly party: Party }[] =>
  values.flatMap(value => {
    const address = parseAddress(value);
    const found = address && party(address.uri);
    return address === undefined || found === undefined ? [] : [{ address, party: found }];
  });

/**
 * What the network asserts, or `undefined` when it asserts nothing: for a response, a re-INVITE or an UPDATE, where From
 * says nothing new. The number is that of the `tel:` value if there is one, the name is from whichever has one.
 * RFC 3325 §9.1.
 */
export const assertedIdentity = (message: SipMessage): Identity | undefined => {
  const asserted = parties(headerValues(message, 'p-asserted-identity'));
  const first = asserted.find(item => item.party.host === '') ?? asserted[0];
  if (first === undefined) return undefined;
  const displayName = asserted.map(item => item.address.displayName).find(name => name !== undefined);
  return {
    phoneNumber: phoneNumber(first.party),
    ...(displayName === undefined ? {} : { displayName }),
    anonymous: isPrivate(message) || isAnonymous(first.party),
  };
};

/**
 * Who sent a request: the asserted identity, else From. Total: without either the number is empty.
 *
 * `phoneNumber` is the number of a `tel:` URI without its visual separators, the user of a SIP URI, or its host when it
 * has no user. `anonymous` asks to show neither to the person; the number stays for those who may use it.
 *
 * A name that stands in From alone is taken along with an asserted number only if From has the same number; else the
 * caller could lend himself any name.
 */
export const identityOf = (message: SipMessage): Identity => {
  const [from] = parties([headerValue(message, 'from') ?? '']);
  const hidden = isPrivate(message) || (from !== undefined && isAnonymous(from.party));
  const own: Identity | undefined = from && {
    phoneNumber: phoneNumber(from.party),
    ...(from.address.displayName === undefined ? {} : { displayName: from.address.displayName }),
    anonymous: hidden,
  };
  const asserted = assertedIdentity(message);
  if (asserted === undefined) return own ?? { phoneNumber: '', anonymous: hidden };
  const same = own?.phoneNumber === asserted.phoneNumber ? own : {};
  return { ...same, ...asserted, anonymous: asserted.anonymous || hidden };
};
