/** Two phones of `bench/calls.ts` in a process of its own, and what their calls cost it. */
import { filter, first, firstValueFrom } from 'rxjs';
import { Inviter, Registerer, SessionState, UserAgent, type SessionDescriptionHandler, type Session } from 'sip.js';
import WebSocket from 'ws';
import { createClient, type Client } from '../lib/index.js';
import { sip } from '../lib/sip/index.js';
import { standIn, standInMicrophone } from '../spec/support/standin.js';

/** One user of the server. */
type Account = { readonly username: string; readonly password: string };

/** Who is measured, at which server, and what for. */
export type Phones = {
  readonly kind: 'ours' | 'stock';
  readonly measure: keyof typeof measures;
  readonly wsUrl: string;
  readonly realm: string;
  readonly caller: Account;
  readonly callee: Account;
  readonly calls: number;
};

/** Two registered phones. A call is there when both have it, and over when neither has. */
type Pair = { readonly call: () => Promise<() => Promise<void>> };

const ours = async ({ wsUrl, realm, caller, callee }: Phones): Promise<Pair> => {
  const phone = ({ username, password }: Account): Client =>
    createClient({
      calling: [
        sip({
          server: wsUrl,
          aor: `sip:${username}@${realm}`,
          credentials: { username, password },
          webSocket: (url, protocols) => new WebSocket(url, protocols),
          peerConnection: standIn,
          userMedia: standInMicrophone,
        }),
      ],
      linger: 0,
    });
  const [alice, bob] = [phone(caller), phone(callee)];
  bob.incoming$.subscribe(({ id }) => {
    bob.answer(id);
  });
  for (const client of [alice, bob]) {
    client.connect();
    await firstValueFrom(client.session$.pipe(first(({ connection }) => connection === 'connected')));
  }
  let live = 0;
  const settled = (): Promise<unknown> =>
    Promise.all(
      [alice, bob].map(({ session$ }) =>
        firstValueFrom(
          session$.pipe(
            filter(({ calls }) => calls.length === live && calls.every(({ status }) => status === 'active')),
          ),
        ),
      ),
    );
  return {
    call: async () => {
      live += 1;
      const outcome = await firstValueFrom(alice.invite(callee.username));
      if (outcome._tag === 'Left') throw new Error(outcome.left.code);
      await settled();
      return async () => {
        live -= 1;
        alice.hangup(outcome.right.id);
        await settled();
      };
    },
  };
};

/** A description of a stand-in, in the words of sip.js. */
const describing = (): SessionDescriptionHandler => {
  const connection = standIn({});
  const microphone = standInMicrophone({});
  const contentType = 'application/sdp';
  return {
    close: () => {
      connection.close();
    },
    getDescription: async () => {
      const stream = await microphone;
      const [line = connection.addTransceiver('audio')] = connection.getTransceivers();
      await line.sender.replaceTrack(stream.getAudioTracks()[0] ?? null);
      const answers = connection.signalingState === 'have-remote-offer';
      const gathered = new Promise<void>(resolve => {
        connection.addEventListener('icegatheringstatechange', () => {
          if (connection.iceGatheringState === 'complete') resolve();
        });
      });
      await connection.setLocalDescription(await (answers ? connection.createAnswer() : connection.createOffer()));
      await gathered;
      return { body: connection.localDescription?.sdp ?? '', contentType };
    },
    hasDescription: type => type === contentType,
    setDescription: sdp => {
      const type = connection.signalingState === 'have-local-offer' ? 'answer' : 'offer';
      return connection.setRemoteDescription({ type, sdp });
    },
    sendDtmf: () => false,
  };
};

const reached = (session: Session, wanted: SessionState): Promise<void> =>
  new Promise(resolve => {
    const hear = (state: SessionState): void => {
      if (state !== wanted) return;
      session.stateChange.removeListener(hear);
      resolve();
    };
    session.stateChange.addListener(hear);
  });

const stock = async ({ wsUrl, realm, caller, callee }: Phones): Promise<Pair> => {
  Object.assign(globalThis, { WebSocket });
  const uriOf = ({ username }: Account) => UserAgent.makeURI(`sip:${username}@${realm}`)!;
  const phone = async (account: Account): Promise<UserAgent> => {
    const agent = new UserAgent({
      uri: uriOf(account),
      authorizationUsername: account.username,
      authorizationPassword: account.password,
      transportOptions: { server: wsUrl },
      sessionDescriptionHandlerFactory: describing,
      logBuiltinEnabled: false,
    });
    await agent.start();
    const registerer = new Registerer(agent);
    const registered = new Promise<void>(resolve => {
      registerer.stateChange.addListener(() => {
        resolve();
      });
    });
    await registerer.register();
    await registered;
    return agent;
  };
  const [alice, bob] = [await phone(caller), await phone(callee)];
  return {
    call: async () => {
      const answered = new Promise<Session>(resolve => {
        bob.delegate = {
          onInvite: invitation => {
            void reached(invitation, SessionState.Established).then(() => {
              resolve(invitation);
            });
            void invitation.accept();
          },
        };
      });
      const inviter = new Inviter(alice, uriOf(callee));
      const established = reached(inviter, SessionState.Established);
      await inviter.invite();
      const invitation = await answered;
      await established;
      return async () => {
        const over = Promise.all([inviter, invitation].map(session => reached(session, SessionState.Terminated)));
        await inviter.bye();
        await over;
      };
    },
  };
};

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

const heap = (): number => {
  for (let round = 0; round < 3; round += 1) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};

/** Calls, one after the other. */
const talks = async ({ call }: Pair, count: number): Promise<void> => {
  for (let done = 0; done < count; done += 1) await (await call())();
};

/** What is told, as numbers by name. */
const measures = {
  /** CPU of both phones for one call, in microseconds. The first calls warm it up. */
  cpu: async (pair: Pair, count: number) => {
    await talks(pair, 50);
    const began = process.cpuUsage();
    await talks(pair, count);
    const { user, system } = process.cpuUsage(began);
    return { cpu: (user + system) / count };
  },
  /**
   * The heap in bytes, before and after so many calls, and after how many seconds it was back within 5 %; 41 stands for
   * never. As many calls have gone before: while they are made V8 writes its machine code, 1.8 MB of it, and then stops.
   */
  rest: async (pair: Pair, count: number) => {
    await talks(pair, count);
    await pause(34_000);
    const base = heap();
    await talks(pair, count);
    const ended = performance.now();
    const top = heap();
    let now = top;
    while (now > base * 1.05 && performance.now() - ended < 40_000) {
      await pause(1_000);
      now = heap();
    }
    return { base, top, now, seconds: (performance.now() - ended) / 1000 };
  },
  /** The heap in bytes that one end of a call holds. */
  live: async (pair: Pair, count: number) => {
    await talks(pair, 50);
    await pause(34_000);
    const base = heap();
    const ends: (() => Promise<void>)[] = [];
    while (ends.length < count) ends.push(await pair.call());
    await pause(34_000);
    const bytes = (heap() - base) / count / 2;
    for (const end of ends) await end();
    return { bytes };
  },
} as const;

const phones = JSON.parse(process.argv[2] ?? '{}') as Phones;
const pair = await { ours, stock }[phones.kind](phones);
const told = await measures[phones.measure](pair, phones.calls);
process.stdout.write(`${JSON.stringify(told)}\n`, () => process.exit(0));
