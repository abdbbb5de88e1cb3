/** Ringing a leg: every way at once, and the first that answers has it. */
import { dropLeg } from './end-leg.js';
import type { Exchange } from './voice-context.js';
import { wasAnswered, type Leg, type Rung, type Way, type Why } from './legs.js';
import type { Anchor, Party } from './model.js';
import { join, tellStatus } from './leg-events.js';
import { refused, rungOut, tellingMost } from './end-reason.js';

/** What a way in which a leg is rung can come to. */
export interface Ring {
  readonly leg: Leg;
  /** It is ringing there. */
  readonly rings: () => Promise<void>;
  /** The first way that gets here has the leg; false: another one had it before, or it is over. */
  readonly take: (way: Way, voice: Voice) => Promise<boolean>;
  /** Nobody answers this way any more. */
  readonly refuse: (way: Way, why: Why) => void;
}

/** What is heard of a leg that was answered. */
interface Voice {
  readonly party: Party;
  /** The same, where it is a connection. */
  readonly anchor?: Anchor;
  readonly press?: (digit: string) => void;
  readonly close: (why: Why) => void;
}

/** Begins one way: it puts itself among the leg's ways before it returns, and refuses only later. */
export type Begin = (ring: Ring) => void;

/** Rings a leg for at most so many ms. The leg is over if nobody answers. */
export function ringLeg(exchange: Exchange, leg: Leg, begins: readonly Begin[], patience: number): Promise<Rung> {
  return new Promise(resolve => {
    if (leg.over) {
      resolve(leg.over);
      return;
    }
    let best: Why | undefined;
    const late = setTimeout(() => {
      dropLeg(exchange, leg, rungOut);
    }, patience);
    late.unref();
    leg.settle = rung => {
      clearTimeout(late);
      resolve(rung);
    };

    const ring: Ring = {
      leg,
      rings: () => (leg.over || wasAnswered(leg) ? Promise.resolve() : tellStatus(exchange, leg, 'ringing')),
      take: async (way, { party, anchor, press, close }) => {
        if (leg.over || !leg.ways.delete(way)) return false;
        for (const other of leg.ways) other.end(true);
        leg.ways.clear();
        leg.anchor = anchor;
        leg.press = press;
        leg.closing.add(close);
        seat(exchange, leg, party);
        leg.settle('answered');
        // Who has refused at the service and answers by phone is no member any more.
        if (leg.present) await join(exchange, leg);
        await tellStatus(exchange, leg, 'answered');
        return true;
      },
      refuse: (way, why) => {
        if (!leg.ways.delete(way)) return;
        way.end(false);
        best = tellingMost(best, why);
        if (leg.ways.size === 0) dropLeg(exchange, leg, best);
      },
    };
    for (const begin of begins) begin(ring);
    if (begins.length === 0) dropLeg(exchange, leg, refused(480));
  });
}

/** From here on this is who is heard of the leg, in the place of whoever was heard early. */
export function seat({ table }: Exchange, leg: Leg, party: Party): void {
  if (leg.party === party) return;
  leg.seat?.leave();
  leg.party = party;
  leg.seat = table.enter(leg.conversation, party);
}
