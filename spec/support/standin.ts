/**
 * Peer connections and microphones without media, for whoever makes a great many calls: they say what real ones say, in
 * the order of the WebRTC specification, and cost next to nothing.
 */
import type { UserMedia } from '../../lib/rtc/microphone.js';
import type { PeerConnectionFactory } from '../../lib/rtc/model.js';

type Ear = (event: object) => void;

/** An event target as far as our code uses one. */
class Speaker {
  private readonly ears: (readonly [type: string, ear: Ear])[] = [];
  addEventListener(type: string, ear: Ear): void {
    this.ears.push([type, ear]);
  }
  removeEventListener(type: string, ear: Ear): void {
    const at = this.ears.findIndex(([heard, one]) => heard === type && one === ear);
    if (at !== -1) this.ears.splice(at, 1);
  }
  /** As whoever is told by the platform itself. */
  dispatchEvent({ type }: Event): boolean {
    this.tell(type);
    return true;
  }
  tell(type: string, properties: object = {}): void {
    const event = { type, ...properties };
    for (const [heard, ear] of [...this.ears]) if (heard === type) ear(event);
    const own = (this as unknown as Readonly<Record<string, Ear | null | undefined>>)[`on${type}`];
    own?.(event);
  }
}

/** A microphone's track, or the far side's. */
export class StandInTrack extends Speaker {
  readonly kind = 'audio';
  enabled = true;
  readyState: 'live' | 'ended' = 'live';
  stop(): void {
    this.readyState = 'ended';
  }
  getSettings(): MediaTrackSettings {
    return {};
  }
}

type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive' | 'stopped';

/** One audio line. */
class StandInTransceiver {
  mid: string | null = null;
  readonly receiver = { track: new StandInTrack() };
  readonly sender = {
    track: null as StandInTrack | null,
    dtmf: null,
    replaceTrack: (track: StandInTrack | null): Promise<void> => {
      this.sender.track = track;
      return Promise.resolve();
    },
  };
  constructor(public direction: Direction) {}
  stop(): void {
    this.direction = 'stopped';
  }
}

type Description = { readonly type: RTCSdpType; readonly sdp: string };

let made = 0;

/** A description of one audio line over ICE and DTLS; candidates are added to it as they come. RFC 8866, RFC 8829 §5.2. */
const describe = (direction: Direction, session: number, version: number, active: boolean, generation = 0): string =>
  [
    'v=0',
    `o=- ${session} ${version} IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111 126',
    'c=IN IP4 0.0.0.0',
    `a=ice-ufrag:u${session}${generation === 0 ? '' : `g${generation}`}`,
    `a=ice-pwd:${String(session).padStart(22, 'p')}`,
    'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${Array.from({ length: 32 }, (_, at) => ((session + at) % 256).toString(16).padStart(2, '0').toUpperCase()).join(':')}`,
    `a=setup:${active ? 'active' : 'actpass'}`,
    'a=mid:0',
    `a=${direction}`,
    'a=rtcp-mux',
    'a=rtpmap:111 opus/48000/2',
    'a=rtpmap:126 telephone-event/8000',
    '',
  ].join('\r\n');

/** The offer of a browser, without candidates. */
export const browserOffer = (): string => describe('sendrecv', (made += 1), 1, false);

const directionIn = (sdp: string): Direction =>
  (/^a=(sendrecv|sendonly|recvonly|inactive)\r?$/m.exec(sdp)?.[1] as Direction | undefined) ?? 'sendrecv';

const sends = (direction: Direction): boolean => direction === 'sendrecv' || direction === 'sendonly';
const receives = (direction: Direction): boolean => direction === 'sendrecv' || direction === 'recvonly';

/** What both sides wish for. RFC 3264 §6.1. */
const common = (mine: Direction, theirs: Direction): Direction => {
  const [send, receive] = [sends(mine) && receives(theirs), receives(mine) && sends(theirs)];
  if (send) return receive ? 'sendrecv' : 'sendonly';
  return receive ? 'recvonly' : 'inactive';
};

const ufragOf = (sdp = ''): string | undefined => /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1];

const candidate = 'candidate:1 1 udp 2122260223 127.0.0.1 50000 typ host generation 0';

/** One peer connection. */
export class StandIn extends Speaker {
  signalingState: RTCSignalingState = 'stable';
  iceGatheringState: RTCIceGatheringState = 'new';
  connectionState: RTCPeerConnectionState = 'new';
  localDescription: Description | null = null;
  remoteDescription: Description | null = null;
  /** What the descriptions go back to. */
  private agreed: Description | null = null;
  private readonly session = (made += 1);
  private version = 0;
  /** Counts the ICE credentials. */
  private generation = 0;
  private readonly transceivers: StandInTransceiver[] = [];

