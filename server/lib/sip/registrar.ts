/** Which contacts a user can be reached at. RFC 3261 §10.3, RFC 5626 §6. */
import { parseAddress, type Address } from './address.js';
import { header, headerList, type Header, type SipRequest, type SipResponse } from './message.js';
import type { Peer } from './peer.js';
import { reply } from './response.js';
import type { User } from '../users.js';

/** One contact of one user, over one socket. */
export interface Binding {
  readonly user: User;
  readonly uri: string;
  /** `+sip.instance` with `reg-id`: the same device, whatever its contact. */
  readonly device: string | undefined;
  /** UUID of `+sip.instance`, which identifies the device. */
  readonly instance: string | undefined;
  readonly params: string;
  readonly peer: Peer;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** The location service of this server. */
export interface Registrar {
  /** Answers a REGISTER of an authenticated user. */
  readonly register: (request: SipRequest, user: User, peer: Peer) => SipResponse;
  /** Bindings of a user, the newest last. */
  readonly bindings: (user: User) => readonly Binding[];
  /** Bindings of all users. */
  readonly present: () => readonly Binding[];
  /** The binding with exactly this contact. */
  readonly at: (uri: string) => Binding | undefined;
  /** Ends what was registered over a socket that is gone. RFC 7118 §6. */
  readonly forget: (peer: Peer) => void;
}

/** Lifetimes in seconds. */
export interface Lifetimes {
  readonly min: number;
  readonly usual: number;
  readonly max: number;
}

interface Wish {
  readonly address: Address;
  readonly seconds: number;
}

/** Bindings in memory; they run out by themselves. */
export function createRegistrar(lifetimes: Lifetimes): Registrar {
  let all: readonly Binding[] = [];
  const alive = (): readonly Binding[] => {
    const now = Date.now();
    return all.filter(binding => binding.until > now && binding.peer.open);
  };

  function register(request: SipRequest, user: User, peer: Peer): SipResponse {
    const contacts = headerList(request, 'Contact');
    if (contacts.includes('*')) {
      if (contacts.length > 1 || header(request, 'Expires') !== '0') return reply(request, 400);
      all = alive().filter(binding => binding.user !== user);
      return accepted(request, user);
    }
    const wishes = contacts.map(contact => wishOf(contact, request, lifetimes));
    if (!wishes.every(wish => wish !== undefined)) return reply(request, 400);
    if (wishes.some(wish => wish.seconds > 0 && wish.seconds < lifetimes.min)) {
      return reply(request, 423, { headers: [{ name: 'Min-Expires', value: String(lifetimes.min) }] });
    }
    for (const wish of wishes) all = withWish(alive(), wish, user, peer);
    return accepted(request, user);
  }

  function accepted(request: SipRequest, user: User): SipResponse {
    const headers = bindings(user).map((binding): Header => {
      const left = Math.max(1, Math.round((binding.until - Date.now()) / 1000));
      return { name: 'Contact', value: `<${binding.uri}>${binding.params};expires=${left}` };
    });
    return reply(request, 200, { headers });
  }

  const bindings = (user: User): readonly Binding[] => alive().filter(binding => binding.user === user);

  return {
    register,
    bindings,
    present: alive,
    at: uri => alive().find(binding => sameUri(binding.uri, uri)),
    forget: peer => {
      all = alive().filter(binding => binding.peer !== peer);
    },
  };
}

function wishOf(contact: string, request: SipRequest, lifetimes: Lifetimes): Wish | undefined {
  const address = parseAddress(contact);
  if (!address) return undefined;
  const asked = Number(address.params.get('expires') ?? header(request, 'Expires') ?? lifetimes.usual);
  const seconds = Number.isInteger(asked) && asked >= 0 ? asked : lifetimes.usual;
  return { address, seconds: Math.min(seconds, lifetimes.max) };
}

function withWish(all: readonly Binding[], wish: Wish, user: User, peer: Peer): readonly Binding[] {
  const { uri, params } = wish.address;
  const instance = params.get('+sip.instance');
  const device = instance === undefined ? undefined : `${instance}#${params.get('reg-id') ?? ''}`;
  const others = all.filter(
    binding =>
      binding.user !== user || !(sameUri(binding.uri, uri) || (device !== undefined && binding.device === device)),
  );
  if (wish.seconds === 0) return others;
  const kept = ['+sip.instance', 'reg-id']
    .filter(name => params.has(name))
    .map(name => (name === 'reg-id' ? `;reg-id=${params.get(name) ?? ''}` : `;${name}="${params.get(name) ?? ''}"`));
  const until = Date.now() + wish.seconds * 1000;
  return [...others, { user, uri, device, instance: uuidOf(instance), params: kept.join(''), peer, until }];
}

/** `urn:uuid:…`, in brackets or not. RFC 5626 §4.1. */
function uuidOf(instance: string | undefined): string | undefined {
  return /^<?urn:uuid:([^>]+)>?$/i.exec(instance ?? '')?.[1]?.toLowerCase();
}

function sameUri(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
