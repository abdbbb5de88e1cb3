/** The actions of a call, one after the other. */
import { newId } from '../chat/ids.js';
import type { ConversationRow, UserRow } from '../chat/model.js';
import { calleesOf, connect, goneOf, type Callee } from './connect.js';
import { dropLeg, endLeg } from './end-leg.js';
import type { VoiceContext } from './voice-context.js';
import type { CallGroup, Leg, EndReason } from './legs.js';
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
export interface ScriptedCall {
  readonly owner: Leg;
  readonly bond: CallGroup;
  readonly actions: readonly Action[];
  /** Callees of the first action, when they are already known. */
  readonly first?: readonly Callee[];
}

/** Carries the actions out and hangs up after the last, with the reason for which that one has ended. */
export async function runScript(voice: VoiceContext, { owner, bond, actions, first }: ScriptedCall): Promise<void> {
  let why = hungUp();
  let callees = first;
  for (const action of actions) {
    if (owner.over || bond.loose) break;
    why = await perform(voice, owner, bond, action, callees);
    callees = undefined;
  }
  for (const { leg } of callees ?? []) dropLeg(voice, leg, cancelled);
  if (!bond.loose) await endLeg(voice, owner, why);
}

async function perform(
  voice: VoiceContext,
  owner: Leg,
  bond: CallGroup,
  action: Action,
  callees: readonly Callee[] | undefined,
): Promise<EndReason> {
  switch (action.kind) {
    case 'talk':
      await Promise.race([voice.speech.say(owner.conversation, action.words), goneOf(owner)]);
      return hungUp();
    case 'connect': {
      const rung = callees ?? (await calleesOf(voice, owner, bond, action));
      if (!owner.over) return connect(voice, rung, action.patience ?? voice.answerTimeout);
      for (const { leg } of rung) dropLeg(voice, leg, cancelled);
      return hungUp();
    }
    case 'conversation': {
      const room = owner.user && (await roomNamed(voice, owner.user, action.name));
      if (!room) return refused(500);
      await moveLeg(voice, owner, room);
      return goneOf(owner);
    }
  }
}

/** The conversation of that name, made by this user if there is none. */
async function roomNamed({ chat }: VoiceContext, user: UserRow, name: string): Promise<ConversationRow | undefined> {
  const { storage } = chat;
  const row = newConversation(newId('CON'), user, name);
  await storage.createConversation(row);
  return storage.conversation(name);
}

/** A conversation without properties. */
export function newConversation(id: string, creator: UserRow, name = newId('NAM')): ConversationRow {
  const blank = { display: null, image: null, ttl: null, sortKey: null, customData: null, updated: null, last: 0 };
  return { ...blank, id, name, creator: creator.id, created: Date.now() };
}
