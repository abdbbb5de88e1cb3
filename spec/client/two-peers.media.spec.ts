import { filter, firstValueFrom, map, mergeMap } from 'rxjs';
import { WebSocket } from 'ws';
import { createClient, isRight, snapshot, type Call, type Client, type DevicePort, type Session } from 'callstream';
import { sip } from 'callstream/sip';
import { startServer, type DevServer } from 'callstream-server';
import { fakeDevices } from 'callstream/testing';
import { echo } from '../../examples/node-bot/echo.js';
import { energyOf, listeningMedia, provideMediaStream, toneMicrophone, wrtcPeerConnection } from '../support/wrtc.js';

/** What is silent, and what is heard, as the root mean square of decoded audio from 0 to 1. */
const threshold = 0.01;

/** A client with a microphone that hums and a loudspeaker that is an ear. */
const person = (server: DevServer, name: string, frequency: number) => {
  const { username, password, realm } = server.user(name);
  const microphone = toneMicrophone(frequency);
  const { media, heard } = listeningMedia(microphone.userMedia);
  const devices: DevicePort = { ...fakeDevices(), media };
  const line = sip({
    server: server.wsUrl,
    aor: `sip:${username}@${realm}`,
    credentials: { username, password },
    webSocket: (url, protocols) => new WebSocket(url, protocols),
    peerConnection: wrtcPeerConnection,
  });
  const client = createClient({ calling: [line], devices });
  const link = client.connect();
  return {
    client,
    microphone,
    /** Resolves as soon as something is heard, or nothing any more. */
    hears: async (wanted: 'sound' | 'silence'): Promise<void> => {
      // Node is told of a track after the call is active.
      while (heard.length === 0) await new Promise(setImmediate);
      const ear = energyOf(heard[heard.length - 1]!);
      await (wanted === 'sound' ? ear.above(threshold) : ear.below(threshold));
      ear.stop();
    },
    leave: async (): Promise<void> => {
      link.unsubscribe();
      await until(client, ({ connection }) => connection === 'disconnected');
      microphone.stop();
    },
  };
};

const until = (client: Client, is: (session: Session) => boolean): Promise<Session> =>
  firstValueFrom(client.session$.pipe(filter(is)));
const online = (client: Client): Promise<Session> => until(client, ({ connection }) => connection === 'connected');
const calling = (client: Client, is: (call: Call) => boolean): Promise<Call> =>
  firstValueFrom(
    client.session$.pipe(
      map(({ calls }) => calls.find(is)),
      filter(call => call !== undefined),
    ),
  );

const place = async (client: Client, target: string): Promise<Call> => {
  const outcome = await firstValueFrom(client.invite(target));
  if (!isRight(outcome)) throw new Error(outcome.left.code);
  return outcome.right;
};

describe('client: two clients over the local server', () => {
  let server: DevServer;
  beforeAll(async () => {
    provideMediaStream();
    server = await startServer({ port: 0 });
  });
  afterAll(() => server.close());

  it('talk: both are heard, a mute is not, a hold silences both', async () => {
    const alice = person(server, 'alice', 440);
    const bob = person(server, 'bob', 660);
    await Promise.all([online(alice.client), online(bob.client)]);

    const { id } = await place(alice.client, '102');
    const ringing = await firstValueFrom(bob.client.incoming$);
    expect(ringing).toMatchObject({
      phoneNumber: '101',
      displayName: 'Alice',
      direction: 'incoming',
      status: 'ringing',
    });
    await calling(alice.client, ({ status }) => status === 'ringing');

    await firstValueFrom(bob.client.answer(ringing.id));
    await calling(alice.client, ({ status, media }) => status === 'active' && media === 'flowing');
    await Promise.all([alice.hears('sound'), bob.hears('sound')]);

    await firstValueFrom(alice.client.mute(id, true));
    await bob.hears('silence');
    await firstValueFrom(alice.client.mute(id, false));

    expect(isRight(await firstValueFrom(alice.client.hold(id)))).toBe(true);
    expect(snapshot(alice.client.session$).calls[0]).toMatchObject({
      status: 'on_hold',
      hold: { local: true, remote: false },
    });
    await calling(bob.client, ({ hold }) => hold.remote);
    await bob.hears('silence');

    expect(isRight(await firstValueFrom(alice.client.unhold(id)))).toBe(true);
    await calling(bob.client, ({ hold }) => !hold.remote);
    await bob.hears('sound');

    await firstValueFrom(alice.client.dtmf(id, '5'));
    alice.client.hangup(id);
    const over = await calling(bob.client, ({ status }) => status === 'terminated');
    expect(over.end).toMatchObject({ by: 'remote', cause: 'hung_up' });
    await Promise.all([alice.leave(), bob.leave()]);
    expect([...alice.microphone.tracks, ...bob.microphone.tracks].map(({ readyState }) => readyState)).toEqual([
      'ended',
      'ended',
    ]);
  });

  it('is echoed by the bot of the examples', async () => {
    const alice = person(server, 'alice', 440);
    const { username, password, realm } = server.user('dave');
    const bot = createClient({
      calling: [
        sip({
          server: server.wsUrl,
          aor: `sip:${username}@${realm}`,
          credentials: { username, password },
          webSocket: (url, protocols) => new WebSocket(url, protocols),
          ...echo(),
        }),
      ],
    });
    const answering = bot.incoming$.pipe(mergeMap(({ id }) => bot.answer(id))).subscribe();
    const botLink = bot.connect();
    await Promise.all([online(alice.client), online(bot)]);
    const { id } = await place(alice.client, 'dave');
    await calling(alice.client, ({ status, media }) => status === 'active' && media === 'flowing');
    await alice.hears('sound');
    await firstValueFrom(alice.client.mute(id, true));
    await alice.hears('silence');
    answering.unsubscribe();
    botLink.unsubscribe();
    await alice.leave();
  });
});
