/** Server-side calls, put together: endpoints, legs, and what other parts of the server ask of them. */
import type { Extension } from '../chat/chat.js';
import { deleteConversation } from '../chat/conversations.js';
import { updateMember, removeMember } from '../chat/members.js';
import { postEvent } from '../chat/events.js';

import type { Reply } from '../chat/reply.js';
import { createSerialQueues, type RestRequest, type ChatContext } from '../chat/conversation-context.js';
import type { Endpoint } from '../chat/routes.js';
import type { Millis } from '../chat/model.js';
import type { Users } from '../users.js';
import { postAudio } from './audio-endpoints.js';
import { removeFromCallGroup } from './call-group.js';
import type { Voice } from './controls.js';
import { dropLeg, endLeg } from './end-leg.js';
import { postKnocking, postLeg } from './leg-endpoints.js';
import { runDetached, type VoiceContext } from './voice-context.js';
import { createServiceSide } from './incoming.js';
import { hangUp, putLeft } from './hang-up-endpoints.js';
import { createLegs, statusOf, wasAnswered } from './legs.js';
import { rejectWhenClosed } from './closable-anchor.js';
import type { Mixer, OpenAnchor, ServiceSide } from './model.js';
import { getLeg, listLegs } from './leg-queries.js';
import { ringingFor } from './leg-events.js';
import { createSpeechQueue } from './speech-queue.js';
import type { Speech } from './speech.js';
import { postAnswer, postOffer, acceptInvite } from './answer-endpoints.js';
import { moveLeg } from './transfer.js';
import { hungUp, refused } from './end-reason.js';
import type { AnswerUrl } from './webhook.js';

/** Services for server-side calls. */
export interface VoiceSettings extends Pick<
  VoiceContext,
  'users' | 'isSignedIn' | 'devices' | 'hasContacts' | 'sip' | 'realm' | 'log'
> {
  readonly chat: ChatContext;
  readonly table: Mixer;
  readonly speech: Speech;
  /** Opens the media; called when the first call needs it. */
  readonly load: () => Promise<OpenAnchor | undefined>;
  readonly users: Users;
  readonly answerTimeout: Millis;
  /** Interval of the check for ended sessions that have legs. */
  readonly lookInterval: Millis;
  readonly answerUrl: AnswerUrl | undefined;
}

export interface VoiceService extends Extension {
  readonly serviceSide: ServiceSide;
  readonly controls: Voice;
  /** Hangs up all legs without events. */
  readonly close: () => Promise<void>;
}

/** Answers a request before the conversation's endpoint; `undefined` passes it on. */
type First = (voice: VoiceContext, ask: RestRequest) => Promise<Reply | undefined>;

export function createVoiceService(settings: VoiceSettings): VoiceService {
  const { chat, table, speech, load, answerUrl, log } = settings;
  const { storage } = chat;
  const legs = createLegs();
  let anchors: Promise<OpenAnchor | undefined> | undefined;

  async function open(): Promise<OpenAnchor | undefined> {
    const loaded = await load();
    if (!loaded) log('calls are answered 503: there is no @roamhq/wrtc here, an optional package');
    return loaded && rejectWhenClosed(loaded);
  }

  const voice: VoiceContext = {
    ...settings,
    legs,
    speech: createSpeechQueue(speech, table),
    inTurn: createSerialQueues(),
    anchors: () => (anchors ??= open()),
  };

  const within =
    (work: (voice: VoiceContext, ask: RestRequest) => Promise<Reply>): Endpoint =>
    (_, ask) =>
      work(voice, ask);
  const before =
    (first: readonly First[], usual: Endpoint): Endpoint =>
    async (_, ask) => {
      for (const work of first) {
        const reply = await work(voice, ask);
        if (reply) return reply;
      }
      return usual(chat, ask);
    };

  const looking = setInterval(() => {
    runDetached(voice, endLost());
  }, settings.lookInterval);
  looking.unref();

  /** Hangs up the legs of sessions that have ended by themselves. */
  async function endLost(): Promise<void> {
    for (const leg of legs.live()) {
      const session = leg.session === undefined ? undefined : await storage.session(leg.session);
      if (leg.session === undefined || (session && session.expires > Date.now())) continue;
      dropLeg(voice, leg, hungUp('session ended'));
    }
  }

  async function transfer(id: string, conversation: string): Promise<void> {
    const leg = legs.find(id);
    const room = await storage.conversation(conversation);
    if (!leg || leg.over || !wasAnswered(leg)) throw new RangeError('there is no such leg');
    if (!room) throw new RangeError('there is no such conversation');
    removeFromCallGroup(voice, leg);
    await moveLeg(voice, leg, room);
  }

  return {
    serviceSide: createServiceSide(voice),
    routes: [
      ['POST', '/v0.3/legs', within(postLeg)],
      ['GET', '/v0.3/legs/:id', within(getLeg)],
      ['POST', '/v0.3/knocking', (_, ask) => postKnocking(voice, answerUrl, ask)],
      ['GET', '/v0.3/conversations/:id/legs', within(listLegs)],
      ['POST', '/v0.3/conversations/:id/rtc/:sub/answer', within(postAnswer)],
      ['POST', '/v0.3/conversations/:id/rtc/:sub/offer', within(postOffer)],
      ['POST', '/v0.3/conversations/:id/events', before([postAudio], postEvent)],
      ['PUT', '/v0.3/conversations/:id/members/:sub', before([acceptInvite, putLeft], updateMember)],
      ['DELETE', '/v0.2/conversations/:id/members/:sub', before([hangUp], removeMember)],
      [
        'DELETE',
        '/v0.3/conversations/:id',
        async (_, ask) => {
          const room = await storage.conversation(ask.params[0] ?? '');
          const reply = await deleteConversation(chat, ask);
          if (room && reply.status === 204)
            for (const leg of legs.within(room.id)) if (!leg.over) dropLeg(voice, leg, hungUp('conversation deleted'));
          return reply;
        },
      ],
    ],
    loggedOut: session => {
      for (const leg of legs.live()) if (leg.session === session) dropLeg(voice, leg, hungUp('session ended'));
      for (const { user, targets } of legs.live())
        if (user && !voice.isSignedIn(user.name)) for (const way of [...targets]) way.refuse?.(refused(480));
    },
    ringing: user => ringingFor(voice, user),
    controls: {
      legs: () =>
        legs.all().map(leg => {
          const { id, user, conversation } = leg;
          return { id, status: statusOf(leg), user: user?.name, conversation };
        }),
      transfer,
    },
    close: async () => {
      clearInterval(looking);
      voice.speech.close();
      for (const leg of legs.live()) Object.assign(leg, { conversation: '', present: false });
      await Promise.all(legs.live().map(leg => endLeg(voice, leg, hungUp())));
    },
  };
}
