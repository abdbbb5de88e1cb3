import { filter, firstValueFrom, type Observable } from 'rxjs';
import { isLeft, type Either } from '../../lib/core/either.js';
import type { Failure } from '../../lib/core/port.js';
import type { Peer, PeerOptions, PeerReport } from '../../lib/rtc/model.js';
import { createPeer } from '../../lib/rtc/peer.js';
import { energyOf, listeningMedia, provideMediaStream, toneMicrophone, wrtcPeerConnection } from '../support/wrtc.js';
import { answering, restartOffer } from '../../lib/rtc/ready.js';

const input = { volume: 1, processing: false };
const output = { volume: 1, muted: false };

/** Above it somebody hums, below it nobody does. */
const audible = 0.02;

const value = async <A>(verb$: Observable<Either<Failure, A>>): Promise<A> => {
  const result = await firstValueFrom(verb$);
  if (isLeft(result)) throw new Error(`${result.left.fault.code}: ${JSON.stringify(result.left.fault.cause)}`);
  return result.right;
};

const code = async (verb$: Observable<Either<Failure, unknown>>): Promise<string> => {
  const result = await firstValueFrom(verb$);
  return isLeft(result) ? result.left.fault.code : 'right';
};

const direction = (sdp: string | undefined): string =>
  /^a=(sendrecv|sendonly|recvonly|inactive)\r?$/m.exec(sdp ?? '')?.[1] ?? 'none';

