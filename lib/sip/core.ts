import { LoggerFactory, TransportError, type UserAgentCore, type UserAgentCoreDelegate } from './sipjs.js';
import type { Account } from './account.js';
import { restoreUris } from './address.js';
import type { Authenticator } from './authentication.js';
import { Core, withTag } from './sipjs-internals.js';
import { ALLOW } from './gate.js';
import { asReceived } from './rfc2543.js';
import { random } from './digest.js';

/** Sends a frame; false where there is no open socket. */
export type Send = (text: string) => boolean;

/** The extensions that are understood, and so may be required. RFC 3891, RFC 4028. */
export const SUPPORTED: readonly string[] = ['replaces', 'timer'];

export type CoreOptions = {
  readonly account: Account;
  readonly authenticator: Authenticator;
  readonly secure: boolean;
  readonly send: Send;
};

/** Nothing of sip.js is logged: its messages quote whole frames. */
function silence(): LoggerFactory {
  const factory = new LoggerFactory();
  factory.builtinEnabled = false;
  return factory;
}

/**
 * Rewrites a message of sip.js for the wire: sip.js announces every method that it can parse, an empty Supported, repeated
 * branches, and the tags and URIs that the gate substituted.
 */
function asSent(text: string): string {
  const end = text.indexOf('\r\n\r\n');
  const head = asReceived(withTag(text.slice(0, end)))
    .replace(/^Allow: .*$/m, `Allow: ${ALLOW}`)
    .replace(/^Supported: \r\n/m, '');
  return restoreUris(head + text.slice(end));
}

/**
 * sip.js's transactions and dialogs, and nothing above them. One for the life of the adapter: Via, Contact and dialogs
 * must outlive a socket. A request that cannot be sent ends its transaction with a local 503.
 */
export function createCore(options: CoreOptions, delegate: UserAgentCoreDelegate): UserAgentCore {
  const { account, authenticator, secure, send } = options;
  const loggerFactory = silence();
  const transport = {
    protocol: secure ? 'WSS' : 'WS',
    send: (text: string): Promise<void> =>
      send(asSent(text)) ? Promise.resolve() : Promise.reject(new TransportError('The socket is not open.')),
  };
  return new Core(
    {
      aor: account.aor,
      contact: account.contact,
      displayName: account.displayName,
      loggerFactory,
      hackViaTcp: false,
      routeSet: [],
      sipjsId: random(),
      supportedOptionTags: [...SUPPORTED],
      supportedOptionTagsResponse: [...SUPPORTED],
      userAgentHeaderFieldValue: account.userAgent,
      viaForceRport: false,
      viaHost: account.host,
      authenticationFactory: authenticator.create,
      transportAccessor: () => transport,
    },
    delegate,
  );
}
