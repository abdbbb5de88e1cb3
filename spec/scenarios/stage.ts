import { randomUUID } from 'node:crypto';
import { filter, firstValueFrom, map, scan, type Observable } from 'rxjs';
import { WebSocket } from 'ws';
import {
  createClient,
  isRight,
  type Call,
  type Calling,
  type Client,
  type ClientOptions,
  type Outcome,
  type Session,
} from 'callstream';
import type { DevServer } from 'callstream-server';
import { service } from 'callstream/service';
import { sip } from 'callstream/sip';
import type { UserMedia } from '../../lib/rtc/microphone.js';
import { toneMicrophone, wrtcPeerConnection } from '../support/wrtc.js';

/** Which wire carries the calls. */
export type Wire = 'sip' | 'service';

/** Somebody with a telephone, and everything that was seen of his first call. */
export type Person = {
  readonly name: string;
  readonly client: Client;
  /** Calls, and gives the outcome: `right`, or the code of the fault. */
  readonly dial: (target: string) => Promise<string>;
  /** Resolves as soon as something that was seen of the first call begins with this. */
  readonly sees: (beginning: string) => Promise<void>;
  /** Resolves as soon as the first call is so. */
  readonly until: (is: (call: Call) => boolean) => Promise<unknown>;
  /** Does something to the first call, and gives the outcome. */
  readonly does: (act: (client: Client, call: string) => Outcome<unknown>) => Promise<string>;
  readonly history: () => readonly string[];
  /** Has the platform say that this is the state of all connections. */
  readonly pretend: (state: RTCPeerConnectionState) => void;
  readonly leave: () => Promise<void>;
};

export type PersonOptions = {
  readonly noAnswer?: ClientOptions['noAnswer'];
  readonly userMedia?: (usual: UserMedia) => UserMedia;
};

/** What is worth a line in a call's history. */
const lineOf = ({ status, hold, muted, earmuffed, signalling, media, end }: Call): string =>
  [
    status === 'terminated' ? `ended: ${end?.by ?? ''} ${end?.cause ?? ''}` : status,
    ...(status !== 'terminated' && hold.local ? ['holding'] : []),
    ...(status !== 'terminated' && hold.remote ? ['held'] : []),
    ...(status !== 'terminated' && muted ? ['muted'] : []),
    ...(status !== 'terminated' && earmuffed ? ['earmuffed'] : []),
    ...(signalling === 'recovering' && status !== 'terminated' ? ['adrift'] : []),
    ...(media === 'interrupted' ? ['silent'] : []),
  ].join(' ');

const online = (client: Client, is: (session: Session) => boolean): Promise<Session> =>
  firstValueFrom(client.session$.pipe(filter(is)));

/** Peer connections that can be had to say that they are in this state; everything else is as it is. */
const pretending = (): { readonly make: typeof wrtcPeerConnection; readonly say: Person['pretend'] } => {
  const made: RTCPeerConnection[] = [];
  let pretended: RTCPeerConnectionState | undefined;
  return {
    make: configuration => {
      const connection = wrtcPeerConnection(configuration);
      made.push(connection);
      return new Proxy(connection, {
        get: (_, key) => {
          if (key === 'connectionState' && pretended !== undefined) return pretended;
          const value: unknown = Reflect.get(connection, key);
          return typeof value === 'function' ? (value.bind(connection) as unknown) : value;
        },
        set: (_, key, value) => Reflect.set(connection, key, value),
      });
    },
    say: state => {
      pretended = state;
      made.forEach(connection => connection.dispatchEvent(new Event('connectionstatechange')));
    },
  };
};

const lineTo = (
  wire: Wire,
  server: DevServer,
  name: string,
  rtc: Pick<Parameters<typeof sip>[0], 'peerConnection' | 'userMedia'>,
): Calling => {
  const webSocket = (url: string, protocols: string | string[] | undefined): WebSocket => new WebSocket(url, protocols);
  if (wire === 'service')
    return service({ apiUrl: server.url, token: () => server.token(name), webSocket: webSocket, ...rtc });
  const { username, password, realm } = server.user(name);
  return sip({
    server: server.wsUrl,
    aor: `sip:${username}@${realm}`,
    credentials: { username, password },
    webSocket: webSocket,
    ...rtc,
  });
};

/** Signs somebody in on a wire. */
export const person = async (
  server: DevServer,
  wire: Wire,
  name: string,
  { noAnswer, userMedia = usual => usual }: PersonOptions = {},
): Promise<Person> => {
  const microphone = toneMicrophone(440);
  const { make, say } = pretending();
  const line = lineTo(wire, server, name, { peerConnection: make, userMedia: userMedia(microphone.userMedia) });
  const client = createClient({
    calling: [line],
    random: () => 0,
    newId: randomUUID,
    ...(noAnswer === undefined ? {} : { noAnswer }),
  });
  const first$: Observable<Call> = client.session$.pipe(
    scan<Session, { readonly id?: string; readonly call?: Call }>(({ id }, { calls }) => {
      const call = calls.find(one => id === undefined || one.id === id);
      return { ...(call === undefined ? (id === undefined ? {} : { id }) : { id: call.id, call }) };
    }, {}),
    map(({ call }) => call),
    filter(call => call !== undefined),
  );
  const history: string[] = [];
  const waiting = new Set<() => void>();
  // It writes as long as the client lives, which is as long as the spec.
  first$.pipe(map(lineOf)).subscribe(line => {
    if (history[history.length - 1] === line) return;
    history.push(line);
    waiting.forEach(look => {
      look();
    });
  });
  const link = client.connect();
  await online(client, ({ connection }) => connection === 'connected');
  const outcomeOf = async (outcome$: Outcome<unknown>): Promise<string> => {
    const outcome = await firstValueFrom(outcome$);
    return isRight(outcome) ? 'right' : outcome.left.code;
  };
  const callOf = async (): Promise<string> => (await firstValueFrom(first$)).id;
  let known: string | undefined;
  first$.subscribe(({ id }) => {
    known = id;
  });
  return {
    name,
    client,
    dial: target => outcomeOf(client.invite(target)),
    until: is => firstValueFrom(first$.pipe(filter(is))),
    sees: beginning =>
      new Promise(resolve => {
        const look = (): void => {
          if (!history.some(line => line.startsWith(beginning))) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    does: async act => outcomeOf(act(client, known ?? (await callOf()))),
    history: () => history,
    pretend: say,
    leave: async () => {
      link.unsubscribe();
      await online(client, ({ connection }) => connection === 'disconnected');
      microphone.stop();
    },
  };
};