describe('rtc: two peers on loopback', () => {
  const released: (() => void)[] = [];
  beforeAll(provideMediaStream);
  afterEach(() => {
    released.splice(0).forEach(release => {
      release();
    });
  });

  /** One end of a call: our peer, its humming microphone, what it reports, and what it hears. */
  const end = (frequency: number, options: Partial<PeerOptions> = {}) => {
    const microphone = toneMicrophone(frequency);
    const { media, heard } = listeningMedia(microphone.userMedia);
    const peer = createPeer({ peerConnection: wrtcPeerConnection, media, output, live: true, ...options });
    const reports: PeerReport[] = [];
    peer.report$.subscribe(report => reports.push(report));
    released.push(() => {
      peer.close();
      microphone.stop();
    });
    const ear = (of = heard.at(-1)!) => {
      const energy = energyOf(of);
      released.push(() => {
        energy.stop();
      });
      return energy;
    };
    return { peer, reports, microphone, heard, ear };
  };

  /** What whoever watches the gathering would say. */
  const enough = ({ report$ }: Peer): Observable<PeerReport> => report$.pipe(filter(({ _tag }) => _tag === 'gathered'));
  const told = (peer: Peer, is: (report: PeerReport) => boolean): Promise<PeerReport> =>
    firstValueFrom(peer.report$.pipe(filter(is)));
  const gathered = (peer: Peer): Promise<PeerReport> => told(peer, ({ _tag }) => _tag === 'gathered');
  const flowing = (peer: Peer): Promise<PeerReport> =>
    told(peer, report => report._tag === 'media' && report.media === 'flowing');

  /** Offer and answer with all candidates inside, as plain SIP sends them. */
  const connect = async (caller: Peer, callee: Peer): Promise<void> => {
    await Promise.all([value(caller.openMicrophone(input)), value(callee.openMicrophone(input))]);
    const bothFlow = Promise.all([flowing(caller), flowing(callee)]);
    const offered = gathered(caller);
    await value(caller.offer());
    await offered;
    const answered = gathered(callee);
    await value(callee.answer(caller.localDescription!));
    await answered;
    await value(caller.accept('answer', callee.localDescription!));
    await bothFlow;
  };

  /** A further offer and answer on a call that stands. */
  const renegotiate = async (from: Peer, to: Peer): Promise<readonly [string, string]> => {
    const offer = await value(from.offer());
    const answer = await value(to.answer(offer));
    await value(from.accept('answer', answer));
    return [direction(offer), direction(answer)];
  };

  it('hear each other, and one that is muted is not heard', async () => {
    const [alice, bob] = [end(440), end(880)];
    await connect(alice.peer, bob.peer);
    const [atAlice, atBob] = [alice.ear(), bob.ear()];
    await atAlice.above(audible);
    await atBob.above(audible);

    alice.peer.setLive(false);
    await atBob.below(audible / 10);
    await atAlice.above(audible);

    alice.peer.setLive(true);
    await atBob.above(audible);
  });

  /** A factory that remembers what it has made. */
  const counted = (): { readonly made: RTCPeerConnection[]; readonly peerConnection: typeof wrtcPeerConnection } => {
    const made: RTCPeerConnection[] = [];
    return {
      made,
      peerConnection: configuration => {
        const connection = wrtcPeerConnection(configuration);
        made.push(connection);
        return connection;
      },
    };
  };
  const states = (made: readonly RTCPeerConnection[]): readonly string[] => made.map(one => one.signalingState);

  it('go over to another connection, with microphone, loudspeaker and mute, and so does the side that answers', async () => {
    const { made, peerConnection } = counted();
    const there = counted();
    const [alice, bob] = [end(440, { peerConnection }), end(880, { peerConnection: there.peerConnection })];
    await connect(alice.peer, bob.peer);
    alice.peer.setLive(false);
    const flow = Promise.all([flowing(alice.peer), flowing(bob.peer)]);
    const offer = await value(restartOffer(alice.peer, { reconnect: true }, enough(alice.peer)));
    expect(states(made)).toEqual(['stable', 'have-local-offer']);
    const answer = await value(answering(bob.peer, offer, enough(bob.peer)));
    expect(answer).toContain(' typ host');
    expect(states(there.made)).toEqual(['stable', 'stable']);
    bob.peer.keep();
    expect(states(there.made)).toEqual(['closed', 'stable']);
    await value(alice.peer.accept('answer', answer));
    expect(states(made)).toEqual(['closed', 'stable']);
    await flow;

    const atBob = bob.ear();
    await atBob.below(audible / 10);
    alice.peer.setLive(true);
    await atBob.above(audible);
    await alice.ear().above(audible);
    expect([alice, bob].map(({ microphone }) => microphone.tracks.length)).toEqual([1, 1]);
  });

  it('stay on their connection when the answer on another one is taken back', async () => {
    const there = counted();
    const [alice, bob] = [end(440), end(880, { peerConnection: there.peerConnection })];
    await connect(alice.peer, bob.peer);
    const offer = await value(restartOffer(alice.peer, { reconnect: true }, enough(alice.peer)));
    await value(answering(bob.peer, offer, enough(bob.peer)));
    await value(bob.peer.rollback());
    await value(alice.peer.rollback());
    expect(states(there.made)).toEqual(['stable', 'closed']);
    await bob.ear(bob.heard[0]).above(audible);
    await alice.ear(alice.heard[0]).above(audible);
  });

  it.each([
    ['another line', (sdp: string) => sdp.replaceAll('a=mid:0', 'a=mid:voice').replace('BUNDLE 0', 'BUNDLE voice')],
    ['a line without a name', (sdp: string) => sdp.replace(/^a=(?:mid|group):.*\r\n/gm, '')],
  ])('answer an offer of %s on another connection', async (_, written) => {
    const there = counted();
    const [alice, bob] = [end(440), end(880, { peerConnection: there.peerConnection })];
    await connect(alice.peer, bob.peer);
    const offer = await value(restartOffer(alice.peer, { iceRestart: true }, enough(alice.peer)));
    const answer = await value(answering(bob.peer, written(offer), enough(bob.peer)));
    bob.peer.keep();
    expect(answer).toContain(' typ host');
    expect(states(there.made)).toEqual(['closed', 'stable']);
  });

  it('stay on their connection when another one is refused', async () => {
    const { made, peerConnection } = counted();
    const [alice, bob] = [end(440, { peerConnection }), end(880)];
    await connect(alice.peer, bob.peer);
    await value(restartOffer(alice.peer, { reconnect: true }, enough(alice.peer)));
    await value(alice.peer.rollback());
    expect(states(made)).toEqual(['stable', 'closed']);
    const atBob = bob.ear();
    await atBob.above(audible);
    alice.peer.setHold(true);
    expect(await renegotiate(alice.peer, bob.peer)).toEqual(['sendonly', 'recvonly']);
  });

  it('close both connections when they are closed meanwhile', async () => {
    const { made, peerConnection } = counted();
    const [alice, bob] = [end(440, { peerConnection }), end(880)];
    await connect(alice.peer, bob.peer);
    await value(restartOffer(alice.peer, { reconnect: true }, enough(alice.peer)));
    alice.peer.close();
    expect(states(made)).toEqual(['closed', 'closed']);
    expect(alice.microphone.tracks.map(({ readyState }) => readyState)).toEqual(['ended']);
  });

  it('report the gathering, the flow, and nothing after they were closed', async () => {
    const [alice, bob] = [end(440), end(880)];
    await connect(alice.peer, bob.peer);
    const told = alice.reports.map(report => (report._tag === 'media' ? report.media : report._tag));
    expect(alice.reports[0]).toEqual({ _tag: 'gathering', servers: 'none', relayOnly: false });
    // Node's events come late enough to skip `connecting`; `gathering.spec.ts` sees every state.
    const lasting = told.filter(word => word !== 'candidate' && word !== 'connecting');
    expect(lasting).toEqual(['gathering', 'gathered', 'flowing']);
    expect(alice.reports).toContainEqual({ _tag: 'candidate', kind: 'host' });

    const before = bob.reports.length;
    let complete = false;
    bob.peer.report$.subscribe({ complete: () => (complete = true) });
    bob.peer.close();
    expect(complete).toBe(true);
    await value(alice.peer.offer({ iceRestart: true }));
    expect(bob.reports).toHaveLength(before);
  });

  it('send no trickle, one audio line, and their candidates', async () => {
    const { peer } = end(440);
    const offered = gathered(peer);
    const first = await value(peer.offer());
    await offered;
    const whole = peer.localDescription!;
    expect(first).not.toContain('a=ice-options:trickle');
    expect(whole).not.toContain('a=ice-options:trickle');
    expect(whole.match(/^m=/gm)).toEqual(['m=']);
    expect(whole).toContain(' typ host');
    expect(direction(whole)).toBe('sendrecv');
  });

  it('agree on every hold: what is offered is our wish, what is answered never wider than the offer', async () => {
    const [alice, bob] = [end(440), end(880)];
    await connect(alice.peer, bob.peer);

    alice.peer.setHold(true);
    expect(await renegotiate(alice.peer, bob.peer)).toEqual(['sendonly', 'recvonly']);
    // Both hold: bob's offer is his own wish, alice answers with her hold.
    bob.peer.setHold(true);
    expect(await renegotiate(bob.peer, alice.peer)).toEqual(['sendonly', 'inactive']);
    // The far side's unhold does not undo ours.
    bob.peer.setHold(false);
    expect(await renegotiate(bob.peer, alice.peer)).toEqual(['sendrecv', 'sendonly']);
    alice.peer.setHold(false);
    expect(await renegotiate(alice.peer, bob.peer)).toEqual(['sendrecv', 'sendrecv']);

    const atAlice = alice.ear();
    await atAlice.above(audible);
    // One track, played once, although holds take it away and give it back.
    expect(alice.heard).toHaveLength(1);
  });

  it('keep the microphone for the life of the peer: it is not opened again for a hold', async () => {
    const [alice, bob] = [end(440), end(880)];
    await connect(alice.peer, bob.peer);
    alice.peer.setHold(true);
    await renegotiate(alice.peer, bob.peer);
    alice.peer.setHold(false);
    await renegotiate(alice.peer, bob.peer);
    expect(alice.microphone.tracks.map(track => track.readyState)).toEqual(['live']);
    alice.peer.close();
    expect(alice.microphone.tracks.map(track => track.readyState)).toEqual(['ended']);
  });

  it('take an offer back, and take the far side’s instead', async () => {
    const [alice, bob] = [end(440), end(880)];
    await connect(alice.peer, bob.peer);
    alice.peer.setHold(true);
    await value(alice.peer.offer());
    await value(alice.peer.rollback());
    await value(alice.peer.rollback());
    alice.peer.setHold(false);
    expect(await renegotiate(bob.peer, alice.peer)).toEqual(['sendrecv', 'sendrecv']);
  });

  it('play early media, and take the same description again as the answer', async () => {
    const [alice, bob] = [end(440), end(880)];
    await Promise.all([value(alice.peer.openMicrophone(input)), value(bob.peer.openMicrophone(input))]);
    const flow = flowing(alice.peer);
    const [offered, answered] = [gathered(alice.peer), gathered(bob.peer)];
    await value(alice.peer.offer());
    await offered;
    await value(bob.peer.answer(alice.peer.localDescription!));
    await answered;
    const early = bob.peer.localDescription!;
    await value(alice.peer.accept('pranswer', early));
    await flow;
    await alice.ear().above(audible);
    await value(alice.peer.accept('answer', early));
    expect(await renegotiate(bob.peer, alice.peer)).toEqual(['sendrecv', 'sendrecv']);
  });

  it('may open the microphone after the description was made', async () => {
    const [alice, bob] = [end(440), end(880)];
    const bothFlow = Promise.all([flowing(alice.peer), flowing(bob.peer)]);
    const [offered, answered] = [gathered(alice.peer), gathered(bob.peer)];
    await value(alice.peer.offer());
    await offered;
    await value(bob.peer.answer(alice.peer.localDescription!));
    await answered;
    await value(alice.peer.accept('answer', bob.peer.localDescription!));
    await bothFlow;
    const atBob = bob.ear();
    await atBob.below(audible / 10);
    await value(alice.peer.openMicrophone(input));
    await atBob.above(audible);
  });

  it('stay muted over a switch of the microphone', async () => {
    const [alice, bob] = [end(440), end(880)];
    await connect(alice.peer, bob.peer);
    const atBob = bob.ear();
    const switching = value(alice.peer.setInput({ ...input, id: 'other' }));
    alice.peer.setLive(false);
    await switching;
    expect(alice.microphone.tracks.map(track => track.readyState)).toEqual(['ended', 'live']);
    await atBob.below(audible / 10);
    alice.peer.setLive(true);
    await atBob.above(audible);
  });

  it('gather anew for an ICE restart, with servers that are asked for again', async () => {
    const asked: number[] = [];
    const configuration = () => {
      asked.push(asked.length);
      return Promise.resolve<RTCConfiguration>({});
    };
    const [alice, bob] = [end(440, { configuration }), end(880)];
    await connect(alice.peer, bob.peer);
    expect(asked).toHaveLength(1);
    const again = gathered(alice.peer);
    const offer = await value(alice.peer.offer({ iceRestart: true }));
    await again;
    expect(asked).toHaveLength(2);
    expect(alice.reports.filter(({ _tag }) => _tag === 'gathering')).toHaveLength(2);
    await value(alice.peer.accept('answer', await value(bob.peer.answer(offer))));
  });
});

