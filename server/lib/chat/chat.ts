/** The conversation service, put together: its sockets, its endpoints, its storage and its faults. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Tokens } from '../tokens.js';
import type { Users } from '../users.js';
import type { Chat, ChatOptions } from './controls.js';
import { createFanOut, type Frame } from './fanout.js';
import { createFaults } from './faults.js';
import { createUserFaults } from './user-faults.js';
import { createGateway, webSocketOf, type Line } from './gateway.js';
import { createChatTraffic } from './traffic.js';
import { createUserDirectory } from './user-directory.js';
import { createRest, type Request } from './rest.js';
import type { Reply } from './reply.js';
import { createSerialQueues, type ChatContext } from './conversation-context.js';
import type { Route } from './routes.js';
import { createSessions } from './sessions.js';
import type { Storage } from './storage.js';

/** Services of the conversation service. */
export interface ChatSettings extends ChatOptions {
  readonly storage: Storage;
  readonly users: Users;
  readonly tokens: Tokens;
  readonly log: (line: string) => void;
  /** Called for each request. */
  readonly extension: () => Extension;
}

/** Additions of another part of the server. */
export interface Extension {
  /** Endpoints that go before the service's own. */
  readonly routes: readonly Route[];
  /** A session has ended at its client's wish. */
  readonly loggedOut: (session: string) => void;
  /** Invitations of the calls that ring, for a user who logs in. */
  readonly ringing: (user: string) => Promise<readonly Frame[]>;
}

/** The running service. */
export interface ChatService {
  readonly controls: Chat;
  readonly context: ChatContext;
  /** True while a user, by name, has an open socket. */
  readonly isSignedIn: (user: string) => boolean;
  /** The devices of a user's open sockets, by name; `undefined` of one that does not say which it is. */
  readonly devices: (user: string) => readonly (string | undefined)[];
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** `lost`: the connection is to be cut without an answer. */
  readonly answer: (request: Request) => Promise<Reply | 'lost'>;
  /** `POST /dev/chat/faults`, for this user. */
  readonly setFaults: (user: string, body: unknown) => Reply;
  readonly close: () => Promise<void>;
}

/** Lifetime of a session after its last socket, in ms. */
export const usualSessionLifetime = 15 * 60_000;

const usual = {
  pingInterval: 25_000,
  pingTimeout: 20_000,
  sessionLifetime: usualSessionLifetime,
  maxSessions: 50,
  seed: 1,
};

export function createChat(settings: ChatSettings): ChatService {
  const { storage, users, tokens, log, extension } = settings;
  const { pingInterval, pingTimeout, sessionLifetime, maxSessions, seed } = { ...usual, ...settings };
  const directory = createUserDirectory(users, storage);
  const fanOut = createFanOut();
  const faults = createFaults(seed);
  const interference = createChatTraffic(4000);
  const gateway = createGateway({
    tokens,
    directory,
    sessions: createSessions(storage, { lifetime: sessionLifetime, most: maxSessions }),
    fanOut,
    pingInterval,
    pingTimeout,
    touchInterval: Math.max(sessionLifetime / 2, 1),
    passTo: user => {
      const suffer = faults.passTo(user);
      return (frame, go) => {
        interference.pass({ at: Date.now(), user, event: frame.type, body: frame.payload }, () => {
          suffer(frame, go);
        });
      };
    },
    loggedOut: session => {
      extension().loggedOut(session);
    },
    ringing: user => extension().ringing(user),
    log,
  });
  const context: ChatContext = { storage, users: directory, fanOut, inOrder: createSerialQueues() };
  const rest = createRest({
    context,
    tokens,
    before: () => extension().routes,
    renew: gateway.renew,
    started: passing =>
      new Promise(go => {
        interference.pass(passing, go);
      }),
  });

  function linesOf(user: string | undefined): Line[] {
    const name = user?.toLowerCase();
    return [...gateway.lines].filter(({ connection }) => name === undefined || connection?.user.name === name);
  }

  function drop(user?: string): void {
    for (const line of linesOf(user)) webSocketOf(line)?.terminate();
  }
  const flaky = createUserFaults({ faults, drop });

  const controls: Chat = {
    log: async conversation => {
      const found = await storage.conversation(conversation);
      return found ? storage.events(found.id, { order: 'asc', limit: found.last }) : [];
    },
    get passed() {
      return interference.passed;
    },
    sockets: user => linesOf(user).length,
    next: interference.next,
    hold: interference.hold,
    loseAnswer: interference.loseAnswer,
    drop,
    silence: (user, on = true) => {
      for (const line of linesOf(user)) silence(line, on);
    },
    refuse: gateway.refuse,
    disconnect: user => {
      for (const { socket } of linesOf(user)) socket.disconnect();
    },
    push: (user, event, payload) => {
      for (const { socket } of linesOf(user)) socket.emit(event, payload);
    },
    inject: (user, frame) => {
      for (const line of linesOf(user)) webSocketOf(line)?.send(frame);
    },
    lose: (chance = {}) => {
      faults.add('lose', chance);
    },
    duplicate: (chance = {}) => {
      faults.add('duplicate', chance);
    },
    reorder: (chance = {}) => {
      faults.add('reorder', chance);
    },
    delay: ({ ms, ...chance }) => {
      faults.add('delay', chance, ms);
    },
    calm: faults.calm,
  };

  return {
    controls,
    context,
    isSignedIn: user => linesOf(user).length > 0,
    devices: user => linesOf(user).map(({ device }) => device),
    upgrade: gateway.upgrade,
    answer: async request => {
      const { passing, reply } = await rest(request);
      if (reply.status >= 500) log(`${passing.method ?? ''} ${passing.path ?? ''} failed within`);
      const lost = interference.losesAnswer(passing);
      await new Promise<void>(go => {
        interference.pass({ ...passing, at: Date.now(), status: reply.status, body: reply.body }, go);
      });
      return lost ? 'lost' : reply;
    },
    setFaults: flaky.set,
    close: async () => {
      flaky.close();
      faults.close();
      await gateway.close();
      await storage.close();
    },
  };
}

/** Nothing is read any more, and what is written stays in the process until the silence ends. */
function silence(line: Line, on: boolean): void {
  const webSocket = webSocketOf(line);
  const stream = line.socket.request.socket;
  if (!webSocket || line.silent === on) return;
  line.silent = on;
  if (on) {
    webSocket.pause();
    stream.cork();
  } else {
    stream.uncork();
    webSocket.resume();
  }
}
