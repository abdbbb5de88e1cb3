import type { Json } from 'callstream';
import { VonageClient, type ConversationEvent, type TypedEvents, type VonageError } from 'callstream/vonage';
import { json, startFar, type Far } from '../../service/adapter/far.js';
import { breakable, closeFar, farSide, peerConnection, type FarSide } from '../../sip/adapter/platform.js';
import { toneMicrophone } from '../../support/wrtc.js';
import type { Recorded, Step, Told } from './recorded.js';
import { answered, platform } from './world.js';

const events: readonly (keyof TypedEvents)[] = [
  'conversationEvent',
  'callInvite',
  'callInviteCancel',
  'callHangup',
  'callTransfer',
  'legStatusUpdate',
  'mute',
  'earmuff',
  'dtmf',
  'callMediaReconnecting',
  'callMediaReconnection',
  'callMediaDisconnect',
  'callMediaError',
];

/** A client of a service that says what was recorded, and everything that it tells its application. */
export type Replay = {
  readonly far: Far;
  readonly client: VonageClient;
  /** Plays one recording, with a leg and a conversation of its own, and gives what was told of it, as of LEG and CON. */
  readonly play: (recording: Pick<Recorded, 'steps'>) => Promise<readonly Told[]>;
  readonly close: () => Promise<void>;
};

type Scene = { readonly leg: string; readonly conversation: string; readonly side: FarSide; id: number };

const outcomeOf = (client: object, method: string, args: readonly Json[]): Promise<Json> =>
  (client as Readonly<Record<string, (...args: readonly Json[]) => Promise<Json | undefined>>>)[method]!(...args).then(
    value => value ?? null,
    (reason: unknown) => {
      const { type, code } = reason as VonageError;
      return `${type} ${String(code)}`;
    },
  );

const sdpOf = (body: unknown): string =>
  (body as { readonly body: { readonly offer: { readonly sdp: string } } }).body.offer.sdp;

