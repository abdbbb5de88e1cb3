import { setTimeout } from 'node:timers/promises';
import type { Fault } from 'callstream';
import { WebSocket } from 'ws';
import { startPeers, type Peers } from './support/peers.js';
import { person, type Person } from './support/person.js';

/** How long a nonce lives here, in seconds: short, so that it can run out between a challenge and its answer. */
const nonce = 1;

const faultsOf = ({ client }: Person): readonly Fault[] => {
  const faults: Fault[] = [];
  client.fault$.subscribe(fault => faults.push(fault));
  return faults;
};

describe('registration at Kamailio', () => {
  let peers: Peers;

  beforeAll(async () => {
    peers = await startPeers({ nonce });
  });

  afterAll(() => peers.stop());

  it('is made over ws, and taken back', async () => {
    const alice = person(peers, 'alice');
    const faults = faultsOf(alice);
    await alice.online();
    expect(await peers.registrar.bindings('alice')).toBe(1);
    await alice.leave();
    expect(await peers.registrar.bindings('alice')).toBe(0);
    expect(faults).toEqual([]);
  });

  it('is made over wss to a certificate that is trusted, and to no other', async () => {
    const alice = person(peers, 'alice', {
      server: peers.wss,
      webSocket: (url, protocols) => new WebSocket(url, protocols, { ca: peers.certificate }),
    });
    await alice.online();
    expect(await peers.registrar.bindings('alice')).toBe(1);
    await alice.leave();

    const mallory = person(peers, 'mallory', { server: peers.wss });
    await mallory.until(({ lines }) => lines.some(({ attempt }) => attempt > 0));
    expect(await peers.registrar.heard('REGISTER', 'mallory')).toBe(0);
    await mallory.leave();
  });

  it('is refused once for a wrong password, and not tried again', async () => {
    const carol = person(peers, 'carol', { credentials: { username: 'carol', password: 'guessed' } });
    const faults = faultsOf(carol);
    const { registration } = await carol.until(session => session.registration.state === 'refused');
    expect(registration.fault).toMatchObject({ code: 'unauthorized', statusCode: 401 });
    await carol.until(({ connection }) => connection === 'disconnected');
    // What a second try would have been like: the same steps, by somebody whom nobody refuses.
    const alice = person(peers, 'alice');
    await alice.online();
    expect(await peers.registrar.heard('REGISTER', 'carol')).toBe(2);
    expect(faults).toEqual([registration.fault]);
    await Promise.all([alice.leave(), carol.leave()]);
  });

  it('survives a nonce that has run out, and nobody sees it', async () => {
    let late = false;
    const dave = person(peers, 'dave', {
      webSocket: (url, protocols) => {
        const socket = new WebSocket(url, protocols);
        const send = socket.send.bind(socket);
        const sendLate = async (text: string): Promise<void> => {
          late = true;
          await setTimeout(nonce * 1000 + 1100);
          send(text);
        };
        return Object.assign(socket, {
          send: (text: string) => {
            if (late || !text.includes('\r\nAuthorization: ')) send(text);
            else void sendLate(text);
          },
        });
      },
    });
    const faults = faultsOf(dave);
    await dave.online();
    // Without an answer, with one that was too late, and with one to the second challenge.
    expect(await peers.registrar.heard('REGISTER', 'dave')).toBe(3);
    expect(faults).toEqual([]);
    await dave.leave();
  });

  it('is made anew for a call long after its nonce has run out', async () => {
    const alice = person(peers, 'alice');
    const faults = faultsOf(alice);
    await alice.online();
    await setTimeout(nonce * 1000 + 1100);
    const id = await alice.invite('baresip');
    await alice.sees({ id, status: 'active' });
    expect(faults).toEqual([]);
    await alice.leave();
  });
});
