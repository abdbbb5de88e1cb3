import type { SipMessage } from './message.js';
import { token } from './reply.js';
import type { User } from './users.js';

/** One party that speaks SIP with the server: a client's socket, or the program behind the test numbers. */
export interface Peer {
  readonly id: string;
  /** A program is ours: what it says goes on as it is, and it needs no password. */
  readonly kind: 'socket' | 'program';
  /** Whom its requests claim to come from. Only holds and faults go by it. */
  label: string | undefined;
  /** Who has proved their password over it. */
  user: User | undefined;
  /** False once the socket is gone, for good. */
  open: boolean;
  readonly send: (message: SipMessage) => void;
}

/**
 * A party within the server. It never answers within the call that asks: the proxy would hear the answer before it has
 * noted the question.
 */
export function programPeer(hear: (message: SipMessage) => void): Peer {
  return {
    id: token(),
    kind: 'program',
    label: undefined,
    user: undefined,
    open: true,
    send: message => {
      queueMicrotask(() => {
        hear(message);
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

/** Whether a host stands for a socket, and for nothing else. */
export function isSocketHost(host: string): boolean {
  return host.endsWith('.invalid');
}

/** Nobody has spoken yet. */
export function createSpeakers(): Speakers {
  const byHost = new Map<string, Peer>();
  return {
    note: (host, peer) => {
      // The program's own host can't be taken over by a client that claims it.
      if (isSocketHost(host) && byHost.get(host)?.kind !== 'program') byHost.set(host, peer);
    },
    of: host => byHost.get(host),
    forget: peer => {
      for (const [host, speaker] of byHost) if (speaker === peer) byHost.delete(host);
    },
  };
}
