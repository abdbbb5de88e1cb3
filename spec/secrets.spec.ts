import { filter, firstValueFrom, map, type Subscription } from 'rxjs';
import { WebSocket } from 'ws';
import { createClient, isRight, type Call, type Client } from 'callstream';
import { service } from 'callstream/service';
import { sip, type SipOptions } from 'callstream/sip';
import { startServer, type DevServer } from 'callstream-server';
import { fakeDevices } from 'callstream/testing';
import { record, type Recorder } from './fuzz/recorder.js';
import { closeFar, peerConnection, silentMedia } from './sip/adapter/platform.js';

const wrongPassword = 'not-the-password-of-alice';
const turnPassword = 'turn-secret-of-everybody';
const pin = '73915';
const noTones = 'pin 4711';

const callOf = (client: Client, is: (call: Call) => boolean): Promise<Call> =>
  firstValueFrom(
    client.session$.pipe(
      map(({ calls }) => calls.find(is)),
      filter(call => call !== undefined),
    ),
  );

describe('secrets in logs, faults and messages', () => {
  let server: DevServer;
  let recorder: Recorder;
  let links: readonly Subscription[] = [];
  /** What went over a socket, either way: where each secret has to be seen, or nothing is shown. */
  let wire: string[] = [];
  const configured: RTCConfiguration[] = [];

  const webSocket = (url: string, protocols: string[]): WebSocket => {
    const socket = new WebSocket(url, protocols);
    const send = socket.send.bind(socket) as (data: string) => void;
    socket.on('message', data => wire.push((data as Buffer).toString()));
    return Object.assign(socket, {
      send: (data: string) => {
        wire.push(data);
        send(data);
      },
    });
  };

  const line = (name: string, options: Partial<SipOptions> = {}): ReturnType<typeof sip> => {
    const { username, password, realm } = server.user(name);
    return sip({
      server: server.wsUrl,
      aor: `sip:${username}@${realm}`,
      credentials: { username, password },
      webSocket,
      peerConnection: configuration => {
        configured.push(configuration);
        return peerConnection(configuration);
      },
      iceServers: [{ urls: 'turn:127.0.0.1:9?transport=tcp', username: 'turn', credential: turnPassword }],
      dtmf: 'info',
      ...options,
    });
  };

  const connect = (options: Parameters<typeof createClient>[0]): Client => {
    const client = createClient({ ...options, devices: { ...fakeDevices(), media: silentMedia } });
    recorder.watch(client);
    links = [...links, client.connect()];
    return client;
  };

  const connected = (client: Client): Promise<unknown> =>
    firstValueFrom(client.session$.pipe(filter(({ connection }) => connection === 'connected')));

  beforeEach(async () => {
    wire = [];
    recorder = record();
    server = await startServer({ port: 0, log: recorder.note });
  });
  afterEach(async () => {
    for (const link of links) link.unsubscribe();
    links = [];
    recorder.stop();
    closeFar();
    await server.close();
  });

  /** Everything that must not be read, each as it was really used. */
  const corpus = (): Readonly<Record<string, readonly string[]>> => {
    const all = wire.join('\n');
    const found = (pattern: RegExp): readonly string[] => [...all.matchAll(pattern)].map(([, secret = '']) => secret);
    return {
      response: found(/response="([^"]{8,})"/g),
      cnonce: found(/cnonce="([^"]{8,})"/g),
      'ice-pwd': found(/a=ice-pwd:(\S+)/g),
      signal: found(/(Signal=\S)/g),
    };
  };

  const expectUnread = (secrets: Readonly<Record<string, readonly string[]>>): void => {
    const read = recorder.lines().join('\n');
    expect(read.length).toBeGreaterThan(1_000);
    for (const [kind, values] of Object.entries(secrets)) {
      expect({ kind, used: values.length > 0 }).toEqual({ kind, used: true });
      expect({ kind, read: values.filter(value => read.includes(value)) }).toEqual({ kind, read: [] });
    }
  };

  it('are read nowhere when people register, are refused, call and send digits', async () => {
    const { password } = server.user('alice');
    const [alice, bob] = [connect({ calling: [line('alice')] }), connect({ calling: [line('bob')] })];
    const carol = connect({
      calling: [line('carol', { credentials: { username: 'carol', password: wrongPassword } })],
    });
    const answering = bob.incoming$.subscribe(({ id }) => void recorder.heard(bob.answer(id)));
    await Promise.all([connected(alice), connected(bob)]);
    await firstValueFrom(carol.session$.pipe(filter(({ registration }) => registration.state === 'refused')));

    const placed = await recorder.heard(alice.invite('bob', { headers: { 'X-Token': `token=${turnPassword}` } }));
    if (!isRight(placed)) throw new Error(placed.left.code);
    const { id } = placed.right;
    await callOf(alice, ({ status }) => status === 'active');
    expect(isRight(await recorder.heard(alice.dtmf(id, pin)))).toBe(true);
    expect(isRight(await recorder.heard(alice.dtmf(id, noTones)))).toBe(false);
    await recorder.heard(alice.hangup(id));
    await callOf(alice, ({ status }) => status === 'terminated');

    // A server that says too much.
    const leaked = `Authorization: Digest response="${corpus()['response']![0]!}", password=${password}`;
    server.respond(
      { method: 'INVITE' },
      { status: 403, reason: leaked, headers: [`Warning: 399 x "${leaked.replaceAll('"', '\\"')}"`] },
    );
    await recorder.heard(alice.invite('bob'));
    await callOf(alice, ({ end }) => end?.statusCode === 403);
    for (const target of [`sip:alice:${password}@example.com`, `bob;token=${password}`, `${password}\r\n`])
      await recorder.heard(alice.invite(target, { headers: { Authorization: `Digest ${password}` } }));
    recorder.thrown(() => sip({ server: `http://alice:${password}@127.0.0.1/`, aor: 'sip:alice@example.com' }));
    recorder.thrown(() => sip({ server: server.wsUrl, aor: `alice:${password}` }));

    const used = configured.flatMap(({ iceServers = [] }) => iceServers.map(({ credential }) => credential));
    expect(used).toContain(turnPassword);
    expectUnread({ ...corpus(), password: [password, wrongPassword], turn: [turnPassword], digits: [pin, noTones] });
    answering.unsubscribe();
  });

  it('are read nowhere when people sign in, ask for what they may not have, and their token runs out', async () => {
    const tokens: string[] = [];
    const chat = service({
      apiUrl: server.url,
      webSocket,
      fetch: (url, init) => {
        wire.push(JSON.stringify(init));
        return fetch(url, init);
      },
      token: async () => {
        tokens.push(await server.token('alice'));
        return tokens.at(-1)!;
      },
    });
    const alice = createClient({ conversations: chat });
    recorder.watch(alice);
    links = [alice.connect()];
    await connected(alice);
    const made = await recorder.heard(alice.createConversation({ name: 'tea' }));
    if (!isRight(made)) throw new Error(made.left.code);
    expect(isRight(await recorder.heard(alice.getConversation('no-such')))).toBe(false);
    // A server that says too much.
    const detail = `Authorization: bearer ${tokens[0]!} is not welcome, said ${tokens[0]!}`;
    for (const status of [400, 403, 409]) {
      const body = JSON.stringify({ title: detail, detail, code: `x:${detail}` });
      server.respondHttp({ path: /\/v0\.3\/conversations/ }, { status, contentType: 'application/json', body });
      expect({ status, refused: !isRight(await recorder.heard(alice.getConversation(made.right))) }).toEqual({
        status,
        refused: true,
      });
    }
    server.expire('alice');
    await recorder.heard(alice.getConversation(made.right));
    recorder.thrown(() => service({ apiUrl: `http://alice:${tokens[0]!}@example.com`, token: () => '' }));

    const sent = wire.join('\n');
    expectUnread({ token: tokens.filter(token => sent.includes(token)) });
  });
});