describe('rtc: one peer', () => {
  beforeAll(provideMediaStream);

  const alone = (options: Partial<PeerOptions> = {}) => {
    const microphone = toneMicrophone(440);
    const { media } = listeningMedia(microphone.userMedia);
    return {
      microphone,
      peer: createPeer({ peerConnection: wrtcPeerConnection, media, output, live: true, ...options }),
    };
  };

  it('asks for its servers when the first description is asked for, and says which they are', async () => {
    let asked = 0;
    const { peer } = alone({
      configuration: () => {
        asked += 1;
        return {
          iceServers: [{ urls: 'turn:127.0.0.1:9', username: 'u', credential: 'p' }],
          iceTransportPolicy: 'relay',
        };
      },
    });
    const reports: PeerReport[] = [];
    peer.report$.subscribe(report => reports.push(report));
    expect(asked).toBe(0);
    await value(peer.offer());
    expect(asked).toBe(1);
    expect(reports[0]).toEqual({ _tag: 'gathering', servers: 'turn', relayOnly: true });
    peer.close();
  });

  it('answers Left when the servers cannot be told or no connection can be made, and may be asked again', async () => {
    let ready = false;
    const { peer } = alone({
      configuration: () => (ready ? {} : Promise.reject(new Error('token=secret expired'))),
    });
    const refused = await firstValueFrom(peer.offer());
    expect(refused).toMatchObject({ left: { fault: { code: 'media-failed' } } });
    expect(JSON.stringify(refused)).not.toContain('secret');
    ready = true;
    expect(await code(peer.offer())).toBe('right');
    peer.close();

    const broken = alone({
      peerConnection: () => {
        throw new Error('Cannot create so many PeerConnections');
      },
    });
    expect(await code(broken.peer.offer())).toBe('media-failed');
    broken.peer.close();
  });

  it('has no connection where the platform has none', async () => {
    const { media } = listeningMedia(toneMicrophone(440).userMedia);
    const peer = createPeer({ media, output, live: true });
    expect(await code(peer.offer())).toBe('media-failed');
    peer.close();
  });

  it('refuses what cannot be understood and goes on', async () => {
    const { peer } = alone();
    expect(await code(peer.answer('v=0 nonsense'))).toBe('media-failed');
    expect(await code(peer.accept('answer', 'nonsense'))).toBe('media-failed');
    expect(await code(peer.offer())).toBe('right');
    peer.close();
  });

  it('refuses an offer without audio, and takes it back', async () => {
    const video = wrtcPeerConnection({});
    video.addTransceiver('video');
    const { sdp } = await video.createOffer();
    video.close();
    const { peer } = alone();
    expect(await code(peer.answer(sdp!))).toBe('media-failed');
    expect(await code(peer.offer())).toBe('right');
    peer.close();
  });

  it('neither sends nor takes the video of an offer that has audio', async () => {
    const both = wrtcPeerConnection({});
    both.addTransceiver('audio');
    both.addTransceiver('video');
    const { sdp } = await both.createOffer();
    both.close();
    const { peer } = alone();
    const answer = await value(peer.answer(sdp!));
    const lines = answer.split(/^(?=m=)/m).slice(1);
    expect(lines.map(line => [/^m=(\w+)/.exec(line)?.[1], direction(line)])).toEqual([
      ['audio', 'sendrecv'],
      ['video', 'inactive'],
    ]);
    peer.close();
  });

  it('has no tones where the platform has none', async () => {
    const { peer } = alone();
    await value(peer.offer());
    expect(peer.canSendTones).toBe(false);
    expect(await code(peer.tone('5'))).toBe('unsupported');
    peer.close();
  });

  it('answers what is under way at close, and everything after it, with Left', async () => {
    let told: (configuration: RTCConfiguration) => void = () => undefined;
    let made = 0;
    const { peer, microphone } = alone({
      configuration: () => new Promise<RTCConfiguration>(resolve => (told = resolve)),
      peerConnection: configuration => {
        made += 1;
        return wrtcPeerConnection(configuration);
      },
    });
    const pending = [code(peer.offer()), code(peer.openMicrophone(input))];
    peer.close();
    peer.close();
    expect(await Promise.all(pending)).toEqual(['call-ended', 'call-ended']);
    told({});
    expect(await code(peer.offer())).toBe('call-ended');
    expect(await code(peer.setInput(input))).toBe('call-ended');
    expect(await code(peer.setOutput(output))).toBe('call-ended');
    expect(await code(peer.tone('1'))).toBe('call-ended');
    expect(peer.localDescription).toBeUndefined();
    expect(made).toBe(0);
    expect(microphone.tracks.map(track => track.readyState)).toEqual(['ended']);
  });

  it('closes its connection while a description is being made', async () => {
    const connections: RTCPeerConnection[] = [];
    const { peer } = alone({
      peerConnection: configuration => {
        const connection = wrtcPeerConnection(configuration);
        connections.push(connection);
        return connection;
      },
    });
    await value(peer.offer());
    const pending = code(peer.offer());
    peer.close();
    expect(await pending).toBe('call-ended');
    expect(connections.map(({ signalingState }) => signalingState)).toEqual(['closed']);
  });
});
