/** A leg goes from one conversation to another. */
import { newId } from '../chat/ids.js';
import type { ConversationRow } from '../chat/model.js';
import type { Exchange } from './voice-context.js';
import type { Leg } from './legs.js';
import { join, leave, tellNews } from './leg-events.js';
import { hungUp } from './end-reason.js';
import { channelWords } from './leg-json.js';

/** Its user joins the new one, is told of the transfer there, and leaves the former one. */
export async function moveLeg(exchange: Exchange, leg: Leg, { id }: ConversationRow): Promise<void> {
  await exchange.inTurn(leg.id, async () => {
    const { conversation, member, user } = leg;
    if (leg.over || conversation === id) return;
    leg.conversation = id;
    leg.member = newId('MEM');
    leg.present = false;
    leg.seat?.move(id);
    if (!user) return;
    await join(exchange, leg);
    const body = {
      transferred_from: conversation,
      transferred_to: id,
      rtc_id: leg.id,
      was_member: member,
      user_id: user.id,
      channel: channelWords(leg),
    };
    await tellNews(exchange.house, { conversation: id, type: 'rtc:transfer', leg, body, to: [user.id] });
    await leave(exchange, { ...leg, conversation, member }, hungUp('transferred'));
  });
}
