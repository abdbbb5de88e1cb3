/** The SIP half of the server: the proxy, and the user agents that live behind it. */
import { notifierHost, programHost, voiceHost, type Hotline } from './dial.js';
import { createDigest } from './digest.js';
import type { ServerOptions } from './devserver.js';
import { parseUri } from './address.js';
import type { SipMessage } from './message.js';
import { createSpeakers, type Peer } from './peer.js';
import { createProgram } from './program.js';
import { createProxy, type Proxy } from './proxy.js';
import { createRegistrar, type Registrar } from './registrar.js';
import type { Traffic } from './traffic.js';
import type { User, Users } from './users.js';
import type { OpenAnchor, ServiceSide, SipSide } from './voice/model.js';
import { createSipSide } from './voice/sip.js';
import { createCalls } from './watch/calls.js';
import type { Messages } from './watch/documents.js';
import { createNotifier } from './watch/notifier.js';

/** What it is given. */
export interface SwitchboardSettings {
  readonly options: Pick<ServerOptions, 'nonceLifetime' | 'lifetimes' | 'answerTimeout'>;
  readonly hotlines: readonly Hotline[];
  readonly users: Users;
  readonly realm: string;
  readonly port: number;
  readonly ordered: Traffic['ordered'];
  /** Asked for each call. */
  readonly service: () => ServiceSide;
  /** Opens the media of the test numbers. */
  readonly load: () => Promise<OpenAnchor | undefined>;
  readonly log: (line: string) => void;
}

/** SIP in and out. */
export interface Switchboard {
  readonly receive: (peer: Peer, message: SipMessage) => void;
  readonly gone: (peer: Peer) => void;
  readonly registrar: Registrar;
  /** The calls of the service's users to SIP. */
  readonly sip: SipSide;
  /** Sets what waits in a user's mailbox. */
  readonly mailbox: (user: User, messages: Messages) => void;
  /** Makes every nonce given out so far stale. */
  readonly expireNonces: () => void;
  /** Ends the calls of the test numbers and all subscriptions. */
  readonly close: () => void;
  /** Ends the calls of the service's users. */
  readonly closeSip: () => void;
}

/** Everybody is there and nobody is registered. */
export function createSwitchboard(settings: SwitchboardSettings): Switchboard {
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
  const program = createProgram({
    host: programHost,
    realm,
    say: message => {
      proxy.receive(program.peer, message);
    },
    load: settings.load,
    log,
  });
  const sip = createSipSide({
    host: voiceHost,
    realm,
    users,
    say: message => {
      proxy.receive(sip.peer, message);
    },
    service: settings.service,
    contactsOf: user => registrar.bindings(user).flatMap(({ instance }) => instance ?? []),
  });
  const notifier = createNotifier({
    host: notifierHost,
    realm,
    users,
    lifetimes,
    say: message => {
      proxy.receive(notifier.peer, message);
    },
    partsOf: calls.of,
    isReachable,
  });
  // Nobody can speak for these from outside.
  for (const [host, { peer }] of [
    [programHost, program],
    [voiceHost, sip],
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
      program: program.peer,
      notifier: notifier.peer,
      voice: { peer: sip.peer, devices: name => settings.service().devices(name) },
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
    sip: sip.side,
    mailbox: notifier.mailbox,
    expireNonces: digest.expire,
    close: () => {
      program.close();
      notifier.close();
    },
    closeSip: sip.close,
  };
}
