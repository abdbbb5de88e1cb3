/** The server's proxy on real sockets, with its SIP side for server-side calls, and a service whose part the spec plays. */
import { listen } from '../../lib/http/listen.js';
import { parseMessage } from '../../lib/sip/message.js';
import { createSockets } from '../../lib/sip/sockets.js';
import { createSipServer } from '../../lib/sip/sip-server.js';
import { createUsers, credentialsOf } from '../../lib/users.js';
import type { SipCall, SipCallEvent, Ringing, ServiceSide } from '../../lib/voice/model.js';
import { phone, type Phone } from './phone.js';
import { growing } from './waiting.js';

type Kind = SipCallEvent['kind'];
type News<K extends Kind> = Extract<SipCallEvent, { readonly kind: K }>;

/** A call that the spec places as the service. */
export interface Placed {
  readonly across: SipCall;
  readonly told: readonly SipCallEvent[];
  /** The next news of this kind. */
  readonly next: <K extends Kind>(kind: K) => Promise<News<K>>;
}

/** What the SIP side does to a call that rings at the service. */
export type Deed =
  | { readonly kind: 'end'; readonly elsewhere?: boolean; readonly reason?: string }
  | { readonly kind: 'digit'; readonly digit: string }
  | {
      readonly kind: 'change';
      readonly offer: string;
      readonly accept: (sdp: string) => void;
      readonly refuse: () => void;
    };

/** A call that rings at the service. */
export interface Rung {
  readonly call: Ringing;
  readonly tell: (news: SipCallEvent) => void;
  readonly done: readonly Deed[];
  readonly next: <K extends Deed['kind']>(kind: K) => Promise<Extract<Deed, { readonly kind: K }>>;
}

export interface Exchange {
  readonly realm: string;
  /** A registered phone. */
  readonly at: (name: string) => Promise<Phone>;
  readonly place: (from: string, to: string, offer?: string) => Placed;
  /** Gives a user a session at the service. */
  readonly signIn: (name: string) => void;
  /** The next call that rings there. */
  readonly rung: () => Promise<Rung>;
  /** Ends the SIP side's calls as a server that closes does. */
  readonly shut: () => void;
}

const realm = 'callstream.test';

async function open(): Promise<Exchange & { readonly close: () => void }> {
  const { port, servers } = await listen(0, () => undefined);
  const users = createUsers();
  const signedIn = new Set<string>();
  const calls = growing<Rung>(({ call }) => `${call.from.user} to ${call.to}`);
  const phones = new Set<Phone>();
  const service: ServiceSide = {
    isSignedIn: user => signedIn.has(user),
    devices: user => (signedIn.has(user) ? [undefined] : []),
    ring: (call, hear) => {
      const deeds = growing<Deed>(({ kind }) => kind);
      calls.push({
        call,
        tell: hear,
        done: deeds.all,
        next: async <K extends Deed['kind']>(kind: K) =>
          (await deeds.next(deed => deed.kind === kind)) as Extract<Deed, { readonly kind: K }>,
      });
      return {
        end: (why = {}) => {
          deeds.push({ kind: 'end', ...why });
        },
        digit: digit => {
          deeds.push({ kind: 'digit', digit });
        },
        change: offer =>
          new Promise((accept, reject) => {
            const refuse = (): void => {
              reject(new Error('refused'));
            };
            deeds.push({ kind: 'change', offer, accept, refuse });
          }),
      };
    },
  };
  const sipServer = createSipServer({
    options: {},
    hotlines: [{ name: 'Sales', phoneNumber: '19001000' }],
    users,
    realm,
    port,
    ordered: () => undefined,
    service: () => service,
    load: () => Promise.resolve(undefined),
    log: () => undefined,
  });
  const sockets = createSockets(
    { frameBytes: 65_536, framesPerSecond: 1000 },
    {
      frame: (peer, text) => {
        const message = parseMessage(text);
        if (message) sipServer.receive(peer, message);
      },
      leaving: (_peer, _message, go) => {
        go();
      },
      closed: sipServer.gone,
    },
  );
  for (const server of servers) server.on('upgrade', sockets.upgrade);

  return {
    realm,
    at: async name => {
      const one = await phone(`ws://127.0.0.1:${port}`, credentialsOf(users.ensure(name)!, realm, '127.0.0.1', port));
      phones.add(one);
      const answer = await one.register();
      if (answer.status !== 200) throw new Error(`REGISTER got ${answer.status}`);
      return one;
    },
    place: (from, to, offer = 'offer') => {
      const news = growing<SipCallEvent>(({ kind }) => kind);
      const across = sipServer.sip.call(
        { from: { user: from, displayName: from.toUpperCase() }, to, offer },
        news.push,
      );
      return {
        across,
        told: news.all,
        next: async <K extends Kind>(kind: K) => (await news.next(one => one.kind === kind)) as News<K>,
      };
    },
    signIn: name => {
      users.ensure(name);
      signedIn.add(name);
    },
    rung: () => calls.next(),
    shut: sipServer.closeSip,
    close: () => {
      sipServer.close();
      sipServer.closeSip();
      for (const one of phones) one.socket.terminate();
      sockets.close();
      for (const server of servers) server.close();
    },
  };
}

/** An exchange for each spec of a file. */
export function exchange(): () => Exchange {
  let present: Awaited<ReturnType<typeof open>>;
  beforeEach(async () => {
    present = await open();
  });
  afterEach(() => {
    present.close();
  });
  return () => present;
}
