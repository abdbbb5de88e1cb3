import { first, firstValueFrom } from 'rxjs';
import { SimpleUser } from 'sip.js/lib/platform/web/index.js';
import { createClient } from 'callstream';
import { browser } from 'callstream/browser';
import { sip } from 'callstream/sip';

/** One account, and the ICE servers of the cell that is measured. */
export type Cell = {
  readonly wsUrl: string;
  readonly username: string;
  readonly password: string;
  readonly realm: string;
  readonly iceServers: readonly RTCIceServer[];
};

declare global {
  interface Window {
    ours: (cell: Cell, runs: number) => Promise<readonly number[]>;
    stock: (cell: Cell, runs: number) => Promise<readonly number[]>;
  }
}

const calls = new Set<string>();

/** When the first INVITE of a new call was handed to a socket, whoever did it. A repeated one, with credentials, is none. */
const invited = (): Promise<number> =>
  new Promise(resolve => {
    const sends = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'send') as { readonly value: WebSocket['send'] };
    WebSocket.prototype.send = function (data): void {
      sends.value.call(this, data);
      const [, call] = (typeof data === 'string' && /^INVITE [^]*?\r\nCall-ID: *(\S+)/i.exec(data)) || [];
      if (call === undefined || calls.has(call)) return;
      calls.add(call);
      Object.defineProperty(WebSocket.prototype, 'send', sends);
      resolve(performance.now());
    };
  });

/** A microphone that is open all the time: what is measured is not how long it takes to open. */
const warm = (): Promise<MediaStream> => navigator.mediaDevices.getUserMedia({ audio: true });

const times = async (runs: number, once: () => Promise<number>): Promise<readonly number[]> => {
  const measured: number[] = [];
  for (let run = 0; run < runs; run += 1) measured.push(await once());
  return measured;
};

window.ours = async ({ wsUrl, username, password, realm, iceServers }, runs) => {
  const microphone = await warm();
  const line = sip({ server: wsUrl, aor: `sip:${username}@${realm}`, credentials: { username, password }, iceServers });
  const client = createClient({ calling: [line], devices: browser(), linger: 0 });
  const link = client.connect();
  const is = (test: (session: { readonly connection: string; readonly calls: readonly unknown[] }) => boolean) =>
    firstValueFrom(client.session$.pipe(first(test)));
  await is(({ connection }) => connection === 'connected');
  const measured = await times(runs, async () => {
    const sent = invited();
    const began = performance.now();
    const outcome = await firstValueFrom(client.invite('blackhole'));
    if (outcome._tag === 'Left') throw new Error(outcome.left.code);
    const took = (await sent) - began;
    client.hangup(outcome.right.id);
    await is(({ calls }) => calls.length === 0);
    return took;
  });
  link.unsubscribe();
  microphone.getTracks().forEach(track => {
    track.stop();
  });
  return measured;
};

window.stock = async ({ wsUrl, username, password, realm, iceServers }, runs) => {
  const microphone = await warm();
  const user = new SimpleUser(wsUrl, {
    aor: `sip:${username}@${realm}`,
    media: { constraints: { audio: true, video: false } },
    userAgentOptions: {
      authorizationUsername: username,
      authorizationPassword: password,
      logLevel: 'error',
      sessionDescriptionHandlerFactoryOptions: { peerConnectionConfiguration: { iceServers: [...iceServers] } },
    },
  });
  await user.connect();
  await user.register();
  const measured = await times(runs, async () => {
    const over = new Promise<void>(resolve => {
      user.delegate = { onCallHangup: resolve };
    });
    const sent = invited();
    const began = performance.now();
    await user.call(`sip:blackhole@${realm}`);
    const took = (await sent) - began;
    await user.hangup();
    await over;
    return took;
  });
  await user.unregister();
  await user.disconnect();
  microphone.getTracks().forEach(track => {
    track.stop();
  });
  return measured;
};
