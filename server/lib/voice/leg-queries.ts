/** The endpoints that show legs: `GET /v0.3/legs/{id}`, and `GET /v0.3/conversations/{id}/legs`. */
import { isNumber } from '../chat/check.js';
import { askedOf, pageOf, pageReply } from '../chat/paging.js';
import { isReply, problem, type Reply } from '../chat/reply.js';
import { forbidden, roomFor, type RestRequest } from '../chat/conversation-context.js';
import type { VoiceContext } from './voice-context.js';
import type { Leg } from './legs.js';
import { legJson } from './leg-json.js';

/** One leg, of one's own or of a conversation that one is in. */
export async function getLeg(voice: VoiceContext, ask: RestRequest): Promise<Reply> {
  const leg = voice.legs.find(ask.params[0] ?? '');
  if (!leg) return problem(404, 'voice:error:no_leg_found', 'There is no such leg.');
  const { user, conversation } = leg;
  const refused = user?.id === ask.user.id ? undefined : await refusal(voice, ask, conversation);
  return refused ?? { status: 200, body: wordsIn(voice, leg) };
}

/** The legs of a conversation, oldest first by default, with those that have ended. */
export async function listLegs(voice: VoiceContext, ask: RestRequest): Promise<Reply> {
  const [idOrName = ''] = ask.params;
  const id = (await voice.chat.storage.conversation(idOrName))?.id ?? idOrName;
  const refused = await refusal(voice, ask, id);
  if (refused) return refused;
  const asked = askedOf(ask.path, ask.query);
  if (isReply(asked)) return asked;
  const page = await pageOf(asked, {
    load: ({ order, limit, after }) => {
      const all = [...voice.legs.within(id)];
      if (order === 'desc') all.reverse();
      const isBeyond = ({ number }: Leg): boolean =>
        after === undefined || (order === 'asc' ? number > after : number < after);
      return Promise.resolve(all.filter(isBeyond).slice(0, limit));
    },
    placeOf: leg => leg.number,
    isPlace: isNumber,
  });
  if (isReply(page)) return page;
  return pageReply(
    'legs',
    page,
    page.rows.map(leg => wordsIn(voice, leg)),
  );
}

/** Members may read, and users who have or had a leg. */
async function refusal(
  { chat, legs }: VoiceContext,
  ask: RestRequest,
  conversation: string,
): Promise<Reply | undefined> {
  if (legs.within(conversation).some(({ user }) => user?.id === ask.user.id)) return undefined;
  const room =
    conversation === '' ? forbidden('This is not your leg.') : await roomFor(chat, ask, conversation, 'read');
  return isReply(room) ? room : undefined;
}

function wordsIn({ speech }: VoiceContext, leg: Leg): ReturnType<typeof legJson> {
  return legJson(leg, speech.speaksIn(leg.conversation));
}
