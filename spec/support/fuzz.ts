/** A live client at one end of a real socket, and at the other end a spec that says every octet. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { CallingOrder, CallingReport } from '../../lib/call/calling.js';
import { sip, type SipOptions } from '../../lib/sip/index.js';
import { webSocket } from '../sip/adapter/line.js';
import { peerConnection, silentMedia } from '../sip/adapter/platform.js';

export type Frame = string | Uint8Array;

/** What has come and was not taken yet, and who waits for what is to come. */
type Inbox<T> = {
  readonly put: (item: T) => void;
  /** The first that fits, or the next one that does. */
  readonly take: (fits: (item: T) => boolean) => Promise<T>;
  /** All that is there, in order. */
  readonly drain: () => readonly T[];
};

const inbox = <T>(): Inbox<T> => {
  let items: readonly T[] = [];
  const wanted: { readonly fits: (item: T) => boolean; readonly give: (item: T) => void }[] = [];
  return {
    put: item => {
      const at = wanted.findIndex(({ fits }) => fits(item));
      if (at === -1) items = [...items, item];
      else wanted.splice(at, 1)[0]!.give(item);
    },
    take: fits => {
      const found = items.find(fits);
      if (found === undefined) return new Promise(give => wanted.push({ fits, give }));
      items = items.filter(item => item !== found);
      return Promise.resolve(found);
    },
    drain: () => {
      const all = items;
      items = [];
      return all;
    },
  };
};

/** What the client has sent and reported. */
export type Reaction = { readonly sent: readonly string[]; readonly reported: readonly CallingReport[] };

export type Live = {
  readonly sent: Inbox<string>;
  readonly reported: Inbox<CallingReport>;
  readonly perform: (order: CallingOrder) => void;
  readonly send: (...frames: readonly Frame[]) => void;
  /** Sends frames and a question after them: what came before its answer is what was made of them, silence too. */
  readonly react: (...frames: readonly Frame[]) => Promise<Reaction>;
  /** How the stream of reports has ended; it never should. */
  readonly end: () => 'error' | 'complete' | undefined;
  readonly close: () => Promise<void>;
};

let number = 0;
/** A text that no other has. */
export const unique = (): string => `n${(++number).toString(36)}`;

type Parts = { readonly headers?: Readonly<Record<string, string>>; readonly body?: string; readonly uri?: string };

/** A request in good order; each is another one, unless its headers say otherwise. */
export const request = (method: string, { headers = {}, body = '', uri }: Parts = {}): string => {
  const all = {
    Via: `SIP/2.0/WSS stranger.example.org;branch=z9hG4bK${unique()}`,
    From: `"Eve" <sip:eve@example.org>;tag=${unique()}`,
    To: '<sip:bob@example.com>',
    'Call-ID': unique(),
    CSeq: `1 ${method}`,
    Contact: '<sip:eve@stranger.example.org;transport=ws>',
    'Max-Forwards': '70',
    ...(body === '' ? {} : { 'Content-Type': 'application/sdp' }),
    'Content-Length': String(Buffer.byteLength(body)),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${uri ?? 'sip:bob@example.com'} SIP/2.0`, ...lines, '', body].join('\r\n');
};

/** The first value of a header of a frame, by its long name. */
export const headerOf = (frame: string, name: string): string =>
  new RegExp(`^${name}: *(.*?)\\r?$`, 'im').exec(frame)?.[1] ?? '';

const listen = async (): Promise<WebSocketServer> => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'sip' });
  await once(server, 'listening');
  return server;
};

/** A client whose line is open. It is bob, at example.com, and has not registered. */
export const liveClient = async (options: Partial<SipOptions> = {}): Promise<Live> => {
  const server = await listen();
  const connected = once(server, 'connection') as Promise<[WebSocket]>;
  const sent = inbox<string>();
  const reported = inbox<CallingReport>();
  let end: ReturnType<Live['end']>;
  const adapter = sip({
    server: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    aor: 'sip:bob@example.com',
    webSocket,
    peerConnection,
    ...options,
  }).open({ media: silentMedia, newId: unique });
  const subscription = adapter.report$.subscribe({
    next: report => {
      if (report._tag !== 'heard') reported.put(report);
    },
    error: () => {
      end = 'error';
    },
    complete: () => {
      end = 'complete';
    },
  });
  adapter.perform({ _tag: 'open' });
  const [socket] = await connected;
  socket.on('message', data => {
    sent.put((data as Buffer).toString());
  });
  await reported.take(({ _tag }) => _tag === 'opened');
  const send: Live['send'] = (...frames) => {
    for (const frame of frames) socket.send(frame);
  };
  return {
    sent,
    reported,
    send,
    perform: order => {
      adapter.perform(order);
    },
    react: async (...frames) => {
      const question = request('OPTIONS');
      send(...frames, question);
      const answer = await sent.take(text => headerOf(text, 'Call-ID') === headerOf(question, 'Call-ID'));
      if (!answer.startsWith('SIP/2.0 200 ')) throw new Error(`The question was answered: ${answer}`);
      return { sent: sent.drain(), reported: reported.drain() };
    },
    end: () => end,
    close: async () => {
      subscription.unsubscribe();
      for (const open of server.clients) open.terminate();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
};
