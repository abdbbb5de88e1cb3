/** The WebSockets: frames in, frames out, bounds, and the ways in which a network can fail. RFC 7118. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { Bounds } from '../devserver.js';
import { serialize, type SipMessage } from './message.js';
import type { Peer } from './peer.js';
import { token } from './response.js';

/** Events of the sockets. */
export interface SocketEvents {
  readonly frame: (peer: Peer, text: string) => void;
  /** Called for every message before it leaves; `go` sends it. */
  readonly leaving: (peer: Peer, message: SipMessage, go: () => void) => void;
  readonly closed: (peer: Peer) => void;
}

/** All sockets, and their faults. */
export interface Sockets {
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Ends sockets without a closing handshake: the client sees 1006. */
  readonly drop: (user?: string) => void;
  /** Half-open: today's sockets stay open, nothing is read and nothing goes out until it is switched off. */
  readonly silence: (user: string | undefined, on: boolean) => void;
  readonly refuse: (on: boolean) => void;
  /** Sends a text frame as it is. */
  readonly inject: (user: string, text: string) => void;
  readonly close: () => void;
}

interface Line {
  readonly peer: Peer;
  readonly socket: WebSocket;
  /** Messages that wait while the socket is silent. */
  waiting: string[] | undefined;
}

/** The sockets of one server; they come in by `upgrade`. */
export function createSockets(bounds: Bounds, listener: SocketEvents): Sockets {
  const lines = new Set<Line>();
  let refusing = false;
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: bounds.frameBytes,
    handleProtocols: protocols => (protocols.has('sip') ? 'sip' : false),
  });

  server.on('connection', (socket: WebSocket) => {
    lines.add(open(socket));
  });

  function open(socket: WebSocket): Line {
    const line: Line = {
      socket,
      peer: peerOf(text => {
        write(line, text);
      }),
      waiting: undefined,
    };
    const mayRead = allowance(bounds.framesPerSecond);
    socket.on('message', data => {
      if (mayRead()) read(line, textOf(data));
      else socket.close(1008, 'too many frames');
    });
    // A protocol error is followed by 'close'.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      lines.delete(line);
      line.peer.open = false;
      listener.closed(line.peer);
    });
    return line;
  }

  function peerOf(write: (text: string) => void): Peer {
    const peer: Peer = {
      id: token(),
      kind: 'socket',
      label: undefined,
      user: undefined,
      open: true,
      send: message => {
        listener.leaving(peer, message, () => {
          write(serialize(message));
        });
      },
    };
    return peer;
  }

  function read(line: Line, text: string): void {
    // RFC 5626 §3.5.1: a double CRLF is answered with a single one.
    if (text === '\r\n\r\n') write(line, '\r\n');
    else if (text.trim() !== '') listener.frame(line.peer, text);
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map(name => name.trim());
    if (refusing) refuseUpgrade(socket, '503 Service Unavailable');
    else if (!offered.includes('sip')) refuseUpgrade(socket, '400 Bad Request');
    else
      server.handleUpgrade(request, socket, head, opened => {
        server.emit('connection', opened, request);
      });
  }

  const of = (user: string | undefined): Line[] =>
    [...lines].filter(line => user === undefined || line.peer.label === user.toLowerCase());

  return {
    upgrade,
    drop: user => {
      for (const line of of(user)) line.socket.terminate();
    },
    silence: (user, on) => {
      for (const line of of(user)) silence(line, on);
    },
    refuse: on => {
      refusing = on;
    },
    inject: (user, text) => {
      for (const line of of(user)) write(line, text);
    },
    close: () => {
      for (const line of lines) line.socket.terminate();
      server.close();
    },
  };
}

function write(line: Line, text: string): void {
  if (line.waiting) line.waiting.push(text);
  else if (line.socket.readyState === line.socket.OPEN) line.socket.send(text);
}

function silence(line: Line, on: boolean): void {
  const waiting = line.waiting ?? [];
  line.waiting = on ? waiting : undefined;
  if (on) line.socket.pause();
  else {
    line.socket.resume();
    for (const text of waiting) write(line, text);
  }
}

/** Refuses an upgrade with a plain HTTP answer. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}

function allowance(perSecond: number): () => boolean {
  let left = perSecond * 2;
  let last = Date.now();
  return () => {
    const now = Date.now();
    left = Math.min(perSecond * 2, left + ((now - last) / 1000) * perSecond);
    last = now;
    left -= 1;
    return left >= 0;
  };
}
