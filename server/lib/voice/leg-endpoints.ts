/** The endpoints with which a client calls the service: `POST /v0.3/legs`, and `POST /v0.3/knocking`. */
import { createCheck } from '../chat/check.js';
import { newId } from '../chat/ids.js';
import { invalid, problem, type Reply } from '../chat/reply.js';
import { forbidden, type RestRequest, type ChatContext } from '../chat/conversation-context.js';
import type { JsonObject } from '../chat/json.js';
import { createCallGroup } from './call-group.js';
import { calleesOf } from './connect.js';
import { dropLeg, endLeg } from './end-leg.js';
import { runDetached, type VoiceContext } from './voice-context.js';
import type { End, Leg } from './legs.js';
import type { Anchor } from './model.js';
import { attachAudio } from './ringing.js';
import { routeOf } from './call-route.js';
import { newConversation, runScript } from './call-script.js';
import { join, publishStatus } from './leg-events.js';
import { askActions, type AnswerUrl } from './webhook.js';
import { cancelled, mediaLost, refused } from './end-reason.js';

/** How long a leg may wait before it knocks, in ms. */
const knockTimeout = 60_000;

/** A leg with its answer to the client's offer. */
export async function postLeg(voice: VoiceContext, ask: RestRequest): Promise<Reply> {
  const check = createCheck(ask.body);
  const session = check.must('originating_session');
  const offer = check.within('body').within('offer').must('sdp');
  const failed = check.failed() ?? (await strange(voice.chat, ask, session));
  if (failed) return failed;
  const open = await voice.anchors();
  if (!open)
    return problem(503, 'voice:error:media-unavailable', 'This server has no sound: @roamhq/wrtc is not installed.');
  const opened: { leg?: Leg } = {};
  const anchor = open({
    towards: 'service',
    lost: () => {
      if (opened.leg) dropLeg(voice, opened.leg, mediaLost);
    },
  });
  const sdp = await answered(anchor, offer);
  if (sdp === undefined) {
    anchor.close();
    return invalid({ name: 'body.offer.sdp', reason: 'is not an offer that can be answered' });
  }
  const { user } = ask;
  const from: End = { type: 'app', user: user.name };
  const to: End = { type: 'phone', number: '' };
  const leg = voice.legs.add({ type: 'app', direction: 'inbound', from, to, user, session });
  opened.leg = leg;
  leg.anchor = anchor;
  awaitKnock(voice, leg);
  return { status: 200, body: { rtc_id: leg.id, sdp } };
}

/** `undefined`: it can't be understood. */
export async function answered(anchor: Anchor, offer: string): Promise<string | undefined> {
  try {
    return await anchor.answer(offer);
  } catch {
    return undefined;
  }
}

function awaitKnock(voice: VoiceContext, leg: Leg): void {
  const late = setTimeout(() => {
    if (leg.conversation === '') dropLeg(voice, leg, cancelled);
  }, knockTimeout);
  late.unref();
  leg.closing.add(() => {
    clearTimeout(late);
  });
}

/** Why a session is not one that this user may speak for. */
export async function strange({ storage }: ChatContext, { user }: RestRequest, id: string): Promise<Reply | undefined> {
  const session = await storage.session(id);
  if (!session || session.expires <= Date.now())
    return problem(404, 'session:error:not-found', 'There is no such session.');
  return session.user === user.id ? undefined : forbidden('This is not your session.');
}

/** A leg asks to be connected; its context or the answer URL has the target. */
export async function postKnocking(
  voice: VoiceContext,
  answerUrl: AnswerUrl | undefined,
  ask: RestRequest,
): Promise<Reply> {
  const check = createCheck(ask.body);
  const session = check.must('originating_session');
  const channel = check.within('channel');
  const id = channel.must('id');
  const to = endIn(channel.object('to') ?? {});
  const context = check.within('properties').object('custom_data') ?? {};
  const failed = check.failed() ?? (await strange(voice.chat, ask, session));
  if (failed) return failed;
  const leg = voice.legs.find(id);
  if (!leg || leg.direction !== 'inbound' || leg.user?.id !== ask.user.id)
    return problem(404, 'voice:error:no_leg_found', 'There is no such leg.');
  if (leg.conversation !== '') return problem(409, 'voice:error:already-knocked', 'This leg has knocked already.');
  if (leg.over) return problem(404, 'voice:error:no_leg_found', 'This leg is over.');
  leg.conversation = newId('CON');
  leg.session = session;
  leg.to = to;
  leg.knocking = newId('KNK');
  const admitted = admit(voice, answerUrl, leg, context);
  runDetached(
    voice,
    admitted.catch(async (error: unknown) => {
      await endLeg(voice, leg, refused(500));
      throw error;
    }),
  );
  return { status: 200, body: { id: leg.knocking } };
}

function endIn({ type, user, number, uri }: JsonObject): End {
  return {
    type: type === 'app' || type === 'sip' ? type : 'phone',
    ...(typeof user === 'string' ? { user } : {}),
    ...(typeof number === 'string' ? { number } : {}),
    ...(typeof uri === 'string' ? { uri } : {}),
  };
}

/** Creates the conversation and the callees' legs, adds the caller, and rings. */
async function admit(
  voice: VoiceContext,
  answerUrl: AnswerUrl | undefined,
  leg: Leg,
  context: JsonObject,
): Promise<void> {
  const { user, conversation } = leg;
  if (!user) return;
  await voice.chat.storage.createConversation(newConversation(conversation, user));
  const bond = createCallGroup(voice, leg);
  const route = answerUrl ? undefined : routeOf(voice, leg, context);
  if (route?.to) leg.to = route.to;
  const [action] = route?.actions ?? [];
  const first = action?.kind === 'connect' ? await calleesOf(voice, leg, bond, action) : [];
  await voice.inTurn(leg.id, async () => {
    if (leg.over || !leg.anchor) return;
    attachAudio(voice, leg, leg.anchor);
    await join(voice, leg);
    await publishStatus(voice, leg, 'answered');
  });
  const actions = route?.actions ?? (answerUrl && (await actionsOf(voice, answerUrl, leg, context)));
  if (actions) await runScript(voice, { owner: leg, bond, actions, ...(first.length > 0 ? { first } : {}) });
  else await endLeg(voice, leg, refused(route ? 404 : 500));
}

async function actionsOf(
  { log }: VoiceContext,
  answerUrl: AnswerUrl,
  leg: Leg,
  context: JsonObject,
): Promise<ReturnType<typeof routeOf>['actions']> {
  const read = await askActions(answerUrl, leg, context);
  if ('actions' in read) {
    for (const one of read.skipped) log(`the answer URL asks for what is not done here: ${one}`);
    return read.actions;
  }
  log(`a call ends with 500, because of the answer URL: ${read.wrong}`);
  return undefined;
}
