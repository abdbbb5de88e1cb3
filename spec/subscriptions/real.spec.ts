import { bufferCount, filter, firstValueFrom, map, take, type Observable } from 'rxjs';
import { WebSocket } from 'ws';
import { createClient, isRight, type Client } from 'callstream';
import { sip } from 'callstream/sip';
import { startServer, type DevServer } from 'callstream-server';
import type { Lamp } from '../../lib/subscriptions/model.js';
import { silentMedia, peerConnection } from '../sip/adapter/platform.js';
import { fakeDevices } from '../../lib/testing/index.js';
import { seen } from './support/scene.js';

describe('subscriptions over the local server', () => {
  let server: DevServer;
  let leave: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    server = await startServer({ port: 0 });
  });
  afterEach(async () => {
    await Promise.all(leave.map(go => go()));
    leave = [];
    await server.close();
  });

  const person = async (name: string): Promise<Client> => {
    const { username, password, realm } = server.user(name);
    const line = sip({
      server: server.wsUrl,
      aor: `sip:${username}@${realm}`,
      credentials: { username, password },
      webSocket: (url, protocols) => new WebSocket(url, protocols),
      peerConnection,
    });
    const client = createClient({ calling: [line], devices: { ...fakeDevices(), media: silentMedia } });
    const link = client.connect();
    const reaches = (wanted: string): Promise<unknown> =>
      firstValueFrom(client.session$.pipe(filter(({ connection }) => connection === wanted)));
    leave.push(async () => {
      link.unsubscribe();
      await reaches('disconnected');
    });
    await reaches('connected');
    return client;
  };

  /** The next look that is this. */
  const shows = (lamp$: Observable<Lamp>, look: string): Promise<Lamp> =>
    firstValueFrom(lamp$.pipe(filter(lamp => seen(lamp) === look)));

  it('shows the calls of another, from idle to idle', async () => {
    const [alice, bob, carol] = await Promise.all([person('alice'), person('bob'), person('carol')]);
    const lamp$ = alice.lamp$('102');
    const looks: string[] = [];
    const viewer = lamp$.subscribe(lamp => looks.push(seen(lamp)));
    await shows(lamp$, 'idle yes');

    const outcome = await firstValueFrom(carol.invite('102'));
    if (!isRight(outcome)) throw new Error(outcome.left.code);
    const { dialogs } = await shows(lamp$, 'ringing yes');
    expect(dialogs).toMatchObject([{ direction: 'recipient', remote: 'sip:103@callstream.test', remoteName: 'Carol' }]);
    const ringing = await firstValueFrom(bob.incoming$);
    expect(isRight(await firstValueFrom(bob.answer(ringing.id)))).toBe(true);
    await shows(lamp$, 'busy yes');
    await firstValueFrom(carol.hangup(outcome.right.id));
    await shows(lamp$, 'idle yes');
    viewer.unsubscribe();
    expect(looks.filter((look, index) => look !== looks[index - 1])).toEqual([
      'unknown asking',
      ...(looks.includes('unknown yes') ? ['unknown yes'] : []),
      'idle yes',
      'ringing yes',
      'busy yes',
      'idle yes',
    ]);
  });

  it('says that an extension is none', async () => {
    const alice = await person('alice');
    const lamp = await firstValueFrom(alice.lamp$('nobody').pipe(filter(({ watching }) => watching === 'no')));
    expect(lamp).toMatchObject({ state: 'unknown', fault: { code: 'not-found', statusCode: 404 } });
  });

  it('shows what waits in our own mailbox', async () => {
    const alice = await person('alice');
    const heard = firstValueFrom(
      alice.mailbox$().pipe(
        filter(({ watching }) => watching === 'yes'),
        map(({ waiting, counts }) => `${String(waiting)} ${JSON.stringify(counts)}`),
        filter(text => text.includes('voice')),
        bufferCount(2),
        take(1),
      ),
    );
    await firstValueFrom(alice.mailbox$().pipe(filter(({ counts }) => counts['voice-message'] !== undefined)));
    server.mailbox('alice', { new: 2, old: 1 });
    expect(await heard).toEqual([
      'false {"voice-message":{"new":0,"old":0}}',
      'true {"voice-message":{"new":2,"old":1}}',
    ]);
  });

  it('is watched again when the line is back', async () => {
    const alice = await person('alice');
    const lamp$ = alice.lamp$('102');
    const viewer = lamp$.subscribe();
    await shows(lamp$, 'idle yes');
    server.drop('alice');
    await shows(lamp$, 'idle asking line-lost');
    await shows(lamp$, 'idle yes');
    const bob = await person('bob');
    await firstValueFrom(bob.invite('101'));
    await shows(lamp$, 'busy yes');
    viewer.unsubscribe();
  });

  it('carries texts from one to the other in their order', async () => {
    const [alice, bob] = await Promise.all([person('alice'), person('bob')]);
    const texts = Array.from({ length: 50 }, (_, index) => String(index));
    const heard = firstValueFrom(bob.message$.pipe(bufferCount(texts.length)));
    const outcomes = await Promise.all(texts.map(text => firstValueFrom(alice.message('102', text))));
    expect(outcomes.every(isRight)).toBe(true);
    expect((await heard).map(({ body }) => body)).toEqual(texts);
    expect((await heard)[0]).toMatchObject({ line: 'sip', from: { phoneNumber: '101' }, contentType: 'text/plain' });
    expect(await firstValueFrom(alice.message('nobody', 'hello'))).toMatchObject({ left: { code: 'not-found' } });
  });
});
