/** The end of a leg: its sound stops at once, then its events are published. */
import { runDetached, type VoiceContext } from './voice-context.js';
import { wasAnswered, type Leg, type EndReason } from './legs.js';
import type { Measured } from './model.js';
import { join, leave, publishEvent, publishStatus } from './leg-events.js';
import { elsewhere } from './end-reason.js';
import { hangupJson, noMeasurements } from './leg-json.js';

/** Ends a leg; only the first reason counts. Resolves when the events are published and the handlers have run. */
export function endLeg(voice: VoiceContext, leg: Leg, why: EndReason): Promise<void> {
  leg.ended ??= end(voice, leg, why);
  return leg.ended;
}

/** Ends a leg without waiting for its events. */
export function dropLeg(voice: VoiceContext, leg: Leg, why: EndReason): void {
  runDetached(voice, endLeg(voice, leg, why));
}

async function end(voice: VoiceContext, leg: Leg, why: EndReason): Promise<void> {
  leg.over = why;
  leg.seat?.leave();
  if (voice.legs.within(leg.conversation).every(({ over }) => over)) voice.speech.hush(leg.conversation);
  for (const way of leg.targets) way.end(false);
  leg.targets.clear();
  for (const close of leg.closing) close(why);
  leg.settle(why);
  const { anchor } = leg;
  const measured = anchor ? await anchor.measured().catch(() => noMeasurements) : noMeasurements;
  anchor?.close();
  await voice.inTurn(leg.id, () => tellEnd(voice, leg, why, measured));
  leg.group?.legs.delete(leg);
  for (const follow of leg.following) await follow(why);
}

/** The hang-up is published first: a member who has left gets no more events when the session resumes. */
async function tellEnd(voice: VoiceContext, leg: Leg, why: EndReason, measured: Measured): Promise<void> {
  const { chat } = voice;
  const { conversation, user } = leg;
  if (user && leg.present) {
    const body = hangupJson(leg, why, measured);
    if (why === elsewhere) await join(voice, leg);
    else await publishEvent(chat, { conversation, type: 'rtc:hangup', leg, body, to: [user.id] });
    await leave(voice, leg, why);
    leg.present = false;
  }
  await publishStatus(voice, leg, wasAnswered(leg) ? 'completed' : why.status);
}
