/** The sockets of the conversation service: Socket.IO by its own package, WebSocket only. */
import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Server, type Socket } from 'socket.io';
import type { WebSocket } from 'ws';
import { refuseUpgrade } from '../sip/sockets.js';
import type { Tokens } from '../tokens.js';
import { createAdmission, expiredToken } from './admission.js';
import { createConnection, type Connection, type Pass } from './connection.js';
import { frameFor, type FanOut, type Frame } from './fanout.js';
import type { UserDirectory } from './user-directory.js';
import type { Millis } from './model.js';
import type { Sessions } from './sessions.js';
import { frameOf } from './json.js';

/** Where clients connect. */
export const socketPath = '/v2/rtc/';

/** Services of the gateway. */
export interface GatewaySettings {
  readonly tokens: Tokens;
  readonly directory: UserDirectory;
  readonly sessions: Sessions;
  readonly fanOut: FanOut;
  readonly pingInterval: Millis;
  readonly pingTimeout: Millis;
  /** The invitations to calls that ring now. */
  readonly ringing: (user: string) => Promise<readonly Frame[]>;
  /** How often the sessions of open sockets are touched. */
  readonly touchInterval: Millis;
  /** Passes each frame to that user, for a new socket. */
  readonly passTo: (user: string) => Pass;
  /** A session has ended at its client's wish. */
  readonly loggedOut: (session: string) => void;
  readonly log: (line: string) => void;
}

/** The function by which Socket.IO answers an event that asks for it. */
const isAcknowledgement = (value: unknown): value is () => void => typeof value === 'function';

/** One socket. The rest is there once its login has succeeded, until it ends. */
export interface Line {
  readonly socket: Socket;
  connection?: Connection;
  /** Its device, where the handshake has one. */
  device?: string | undefined;
  /** Ends the socket when its token ends. */
  expiry?: NodeJS.Timeout;
  /** Ends the delivery of events to the connection. */
  stopListening?: () => void;
  silent: boolean;
}

/** All sockets of the service. */
export interface Gateway {
  readonly lines: ReadonlySet<Line>;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly refuse: (on: boolean) => void;
  /** The session's client has a token that is good until then. */
  readonly renew: (session: string, until: Millis) => void;
  readonly close: () => Promise<void>;
}

