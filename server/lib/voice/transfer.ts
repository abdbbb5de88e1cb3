/** A leg goes from one conversation to another. */
import { newId } from '../chat/ids.js';
import type { ConversationRow } from '../chat/model.js';
import type { VoiceContext } from './voice-context.js';
import type { Leg } from './legs.js';
import { join, leave, publishEvent } from './leg-events.js';
import { hungUp } from './end-reason.js';
import { channelJson } from './leg-json.js';

/** The user joins the new conversation, gets `rtc:transfer` there, and leaves the old one. */
export async function moveLeg(voice: VoiceContext, leg: Leg, { id }: ConversationRow): Promise<void> {
  await voice.inTurn(leg.id, async () => {
    const { conversation, member, user } = leg;
    if (leg.over || conversation === id) return;
    leg.conversation = id;
    leg.member = newId('MEM');
    leg.present = false;
    leg.seat?.move(id);
    if (!user) return;
    await join(voice, leg);
    const body = {
      transferred_from: conversation,
      transferred_to: id,
      rtc_id: leg.id,
      was_member: member,
      user_id: user.id,
      channel: channelJson(leg),
    };
    await publishEvent(voice.chat, { conversation: id, type: 'rtc:transfer', leg, body, to: [user.id] });
    await leave(voice, { ...leg, conversation, member }, hungUp('transferred'));
  });
}
