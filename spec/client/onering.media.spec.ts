import { concatMap, distinct, filter, firstValueFrom, map, from } from 'rxjs';
import { WebSocket } from 'ws';
import { createClient, isRight, type Client, type Session } from 'callstream';
import { service } from 'callstream/service';
import { sip } from 'callstream/sip';
import { startServer, type DevServer } from 'callstream-server';
import { fakeDevices } from 'callstream/testing';
import { plainMedia } from '../../lib/rtc/media.js';
import { provideMediaStream, toneMicrophone, wrtcPeerConnection } from '../support/wrtc.js';

const until = (client: Client, is: (session: Session) => boolean): Promise<Session> =>
  firstValueFrom(client.session$.pipe(filter(is)));

/** A person with a line by SIP and one by the service, in one client. */
const person = async (server: DevServer, name: string) => {
  const { username, password, realm } = server.user(name);
  const microphone = toneMicrophone(440);
  const webSocket = (url: string, protocols?: string | string[]): WebSocket => new WebSocket(url, protocols);
  const rtc = { webSocket, peerConnection: wrtcPeerConnection };
  const client = createClient({
    calling: [
      sip({ server: server.wsUrl, aor: `sip:${username}@${realm}`, credentials: { username, password }, ...rtc }),
      service({ apiUrl: server.url, token: () => server.token(name), ...rtc }),
    ],
    devices: { ...fakeDevices(), media: plainMedia(microphone.userMedia) },
  });
  const link = client.connect();
  const rung: string[] = [];
  client.session$
    .pipe(
      concatMap(({ calls }) => from(calls)),
      filter(({ direction }) => direction === 'incoming'),
      distinct(({ id }) => id),
      map(({ line }) => line),
    )
    .subscribe(line => rung.push(line));
  await until(client, ({ lines }) => lines.every(({ connection }) => connection === 'connected'));
  return {
    client,
    /** The lines by which calls have come in. */
    rung,
    leave: async (): Promise<void> => {
      link.unsubscribe();
      await until(client, ({ connection }) => connection === 'disconnected');
      microphone.stop();
    },
  };
};

describe('client: one call by SIP and by the service', () => {
  let server: DevServer;
  beforeAll(async () => {
    provideMediaStream();
    server = await startServer({ port: 0 });
  });
  afterAll(() => server.close());

  it.each([['sip'], ['service']])('rings once where it comes by %s', async via => {
    const [alice, bob] = await Promise.all([person(server, 'alice'), person(server, 'bob')]);
    const placed = await firstValueFrom(alice.client.invite('bob', { via }));
    expect(isRight(placed)).toBe(true);
    const ringing = await firstValueFrom(bob.client.incoming$);
    const answered = await firstValueFrom(bob.client.answer(ringing.id));
    expect(isRight(answered)).toBe(true);
    await until(alice.client, ({ calls }) => calls.some(({ status }) => status === 'active'));
    expect(bob.rung).toHaveLength(1);
    await firstValueFrom(bob.client.hangup(ringing.id));
    await until(alice.client, ({ calls }) => calls.every(({ status }) => status === 'terminated'));
    await Promise.all([alice.leave(), bob.leave()]);
  });
});
