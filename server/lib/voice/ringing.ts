/** Ringing a leg: every way at once, and the first that answers has it. */
import { dropLeg } from './end-leg.js';
import type { VoiceContext } from './voice-context.js';
import { wasAnswered, type Leg, type Rung, type RingTarget, type EndReason } from './legs.js';
import type { Anchor, Party } from './model.js';
import { join, publishStatus } from './leg-events.js';
import { refused, ringTimeout, moreSpecific } from './end-reason.js';

/** Outcomes of one ring target. */
export interface Ring {
  readonly leg: Leg;
  /** It is ringing there. */
  readonly rings: () => Promise<void>;
  /** The first way that gets here has the leg; false: another one had it before, or it is over. */
  readonly take: (way: RingTarget, voice: Voice) => Promise<boolean>;
  /** The target has stopped ringing. */
  readonly refuse: (way: RingTarget, why: EndReason) => void;
}

/** The audio of an answered leg. */
interface Voice {
  readonly party: Party;
  /** The same, where it is a connection. */
  readonly anchor?: Anchor;
  readonly press?: (digit: string) => void;
  readonly close: (why: EndReason) => void;
}

/** Begins one way: it puts itself among the leg's ways before it returns, and refuses only later. */
export type StartRinging = (ring: Ring) => void;

/** Rings a leg for at most `timeout` ms; without an answer the leg ends. */
export function ringLeg(
  voice: VoiceContext,
  leg: Leg,
  begins: readonly StartRinging[],
  patience: number,
): Promise<Rung> {
  return new Promise(resolve => {
    if (leg.over) {
      resolve(leg.over);
      return;
    }
    let best: EndReason | undefined;
    const late = setTimeout(() => {
      dropLeg(voice, leg, ringTimeout);
    }, patience);
    late.unref();
    leg.settle = rung => {
      clearTimeout(late);
      resolve(rung);
    };

    const ring: Ring = {
      leg,
      rings: () => (leg.over || wasAnswered(leg) ? Promise.resolve() : publishStatus(voice, leg, 'ringing')),
      take: async (way, { party, anchor, press, close }) => {
        if (leg.over || !leg.targets.delete(way)) return false;
        for (const other of leg.targets) other.end(true);
        leg.targets.clear();
        leg.anchor = anchor;
        leg.press = press;
        leg.closing.add(close);
        attachAudio(voice, leg, party);
        leg.settle('answered');
        // A user who has refused at the service and answers by phone is no longer a member.
        if (leg.present) await join(voice, leg);
        await publishStatus(voice, leg, 'answered');
        return true;
      },
      refuse: (way, why) => {
        if (!leg.targets.delete(way)) return;
        way.end(false);
        best = moreSpecific(best, why);
        if (leg.targets.size === 0) dropLeg(voice, leg, best);
      },
    };
    for (const begin of begins) begin(ring);
    if (begins.length === 0) dropLeg(voice, leg, refused(480));
  });
}

/** Puts a party into the leg's place in the mixer, instead of early media. */
export function attachAudio({ table }: VoiceContext, leg: Leg, party: Party): void {
  if (leg.party === party) return;
  leg.seat?.leave();
  leg.party = party;
  leg.seat = table.enter(leg.conversation, party);
}
