/** The targets of a Request-URI. */
import { parseUri } from './address.js';
import type { Target } from './forking.js';
import { isSocketHost, type Peer, type Speakers } from './peer.js';
import type { Binding, Registrar } from './registrar.js';
import { parseTestNumber } from '../test-numbers/test-numbers.js';
import type { User, Users } from '../users.js';

/** A number that stands for the whole house. */
export interface Hotline {
  readonly name: string;
  readonly phoneNumber: string;
}

/** Whom to ring, or what to say instead. */
export type DialResult =
  | {
      readonly kind: 'found';
      readonly targets: readonly Target[];
      /** The hotline that the caller wants to be seen as. */
      readonly as?: Hotline;
      /** True when the caller may know who answers. */
      readonly named: boolean;
    }
  | { readonly kind: 'refused'; readonly status: number; readonly reason?: string };

/** Users, registrations and local user agents. */
export interface Directory {
  readonly users: Users;
  readonly registrar: Registrar;
  readonly speakers: Speakers;
  readonly hotlines: readonly Hotline[];
  /** The hosts that mean this server. */
  readonly hosts: ReadonlySet<string>;
  readonly testNumbers: Peer;
  /** Answers SUBSCRIBE for users. */
  readonly notifier: Peer;
  readonly voice: Voice;
}

/** The user agent of the users who are logged in at the service. */
interface Voice {
  readonly peer: Peer;
  /** The devices of a user's open sessions; `undefined` of one that does not say which it is. */
  readonly devices: (name: string) => readonly (string | undefined)[];
}

/** Caller and kind of a request. */
export interface DialContext {
  readonly caller: User | Hotline;
  /** The call comes from the service, which rings the sessions by itself. */
  readonly fromService: boolean;
  /** SUBSCRIBE: not the user's phones are asked but the server, which sees all of them. */
  readonly watching: boolean;
}

/** Where a request outside a dialog goes. */
export function dial(directory: Directory, uri: string, asking: DialContext): DialResult {
  const { registrar, speakers, hosts } = directory;
  const parsed = parseUri(uri);
  if (!parsed) return { kind: 'refused', status: 416 };
  const bound = registrar.at(uri);
  if (bound) return found([bound]);
  if (isSocketHost(parsed.host)) {
    const speaker = speakers.of(parsed.host);
    return speaker ? { kind: 'found', targets: [{ peer: speaker, uri }], named: true } : refused(480);
  }
  if (!hosts.has(parsed.host)) return refused(404);
  return dialUser(directory, parsed.user ?? '', asking);
}

/** `number`, `extension*number` or `hotline*extension*number`: the last part is what is dialled. */
function dialUser(directory: Directory, user: string, asking: DialContext): DialResult {
  const parts = user.split('*');
  const number = parts.at(-1) ?? '';
  const through = parts.length === 3 ? (parts[0] ?? '') : '';
  if (number === '') return refused(484);
  if (through === '') return dialNumber(directory, number, asking);
  const as = directory.hotlines.find(hotline => hotline.phoneNumber === through);
  if (!as) return { kind: 'refused', status: 403, reason: 'No Such Hotline' };
  const result = dialNumber(directory, number, asking);
  return result.kind === 'found' ? { ...result, as } : result;
}

function dialNumber(directory: Directory, number: string, { caller, fromService, watching }: DialContext): DialResult {
  const { users, registrar, hotlines, testNumbers, notifier, voice } = directory;
  if (watching) {
    const watched = users.find(number);
    const uri = `sip:${watched?.name ?? ''}@${notifierHost}`;
    return watched ? { kind: 'found', targets: [{ peer: notifier, uri }], named: false } : refused(404);
  }
  if (parseTestNumber(number)) {
    const target = { peer: testNumbers, uri: `sip:${number.toLowerCase()}@${testNumberHost}` };
    return { kind: 'found', targets: [target], named: false };
  }
  if (hotlines.some(hotline => hotline.phoneNumber === number)) {
    const others = registrar.present().filter(binding => binding.user !== caller);
    return others.length > 0 ? { ...found(others), named: false } : refused(480);
  }
  const user = users.find(number);
  if (!user) return refused(404);
  const targets = ringing(registrar.bindings(user), voice, user, fromService);
  return targets.length > 0 ? { kind: 'found', targets, named: true } : refused(480);
}

/** Contacts and sessions of a user, each device once: it rings where the call comes from. RFC 5626 §4.1. */
function ringing(bindings: readonly Binding[], voice: Voice, user: User, fromService: boolean): readonly Target[] {
  const devices = voice.devices(user.name);
  const known = (instance: string | undefined, all: readonly (string | undefined)[]): boolean =>
    instance !== undefined && all.includes(instance);
  if (fromService) return found(bindings.filter(({ instance }) => !known(instance, devices))).targets;
  const contacts = bindings.map(({ instance }) => instance);
  const hasOther = devices.some(device => !known(device, contacts));
  return [...found(bindings).targets, ...(hasOther ? [sessionAt(voice, user)] : [])];
}

/** Host of the test numbers. */
export const testNumberHost = 'test-numbers.invalid';

/** The host of the service's side: another one of ours. */
export const voiceHost = 'voice.invalid';

/** Host of the notifier. */
export const notifierHost = 'notifier.invalid';

function sessionAt({ peer }: Voice, user: User): Target {
  return { peer, uri: `sip:${user.name}@${voiceHost}` };
}

function found(bindings: readonly Binding[]): DialResult & { kind: 'found' } {
  return { kind: 'found', targets: bindings.map(({ peer, uri }) => ({ peer, uri })), named: true };
}

function refused(status: number): DialResult {
  return { kind: 'refused', status };
}
