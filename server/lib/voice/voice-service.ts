/** Server-side calls, put together: endpoints, legs, and what other parts of the server ask of them. */
import type { Extension } from '../chat/chat.js';
import { deleteConversation } from '../chat/conversations.js';
import { updateMember, removeMember } from '../chat/members.js';
import { postEvent } from '../chat/events.js';

import type { Reply } from '../chat/reply.js';
import { createTurns, type Ask, type House } from '../chat/conversation-context.js';
import type { Endpoint } from '../chat/routes.js';
import type { Millis } from '../chat/model.js';
import type { Users } from '../users.js';
import { postAudio } from './audio-endpoints.js';
import { loosen } from './call-group.js';
import type { Voice } from './controls.js';
import { dropLeg, endLeg } from './end-leg.js';
import { postKnocking, postLeg } from './leg-endpoints.js';
import { aside, type Exchange } from './voice-context.js';
import { createServiceSide } from './incoming.js';
import { hangUp, putLeft } from './hang-up-endpoints.js';
import { createLegs, statusOf, wasAnswered } from './legs.js';
import { mortal } from './closable-anchor.js';
import type { CopyTable, OpenAnchor, ServiceSide } from './model.js';
import { getLeg, listLegs } from './leg-queries.js';
import { ringingFor } from './leg-events.js';
import { createSayings } from './speech-queue.js';
import type { Speech } from './speech.js';
import { postAnswer, postOffer, takeUp } from './answer-endpoints.js';
import { moveLeg } from './transfer.js';
import { hungUp, refused } from './end-reason.js';
import type { AnswerUrl } from './webhook.js';

/** What the voice house is given. */
export interface VoiceSettings extends Pick<
  Exchange,
  'users' | 'isSignedIn' | 'devices' | 'hasContacts' | 'sip' | 'realm' | 'log'
> {
  readonly house: House;
  readonly table: CopyTable;
  readonly speech: Speech;
  /** Opens the media; called when the first call needs it. */
  readonly load: () => Promise<OpenAnchor | undefined>;
  readonly users: Users;
  readonly answerTimeout: Millis;
  /** How often it is looked whether sessions with legs have ended. */
  readonly lookInterval: Millis;
  readonly answerUrl: AnswerUrl | undefined;
}

export interface VoiceHouse extends Extension {
  readonly serviceSide: ServiceSide;
  readonly controls: Voice;
  /** Hangs up everything and tells nobody. */
  readonly close: () => Promise<void>;
}

/** What an endpoint says before that of the conversations is asked; `undefined`: nothing. */
type First = (exchange: Exchange, ask: Ask) => Promise<Reply | undefined>;

export function createVoiceHouse(settings: VoiceSettings): VoiceHouse {
  const { house, table, speech, load, answerUrl, log } = settings;
  const { storage } = house;
  const legs = createLegs();
  let anchors: Promise<OpenAnchor | undefined> | undefined;

  async function open(): Promise<OpenAnchor | undefined> {
    const loaded = await load();
    if (!loaded) log('calls are answered 503: there is no @roamhq/wrtc here, an optional package');
    return loaded && mortal(loaded);
  }

  const exchange: Exchange = {
    ...settings,
    legs,
    sayings: createSayings(speech, table),
    inTurn: createTurns(),
    anchors: () => (anchors ??= open()),
  };

  const within =
    (work: (exchange: Exchange, ask: Ask) => Promise<Reply>): Endpoint =>
    (_, ask) =>
      work(exchange, ask);
  const before =
    (first: readonly First[], usual: Endpoint): Endpoint =>
    async (_, ask) => {
      for (const work of first) {
        const reply = await work(exchange, ask);
        if (reply) return reply;
      }
      return usual(house, ask);
    };

  const looking = setInterval(() => {
    aside(exchange, endLost());
  }, settings.lookInterval);
  looking.unref();

  /** Hangs up the legs of sessions that have ended by themselves. */
  async function endLost(): Promise<void> {
    for (const leg of legs.live()) {
      const session = leg.session === undefined ? undefined : await storage.session(leg.session);
      if (leg.session === undefined || (session && session.expires > Date.now())) continue;
      dropLeg(exchange, leg, hungUp('session ended'));
    }
  }

  async function transfer(id: string, conversation: string): Promise<void> {
    const leg = legs.find(id);
    const room = await storage.conversation(conversation);
    if (!leg || leg.over || !wasAnswered(leg)) throw new RangeError('there is no such leg');
    if (!room) throw new RangeError('there is no such conversation');
    loosen(exchange, leg);
    await moveLeg(exchange, leg, room);
  }

  return {
    serviceSide: createServiceSide(exchange),
    routes: [
      ['POST', '/v0.3/legs', within(postLeg)],
      ['GET', '/v0.3/legs/:id', within(getLeg)],
      ['POST', '/v0.3/knocking', (_, ask) => postKnocking(exchange, answerUrl, ask)],
      ['GET', '/v0.3/conversations/:id/legs', within(listLegs)],
      ['POST', '/v0.3/conversations/:id/rtc/:sub/answer', within(postAnswer)],
      ['POST', '/v0.3/conversations/:id/rtc/:sub/offer', within(postOffer)],
      ['POST', '/v0.3/conversations/:id/events', before([postAudio], postEvent)],
      ['PUT', '/v0.3/conversations/:id/members/:sub', before([takeUp, putLeft], updateMember)],
      ['DELETE', '/v0.2/conversations/:id/members/:sub', before([hangUp], removeMember)],
      [
        'DELETE',
        '/v0.3/conversations/:id',
        async (_, ask) => {
          const room = await storage.conversation(ask.params[0] ?? '');
          const reply = await deleteConversation(house, ask);
          if (room && reply.status === 204)
            for (const leg of legs.within(room.id))
              if (!leg.over) dropLeg(exchange, leg, hungUp('conversation deleted'));
          return reply;
        },
      ],
    ],
    loggedOut: session => {
      for (const leg of legs.live()) if (leg.session === session) dropLeg(exchange, leg, hungUp('session ended'));
      for (const { user, ways } of legs.live())
        if (user && !exchange.isSignedIn(user.name)) for (const way of [...ways]) way.refuse?.(refused(480));
    },
    ringing: user => ringingFor(exchange, user),
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
      exchange.sayings.close();
      for (const leg of legs.live()) Object.assign(leg, { conversation: '', present: false });
      await Promise.all(legs.live().map(leg => endLeg(exchange, leg, hungUp())));
    },
  };
}
