/** One client of `bench/wire.ts`, in a process of its own: listens until so many events have come, and says what they cost. */
import { pathToFileURL } from 'node:url';
import WebSocket from 'ws';
import { createClient } from '../lib/client/client.js';
import { service } from '../lib/service/index.js';

type Listen = (url: string, heard: () => void) => Promise<void> | void;
const [kind = '', url = '', count = '0', folder = ''] = process.argv.slice(2);

const listeners: Readonly<Record<string, Listen>> = {
  /** The least that anybody has to do. */
  ws: (at, heard) => {
    const socket = new WebSocket(`${at.replace('http', 'ws')}/v2/rtc/`);
    socket.on('message', (data: Buffer) => {
      const frame = data.toString();
      if (frame.startsWith('0')) socket.send('40');
      if (!frame.startsWith('42')) return;
      const [name] = JSON.parse(frame.slice(2)) as [string];
      if (name === 'message') heard();
    });
  },

  /** Decoded, in order and once, folded into a hundred conversations that are watched. */
  ours: (at, heard) => {
    const client = createClient({
      conversations: service({
        apiUrl: at,
        websocketUrl: at,
        token: () => 'token',
        receipts: false,
        webSocket: address => new WebSocket(address),
      }),
    });
    client.event$.subscribe(heard);
    for (let index = 0; index < 100; index += 1) client.conversation$(`CON-${index}`).subscribe();
    client.connect();
  },

  /** As its document shows it. */
  vonage: async (at, heard) => {
    const { VonageClient } = (await import(pathToFileURL(folder).href)) as {
      readonly VonageClient: new () => {
        setConfig(config: object): void;
        on(event: string, listener: () => void): void;
        createSession(token: string): Promise<string>;
      };
    };
    const client = new VonageClient();
    client.setConfig({ apiUrl: at, websocketUrl: at });
    client.on('conversationEvent', heard);
    await client.createSession('token');
  },
};

const wanted = Number(count);
let seen = 0;
let began = process.cpuUsage();
const heard = (): void => {
  seen += 1;
  // The first ones warm it up.
  if (seen === Math.floor(wanted / 5)) began = process.cpuUsage();
  if (seen < wanted) return;
  const { user, system } = process.cpuUsage(began);
  process.stdout.write(`${JSON.stringify({ perCpuSecond: ((wanted * 0.8) / (user + system)) * 1e6 })}\n`, () =>
    process.exit(0),
  );
};

await listeners[kind]?.(url, heard);
