/** From one leg to others: whoever answers first is connected, until they are gone. */
import { parseTestNumber } from '../test-numbers/test-numbers.js';
import { dropLeg } from './end-leg.js';
import type { Exchange } from './voice-context.js';
import type { Bond, End, Leg, Rung, Why } from './legs.js';
import { ringLeg, type Begin } from './ringing.js';
import { cancelled, refused, rungOut, tellingMost } from './end-reason.js';
import { bySip } from './ring-sip.js';
import { byNumber, byService, type Open } from './ring-targets.js';

/** A leg that can be rung. */
export interface Callee {
  readonly leg: Leg;
  readonly begins: readonly Begin[];
}

/** Everybody who is to be rung, in the owner's conversation. Nobody is rung yet. */
export async function calleesOf(
  exchange: Exchange,
  owner: Leg,
  bond: Bond,
  { to, from }: { readonly to: readonly string[]; readonly from?: string },
): Promise<Callee[]> {
  const caller: End = from === undefined ? owner.from : { type: 'phone', number: from };
  const open = await exchange.anchors();
  const found: Callee[] = [];
  for (const name of to) found.push(await calleeOf(exchange, owner, caller, name, open));
  for (const { leg } of found) {
    leg.conversation = owner.conversation;
    leg.bond = bond;
    bond.legs.add(leg);
  }
  return found;
}

async function calleeOf(
  exchange: Exchange,
  owner: Leg,
  from: End,
  name: string,
  openAnchor: Awaited<ReturnType<Exchange['anchors']>>,
): Promise<Callee> {
  const { legs, users, isSignedIn, hasContacts, house } = exchange;
  const facts = { direction: 'outbound', from } as const;
  const number = parseTestNumber(name);
  if (number) {
    const leg = legs.add({ ...facts, type: 'phone', to: { type: 'phone', number: name } });
    return { leg, begins: [byNumber(exchange, number)] };
  }
  const known = users.find(name);
  const own = known?.name === owner.user?.name;
  const user = known && !own && isSignedIn(known.name) ? await house.people.find(known.name) : undefined;
  const to: End = known ? { type: 'app', user: known.name } : endOf(name);
  const leg = legs.add({ ...facts, type: user ? 'app' : 'sip', to, ...(user ? { user } : {}) });
  if (!openAnchor) return { leg, begins: [] };
  const open =
    (towards: 'sip' | 'service'): Open =>
    lost =>
      openAnchor({ towards, lost });
  const call = { from: callerOf(exchange, from), to: known?.name ?? name };
  return {
    leg,
    begins: [
      ...(user ? [byService(exchange, open('service'))] : []),
      // Whoever is known and has no phone has only their sessions; whoever is not, SIP knows.
      ...(known && !hasContacts(known.name) ? [] : [bySip(exchange, open('sip'), call)]),
    ],
  };
}

function endOf(name: string): End {
  return /^sips?:/.test(name) ? { type: 'sip', uri: name } : { type: 'phone', number: name };
}

function callerOf({ users }: Exchange, from: End): { readonly user: string; readonly displayName?: string } {
  const user = from.user ?? from.number ?? '';
  const display = users.find(user)?.display;
  return display === undefined ? { user } : { user, displayName: display };
}

/** Rings them all. Resolves when whoever has answered is gone, or nobody has; with the reason. */
export async function connect(exchange: Exchange, callees: readonly Callee[], patience: number): Promise<Why> {
  let best: Why | undefined;
  const winner = await new Promise<Leg | undefined>(resolve => {
    let left = callees.length;
    const heard = (leg: Leg, rung: Rung): void => {
      left -= 1;
      if (rung === 'answered') resolve(leg);
      else best = tellingMost(best, rung);
      if (left === 0) resolve(undefined);
    };
    for (const { leg, begins } of callees) {
      void ringLeg(exchange, leg, begins, patience).then(rung => {
        heard(leg, rung);
      });
    }
  });
  if (!winner) return best === rungOut || !best ? refused(480) : best;
  for (const { leg } of callees) if (leg !== winner) dropLeg(exchange, leg, cancelled);
  return goneOf(winner);
}

/** Resolves when a leg is over and its user was told. */
export function goneOf(leg: Leg): Promise<Why> {
  const { over, ended } = leg;
  if (over && ended) return ended.then(() => over);
  return new Promise(resolve => {
    leg.following.add(resolve);
  });
}
