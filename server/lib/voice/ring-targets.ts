/** The ways in which a leg is rung: at the service's clients, at phones, and by the test numbers. */
import { dropLeg } from './end-leg.js';
import { runDetached, type VoiceContext } from './voice-context.js';
import type { RingTarget, EndReason } from './legs.js';
import type { Anchor } from './model.js';
import { echo, tone } from './audio-sources.js';
import { attachAudio, type StartRinging } from './ringing.js';
import { invite } from './leg-events.js';
import type { TestNumber } from '../test-numbers/test-numbers.js';
import { mediaLost, refused } from './end-reason.js';

/** Opens the media of a target. */
export type OpenMedia = (lost: () => void) => Anchor;

/** The clients of the leg's user are invited, each with the same offer. */
export function ringClients(voice: VoiceContext, open: OpenMedia): StartRinging {
  return ring => {
    const { leg } = ring;
    const anchor = open(() => {
      dropLeg(voice, leg, mediaLost);
    });
    const way: RingTarget = {
      answer: async sdp => {
        await anchor.accept(sdp);
        return ring.take(way, { party: anchor, anchor, close: () => undefined });
      },
      refuse: why => {
        ring.refuse(way, why);
      },
      end: anchor.close,
    };
    leg.targets.add(way);

    async function offer(): Promise<void> {
      const sdp = await anchor.offer();
      if (!leg.targets.has(way)) return;
      way.offer = sdp;
      if (await invite(voice, leg, sdp)) await ring.rings();
      else ring.refuse(way, refused(486));
    }
    runDetached(
      voice,
      voice.inTurn(leg.id, offer).catch((error: unknown) => {
        // Closed meanwhile, because another target has answered or the caller has given up.
        if (!leg.targets.has(way)) return;
        ring.refuse(way, refused(500));
        throw error;
      }),
    );
  };
}

interface Act {
  /** Whether it rings, its delay in seconds, and its outcome. */
  readonly rings: boolean;
  readonly seconds?: number;
  readonly end?: 'echo' | 'tone' | EndReason;
  /** True when it plays early media. */
  readonly early?: boolean;
}

/** Script of a test number that is called from the service; it sounds as by SIP. */
function actOf(number: TestNumber): Act {
  switch (number.kind) {
    case 'code':
      return { rings: false, seconds: 0, end: refused(number.status) };
    case 'busy':
      return { rings: false, seconds: 0, end: refused(486) };
    case 'busy503':
      return { rings: false, seconds: 0, end: refused(503) };
    // The service does not follow redirections.
    case 'move302':
      return { rings: false, seconds: 0, end: refused(302) };
    case 'blackhole':
      return { rings: false };
    case 'echo':
    // Their other features exist in SIP only.
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
export function ringTestNumber(voice: VoiceContext, number: TestNumber): StartRinging {
  const { rings, seconds, end, early = false } = actOf(number);
  return ring => {
    const { leg } = ring;
    let timer: NodeJS.Timeout | undefined;
    let sound: ReturnType<typeof tone> | undefined;
    const silence = (): void => {
      clearTimeout(timer);
      sound?.close();
    };
    const way: RingTarget = { end: silence };
    leg.targets.add(way);

    async function finish(): Promise<void> {
      if (end === undefined || !leg.targets.has(way)) return;
      if (typeof end === 'object') ring.refuse(way, end);
      else if (end === 'echo') await ring.take(way, { party: echo(), close: silence });
      else await ring.take(way, { party: (sound ??= tone(hertz)), close: silence });
    }

    if (early) {
      sound = tone(hertz);
      attachAudio(voice, leg, sound);
    }
    if (rings) runDetached(voice, voice.inTurn(leg.id, ring.rings));
    if (seconds !== undefined)
      timer = setTimeout(() => {
        runDetached(voice, voice.inTurn(leg.id, finish));
      }, seconds * 1000).unref();
  };
}
