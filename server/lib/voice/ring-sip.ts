/** Ringing phones: one offer towards SIP, and whatever comes back. */
import { pressed } from './digits.js';
import { dropLeg } from './end-leg.js';
import { aside, type Exchange } from './voice-context.js';
import type { Way } from './legs.js';
import type { Across, AcrossNews, Anchor, Ringing } from './model.js';
import { seat, type Begin, type Ring } from './ringing.js';
import type { Open } from './ring-targets.js';
import { hungUp, mediaLost, refused } from './end-reason.js';

/** Calls `to` in the name of somebody, who may be a user or not. */
export function bySip(exchange: Exchange, open: Open, call: Omit<Ringing, 'offer'>): Begin {
  return ring => {
    const { leg } = ring;
    const anchor = open(() => {
      dropLeg(exchange, leg, mediaLost);
    });
    let across: Across | undefined;
    const way: Way = {
      end: elsewhere => {
        across?.end({ elsewhere });
        anchor.close();
      },
    };
    leg.ways.add(way);

    async function dial(): Promise<void> {
      const offer = await anchor.offer();
      if (!leg.ways.has(way)) return;
      const line = createLine(exchange, ring, way, anchor, () => across);
      across = exchange.sip().call({ ...call, offer }, line);
    }
    dial().catch(() => {
      ring.refuse(way, refused(500));
    });
  };
}

/** Hears the news of one call; what takes time is done in the leg's turn. */
function createLine(
  exchange: Exchange,
  ring: Ring,
  way: Way,
  anchor: Anchor,
  across: () => Across | undefined,
): (news: AcrossNews) => void {
  const { leg } = ring;
  /** What the other side has described so far. */
  let described = '';

  async function describe(sdp: string): Promise<void> {
    if (sdp === described) return;
    await anchor.accept(sdp);
    described = sdp;
  }

  async function early(sdp: string): Promise<void> {
    if (!leg.ways.has(way)) return;
    await describe(sdp);
    seat(exchange, leg, anchor);
    await ring.rings();
  }

  async function answered(sdp: string): Promise<void> {
    if (!leg.ways.has(way)) return;
    await describe(sdp);
    await ring.take(way, {
      party: anchor,
      anchor,
      press: digit => across()?.digit(digit),
      close: ({ text }) => across()?.end(text === '' ? {} : { reason: text }),
    });
  }

  /** A description that can't be understood ends this way. */
  function orNothing(work: () => Promise<void>): void {
    const turn = exchange.inTurn(leg.id, work);
    turn.catch(() => {
      ring.refuse(way, refused(488));
    });
  }

  return news => {
    switch (news.kind) {
      case 'ringing':
        aside(exchange, exchange.inTurn(leg.id, ring.rings));
        return;
      case 'early':
        orNothing(() => early(news.sdp));
        return;
      case 'answered':
        orNothing(() => answered(news.sdp));
        return;
      case 'refused':
        ring.refuse(way, refused(news.status, news.reason));
        return;
      case 'ended':
        dropLeg(exchange, leg, hungUp(news.reason));
        return;
      case 'digit':
        aside(exchange, pressed(exchange, leg, news.digit));
        return;
      case 'offered':
        change(anchor, news).catch(() => {
          news.answer(undefined);
        });
    }
  };
}

/** Answers a later offer, or makes ours if it asks for that. */
async function change(anchor: Anchor, { sdp, answer }: AcrossNews & { kind: 'offered' }): Promise<void> {
  if (sdp !== '') answer(await anchor.answer(sdp));
  else
    answer(await anchor.offer(), taken => {
      // One that can't be understood leaves everything as it was.
      anchor.accept(taken).catch(() => undefined);
    });
}
