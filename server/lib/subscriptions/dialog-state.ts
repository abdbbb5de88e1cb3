/** The calls that pass, as each user sees their own part in them. RFC 4235 §3.7. */
import { parseAddress, parseUri, type Address } from '../sip/address.js';
import { voiceHost } from '../sip/dial-plan.js';
import type { Target } from '../sip/forking.js';
import { header, type SipMessage, type SipRequest, type SipResponse } from '../sip/message.js';
import type { Peer } from '../sip/peer.js';
import { toTag, token } from '../sip/response.js';
import type { User, Users } from '../users.js';
import { tagIn } from '../user-agent/user-agent.js';

/** One user's part in one call. */
export interface Part {
  readonly id: string;
  readonly user: User;
  readonly direction: 'initiator' | 'recipient';
  readonly state: 'trying' | 'early' | 'confirmed' | 'terminated';
  readonly callId: string;
  /** `''` until this side has one. */
  readonly localTag: string;
  readonly remoteTag: string;
  readonly remote: Pick<Address, 'uri' | 'display'>;
  /** Where this side is reached. */
  readonly contact: string;
  /** The phone of a recipient. */
  readonly peer: Peer | undefined;
}

/** Dialog state of all calls, as the proxy reports it. */
export interface Calls {
  /** Of a user, the oldest first, without those that are over. */
  readonly of: (user: User) => readonly Part[];
  /** An INVITE outside of dialogs goes out to these. */
  readonly begun: (request: SipRequest, caller: User | undefined, targets: readonly Target[]) => void;
  /** A response of a ringing phone. */
  readonly answered: (response: SipResponse, peer: Peer) => void;
  /** A request has got this response from the server, or through it. */
  readonly told: (request: SipRequest, response: SipResponse) => void;
  /** A BYE passes. */
  readonly ended: (request: SipRequest) => void;
  /** A socket has closed: its ringing parts end at once, its answered ones after a time. */
  readonly gone: (peer: Peer) => void;
}

/** Settings of the dialog state. */
export interface CallsSettings {
  readonly users: Users;
  /** Hears of each part that begins, changes or is over. */
  readonly changed: (part: Part) => void;
  /** True while a socket serves that address. */
  readonly isReachable: (uri: string) => boolean;
  /** Lifetime of a part whose phone is unreachable, in ms. */
  readonly patience: number;
}

/** There are no calls yet. */
export function createCalls({ users, changed, isReachable, patience }: CallsSettings): Calls {
  let all: readonly Part[] = [];

  function enter(part: Part): void {
    all = [...all, part];
    changed(part);
  }

  /** Changes those that fit and are not so already. */
  function change(fits: (part: Part) => boolean, into: Partial<Part>): void {
    for (const part of all.filter(fits)) {
      const next = { ...part, ...into };
      if (next.state === part.state && next.remoteTag === part.remoteTag && next.localTag === part.localTag) continue;
      all = all.flatMap(one => (one !== part ? [one] : next.state === 'terminated' ? [] : [next]));
      changed(next);
    }
  }

  const end = (fits: (part: Part) => boolean): void => {
    change(fits, { state: 'terminated' });
  };

  /** Whose phone that is. */
  function ownerOf({ peer, uri }: Target): User | undefined {
    const parsed = parseUri(uri);
    return parsed?.host === voiceHost ? users.find(parsed.user ?? '') : peer.user;
  }

  function begun(request: SipRequest, caller: User | undefined, targets: readonly Target[]): void {
    const shared = { callId: header(request, 'Call-ID') ?? '', state: 'trying' as const };
    const ours = tagIn(request, 'From');
    const callee = addressIn(request, 'To');
    const mine = {
      localTag: ours,
      remoteTag: '',
      remote: callee,
      contact: addressIn(request, 'Contact').uri,
      peer: undefined,
    };
    if (caller) enter({ id: token(), user: caller, direction: 'initiator', ...shared, ...mine });
    for (const target of targets) {
      const user = ownerOf(target);
      const remote = addressIn(request, 'P-Asserted-Identity', 'From');
      const theirs = { localTag: '', remoteTag: ours, remote, contact: target.uri, peer: target.peer };
      if (user) enter({ id: token(), user, direction: 'recipient', ...shared, ...theirs });
    }
  }

  function answered(response: SipResponse, peer: Peer): void {
    const of = sameCall(response);
    const fits = (part: Part): boolean => part.peer === peer && of(part) && part.state !== 'confirmed';
    if (response.status >= 300) end(fits);
    else if (tagIn(response, 'To') !== '') change(fits, { state: stateOf(response), localTag: tagIn(response, 'To') });
  }

  function told(request: SipRequest, response: SipResponse): void {
    if (toTag(request) !== undefined) {
      // A 481 ends the sender's dialog. RFC 3261 §12.2.1.2.
      if (response.status === 481) ended(request);
      return;
    }
    const of = sameCall(request);
    if (request.method !== 'INVITE' || response.status <= 100) return;
    // Phones without an answer are being cancelled.
    if (response.status >= 200) end(part => of(part) && part.direction === 'recipient' && part.state !== 'confirmed');
    const mine = (part: Part): boolean => of(part) && part.direction === 'initiator' && part.state !== 'confirmed';
    if (response.status >= 300) end(mine);
    else if (tagIn(response, 'To') !== '') {
      const named = parseAddress(header(response, 'P-Asserted-Identity') ?? '');
      const remoteTag = tagIn(response, 'To');
      change(mine, { state: stateOf(response), remoteTag, ...(named ? { remote: named } : {}) });
    }
  }

  function ended(request: SipRequest): void {
    const callId = header(request, 'Call-ID');
    const tags = [tagIn(request, 'From'), tagIn(request, 'To')].sort().join(' ');
    end(part => part.callId === callId && [part.localTag, part.remoteTag].sort().join(' ') === tags);
  }

  return {
    of: user => all.filter(part => part.user === user),
    begun,
    answered,
    told,
    ended,
    gone: peer => {
      end(part => part.peer === peer && part.state !== 'confirmed');
      const lost = new Set(all.filter(part => !isReachable(part.contact)).map(({ id }) => id));
      if (lost.size === 0) return;
      setTimeout(() => {
        end(part => lost.has(part.id) && !isReachable(part.contact));
      }, patience).unref();
    },
  };
}

function stateOf({ status }: SipResponse): 'early' | 'confirmed' {
  return status < 200 ? 'early' : 'confirmed';
}

/** True for a part of the call of an INVITE or its response: same Call-ID and caller's tag. */
function sameCall(message: SipMessage): (part: Part) => boolean {
  const callId = header(message, 'Call-ID');
  const tag = tagIn(message, 'From');
  return part => part.callId === callId && (part.direction === 'initiator' ? part.localTag : part.remoteTag) === tag;
}

/** The first of these headers that can be read. */
function addressIn(request: SipRequest, ...names: readonly string[]): Part['remote'] {
  const found = names.map(name => parseAddress(header(request, name) ?? '')).find(address => address !== undefined);
  return found ?? { uri: 'sip:anonymous@anonymous.invalid' };
}
