/** The SIP half of the server: the proxy and the user agents behind it. */
import { notifierHost, testNumberHost, voiceHost, type Hotline } from './dial-plan.js';
import { createDigest } from './digest.js';
import type { ServerOptions } from '../devserver.js';
import { parseUri } from './address.js';
import type { SipMessage } from './message.js';
import { createSpeakers, type Peer } from './peer.js';
import { createTestNumberAgent } from '../test-numbers/test-number-agent.js';
import { createProxy, type Proxy } from './proxy.js';
import { createRegistrar, type Registrar } from './registrar.js';
import type { Traffic } from './traffic.js';
import type { User, Users } from '../users.js';
import type { OpenAnchor, ServiceSide, SipSide } from '../voice/model.js';
import { createSipGateway } from '../voice/sip-gateway.js';
import { createCalls } from '../subscriptions/dialog-state.js';
import type { Messages } from '../subscriptions/documents.js';
import { createNotifier } from '../subscriptions/notifier.js';

/** Settings of the SIP half. */
export interface SipServerSettings {
  readonly options: Pick<ServerOptions, 'nonceLifetime' | 'lifetimes' | 'answerTimeout'>;
  readonly hotlines: readonly Hotline[];
  readonly users: Users;
  readonly realm: string;
  readonly port: number;
  readonly ordered: Traffic['ordered'];
  /** Called for each call. */
  readonly service: () => ServiceSide;
  /** Loads WebRTC for the test numbers. */
  readonly load: () => Promise<OpenAnchor | undefined>;
  readonly log: (line: string) => void;
}

/** The SIP half. */
export interface SipServer {
  readonly receive: (peer: Peer, message: SipMessage) => void;
  readonly gone: (peer: Peer) => void;
  readonly registrar: Registrar;
  /** Calls of the service's users to SIP. */
  readonly sip: SipSide;
  /** Sets the message counts of a user's mailbox. */
  readonly mailbox: (user: User, messages: Messages) => void;
  /** Makes all digest nonces stale. */
  readonly expireNonces: () => void;
  /** Ends the calls of the test numbers and all subscriptions. */
  readonly close: () => void;
  /** Ends the calls of the service's users. */
  readonly closeSip: () => void;
}

/** A SIP server without registrations. */
export function createSipServer(settings: SipServerSettings): SipServer {
  const { options, hotlines, users, realm, port, log } = settings;
  const lifetimes = { min: 60, usual: 600, max: 3600, ...options.lifetimes };
  const speakers = createSpeakers();
  const registrar = createRegistrar(lifetimes);
  const digest = createDigest(realm, users, options.nonceLifetime ?? 300_000);
  const isReachable = (uri: string): boolean =>
    (speakers.of(parseUri(uri)?.host ?? '') ?? registrar.at(uri)) !== undefined;
  const calls = createCalls({
    users,
    isReachable,
    patience: 60_000,
    changed: part => {
      notifier.changed(part);
    },
  });
  const toProxy = (from: Peer, message: SipMessage): void => {
    proxy.receive(from, message);
  };
  const testNumbers = createTestNumberAgent({ host: testNumberHost, realm, toProxy, load: settings.load, log });
  const gateway = createSipGateway({
    host: voiceHost,
    realm,
    users,
    toProxy,
    service: settings.service,
    contactsOf: user => registrar.bindings(user).flatMap(({ instance }) => instance ?? []),
  });
  const notifier = createNotifier({
    host: notifierHost,
    realm,
    users,
    lifetimes,
    toProxy,
    partsOf: calls.of,
    isReachable,
  });
  // No client can take over these hosts.
  for (const [host, { peer }] of [
    [testNumberHost, testNumbers],
    [voiceHost, gateway],
    [notifierHost, notifier],
  ] as const) {
    speakers.note(host, peer);
  }
  const proxy: Proxy = createProxy({
    directory: {
      users,
      registrar,
      speakers,
      hotlines,
      hosts: new Set([realm, 'localhost', '127.0.0.1', '[::1]']),
      testNumbers: testNumbers.peer,
      notifier: notifier.peer,
      voice: { peer: gateway.peer, devices: name => settings.service().devices(name) },
    },
    digest,
    calls,
    realm,
    port,
    timerC: options.answerTimeout ?? 180_000,
    ordered: settings.ordered,
  });

  return {
    receive: proxy.receive,
    gone: peer => {
      proxy.gone(peer);
      notifier.gone();
    },
    registrar,
    sip: gateway.side,
    mailbox: notifier.mailbox,
    expireNonces: digest.expire,
    close: () => {
      testNumbers.close();
      notifier.close();
    },
    closeSip: gateway.close,
  };
}
