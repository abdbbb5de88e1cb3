import type { Identity } from '../call/model.js';
import { compact } from '../core/compact.js';
import { originalUri, parseAddress, type Address } from './address.js';
import { headerValue, headerValues, parameter, type SipMessage } from './message.js';
import type { IncomingMessage } from './sipjs.js';
import type { SipContext, SipCall } from './context.js';
import { read } from './failure.js';

function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '');
}

/** Escapes that are no UTF-8 stay as they are. */
function decoded(text: string): string {
  try {
    return printable(decodeURIComponent(text));
  } catch {
    return printable(text);
  }
}

const number = /^\+?[\d*#A-D().-]+$/i;
function bare(text: string): string {
  return number.test(text) && /[\d*#]/.test(text) ? text.replace(/[().-]/g, '') : text;
}

type Party = { readonly user: string; readonly host: string; readonly phone: boolean };

function party(uri: string): Party | undefined {
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
}

function phoneNumber(of: Party): string {
  return of.user === '' ? of.host : of.phone ? bare(of.user) : of.user;
}

/** A parsed address with user, host, and whether it is a phone number. */
type Known = { readonly address: Address; readonly party: Party };

/** True for an anonymous host, user or display name. RFC 3323 §4.1.1.3, RFC 3325 §8. */
function isAnonymous({ address: { displayName = '' }, party: { user, host } }: Known): boolean {
  return host === 'anonymous.invalid' || [user, displayName].some(name => /^anonymous$/i.test(name));
}

const privacies: ReadonlySet<string> = new Set(['id', 'user', 'header']);
function isPrivate(message: SipMessage): boolean {
  return headerValues(message, 'privacy').some(value =>
    value.split(/[\s;,]+/).some(word => privacies.has(word.toLowerCase())),
  );
}

function known(values: readonly string[]): readonly Known[] {
  return values.flatMap(value => {
    const address = parseAddress(value);
    const found = address && party(address.uri);
    return address === undefined || found === undefined ? [] : [{ address, party: found }];
  });
}

function identity({ address: { displayName }, party: of }: Known, anonymous: boolean): Identity {
  return {
    phoneNumber: phoneNumber(of),
    ...compact({ displayName }),
    anonymous,
  };
}

/** Both values of the header name one party: the number is that of a `tel:`, the name is from whichever has one. RFC 3325 §9.1. */
function asserted(message: SipMessage): Identity | undefined {
  const all = known(headerValues(message, 'p-asserted-identity'));
  const first = all.find(item => item.party.host === '') ?? all[0];
  if (first === undefined) return undefined;
  const displayName = all.map(item => item.address.displayName).find(name => name !== undefined);
  const { displayName: _, ...address } = first.address;
  const named = { ...first, address: { ...address, ...compact({ displayName }) } };
  return identity(named, isPrivate(message) || isAnonymous(first));
}

/** The `party` parameter of Remote-Party-ID: the caller or the callee. */
export type Side = 'calling' | 'called';

/**
 * The identity in Remote-Party-ID for this side. With `others: 'taken'` a single value of the other side counts too, because
 * switches disagree about the sides. draft-ietf-sip-privacy-04 §5.
 */
function remoteParty(message: SipMessage, side: Side, others: 'taken' | 'ignored'): Identity | undefined {
  const all = known(headerValues(message, 'remote-party-id'));
  const own = all.find(item => (parameter(item.address.parameters, 'party') ?? side).toLowerCase() === side);
  const found = own ?? (others === 'taken' && all.length === 1 ? all[0] : undefined);
  if (found === undefined) return undefined;
  const hides = /^(?:full|uri|name)\b/i.test(parameter(found.address.parameters, 'privacy') ?? '');
  return identity(found, hides || isPrivate(message) || isAnonymous(found));
}

/**
 * The identity that the network asserts in a response, a re-INVITE or an UPDATE; `undefined` when it asserts none. From is not
 * read: within a dialog it does not change. P-Asserted-Identity precedes Remote-Party-ID. RFC 3325 §9.1.
 */
export function assertedIdentity(message: SipMessage, side: Side): Identity | undefined {
  return asserted(message) ?? remoteParty(message, side, 'taken');
}

/**
 * Sender of a request: the asserted identity, else From. Total: without either the number is empty.
 *
 * `phoneNumber` is the number of a `tel:` URI without its visual separators, the user of a SIP URI, or its host when it
 * has no user. `anonymous` asks the application to show neither; the number is kept for routing.
 *
 * A display name of From is used with an asserted number only if From has the same number; otherwise a caller could
 * show any name.
 */
export function identityOf(message: SipMessage): Identity {
  const [from] = known([headerValue(message, 'from') ?? '']);
  const hidden = isPrivate(message) || (from !== undefined && isAnonymous(from));
  const own = from && identity(from, hidden);
  const told = asserted(message) ?? remoteParty(message, 'calling', 'ignored');
  if (told === undefined) return own ?? { phoneNumber: '', anonymous: hidden };
  const same = own?.phoneNumber === told.phoneNumber ? own : {};
  return { ...same, ...told, anonymous: told.anonymous || hidden };
}

function same(a: Identity | undefined, b: Identity): boolean {
  return a?.phoneNumber === b.phoneNumber && a.displayName === b.displayName && a.anonymous === b.anonymous;
}

/** Identity of the far side as the network asserts it, where it has changed. RFC 3325 §9.1. */
export function updateIdentity(call: SipCall, message: IncomingMessage): Identity | undefined {
  const identity = assertedIdentity(read(message), call.ref === undefined ? 'calling' : 'called');
  if (identity === undefined || same(call.identity, identity)) return undefined;
  call.identity = identity;
  return identity;
}

/** Reports a far side that has changed within the call. */
export function reportIdentity(agent: SipContext, call: SipCall, message: IncomingMessage): void {
  const identity = updateIdentity(call, message);
  if (identity !== undefined) agent.report({ _tag: 'identified', call: call.id, identity });
}
