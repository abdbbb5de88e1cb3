import { type IncomingResponseMessage, type OutgoingRequestMessage } from './sipjs.js';
import { parseSipUri } from './sip-uri.js';
import { left, right } from '../core/either.js';
import type { Registered } from '../line/port.js';
import type { Account } from './account.js';
import type { SipContext, Settle } from './context.js';
import { parseAddress } from './address.js';

import { failureOf, isLocal, read } from './failure.js';
import { ALLOW } from './gate.js';
import { plainAddress } from './rewrite.js';
import { headerValue, headerValues, type SipMessage } from './message.js';

/** REGISTER, unregister and OPTIONS: each order sends one request, and one more after a challenge. */
export type Registration = {
  register(expires: number, settle: Settle<Registered>): void;
  unregister(settle: Settle<undefined>): void;
  /** Sends OPTIONS. Any response proves that the registrar lives; a timeout or a failed send does not. RFC 3261 §11. */
  probe(settle: Settle<undefined>): void;
};

function seconds(text: string | null | undefined): number | undefined {
  return text != null && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** The parameters of our own binding among those that the registrar lists. */
function binding(message: SipMessage, { host }: Account): string {
  return (
    headerValues(message, 'contact')
      .map(parseAddress)
      .find(address => address?.uri.toLowerCase().includes(`@${host}`))?.parameters ?? ''
  );
}

/** The Contact's own lifetime, else Expires, else what was asked. RFC 3261 §10.2.4. */
function granted(message: SipMessage, parameters: string, asked: number): number {
  return (
    seconds(/;\s*expires\s*=\s*"?(\d+)/i.exec(parameters)?.[1]) ?? seconds(headerValue(message, 'expires')) ?? asked
  );
}

/** A public name for this very device, under which it can be reached from outside its dialogs. RFC 5627 §4.4. */
function publicName(parameters: string): string | undefined {
  return /;\s*pub-gruu\s*=\s*"([^"]+)"/i.exec(parameters)?.[1];
}

/** The Service-Route of the registrar becomes the Route of requests outside of dialogs. RFC 3608 §5. */
function serviceRoutes(message: SipMessage): readonly string[] {
  return headerValues(message, 'service-route').flatMap(value => plainAddress(value) ?? []);
}

export function createRegistration({ core, account, authenticator }: SipContext): Registration {
  // All REGISTERs of one end have one Call-ID and rising CSeqs: RFC 3261 §10.2.
  const { callId } = core.makeOutgoingRequestMessage('REGISTER', account.registrar, account.aor, account.aor, {});
  let last: OutgoingRequestMessage | undefined;

  const send = (expires: number, onAccept: (message: IncomingResponseMessage) => void, settle: Settle<never>): void => {
    const contact = account.contact.uri.toString();
    const message = core.makeOutgoingRequestMessage(
      'REGISTER',
      account.registrar,
      account.aor,
      account.aor,
      // The CSeq includes authentication retries.
      { callId, cseq: (last?.cseq ?? 0) + 1, optionTags: ['path', 'gruu'] },
      [
        `Contact: <${contact}>;+sip.instance="<urn:uuid:${account.instance}>";reg-id=1;expires=${expires}`,
        `Expires: ${expires}`,
        `Allow: ${ALLOW}`,
      ],
    );
    const onReject = ({ message: response }: { readonly message: IncomingResponseMessage }): void => {
      settle(left(failureOf(response)));
    };
    last = message;
    // Unregister carries credentials: a page that is closing cannot answer a 401.
    if (expires === 0) authenticator.sign(message);
    core.register(message, {
      onAccept: ({ message: response }) => {
        onAccept(response);
      },
      onRedirect: onReject,
      onReject,
    });
  };

  return {
    register: (expires, settle) => {
      const onAccept = (response: IncomingResponseMessage): void => {
        const message = read(response);
        const parameters = binding(message, account);
        const name = publicName(parameters);
        core.configuration.routeSet = [...serviceRoutes(message)];
        account.contact.pubGruu = name === undefined ? undefined : parseSipUri(name);
        settle(right({ expires: granted(message, parameters, expires) }));
      };
      send(expires, onAccept, settle);
    },

    unregister: settle => {
      send(
        0,
        () => {
          settle(right(undefined));
        },
        settle,
      );
    },

    probe: settle => {
      const message = core.makeOutgoingRequestMessage('OPTIONS', account.registrar, account.aor, account.aor, {});
      const alive = ({ message: response }: { readonly message: IncomingResponseMessage }): void => {
        settle(isLocal(response) ? left(failureOf(response)) : right(undefined));
      };
      core.request(message, { onAccept: alive, onRedirect: alive, onReject: alive });
    },
  };
}
