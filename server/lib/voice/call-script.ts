/** What happens to a call, one action after the other. */
import { newId } from '../chat/ids.js';
import type { ConversationRow, UserRow } from '../chat/model.js';
import { calleesOf, connect, goneOf, type Callee } from './connect.js';
import { dropLeg, endLeg } from './end-leg.js';
import type { Exchange } from './voice-context.js';
import type { Bond, Leg, Why } from './legs.js';
import type { Words } from './speech.js';
import { moveLeg } from './transfer.js';
import { cancelled, hungUp, refused } from './end-reason.js';

/** One step of a call. */
export type Action =
  | { readonly kind: 'talk'; readonly words: Words }
  /** Rings all of these, for so many ms; `from` calls, where it is not the caller that is shown. */
  | { readonly kind: 'connect'; readonly to: readonly string[]; readonly patience?: number; readonly from?: string }
  /** Joins the conversation of that name until it hangs up. */
  | { readonly kind: 'conversation'; readonly name: string };

/** A call whose script is carried out. */
export interface Scripted {
  readonly owner: Leg;
  readonly bond: Bond;
  readonly actions: readonly Action[];
  /** Those whom the first action rings, if they are there already. */
  readonly first?: readonly Callee[];
}

/** Carries the actions out and hangs up after the last, with the reason for which that one has ended. */
export async function carryOut(exchange: Exchange, { owner, bond, actions, first }: Scripted): Promise<void> {
  let why = hungUp();
  let callees = first;
  for (const action of actions) {
    if (owner.over || bond.loose) break;
    why = await perform(exchange, owner, bond, action, callees);
    callees = undefined;
  }
  for (const { leg } of callees ?? []) dropLeg(exchange, leg, cancelled);
  if (!bond.loose) await endLeg(exchange, owner, why);
}

async function perform(
  exchange: Exchange,
  owner: Leg,
  bond: Bond,
  action: Action,
  callees: readonly Callee[] | undefined,
): Promise<Why> {
  switch (action.kind) {
    case 'talk':
      await Promise.race([exchange.sayings.say(owner.conversation, action.words), goneOf(owner)]);
      return hungUp();
    case 'connect': {
      const rung = callees ?? (await calleesOf(exchange, owner, bond, action));
      if (!owner.over) return connect(exchange, rung, action.patience ?? exchange.answerTimeout);
      for (const { leg } of rung) dropLeg(exchange, leg, cancelled);
      return hungUp();
    }
    case 'conversation': {
      const room = owner.user && (await roomNamed(exchange, owner.user, action.name));
      if (!room) return refused(500);
      await moveLeg(exchange, owner, room);
      return goneOf(owner);
    }
  }
}

/** The conversation of that name, made by this user if there is none. */
async function roomNamed({ house }: Exchange, user: UserRow, name: string): Promise<ConversationRow | undefined> {
  const { storage } = house;
  const row = blankRoom(newId('CON'), user, name);
  await storage.createConversation(row);
  return storage.conversation(name);
}

/** A conversation that nobody has given any property. */
export function blankRoom(id: string, creator: UserRow, name = newId('NAM')): ConversationRow {
  const blank = { display: null, image: null, ttl: null, sortKey: null, customData: null, updated: null, last: 0 };
  return { ...blank, id, name, creator: creator.id, created: Date.now() };
}
