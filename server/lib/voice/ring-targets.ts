/** The ways in which a leg is rung: at the service's clients, at phones, and by the test numbers. */
import { dropLeg } from './end-leg.js';
import { aside, type Exchange } from './voice-context.js';
import type { Way, Why } from './legs.js';
import type { Anchor } from './model.js';
import { echo, tone } from './audio-sources.js';
import { seat, type Begin } from './ringing.js';
import { invite } from './leg-events.js';
import type { TestNumber } from '../test-numbers/test-numbers.js';
import { mediaLost, refused } from './end-reason.js';

/** What a way opens its connection with. */
export type Open = (lost: () => void) => Anchor;

/** The clients of the leg's user are invited, each with the same offer. */
export function byService(exchange: Exchange, open: Open): Begin {
  return ring => {
    const { leg } = ring;
    const anchor = open(() => {
      dropLeg(exchange, leg, mediaLost);
    });
    const way: Way = {
      answer: async sdp => {
        await anchor.accept(sdp);
        return ring.take(way, { party: anchor, anchor, close: () => undefined });
      },
      refuse: why => {
        ring.refuse(way, why);
      },
      end: anchor.close,
    };
    leg.ways.add(way);

    async function offer(): Promise<void> {
      const sdp = await anchor.offer();
      if (!leg.ways.has(way)) return;
      way.offer = sdp;
      if (await invite(exchange, leg, sdp)) await ring.rings();
      else ring.refuse(way, refused(486));
    }
    aside(
      exchange,
      exchange.inTurn(leg.id, offer).catch((error: unknown) => {
        // Closed meanwhile, by whoever has answered or given up.
        if (!leg.ways.has(way)) return;
        ring.refuse(way, refused(500));
        throw error;
      }),
    );
  };
}

interface Act {
  /** Whether it rings, after how many seconds it comes to its end, and what that is. */
  readonly rings: boolean;
  readonly seconds?: number;
  readonly end?: 'echo' | 'tone' | Why;
  /** Whether it is heard before. */
  readonly early?: boolean;
}

/** What a test number does when it is called from the service: what is heard is the same as when it is called by SIP. */
function actOf(number: TestNumber): Act {
  switch (number.kind) {
    case 'code':
      return { rings: false, seconds: 0, end: refused(number.status) };
    case 'busy':
      return { rings: false, seconds: 0, end: refused(486) };
    case 'busy503':
      return { rings: false, seconds: 0, end: refused(503) };
    // The service follows nobody elsewhere.
    case 'move302':
      return { rings: false, seconds: 0, end: refused(302) };
    case 'blackhole':
      return { rings: false };
    case 'echo':
    // What these do besides is SIP's alone.
    case 'reinvite':
    case 'hold':
    case 'timer':
      return { rings: false, seconds: 0, end: 'echo' };
    case 'refer':
    case 'replace':
      return { rings: false, seconds: 0, end: 'tone' };
    case 'fork':
      return { rings: true, seconds: 1, end: 'echo', early: true };
    case 'ring':
      return { rings: true, seconds: number.seconds, end: 'tone' };
    case 'early':
      return { rings: true, seconds: 2, end: 'tone', early: true };
    case 'early486':
      return { rings: true, seconds: 1, end: refused(486), early: true };
  }
}

const hertz = 440;

/** A test number plays its part. */
export function byNumber(exchange: Exchange, number: TestNumber): Begin {
  const { rings, seconds, end, early = false } = actOf(number);
  return ring => {
    const { leg } = ring;
    let timer: NodeJS.Timeout | undefined;
    let sound: ReturnType<typeof tone> | undefined;
    const silence = (): void => {
      clearTimeout(timer);
      sound?.close();
    };
    const way: Way = { end: silence };
    leg.ways.add(way);

    async function finish(): Promise<void> {
      if (end === undefined || !leg.ways.has(way)) return;
      if (typeof end === 'object') ring.refuse(way, end);
      else if (end === 'echo') await ring.take(way, { party: echo(), close: silence });
      else await ring.take(way, { party: (sound ??= tone(hertz)), close: silence });
    }

    if (early) {
      sound = tone(hertz);
      seat(exchange, leg, sound);
    }
    if (rings) aside(exchange, exchange.inTurn(leg.id, ring.rings));
    if (seconds !== undefined)
      timer = setTimeout(() => {
        aside(exchange, exchange.inTurn(leg.id, finish));
      }, seconds * 1000).unref();
  };
}