export function createGateway(settings: GatewaySettings): Gateway {
  const { directory, sessions, fanOut, pingInterval, pingTimeout, log } = settings;
  const admit = createAdmission(settings.tokens, directory, sessions);
  const lines = new Set<Line>();
  /** The underlying sockets, also those that Socket.IO has closed. */
  const streams = new Set<Duplex>();
  /** Sessions that are being put down. */
  const ending = new Set<Promise<void>>();
  let refusing = false;
  // It never listens; `upgrade` passes the requests on.
  const carrier = createServer();
  const io = new Server(carrier, {
    path: socketPath,
    transports: ['websocket'],
    serveClient: false,
    pingInterval,
    pingTimeout,
  });

  io.on('connection', socket => {
    const line: Line = { socket, silent: false };
    lines.add(line);
    const login = enter(line).catch(() => {
      log('a login failed within');
      socket.disconnect(true);
    });
    // The server acknowledges every event that asks for it, and sends no other answer.
    socket.onAny((...said: readonly unknown[]) => {
      const last = said.at(-1);
      if (isAcknowledgement(last)) last();
    });
    socket.on('session:logout', (request: unknown) => {
      void login.then(() => leave(line, request)).catch(() => undefined);
    });
    socket.on('disconnect', () => {
      lines.delete(line);
      const done = login.then(() => putDown(line)).catch(() => undefined);
      ending.add(done);
      void done.then(() => ending.delete(done));
    });
  });

  async function enter(line: Line): Promise<void> {
    const { socket } = line;
    const known = await admit(socket.handshake.query);
    if ('refused' in known) {
      fail(socket, known.refused);
      return;
    }
    const { user, session, until } = known;
    const acknowledging = session.parameters['acknowledge_events'] === 'true';
    const former = [...lines].find(other => other.connection?.session === session.id);
    const stood = former?.connection?.positions() ?? session.positions;
    // Two sockets of one session would share its events: the newer one replaces the older.
    if (former) end(former);

    const connection = createConnection(
      user,
      session.id,
      stood,
      acknowledging,
      (type, payload, acked) => {
        if (socket.connected) socket.emit(type, payload, ...(acknowledging ? [acked] : []));
      },
      settings.passTo(user.name),
    );
    // Buffers events from here on, so that none is lost between the log and the socket.
    line.connection = connection;
    line.stopListening = fanOut.listen(user.id, frame => {
      connection.hear(frameFor(frame, line.device));
    });
    const { events, positions } = await sessions.missed(user, stood);
    const frames = await Promise.all(events.map(event => frameOf(event, directory)));
    line.device = session.parameters['instance_id']?.toLowerCase();
    const ringing = (await settings.ringing(user.id)).map(frame => frameFor(frame, line.device));
    const again = new Set(ringing.map(({ place }) => nameOf(place)));
    const pending = [...frames.filter(({ place }) => !again.has(nameOf(place))), ...ringing].map(
      ({ type, payload }) => ({ type, ...payload }),
    );
    if (!socket.connected) return;
    const { id: user_id, name } = user;
    const told = pending.length > 0 ? { pending_events: pending } : {};
    socket.emit('session:success', { body: { id: session.id, user_id, name, api_key: 'callstream', ...told } });
    log(`${name} logged in`);
    expireAt(line, until);
    connection.open(positions);
  }

  async function leave(line: Line, request: unknown): Promise<void> {
    const { connection, socket } = line;
    if (!connection) return;
    end(line, false);
    await sessions.end(connection.session);
    settings.loggedOut(connection.session);
    const tid = typeof request === 'object' && request !== null && 'tid' in request ? request.tid : undefined;
    const rid = typeof tid === 'string' ? tid : undefined;
    socket.emit('session:logged-out', { rid, body: {} });
    log(`${connection.user.name} logged out`);
  }

  /** The line is no longer the session's. */
  function end(line: Line, disconnect = true): void {
    clearTimeout(line.expiry);
    line.stopListening?.();
    delete line.connection;
    if (disconnect) line.socket.disconnect(true);
  }

  async function putDown(line: Line): Promise<void> {
    clearTimeout(line.expiry);
    line.stopListening?.();
    const { connection } = line;
    delete line.connection;
    if (connection) await sessions.touch(connection.session, connection.positions());
  }

  function expireAt(line: Line, until: Millis): void {
    clearTimeout(line.expiry);
    line.expiry = setTimeout(
      () => {
        fail(line.socket, expiredToken);
        line.socket.disconnect();
      },
      Math.min(until - Date.now(), longestTimer),
    );
    line.expiry.unref();
  }

  const touching = setInterval(
    () => {
      for (const { connection } of lines)
        if (connection) sessions.touch(connection.session, connection.positions()).catch(() => undefined);
    },
    Math.min(settings.touchInterval, longestTimer),
  );
  touching.unref();

  return {
    lines,
    upgrade: (request, socket, head) => {
      if (refusing) {
        refuseUpgrade(socket, '503 Service Unavailable');
        return;
      }
      streams.add(socket);
      socket.once('close', () => streams.delete(socket));
      carrier.emit('upgrade', request, socket, head);
    },
    refuse: on => {
      refusing = on;
    },
    renew: (session, until) => {
      for (const line of lines) if (line.connection?.session === session) expireAt(line, until);
    },
    close: async () => {
      clearInterval(touching);
      for (const { expiry, stopListening } of lines) {
        clearTimeout(expiry);
        stopListening?.();
      }
      for (const stream of streams) stream.destroy();
      await io.close();
      await Promise.all(ending);
    },
  };
}

/** A longer one would fire at once. */
const longestTimer = 2 ** 31 - 1;

function fail(socket: Socket, event: string): void {
  socket.emit(event, { body: {} });
}

const nameOf = (place: Frame['place']): string => (place ? `${place.conversation} ${place.id}` : '');

/** The WebSocket beneath a line, for what Socket.IO would not do by itself. */
export function webSocketOf({ socket }: Line): WebSocket | undefined {
  return (socket.conn.transport as { readonly socket?: WebSocket }).socket;
}
