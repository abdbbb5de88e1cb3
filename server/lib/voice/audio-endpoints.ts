/** Events of a call in `POST /v0.3/conversations/{id}/events`: mute, earmuff, DTMF, text to speech. */
import { createCheck, isWords } from '../chat/check.js';
import { append } from '../chat/events.js';
import { invalid, isReply, problem, type Reply } from '../chat/reply.js';
import { forbidden, roomFor, type RestRequest } from '../chat/conversation-context.js';
import type { Json } from '../chat/model.js';
import { digitWords, keys, passOn } from './digits.js';
import { runDetached, type VoiceContext } from './voice-context.js';
import { wasAnswered, type Leg } from './legs.js';
import { parseSayRequest } from './say-request.js';
import { publishEvent } from './leg-events.js';

/** A parsed request: its event, its stored body, and its effect. */
interface Wish {
  readonly body: Json;
  /** What is told if the log is to keep another body. */
  readonly live?: Json;
  /** Done when it was stored. */
  readonly grant: () => void;
}

interface Kind {
  /** The id of the leg that it is about; `undefined`: the asking user's leg in that conversation. */
  readonly legIn: (body: Json) => Json | undefined;
  /** The field that has it. */
  readonly field: string;
  readonly wish: (voice: VoiceContext, leg: Leg, body: Json) => Wish | Reply;
}

const field = (value: Json | undefined, name: string): Json | undefined =>
  isWords(value) && Object.hasOwn(value, name) ? value[name] : undefined;

function turned(what: 'mute' | 'earmuff', on: boolean): readonly [string, Kind] {
  const wish: Kind['wish'] = (_, leg, body) => ({
    body,
    grant: () => {
      leg[what === 'mute' ? 'muted' : 'earmuffed'] = on;
      leg.seat?.[what](on);
    },
  });
  return [
    `audio:${what}:${on ? 'on' : 'off'}`,
    { legIn: body => field(body, 'rtc_id') ?? null, field: 'rtc_id', wish },
  ];
}

const kinds: ReadonlyMap<string, Kind> = new Map([
  turned('mute', true),
  turned('mute', false),
  turned('earmuff', true),
  turned('earmuff', false),
  ['audio:dtmf', { legIn: body => field(field(body, 'channel'), 'id') ?? null, field: 'channel.id', wish: press }],
  ['audio:say', { legIn: () => undefined, field: '', wish: say }],
]);

/** `undefined`: this is no event of a call. */
export async function postAudio(voice: VoiceContext, ask: RestRequest): Promise<Reply | undefined> {
  const wanted = field(isWords(ask.body) ? ask.body : undefined, 'type');
  const kind = typeof wanted === 'string' ? kinds.get(wanted) : undefined;
  if (!kind) return undefined;
  const check = createCheck(ask.body);
  const [type, from] = [check.must('type'), check.must('from')];
  const body = check.object('body') ?? {};
  const failed = check.failed();
  if (failed) return failed;
  const room = await roomFor(voice.chat, ask, ask.params[0] ?? '', 'read');
  if (isReply(room)) return room;
  const leg = legFor(voice, ask, room.conversation.id, kind, body);
  if (isReply(leg)) return leg;
  const wish = kind.wish(voice, leg, body);
  if (isReply(wish)) return wish;
  const message = { conversation: room.conversation.id, type, from, user: ask.user.id, at: Date.now() };
  const reply = await append(voice.chat, { ...message, body: wish.body }, wish.live);
  if (reply.status === 200) wish.grant();
  return reply;
}

/** The leg in question, which must be the asking user's and talking. */
function legFor(
  { legs }: VoiceContext,
  { user }: RestRequest,
  conversation: string,
  kind: Kind,
  body: Json,
): Leg | Reply {
  const id = kind.legIn(body);
  if (id !== undefined && typeof id !== 'string') return invalid({ name: `body.${kind.field}`, reason: 'is missing' });
  const talking = legs.within(conversation).filter(leg => !leg.over && wasAnswered(leg));
  const leg = talking.find(one => (id === undefined ? one.user?.id === user.id : one.id === id));
  if (!leg) return problem(404, 'voice:error:no_leg_found', 'There is no such leg in this conversation.');
  return leg.user?.id === user.id ? leg : forbidden('This is not your leg.');
}

function press(voice: VoiceContext, leg: Leg, body: Json): Wish | Reply {
  const digit = field(body, 'digit');
  if (typeof digit !== 'string' || !keys.test(digit))
    return invalid({ name: 'body.digit', reason: 'must be keys: 0-9, A-D, *, #, p and a comma for a pause' });
  const { live, body: kept } = digitWords(leg, digit);
  return {
    body: kept,
    live,
    grant: () => {
      passOn(voice, leg, digit);
    },
  };
}

function say(voice: VoiceContext, leg: Leg, body: Json): Wish | Reply {
  const saying = parseSayRequest(body);
  if (isReply(saying)) return saying;
  const { chat, speech } = voice;
  const { conversation } = leg;
  async function speak(): Promise<void> {
    if (isReply(saying)) return;
    await speech.say(conversation, saying.words, saying.queue);
    const { say_id } = saying.body;
    await publishEvent(chat, { conversation, type: 'audio:say:done', leg, body: { say_id } });
  }
  return {
    body: saying.body,
    grant: () => {
      runDetached(voice, speak());
    },
  };
}
