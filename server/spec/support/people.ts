/** Two people on the phone: one with our own client over SIP, one at the service, whose every word the spec says. */
import { setTimeout } from 'node:timers/promises';
import { filter, firstValueFrom, map } from 'rxjs';
import { WebSocket } from 'ws';
import { createClient, isRight, type Call, type Client, type DevicePort, type Session } from 'callstream';
import { sip } from 'callstream/sip';
import type { DevServer } from 'callstream-server';
import { fakeDevices } from 'callstream/testing';
import { energyOf, listeningMedia, toneMicrophone, wrtcPeerConnection } from '../../../spec/support/wrtc.js';
import { caller, type Caller } from './caller.js';
import { at, type Answer, type Event, type LoggedIn, type Town } from './chatter.js';

/** Somebody with a SIP client. */
export interface OnSip {
  readonly client: Client;
  readonly dial: (target: string) => Promise<Call>;
  /** The first call that is so. */
  readonly call: (is: (call: Call) => boolean) => Promise<Call>;
  /** The level of a fifth of a second of what is decoded, from 0 to 1, after a tenth that was under way. */
  readonly level: () => Promise<number>;
  readonly leave: () => Promise<void>;
}

/** Signs in and registers. */
export async function onSip(server: DevServer, name: string, hertz: number): Promise<OnSip> {
  const { username, password, realm } = server.user(name);
  const microphone = toneMicrophone(hertz);
  const { media, heard } = listeningMedia(microphone.userMedia);
  const devices: DevicePort = { ...fakeDevices(), media };
  const client = createClient({
    calling: [
      sip({
        server: server.wsUrl,
        aor: `sip:${username}@${realm}`,
        credentials: { username, password },
        webSocket: (url, protocols) => new WebSocket(url, protocols),
        peerConnection: wrtcPeerConnection,
      }),
    ],
    devices,
  });
  const link = client.connect();
  const until = (is: (session: Session) => boolean): Promise<Session> =>
    firstValueFrom(client.session$.pipe(filter(is)));
  await until(({ connection }) => connection === 'connected');
  return {
    client,
    dial: async target => {
      const outcome = await firstValueFrom(client.invite(target));
      if (!isRight(outcome)) throw new Error(outcome.left.code);
      return outcome.right;
    },
    call: is =>
      firstValueFrom(
        client.session$.pipe(
          map(({ calls }) => calls.find(is)),
          filter(found => found !== undefined),
        ),
      ),
    level: async () => {
      // Node is told of a track after the call is active.
      while (heard.length === 0) await setTimeout(10);
      const ear = energyOf(heard[heard.length - 1]!);
      await ear.over(10);
      const { level } = await ear.over(20);
      ear.stop();
      return level;
    },
    leave: async () => {
      link.unsubscribe();
      await until(({ connection }) => connection === 'disconnected');
      microphone.stop();
    },
  };
}

/** A call as a client of the service knows it. */
export interface Held {
  readonly leg: string;
  readonly conversation: string;
  readonly member: string;
}

/** Somebody at the service. */
export interface AtService {
  readonly line: LoggedIn['line'];
  readonly voice: Caller;
  readonly place: (context: Readonly<Record<string, unknown>>) => Promise<Held>;
  /** The next call that rings here. */
  readonly invited: () => Promise<Held & { readonly event: Event }>;
  readonly answer: (call: Held & { readonly event: Event }) => Promise<void>;
  /** An event in the call, such as `audio:mute:on`. */
  readonly say: (call: Held, type: string, body: unknown) => Promise<Answer>;
  readonly leave: (call: Held, query?: string) => Promise<Answer>;
  readonly close: () => void;
}

/** Logs in. */
export async function atService({ ask: asker, login }: Town, name: string, hertz: number): Promise<AtService> {
  const [{ line, session }, ask] = [await login(name), await asker(name)];
  const voice = caller(hertz);

  async function done(answer: Promise<Answer>): Promise<Answer> {
    const { status, body } = await answer;
    if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
    return answer;
  }

  return {
    line,
    voice,
    place: async context => {
      const offer = { type: 'offer', sdp: await voice.offer() };
      const made = await done(ask('POST', '/v0.3/legs', { originating_session: session, body: { offer } }));
      const leg = String(at(made.body, 'rtc_id'));
      await voice.accept(String(at(made.body, 'sdp')));
      const channel = { type: 'app', id: leg, from: { type: 'app', user: name }, to: { type: 'phone', number: '' } };
      const properties = { custom_data: context };
      await done(ask('POST', '/v0.3/knocking', { originating_session: session, channel, properties }));
      const joined = await line.event('member:joined');
      return { leg, conversation: String(joined.cid), member: String(joined.body['member_id']) };
    },
    invited: async () => {
      const event = await line.event('member:invited');
      const leg = String(at(event.body, 'channel', 'id'));
      return { leg, conversation: String(event.cid), member: String(event.body['member_id']), event };
    },
    answer: async ({ leg, conversation, member, event }) => {
      const answer = await voice.answer(String(event.body['sdp']));
      const path = `/v0.3/conversations/${conversation}`;
      const about = { originating_session: session, from: member };
      const joining = { ...about, channel: { type: 'app' }, state: 'joined' };
      await done(ask('PUT', `${path}/members/${member}`, joining));
      await done(ask('POST', `${path}/rtc/${leg}/answer`, { ...about, body: { answer } }));
    },
    say: ({ conversation, member }, type, body) =>
      done(
        ask('POST', `/v0.3/conversations/${conversation}/events`, {
          type,
          from: member,
          to: member,
          originating_session: session,
          body,
        }),
      ),
    leave: ({ conversation, member }, query = '') =>
      done(ask('DELETE', `/v0.2/conversations/${conversation}/members/${member}${query}`)),
    close: voice.close,
  };
}
