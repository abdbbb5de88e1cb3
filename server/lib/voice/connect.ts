/** Connects a leg with the first callee that answers, until either ends. */
import { parseTestNumber } from '../test-numbers/test-numbers.js';
import { dropLeg } from './end-leg.js';
import type { VoiceContext } from './voice-context.js';
import type { CallGroup, End, Leg, Rung, EndReason } from './legs.js';
import { ringLeg, type StartRinging } from './ringing.js';
import { cancelled, refused, ringTimeout, moreSpecific } from './end-reason.js';
import { ringSip } from './ring-sip.js';
import { ringTestNumber, ringClients, type OpenMedia } from './ring-targets.js';

/** A leg that can be rung. */
export interface Callee {
  readonly leg: Leg;
  readonly begins: readonly StartRinging[];
}

/** Creates the callees' legs in the owner's conversation, without ringing. */
export async function calleesOf(
  voice: VoiceContext,
  owner: Leg,
  bond: CallGroup,
  { to, from }: { readonly to: readonly string[]; readonly from?: string },
): Promise<Callee[]> {
  const caller: End = from === undefined ? owner.from : { type: 'phone', number: from };
  const open = await voice.anchors();
  const found: Callee[] = [];
  for (const name of to) found.push(await calleeOf(voice, owner, caller, name, open));
  for (const { leg } of found) {
    leg.conversation = owner.conversation;
    leg.group = bond;
    bond.legs.add(leg);
  }
  return found;
}

async function calleeOf(
  voice: VoiceContext,
  owner: Leg,
  from: End,
  name: string,
  openAnchor: Awaited<ReturnType<VoiceContext['anchors']>>,
): Promise<Callee> {
  const { legs, users, isSignedIn, hasContacts, chat } = voice;
  const facts = { direction: 'outbound', from } as const;
  const number = parseTestNumber(name);
  if (number) {
    const leg = legs.add({ ...facts, type: 'phone', to: { type: 'phone', number: name } });
    return { leg, begins: [ringTestNumber(voice, number)] };
  }
  const known = users.find(name);
  const own = known?.name === owner.user?.name;
  const user = known && !own && isSignedIn(known.name) ? await chat.users.find(known.name) : undefined;
  const to: End = known ? { type: 'app', user: known.name } : endOf(name);
  const leg = legs.add({ ...facts, type: user ? 'app' : 'sip', to, ...(user ? { user } : {}) });
  if (!openAnchor) return { leg, begins: [] };
  const open =
    (towards: 'sip' | 'service'): OpenMedia =>
    lost =>
      openAnchor({ towards, lost });
  const call = { from: callerOf(voice, from), to: known?.name ?? name };
  return {
    leg,
    begins: [
      ...(user ? [ringClients(voice, open('service'))] : []),
      // A known user without a phone has sessions only; SIP resolves an unknown name.
      ...(known && !hasContacts(known.name) ? [] : [ringSip(voice, open('sip'), call)]),
    ],
  };
}

function endOf(name: string): End {
  return /^sips?:/.test(name) ? { type: 'sip', uri: name } : { type: 'phone', number: name };
}

function callerOf({ users }: VoiceContext, from: End): { readonly user: string; readonly displayName?: string } {
  const user = from.user ?? from.number ?? '';
  const display = users.find(user)?.display;
  return display === undefined ? { user } : { user, displayName: display };
}

/** Rings all callees. Resolves with the reason when the call has ended or no one has answered. */
export async function connect(voice: VoiceContext, callees: readonly Callee[], patience: number): Promise<EndReason> {
  let best: EndReason | undefined;
  const winner = await new Promise<Leg | undefined>(resolve => {
    let left = callees.length;
    const heard = (leg: Leg, rung: Rung): void => {
      left -= 1;
      if (rung === 'answered') resolve(leg);
      else best = moreSpecific(best, rung);
      if (left === 0) resolve(undefined);
    };
    for (const { leg, begins } of callees) {
      void ringLeg(voice, leg, begins, patience).then(rung => {
        heard(leg, rung);
      });
    }
  });
  if (!winner) return best === ringTimeout || !best ? refused(480) : best;
  for (const { leg } of callees) if (leg !== winner) dropLeg(voice, leg, cancelled);
  return goneOf(winner);
}

/** Resolves when a leg has ended and its user has the event. */
export function goneOf(leg: Leg): Promise<EndReason> {
  const { over, ended } = leg;
  if (over && ended) return ended.then(() => over);
  return new Promise(resolve => {
    leg.following.add(resolve);
  });
}
