/** The endpoints of a client that is called: an invitation is taken up, and the offer in it answered; and later offers. */
import { createCheck, isWords } from '../chat/check.js';
import { invalid, isReply, problem, type Reply } from '../chat/reply.js';
import { forbidden, roomFor, type RestRequest } from '../chat/conversation-context.js';
import { memberJson } from '../chat/json.js';
import { answered, strange } from './leg-endpoints.js';
import { runDetached, type VoiceContext } from './voice-context.js';
import { isOver, wasAnswered, type Leg } from './legs.js';
import { publishEvent } from './leg-events.js';

/**
 * `PUT /v0.3/conversations/{id}/members/{id}` with `joined`, of a member who was invited with a leg: it is only written
 * down once the offer is answered. `undefined`: this is about something else.
 */
export async function acceptInvite({ chat, legs }: VoiceContext, ask: RestRequest): Promise<Reply | undefined> {
  const state = isWords(ask.body) ? ask.body['state'] : undefined;
  if (typeof state !== 'string' || state.toLowerCase() !== 'joined') return undefined;
  const room = await roomFor(chat, ask, ask.params[0] ?? '', 'anyone');
  if (isReply(room)) return undefined;
  const member = await chat.storage.member(room.conversation.id, ask.params[1] ?? '');
  const id = isWords(member?.channel) ? member.channel['id'] : undefined;
  if (!member || typeof id !== 'string' || !id.startsWith('LEG-')) return undefined;
  if (member.user !== ask.user.id) return forbidden('Nobody joins for somebody else.');
  const leg = legs.find(id);
  if (!leg || leg.over) return noCall();
  if (wasAnswered(leg)) return answeredAlready();
  const row = { ...member, state: 'JOINED' as const, joined: Date.now() };
  return { status: 200, body: memberJson(row, ask.user) };
}

/** `POST /v0.3/conversations/{id}/rtc/{leg}/answer`: the first of the user's sessions has the call. */
export async function postAnswer(voice: VoiceContext, ask: RestRequest): Promise<Reply> {
  const check = createCheck(ask.body);
  const session = check.must('originating_session');
  const sdp = check.within('body').must('answer');
  const failed = check.failed() ?? (await strange(voice.chat, ask, session));
  if (failed) return failed;
  const leg = ownLeg(voice, ask);
  if (!leg) return noCall();
  return voice.inTurn(leg.id, async () => {
    if (leg.over) return noCall();
    if (wasAnswered(leg)) return answeredAlready();
    const way = [...leg.targets].find(({ answer }) => answer);
    if (!way?.answer) return noCall();
    const taken = await way.answer(sdp).catch(() => undefined);
    if (taken === undefined && !isOver(leg))
      return invalid({ name: 'body.answer', reason: 'is not an answer to the offer of this leg' });
    if (!taken) return isOver(leg) ? noCall() : answeredAlready();
    leg.session = session;
    return { status: 200, body: { rtc_id: leg.id, id: leg.id } };
  });
}

/** `POST /v0.3/conversations/{id}/rtc/{leg}/offer`: a new connection, or the same in another state. The answer comes by socket. */
export async function postOffer(voice: VoiceContext, ask: RestRequest): Promise<Reply> {
  const check = createCheck(ask.body);
  const session = check.must('originating_session');
  const offer = check.within('body').within('offer').must('sdp');
  const failed = check.failed() ?? (await strange(voice.chat, ask, session));
  if (failed) return failed;
  const leg = ownLeg(voice, ask);
  // Without a session it is a phone that has answered.
  if (!leg || leg.over || leg.session === undefined)
    return problem(404, 'voice:error:no_leg_found', 'There is no such leg.');
  return voice.inTurn(leg.id, async () => {
    const { anchor, conversation, user } = leg;
    if (leg.over || !anchor || !user) return noCall();
    const answer = await answered(anchor, offer);
    if (answer === undefined)
      return invalid({ name: 'body.offer.sdp', reason: 'is not an offer that can be answered' });
    leg.session = session;
    const body = { rtc_id: leg.id };
    const news = { conversation, type: 'rtc:answer', leg, body, live: { ...body, answer }, to: [user.id] };
    runDetached(voice, publishEvent(voice.chat, news));
    return { status: 200, body: { id: leg.id } };
  });
}

function ownLeg({ legs }: VoiceContext, { params: [conversation, id = ''], user }: RestRequest): Leg | undefined {
  const leg = legs.find(id);
  return leg && leg.conversation === conversation && leg.user?.id === user.id ? leg : undefined;
}

function noCall(): Reply {
  return problem(404, 'voice:error:no_call_found', 'There is no such call any more.');
}

function answeredAlready(): Reply {
  return problem(409, 'voice:error:already-answered', 'This call was answered already.');
}
