/** The endpoints that show legs: `GET /v0.3/legs/{id}`, and `GET /v0.3/conversations/{id}/legs`. */
import { isNumber } from '../chat/check.js';
import { askedOf, pageOf, pageReply } from '../chat/paging.js';
import { isReply, problem, type Reply } from '../chat/reply.js';
import { forbidden, roomFor, type Ask } from '../chat/conversation-context.js';
import type { Exchange } from './voice-context.js';
import type { Leg } from './legs.js';
import { legWords } from './leg-json.js';

/** One leg, of one's own or of a conversation that one is in. */
export async function getLeg(exchange: Exchange, ask: Ask): Promise<Reply> {
  const leg = exchange.legs.find(ask.params[0] ?? '');
  if (!leg) return problem(404, 'voice:error:no_leg_found', 'There is no such leg.');
  const { user, conversation } = leg;
  const refused = user?.id === ask.user.id ? undefined : await refusal(exchange, ask, conversation);
  return refused ?? { status: 200, body: wordsIn(exchange, leg) };
}

/** The legs of a conversation, oldest first unless told, also those that are over. */
export async function listLegs(exchange: Exchange, ask: Ask): Promise<Reply> {
  const [idOrName = ''] = ask.params;
  const id = (await exchange.house.storage.conversation(idOrName))?.id ?? idOrName;
  const refused = await refusal(exchange, ask, id);
  if (refused) return refused;
  const asked = askedOf(ask.path, ask.query);
  if (isReply(asked)) return asked;
  const page = await pageOf(asked, {
    load: ({ order, limit, after }) => {
      const all = [...exchange.legs.within(id)];
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
    page.rows.map(leg => wordsIn(exchange, leg)),
  );
}

/** Members may look, and whoever has or had a leg there. */
async function refusal({ house, legs }: Exchange, ask: Ask, conversation: string): Promise<Reply | undefined> {
  if (legs.within(conversation).some(({ user }) => user?.id === ask.user.id)) return undefined;
  const room =
    conversation === '' ? forbidden('This is not your leg.') : await roomFor(house, ask, conversation, 'read');
  return isReply(room) ? room : undefined;
}

function wordsIn({ sayings }: Exchange, leg: Leg): ReturnType<typeof legWords> {
  return legWords(leg, sayings.speaksIn(leg.conversation));
}
