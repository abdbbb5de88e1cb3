/** What holds the legs of one call together: when its owner hangs up, the others have nobody to talk to. */
import { dropLeg, endLeg } from './end-leg.js';
import type { Exchange } from './voice-context.js';
import { wasAnswered, type Bond, type Leg } from './legs.js';
import { cancelled, elsewhere, hungUp } from './end-reason.js';

/** The owner's reason goes on to whoever has answered; who was still ringing is cancelled. */
export function bondOf(exchange: Exchange, owner: Leg): Bond {
  const bond: Bond = { loose: false, legs: new Set() };
  owner.bond = bond;
  owner.following.add(async why => {
    if (bond.loose) return;
    await Promise.all(
      [...bond.legs].map(leg => endLeg(exchange, leg, wasAnswered(leg) || why === elsewhere ? why : cancelled)),
    );
  });
  return bond;
}

/** One of them goes its own way. Who is talking stays where they are; nobody rings any more, and no test number stays alone. */
export function loosen(exchange: Exchange, leg: Leg): void {
  const { bond } = leg;
  if (!bond || bond.loose) return;
  bond.loose = true;
  for (const other of bond.legs) {
    if (other === leg || (wasAnswered(other) && other.anchor)) continue;
    dropLeg(exchange, other, hungUp());
  }
}