export const startReplay = async (): Promise<Replay> => {
  const far = await startFar();
  const microphone = toneMicrophone(440);
  let fail = (): void => undefined;
  const client = new VonageClient(
    { apiUrl: far.url, disableInternalLogger: true },
    {
      ...platform,
      peerConnection: configuration => {
        const made = breakable(peerConnection(configuration));
        ({ fail } = made);
        return made.connection;
      },
      userMedia: microphone.userMedia,
    },
  );
  const told: Told[] = [];
  const waiting = new Set<() => void>();
  const tell = (...one: Told): void => {
    told.push(one);
    waiting.forEach(look => {
      look();
    });
  };
  for (const name of events)
    client.on(name, (...args: readonly unknown[]) => {
      if (name === 'conversationEvent') tell(name, (args[0] as ConversationEvent).kind, ...markOf(args[0]));
      else tell(name, ...(args as readonly Json[]));
    });
  await client.createSession('TOKEN1');
  let scenes = 0;
  const legs: string[] = [];

  const until = (is: (one: Told) => boolean): Promise<void> =>
    new Promise(resolve => {
      const look = (): void => {
        if (!told.some(is)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });

  const emit = ({ leg, conversation }: Scene, type: string, body: object, id: number, from = 'MEM-ME'): void => {
    const named = JSON.parse(
      JSON.stringify(body).replaceAll('"LEG"', `"${leg}"`).replaceAll('"CON"', `"${conversation}"`),
    ) as object;
    const user = from === 'MEM-ME' ? { id: 'USR-1', name: 'alice' } : { id: 'USR-2', name: 'bob' };
    const embedded = { from_user: user, from_member: { id: from } };
    far.io.emit(type, {
      id,
      cid: conversation,
      from,
      timestamp: '2026-11-21T00:55:09.041Z',
      body: named,
      _embedded: embedded,
    });
  };

  const build = (): Scene => {
    scenes += 1;
    const scene = { leg: `LEG-${scenes}`, conversation: `CON-${scenes}`, side: farSide(), id: 0 };
    const { leg, conversation, side } = scene;
    legs.push(leg);
    const room = `/v0.3/conversations/${conversation}`;
    const info = {
      id: leg,
      type: 'app',
      direction: 'inbound',
      status: 'answered',
      conversation_id: conversation,
      start_time: 'x',
      end_time: '',
      from: { type: 'app', user: 'alice' },
      to: { type: 'phone', number: '447' },
    };
    far.on('POST /v0.3/legs', (request, response) => {
      void side.answer(sdpOf(request.body)).then(sdp => {
        json({ rtc_id: leg, sdp })(request, response);
      });
    });
    far.on('POST /v0.3/knocking', json({ id: 'KNK-1' }));
    far.on(`GET /v0.3/legs/${leg}`, json(info));
    far.on(`GET ${room}/legs`, json({ _embedded: { legs: [info] }, _links: {} }));
    far.on(`GET ${room}/members/me`, json({ id: 'MEM-ME', state: 'JOINED' }));
    far.on(`PUT ${room}/members/MEM-ME`, json({ id: 'MEM-ME', state: 'JOINED' }));
    far.on(`POST ${room}/rtc/${leg}/answer`, json({ rtc_id: leg, id: leg }));
    far.on(`POST ${room}/rtc/${leg}/offer`, json({ id: leg }));
    far.on(`POST ${room}/events`, json({ id: 10, body: { say_id: 'SAY-1' } }));
    far.on(`DELETE /v0.2/conversations/${conversation}/members/MEM-ME`, json({}));
    return scene;
  };

  /** What came before on the socket has been heard when this has been. */
  const settled = async (): Promise<void> => {
    scenes += 1;
    const mark = `custom:mark-${scenes}`;
    far.io.emit(mark, { id: scenes, cid: `CON-MARK-${scenes}`, from: 'MEM-2', timestamp: 't', body: {} });
    await until(([, kind, type]) => kind === 'custom' && type === mark);
  };

  const perform = async (scene: Scene, step: Step, promises: Promise<void>[]): Promise<void> => {
    if ('asked' in step) await far.asked(step.asked);
    else if ('lost' in step) {
      await answered(client, scene.leg);
      fail();
    } else if ('heard' in step) await until(([name, leg]) => name === step.heard && leg === scene.leg);
    else if ('act' in step) {
      const args = (step.args ?? []).map(arg => (arg === 'LEG' ? scene.leg : arg));
      const acted = outcomeOf(client, step.act, args).then(value => {
        tell(step.act, value);
      });
      promises.push(acted);
      if (step.settled === true) await acted;
    } else if ('renewed' in step) {
      const { body } = await far.asked(`POST /v0.3/conversations/${scene.conversation}/rtc/${scene.leg}/offer`);
      const answer = await scene.side.answer(sdpOf(body));
      emit(scene, 'rtc:answer', { rtc_id: 'LEG', answer }, (scene.id += 1));
      await Promise.all(promises);
    } else {
      const offer = JSON.stringify(step.body).includes('"OFFER"') ? { sdp: await scene.side.offer() } : {};
      emit(scene, step.wire, { ...step.body, ...offer }, (scene.id += 1), step.from);
      if (step.wire === 'member:joined') await Promise.all(promises);
      await settled();
    }
  };

  return {
    far,
    client,
    play: async ({ steps }) => {
      const before = told.length;
      const others = [...legs];
      const scene = build();
      const promises: Promise<void>[] = [];
      for (const step of steps) await perform(scene, step, promises);
      const here = JSON.stringify(told.slice(before).filter(([, first]) => first !== 'custom' && !isOf(others, first)));
      return JSON.parse(here.replaceAll(`"${scene.leg}"`, '"LEG"')) as readonly Told[];
    },
    close: async () => {
      await client.deleteSession();
      microphone.stop();
      closeFar();
      await far.close();
    },
  };
};

/** What is told late of a former scene is none of this one. */
const isOf = (legs: readonly string[], told: Json | undefined): boolean =>
  typeof told === 'string' && legs.includes(told);

/** Only of the marks it is told which they are. */
const markOf = (event: unknown): readonly string[] => {
  const { kind, eventType = '' } = event as { readonly kind: string; readonly eventType?: string };
  return kind === 'custom' ? [eventType] : [];
};
