/** The endpoints with which a client calls the service: `POST /v0.3/legs`, and `POST /v0.3/knocking`. */
import { createCheck } from '../chat/check.js';
import { newId } from '../chat/ids.js';
import { invalid, problem, type Reply } from '../chat/reply.js';
import { forbidden, type Ask, type House } from '../chat/conversation-context.js';
import type { Words } from '../chat/json.js';
import { bondOf } from './call-group.js';
import { calleesOf } from './connect.js';
import { dropLeg, endLeg } from './end-leg.js';
import { aside, type Exchange } from './voice-context.js';
import type { End, Leg } from './legs.js';
import type { Anchor } from './model.js';
import { seat } from './ringing.js';
import { routeOf } from './call-route.js';
import { blankRoom, carryOut } from './call-script.js';
import { join, tellStatus } from './leg-events.js';
import { askActions, type AnswerUrl } from './webhook.js';
import { cancelled, mediaLost, refused } from './end-reason.js';

/** How long a leg may wait before it knocks, in ms. */
const knockTimeout = 60_000;

/** A leg with its answer to the client's offer. */
export async function postLeg(exchange: Exchange, ask: Ask): Promise<Reply> {
  const check = createCheck(ask.body);
  const session = check.must('originating_session');
  const offer = check.within('body').within('offer').must('sdp');
  const failed = check.failed() ?? (await strange(exchange.house, ask, session));
  if (failed) return failed;
  const open = await exchange.anchors();
  if (!open)
    return problem(503, 'voice:error:media-unavailable', 'This server has no sound: @roamhq/wrtc is not installed.');
  const opened: { leg?: Leg } = {};
  const anchor = open({
    towards: 'service',
    lost: () => {
      if (opened.leg) dropLeg(exchange, opened.leg, mediaLost);
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
  const leg = exchange.legs.add({ type: 'app', direction: 'inbound', from, to, user, session });
  opened.leg = leg;
  leg.anchor = anchor;
  awaitKnock(exchange, leg);
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

function awaitKnock(exchange: Exchange, leg: Leg): void {
  const late = setTimeout(() => {
    if (leg.conversation === '') dropLeg(exchange, leg, cancelled);
  }, knockTimeout);
  late.unref();
  leg.closing.add(() => {
    clearTimeout(late);
  });
}

/** Why a session is not one that this user may speak for. */
export async function strange({ storage }: House, { user }: Ask, id: string): Promise<Reply | undefined> {
  const session = await storage.session(id);
  if (!session || session.expires <= Date.now())
    return problem(404, 'session:error:not-found', 'There is no such session.');
  return session.user === user.id ? undefined : forbidden('This is not your session.');
}

/** A leg of one's own asks to be connected; where to, its custom data or the answer URL says. */
export async function postKnocking(exchange: Exchange, answerUrl: AnswerUrl | undefined, ask: Ask): Promise<Reply> {
  const check = createCheck(ask.body);
  const session = check.must('originating_session');
  const channel = check.within('channel');
  const id = channel.must('id');
  const to = endIn(channel.object('to') ?? {});
  const context = check.within('properties').object('custom_data') ?? {};
  const failed = check.failed() ?? (await strange(exchange.house, ask, session));
  if (failed) return failed;
  const leg = exchange.legs.find(id);
  if (!leg || leg.direction !== 'inbound' || leg.user?.id !== ask.user.id)
    return problem(404, 'voice:error:no_leg_found', 'There is no such leg.');
  if (leg.conversation !== '') return problem(409, 'voice:error:already-knocked', 'This leg has knocked already.');
  if (leg.over) return problem(404, 'voice:error:no_leg_found', 'This leg is over.');
  leg.conversation = newId('CON');
  leg.session = session;
  leg.to = to;
  leg.knocking = newId('KNK');
  const admitted = admit(exchange, answerUrl, leg, context);
  aside(
    exchange,
    admitted.catch(async (error: unknown) => {
      await endLeg(exchange, leg, refused(500));
      throw error;
    }),
  );
  return { status: 200, body: { id: leg.knocking } };
}

function endIn({ type, user, number, uri }: Words): End {
  return {
    type: type === 'app' || type === 'sip' ? type : 'phone',
    ...(typeof user === 'string' ? { user } : {}),
    ...(typeof number === 'string' ? { number } : {}),
    ...(typeof uri === 'string' ? { uri } : {}),
  };
}

/** Makes the conversation, whoever is to be rung in it, then lets the caller in, and rings. */
async function admit(exchange: Exchange, answerUrl: AnswerUrl | undefined, leg: Leg, context: Words): Promise<void> {
  const { user, conversation } = leg;
  if (!user) return;
  await exchange.house.storage.createConversation(blankRoom(conversation, user));
  const bond = bondOf(exchange, leg);
  const route = answerUrl ? undefined : routeOf(exchange, leg, context);
  if (route?.to) leg.to = route.to;
  const [action] = route?.actions ?? [];
  const first = action?.kind === 'connect' ? await calleesOf(exchange, leg, bond, action) : [];
  await exchange.inTurn(leg.id, async () => {
    if (leg.over || !leg.anchor) return;
    seat(exchange, leg, leg.anchor);
    await join(exchange, leg);
    await tellStatus(exchange, leg, 'answered');
  });
  const actions = route?.actions ?? (answerUrl && (await actionsOf(exchange, answerUrl, leg, context)));
  if (actions) await carryOut(exchange, { owner: leg, bond, actions, ...(first.length > 0 ? { first } : {}) });
  else await endLeg(exchange, leg, refused(route ? 404 : 500));
}

async function actionsOf(
  { log }: Exchange,
  answerUrl: AnswerUrl,
  leg: Leg,
  context: Words,
): Promise<ReturnType<typeof routeOf>['actions']> {
  const read = await askActions(answerUrl, leg, context);
  if ('actions' in read) {
    for (const one of read.skipped) log(`the answer URL asks for what is not done here: ${one}`);
    return read.actions;
  }
  log(`a call ends with 500, because of the answer URL: ${read.wrong}`);
  return undefined;
}
