import type { SipMessage } from './message.js';
import { token } from './response.js';
import type { User } from '../users.js';

/** One party that speaks SIP with the server: a client's socket, or a user agent inside the server. */
export interface Peer {
  readonly id: string;
  /** A local user agent is trusted: it needs no password, and its assertions are forwarded. */
  readonly kind: 'socket' | 'local';
  /** Whom its requests claim to come from. Only holds and faults go by it. */
  label: string | undefined;
  /** The authenticated user. */
  user: User | undefined;
  /** False once the socket is gone, for good. */
  open: boolean;
  readonly send: (message: SipMessage) => void;
}

/** A user agent inside the server. It receives each message asynchronously, as from a socket. */
export function localPeer(receive: (message: SipMessage) => void): Peer {
  return {
    id: token(),
    kind: 'local',
    label: undefined,
    user: undefined,
    open: true,
    send: message => {
      queueMicrotask(() => {
        receive(message);
      });
    },
  };
}

/** Which peer spoke last for a host that no DNS knows. RFC 7118 §5 has clients put `.invalid` into Via and Contact. */
export interface Speakers {
  readonly note: (host: string, peer: Peer) => void;
  readonly of: (host: string) => Peer | undefined;
  readonly forget: (peer: Peer) => void;
}

/** True for a host that stands for a socket. */
export function isSocketHost(host: string): boolean {
  return host.endsWith('.invalid');
}

/** An empty table. */
export function createSpeakers(): Speakers {
  const byHost = new Map<string, Peer>();
  return {
    note: (host, peer) => {
      // A client cannot take over the host of a local user agent.
      if (isSocketHost(host) && byHost.get(host)?.kind !== 'local') byHost.set(host, peer);
    },
    of: host => byHost.get(host),
    forget: peer => {
      for (const [host, speaker] of byHost) if (speaker === peer) byHost.delete(host);
    },
  };
}
