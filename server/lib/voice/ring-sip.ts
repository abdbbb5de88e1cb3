/** Ringing phones: one offer towards SIP, and whatever comes back. */
import { pressed } from './digits.js';
import { dropLeg } from './end-leg.js';
import { runDetached, type VoiceContext } from './voice-context.js';
import type { RingTarget } from './legs.js';
import type { SipCall, SipCallEvent, Anchor, Ringing } from './model.js';
import { attachAudio, type StartRinging, type Ring } from './ringing.js';
import type { OpenMedia } from './ring-targets.js';
import { hungUp, mediaLost, refused } from './end-reason.js';

/** Rings `to` by SIP; `from` may be a user or a number. */
export function ringSip(voice: VoiceContext, open: OpenMedia, call: Omit<Ringing, 'offer'>): StartRinging {
  return ring => {
    const { leg } = ring;
    const anchor = open(() => {
      dropLeg(voice, leg, mediaLost);
    });
    let across: SipCall | undefined;
    const way: RingTarget = {
      end: elsewhere => {
        across?.end({ elsewhere });
        anchor.close();
      },
    };
    leg.targets.add(way);

    async function dial(): Promise<void> {
      const offer = await anchor.offer();
      if (!leg.targets.has(way)) return;
      const line = createLine(voice, ring, way, anchor, () => across);
      across = voice.sip().call({ ...call, offer }, line);
    }
    dial().catch(() => {
      ring.refuse(way, refused(500));
    });
  };
}

/** Hears the news of one call; what takes time is done in the leg's turn. */
function createLine(
  voice: VoiceContext,
  ring: Ring,
  way: RingTarget,
  anchor: Anchor,
  across: () => SipCall | undefined,
): (news: SipCallEvent) => void {
  const { leg } = ring;
  /** The latest description of the far side. */
  let described = '';

  async function describe(sdp: string): Promise<void> {
    if (sdp === described) return;
    await anchor.accept(sdp);
    described = sdp;
  }

  async function early(sdp: string): Promise<void> {
    if (!leg.targets.has(way)) return;
    await describe(sdp);
    attachAudio(voice, leg, anchor);
    await ring.rings();
  }

  async function answered(sdp: string): Promise<void> {
    if (!leg.targets.has(way)) return;
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
    const turn = voice.inTurn(leg.id, work);
    turn.catch(() => {
      ring.refuse(way, refused(488));
    });
  }

  return news => {
    switch (news.kind) {
      case 'ringing':
        runDetached(voice, voice.inTurn(leg.id, ring.rings));
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
        dropLeg(voice, leg, hungUp(news.reason));
        return;
      case 'digit':
        runDetached(voice, pressed(voice, leg, news.digit));
        return;
      case 'offered':
        change(anchor, news).catch(() => {
          news.answer(undefined);
        });
    }
  };
}

/** Answers a later offer, or makes ours if it asks for that. */
async function change(anchor: Anchor, { sdp, answer }: SipCallEvent & { kind: 'offered' }): Promise<void> {
  if (sdp !== '') answer(await anchor.answer(sdp));
  else
    answer(await anchor.offer(), taken => {
      // An invalid answer changes nothing.
      anchor.accept(taken).catch(() => undefined);
    });
}
