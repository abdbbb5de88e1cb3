/** The legs of one call: when its owner hangs up, the others end. */
import { dropLeg, endLeg } from './end-leg.js';
import type { VoiceContext } from './voice-context.js';
import { wasAnswered, type CallGroup, type Leg } from './legs.js';
import { cancelled, elsewhere, hungUp } from './end-reason.js';

/** Answered legs end with the owner's reason; ringing ones are cancelled. */
export function createCallGroup(voice: VoiceContext, owner: Leg): CallGroup {
  const bond: CallGroup = { loose: false, legs: new Set() };
  owner.group = bond;
  owner.following.add(async why => {
    if (bond.loose) return;
    await Promise.all(
      [...bond.legs].map(leg => endLeg(voice, leg, wasAnswered(leg) || why === elsewhere ? why : cancelled)),
    );
  });
  return bond;
}

/** Removes a leg that is moved. Answered legs stay; ringing ones end, and so does a test number that is left alone. */
export function removeFromCallGroup(voice: VoiceContext, leg: Leg): void {
  const { group } = leg;
  if (!group || group.loose) return;
  group.loose = true;
  for (const other of group.legs) {
    if (other === leg || (wasAnswered(other) && other.anchor)) continue;
    dropLeg(voice, other, hungUp());
  }
}
