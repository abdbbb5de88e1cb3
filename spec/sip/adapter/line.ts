import { isRight, type Either } from '../../../lib/core/either.js';
import type { Done, Failure } from '../../../lib/core/port.js';
import type { CallingOrder, CallingReport } from '../../../lib/call/calling.js';
import type { Subscription } from 'rxjs';
import { WebSocket } from 'ws';
import type { Media } from '../../../lib/media/port.js';
import type { DevServer } from '../../../server/lib/index.js';
import { sip, type SipOptions } from '../../../lib/sip/index.js';
import { peerConnection, silentMedia } from './platform.js';

type Tag = CallingReport['_tag'];
type Told<T extends Tag> = Extract<CallingReport, { readonly _tag: T }>;

/** One adapter, driven by orders as the core would drive it; what it reports waits until a spec takes it. */
export interface Line {
  readonly perform: (order: CallingOrder) => void;
  /** The first report of this kind that was not taken yet, or the next to come. */
  readonly take: <T extends Tag>(tag: T, where?: (report: Told<T>) => boolean) => Promise<Told<T>>;
  /** What was reported and not taken, by tag. */
  readonly left: (tag?: Tag) => readonly CallingReport[];
  /** Gives the order a ref and waits for its outcome. */
  readonly ask: (order: WithoutRef<CallingOrder>) => Promise<Either<Failure, unknown>>;
  /** Opens the socket and registers. */
  readonly up: () => Promise<void>;
  readonly stop: () => void;
}

type WithoutRef<O> = O extends { readonly ref: string } ? Omit<O, 'ref'> : never;
type Wanted = { readonly matches: (report: CallingReport) => boolean; readonly give: (report: CallingReport) => void };

/** The sockets that were made and are not closed. */
export const sockets = new Set<WebSocket>();

export const webSocket = (url: string, protocols: string[]): WebSocket => {
  const socket = new WebSocket(url, protocols);
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
  return socket;
};

const lines = new Set<Line>();

let refs = 0;

export const line = (
  server: DevServer,
  user: string,
  options: Partial<SipOptions> = {},
  media: Media = silentMedia,
): Line => {
  const { username, password, realm } = server.user(user);
  let ids = 0;
  const adapter = sip({
    server: server.wsUrl,
    aor: `sip:${username}@${realm}`,
    credentials: { username, password },
    webSocket,
    peerConnection,
    ...options,
  }).open({ media, newId: () => `${user}-${++ids}` });
  const waiting: CallingReport[] = [];
  const wanted: Wanted[] = [];
  const subscription: Subscription = adapter.report$.subscribe(report => {
    const at = wanted.findIndex(({ matches }) => matches(report));
    if (at === -1) waiting.push(report);
    else wanted.splice(at, 1)[0]!.give(report);
    if (report._tag === 'gathered') adapter.perform({ _tag: 'describe', call: report.call });
  });
  const take: Line['take'] = <T extends Tag>(tag: T, where: (report: Told<T>) => boolean = () => true) => {
    const matches = (report: CallingReport): boolean => report._tag === tag && where(report as Told<T>);
    const at = waiting.findIndex(matches);
    if (at !== -1) return Promise.resolve(waiting.splice(at, 1)[0] as Told<T>);
    return new Promise<Told<T>>(resolve => {
      wanted.push({ matches, give: resolve as (report: CallingReport) => void });
    });
  };
  const ask: Line['ask'] = async order => {
    const ref = `ref-${++refs}`;
    adapter.perform({ ...order, ref });
    const done: Done = await take('done', report => report.ref === ref);
    return done.result;
  };
  const one: Line = {
    perform: order => {
      adapter.perform(order);
    },
    take,
    left: tag => waiting.filter(({ _tag }) => tag === undefined || _tag === tag),
    ask,
    up: async () => {
      adapter.perform({ _tag: 'open' });
      await take('opened');
      const result = await ask({ _tag: 'register', expires: 600 });
      if (!isRight(result)) throw new Error(`not registered: ${JSON.stringify(result)}`);
    },
    stop: () => {
      subscription.unsubscribe();
      lines.delete(one);
    },
  };
  lines.add(one);
  return one;
};

/** Puts every line down that a spec has left. */
export const stopAll = (): void => {
  for (const one of lines) one.stop();
};
