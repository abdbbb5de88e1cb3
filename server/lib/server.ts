import { createChat, usualSessionLifetime } from './chat/chat.js';
import { createMemory } from './chat/memory.js';
import { pathFits } from './chat/traffic-item.js';
import type { DevServer, ServerOptions } from './devserver.js';
import { guarded } from './guarded.js';
import { createHttp } from './http/http.js';
import { listen } from './http/listen.js';
import { parseMessage } from './sip/message.js';
import { createAllowed } from './http/origin.js';
import type { Hotline } from './sip/dial-plan.js';
import type { Peer } from './sip/peer.js';
import { createSockets } from './sip/sockets.js';
import { createSipServer } from './sip/sip-server.js';
import type { Binding } from './sip/registrar.js';
import { createTokens } from './tokens.js';
import { createTraffic, type PathAnswer } from './sip/traffic.js';
import { createUsers, credentialsOf, type User } from './users.js';
import { createVoiceService, type VoiceService } from './voice/voice-service.js';
import { createSpeech } from './voice/speech.js';
import { createMixer } from './voice/mixer.js';
import { answerUrlOf } from './voice/webhook.js';
import { loadAnchors } from './voice/wrtc.js';

const realm = 'callstream.test';
const usualHotlines: readonly Hotline[] = [
  { name: 'Sales', phoneNumber: '19001000' },
  { name: 'Support', phoneNumber: '19002000' },
];

/** Starts a SIP registrar and proxy with its REST endpoints on loopback. For development and tests: users are gone when it ends. */
export async function startServer(options: ServerOptions = {}): Promise<DevServer> {
  const { page, sdk, log = () => undefined, hotlines = usualHotlines, media = true } = options;
  const allowed = createAllowed(options.allowOrigins ?? []);
  const answerUrl = options.answerUrl === undefined ? undefined : answerUrlOf(options.answerUrl, options.answerMethod);
  const listening = await listen(options.port ?? 8080, log);
  const { port, servers } = listening;
  const users = createUsers();
  const tokens = createTokens();
  const traffic = createTraffic(4000, name => users.find(name)?.name, log);
  const sipServer = createSipServer({
    options,
    hotlines,
    users,
    realm,
    port,
    ordered: traffic.ordered,
    service: () => voice.serviceSide,
    load: () => (media ? loadAnchors() : Promise.resolve(undefined)),
    log,
  });

  function frame(peer: Peer, text: string): void {
    guarded('a message', log, () => {
      const message = parseMessage(text);
      if (message)
        traffic.pass('client', peer, message, () => {
          guarded('a message', log, () => {
            sipServer.receive(peer, message);
          });
        });
    });
  }

  const sockets = createSockets(
    { frameBytes: 65_536, framesPerSecond: 1000, ...options.bounds },
    {
      frame,
      leaving: (peer, message, go) => {
        traffic.pass('server', peer, message, go);
      },
      closed: sipServer.gone,
    },
  );
  const chat = createChat({
    ...options.chat,
    storage: options.storage ?? createMemory(),
    users,
    tokens,
    log,
    extension: () => voice,
  });
  const sessionLifetime = options.chat?.sessionLifetime ?? usualSessionLifetime;
  const voice: VoiceService = createVoiceService({
    chat: chat.context,
    isSignedIn: chat.isSignedIn,
    devices: chat.devices,
    hasContacts: name => {
      const user = users.find(name);
      const rung = chat.devices(name);
      const isOther = ({ instance }: Binding): boolean => instance === undefined || !rung.includes(instance);
      return user !== undefined && sipServer.registrar.bindings(user).some(isOther);
    },
    sip: () => sipServer.sip,
    users,
    realm,
    log,
    table: createMixer(),
    speech: createSpeech({ log }),
    load: () => (media ? loadAnchors() : Promise.resolve(undefined)),
    answerTimeout: options.answerTimeout ?? 60_000,
    lookInterval: Math.min(sessionLifetime / 2, 15_000),
    answerUrl,
  });
  const pathAnswers: { of: (method: string, path: string) => boolean; answer: PathAnswer; left: number }[] = [];
  const http = createHttp({
    users,
    tokens,
    hotlines,
    realm,
    port,
    page,
    sdk,
    chat,
    allowed,
    log,
    ordered: (method, path) => {
      const found = pathAnswers.find(entry => entry.of(method, path));
      if (found) found.left -= 1;
      if (found && found.left <= 0) pathAnswers.splice(pathAnswers.indexOf(found), 1);
      return found?.answer;
    },
    mailbox: sipServer.mailbox,
    upgrade: sockets.upgrade,
  });
  for (const server of servers) server.on('request', http.request).on('upgrade', http.upgrade);

  function ensured(name: string): User {
    const user = users.ensure(name);
    if (!user) throw new RangeError('not a user name');
    return user;
  }

  return {
    url: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}/ws`,
    port,
    realm,
    hotlines,
    token: async (name, seconds) => tokens.issue(ensured(name).name, seconds),
    user: name => credentialsOf(ensured(name), realm, '127.0.0.1', port),
    registrations: name => {
      const user = users.find(name);
      return user ? sipServer.registrar.bindings(user).map(binding => binding.uri) : [];
    },
    get log() {
      return traffic.log;
    },
    next: traffic.next,
    hold: traffic.hold,
    respond: traffic.respond,
    respondHttp: (wanted, { times = 1, ...answer }) => {
      const of =
        typeof wanted === 'string'
          ? (_: string, path: string) => path === wanted
          : (method: string, path: string) =>
              pathFits(wanted.path, path) && (wanted.method === undefined || wanted.method === method);
      pathAnswers.push({ of, answer, left: times });
    },
    mailbox: (name, messages) => {
      sipServer.mailbox(ensured(name), messages);
    },
    drop: sockets.drop,
    silence: (user, on = true) => {
      sockets.silence(user, on);
    },
    refuse: sockets.refuse,
    pause: async () => {
      const stopped = listening.stop();
      sockets.drop();
      chat.controls.drop();
      await stopped;
    },
    resume: listening.again,
    expire: what => {
      if (typeof what === 'string') tokens.expire(what.toLowerCase());
      else sipServer.expireNonces();
    },
    inject: sockets.inject,
    chat: chat.controls,
    voice: voice.controls,
    close: async () => {
      sipServer.close();
      await voice.close();
      sipServer.closeSip();
      sockets.close();
      await chat.close();
      await listening.stop();
    },
  };
}
