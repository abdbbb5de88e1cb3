import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { filter, firstValueFrom, map, ReplaySubject, take, timeout, type Subscription } from 'rxjs';
import { WebSocket } from 'ws';
import type { CallingContext, CallingOrder, CallingReport } from '../../../lib/call/calling.js';
import type { ConversingOrder, ConversingReport, Request } from '../../../lib/conversation/port.js';
import type { Either } from '../../../lib/core/either.js';
import type { Adapter, Failure } from '../../../lib/core/port.js';
import { service } from '../../../lib/service/index.js';
import type { ServiceOptions } from '../../../lib/service/index.js';
import type { WebSocketFactory } from '../../../lib/wire/model.js';

/** Nobody may read this in a report. */
export const secret = 'opaque-secret-of-alice';

export type Order = ConversingOrder | CallingOrder;
export type Report = ConversingReport | CallingReport;
type Tag = Report['_tag'];
export type Told<T extends Tag> = Extract<Report, { readonly _tag: T }>;
type WithoutRef<O> = O extends { readonly ref: string } ? Omit<O, 'ref'> : never;

/** An adapter under test: what it was told to do, what it told. */
export type Line = {
  readonly reports: Report[];
  readonly perform: (order: Order) => void;
  /** The next report of this kind that has not been taken yet, also if it is there already. */
  readonly next: <T extends Tag>(tag: T, where?: (report: Told<T>) => boolean) => Promise<Told<T>>;
  /** Gives the order a ref and waits for its outcome. */
  readonly order: (order: WithoutRef<Order>) => Promise<Either<Failure, unknown>>;
  readonly outcome: (ref: string) => Promise<Either<Failure, unknown>>;
  readonly ask: (request: Request) => Promise<Either<Failure, unknown>>;
  /** Opened, and logged in. */
  readonly up: () => Promise<void>;
  readonly sockets: WebSocket[];
  readonly peerConnectionOf: (call: string) => RTCPeerConnection | undefined;
  readonly stop: () => void;
};

const lines: Line[] = [];
let refs = 0;

export const line = (
  options: Partial<ServiceOptions> & { readonly apiUrl: string },
  context: Partial<CallingContext> = {},
): Line => {
  const sockets: WebSocket[] = [];
  const webSocket: WebSocketFactory = (url, protocols) => {
    const socket = new WebSocket(url, protocols);
    sockets.push(socket);
    return socket;
  };
  const chat = service({ token: () => secret, webSocket, ...options });
  const adapter = chat.open({ newId: () => `id-${String(++refs)}`, ...context }) as Adapter<Order, Report>;
  const told$ = new ReplaySubject<Report>(Infinity);
  const reports: Report[] = [];
  const taken = new Set<Report>();
  const life: Subscription = adapter.report$.subscribe(report => {
    reports.push(report);
    told$.next(report);
  });
  const first = <T extends Report>(is: (report: Report) => boolean): Promise<T> =>
    firstValueFrom(
      told$.pipe(
        filter(report => !taken.has(report) && is(report)),
        take(1),
        map(report => {
          taken.add(report);
          return report as T;
        }),
        timeout(5000),
      ),
    );
  const one: Line = {
    reports,
    perform: order => {
      adapter.perform(order);
    },
    next: <T extends Tag>(tag: T, where: (report: Told<T>) => boolean = () => true) =>
      first<Told<T>>(report => report._tag === tag && where(report as Told<T>)),
    order: order => {
      const ref = `order-${String(++refs)}`;
      adapter.perform({ ...order, ref });
      return one.outcome(ref);
    },
    outcome: async ref => (await first<Told<'done'>>(report => report._tag === 'done' && report.ref === ref)).result,
    ask: async request => {
      const ref = `ask-${String(++refs)}`;
      adapter.perform({ _tag: 'ask', ref, request });
      const is = (report: Report): boolean => report._tag === 'answered' && report.ref === ref;
      return (await first<Told<'answered'>>(is)).result;
    },
    up: async () => {
      adapter.perform({ _tag: 'open' });
      await one.next('opened');
      adapter.perform({ _tag: 'register', ref: 'up', expires: 600 });
      await one.outcome('up');
    },
    sockets,
    peerConnectionOf: chat.peerConnectionOf,
    stop: () => {
      life.unsubscribe();
    },
  };
  lines.push(one);
  return one;
};

/** Lets go of every line, and shows that none has told a token or left a socket. */
export const stopAll = async (): Promise<void> => {
  for (const { reports, sockets, stop } of lines.splice(0)) {
    stop();
    expect(JSON.stringify(reports)).not.toContain(secret);
    for (const socket of sockets) {
      if (socket.readyState !== WebSocket.CLOSED) await once(socket, 'close').catch(() => undefined);
      expect(['open', 'message', 'close'].map(name => socket.listenerCount(name))).toEqual([0, 0, 0]);
    }
  }
};

/** An HTTP server on loopback. */
export const listen = async (
  server: HttpServer = createServer(),
): Promise<{ readonly server: HttpServer; readonly url: string }> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` };
};
