import { URI } from './sipjs.js';
import { parseSipUri } from './sip-uri.js';
import { instanceUuid } from '../wire/instance.js';
import type { SipOptions } from './options.js';

/** Our identity on the wire. It is fixed for the adapter's lifetime, because dialogs and bindings depend on it. */
export type Account = {
  readonly aor: URI;
  /** The registrar is the host of the address of record. RFC 3261 §10.2. */
  readonly registrar: URI;
  readonly realm: string;
  /** A random `.invalid` host for Via and Contact, which no one resolves. RFC 7118 §5. */
  readonly host: string;
  readonly contact: Contact;
  readonly instance: string;
  /** The name in From, escaped. */
  readonly displayName: string;
  readonly userAgent: string;
  /** False when characters had to be removed from the configured names; then no request is sent. */
  readonly isSound: boolean;
};

/** Our Contact; the public GRUU once a REGISTER has given one. RFC 5627. */
type Contact = {
  readonly uri: URI;
  pubGruu: URI | undefined;
  readonly tempGruu: undefined;
  toString(): string;
};

function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '');
}

function randomHost(): string {
  return `${Array.from({ length: 12 }, () => Math.floor(Math.random() * 36).toString(36)).join('')}.invalid`;
}

/** The address of record. Throws when it is none: that is a mistake of the programmer. */
export function parseAor(text: string): URI {
  const uri = /\p{Cc}/u.test(text) ? undefined : parseSipUri(text);
  if (uri?.scheme !== 'sip' || uri.user === undefined || uri.user === '') {
    throw new TypeError('`aor` is an address such as sip:alice@example.com.');
  }
  return uri;
}

/** RFC 3261 §25.1, quoted-string; a control character would begin another header. */
function escaped(text: string): string {
  return printable(text).replace(/[\\"]/g, '\\$&');
}

export function createAccount(
  { aor: text, displayName = '', userAgent = 'callstream', instanceId }: SipOptions,
  client: object,
): Account {
  const aor = parseAor(text);
  const host = randomHost();
  const user = aor.user ?? '';
  const contact: Contact = {
    uri: new URI('sip', user, host, undefined, { transport: 'ws' }),
    pubGruu: undefined,
    tempGruu: undefined,
    toString: () => `<${(contact.pubGruu ?? contact.uri).toString()}>`,
  };
  return {
    aor,
    registrar: new URI('sip', '', aor.host, aor.port),
    realm: aor.port === undefined ? aor.host : `${aor.host}:${aor.port}`,
    host,
    contact,
    instance: escaped(instanceId ?? instanceUuid(client)),
    displayName: escaped(displayName),
    userAgent: printable(userAgent),
    isSound:
      printable(`${displayName}${userAgent}${instanceId ?? ''}`) === `${displayName}${userAgent}${instanceId ?? ''}`,
  };
}