  getTransceivers(): readonly StandInTransceiver[] {
    return this.transceivers;
  }
  addTransceiver(_kind: 'audio', { direction = 'sendrecv' }: { readonly direction?: Direction } = {}) {
    const transceiver = new StandInTransceiver(direction);
    this.transceivers.push(transceiver);
    return transceiver;
  }
  addTrack(track: StandInTrack): StandInTransceiver['sender'] {
    const { sender } = this.addTransceiver('audio');
    sender.track = track;
    return sender;
  }
  getSenders(): readonly StandInTransceiver['sender'][] {
    return this.transceivers.map(({ sender }) => sender);
  }
  async createOffer({ iceRestart = false }: RTCOfferOptions = {}): Promise<Description> {
    await this.open();
    if (iceRestart) this.renew();
    return { type: 'offer', sdp: this.written(this.transceivers[0]?.direction ?? 'sendrecv', false) };
  }
  async createAnswer(): Promise<Description> {
    await this.open();
    const wish = this.transceivers[0]?.direction ?? 'recvonly';
    return { type: 'answer', sdp: this.written(common(wish, directionIn(this.remoteDescription?.sdp ?? '')), true) };
  }
  async setLocalDescription(given: RTCSessionDescriptionInit): Promise<void> {
    await this.open();
    if (given.type === 'rollback') {
      this.signalingState = 'stable';
      this.localDescription = this.agreed;
      return;
    }
    this.localDescription = this.taken(given);
    this.settle(given.type, 'have-local-offer');
    if (this.iceGatheringState === 'new')
      setImmediate(() => {
        this.gather();
      });
  }
  async setRemoteDescription(given: RTCSessionDescriptionInit): Promise<void> {
    await this.open();
    if (given.type === 'rollback') {
      this.signalingState = 'stable';
      return;
    }
    const before = ufragOf(this.remoteDescription?.sdp);
    this.remoteDescription = this.taken(given);
    // An offer with other credentials makes both sides gather anew. RFC 8839 §4.4.1.1.1.
    if (given.type === 'offer' && before !== undefined && before !== ufragOf(given.sdp)) this.renew();
    const line = this.transceivers[0] ?? this.addTransceiver('audio', { direction: 'recvonly' });
    line.mid = '0';
    if (this.connectionState === 'new') this.tell('track', { track: line.receiver.track, streams: [{}] });
    this.settle(given.type, 'have-remote-offer');
  }
  getStats(): Promise<ReadonlyMap<string, object>> {
    return new Promise(resolve => {
      setImmediate(() => {
        resolve(new Map());
      });
    });
  }
  setConfiguration(): void {}
  close(): void {
    this.signalingState = 'closed';
    this.connectionState = 'closed';
  }

  /** Every verb is over in a later turn, and none is carried out on a connection that was closed. */
  private async open(): Promise<void> {
    await Promise.resolve();
    if (this.signalingState === 'closed') throw new DOMException('The connection is closed.', 'InvalidStateError');
  }
  private taken({ type, sdp = '' }: RTCSessionDescriptionInit): Description {
    const isAudio = sdp.startsWith('v=0\r\n') && /^m=audio \d+ (?:UDP\/TLS\/)?RTP\/S?AVPF? /m.test(sdp);
    const isShort = /^a=ice-pwd:\S{0,21}\r?$/m.test(sdp);
    if (!isAudio || isShort) throw new TypeError('This is no description of audio.');
    return { type, sdp };
  }
  private settle(type: RTCSdpType, pending: RTCSignalingState): void {
    if (type !== 'answer') {
      this.signalingState = type === 'offer' ? pending : 'have-remote-pranswer';
      return;
    }
    this.signalingState = 'stable';
    this.agreed = this.localDescription;
    if (this.connectionState === 'new')
      setImmediate(() => {
        this.connect();
      });
  }
  private written(direction: Direction, active: boolean): string {
    this.version += 1;
    const sdp = describe(direction, this.session, this.version, active, this.generation);
    return this.iceGatheringState === 'complete' ? `${sdp}a=${candidate}\r\n` : sdp;
  }
  private renew(): void {
    this.generation += 1;
    this.iceGatheringState = 'new';
  }
  private gather(): void {
    if (this.localDescription === null || this.signalingState === 'closed') return;
    this.iceGatheringState = 'gathering';
    this.tell('icegatheringstatechange');
    const { type, sdp } = this.localDescription;
    this.localDescription = { type, sdp: `${sdp}a=${candidate}\r\n` };
    this.tell('icecandidate', { candidate: { candidate } });
    this.iceGatheringState = 'complete';
    this.tell('icegatheringstatechange');
    this.tell('icecandidate', { candidate: null });
  }
  private connect(): void {
    for (const state of ['connecting', 'connected'] as const) {
      // Whoever hears of the one may close it before the other.
      if (this.signalingState === 'closed') return;
      this.connectionState = state;
      this.tell('connectionstatechange');
    }
  }
}

export const standIn: PeerConnectionFactory = () => new StandIn() as unknown as RTCPeerConnection;

/** A microphone that opens at once and says nothing. */
export const standInMicrophone: UserMedia = () => {
  const track = new StandInTrack();
  return Promise.resolve({ getTracks: () => [track], getAudioTracks: () => [track] } as unknown as MediaStream);
};
