import { createGathering, listen } from '../../lib/rtc/gathering.js';
import type { PeerReport } from '../../lib/rtc/model.js';
import { mediaStateListener } from '../../lib/rtc/connection.js';

/** The platform's events alone: what a real connection does is in `peer.spec.ts`, but it has no dead server on demand. */
class Connection extends EventTarget {
  iceGatheringState: RTCIceGatheringState = 'new';
  connectionState: RTCPeerConnectionState = 'new';
  listening = 0;

  override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
    this.listening += 1;
    super.addEventListener(...args);
  }
  override removeEventListener(...args: Parameters<EventTarget['removeEventListener']>): void {
    this.listening -= 1;
    super.removeEventListener(...args);
  }
  gathering(state: RTCIceGatheringState): void {
    this.iceGatheringState = state;
    this.dispatchEvent(new Event('icegatheringstatechange'));
  }
  connection(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
  }
  candidate(candidate: string | null): void {
    this.dispatchEvent(
      Object.assign(new Event('icecandidate'), { candidate: candidate === null ? null : { candidate } }),
    );
  }
  failure(url: string): void {
    this.dispatchEvent(Object.assign(new Event('icecandidateerror'), { url, errorText: 'timed out' }));
  }
}

const host = 'candidate:1 1 udp 2122265343 127.0.0.1 50000 typ host generation 0';
const tcp = 'candidate:1 1 tcp 1518285567 127.0.0.1 9 typ host tcptype active generation 0';
const srflx = 'candidate:1 1 udp 1677729535 192.0.2.1 50000 typ srflx raddr 0.0.0.0 rport 0 generation 0';

const words = (report: PeerReport): string => {
  switch (report._tag) {
    case 'gathering':
      return `gathering ${report.servers}${report.relayOnly ? ' relay' : ''}`;
    case 'candidate':
      return report.kind;
    case 'media':
      return report.media;
    default:
      return report._tag;
  }
};

describe('rtc gathering', () => {
  const watch = (configuration: RTCConfiguration = {}) => {
    const connection = new Connection();
    const told: string[] = [];
    const { begin, ears } = createGathering(
      connection,
      () => configuration,
      report => told.push(words(report)),
    );
    return { connection, begin, told, unlisten: listen(connection, ears) };
  };
  const dead: RTCConfiguration = { iceServers: [{ urls: ['stun:a', 'turn:b?transport=tcp'] }] };

  it('says gathering and gathered once each, whoever notices first', () => {
    const { connection, begin, told } = watch();
    begin();
    connection.gathering('gathering');
    connection.candidate(host);
    connection.candidate(tcp);
    connection.gathering('complete');
    connection.candidate(null);
    expect(told).toEqual(['gathering none', 'host', 'host', 'gathered']);
  });

  it('begins anew, also after one that was taken back', () => {
    const { connection, begin, told } = watch({ ...dead, iceTransportPolicy: 'relay' });
    connection.gathering('gathering');
    connection.gathering('new');
    begin();
    connection.gathering('complete');
    connection.gathering('gathering');
    expect(told).toEqual(['gathering turn relay', 'gathering turn relay', 'gathered', 'gathering turn relay']);
  });

  it('ignores what is no candidate', () => {
    const { connection, told } = watch();
    connection.candidate('');
    connection.candidate('candidate:nonsense');
    connection.candidate(srflx);
    expect(told).toEqual(['srflx']);
  });

  it('says unreachable once, when the last server has failed on the last interface', () => {
    const { connection, told } = watch(dead);
    connection.gathering('gathering');
    connection.candidate(host);
    connection.candidate(host);
    connection.failure('stun:a:3478');
    connection.failure('turn:b:3478?transport=tcp');
    connection.failure('stun:a:3478');
    expect(told).not.toContain('unreachable');
    connection.failure('turn:b:3478?transport=tcp');
    connection.failure('turn:b:3478?transport=tcp');
    expect(told.filter(word => word === 'unreachable')).toHaveLength(1);
  });

  it('is not unreachable when one server has answered', () => {
    const { connection, told } = watch({ iceServers: [{ urls: 'stun:a' }] });
    connection.gathering('gathering');
    connection.candidate(host);
    connection.candidate(srflx);
    connection.failure('stun:a');
    expect(told).not.toContain('unreachable');
  });

  it('lets go of the connection', () => {
    const { connection, unlisten } = watch();
    expect(connection.listening).toBe(3);
    unlisten();
    expect(connection.listening).toBe(0);
  });
});

describe('rtc media state listener', () => {
  it('tells each state once', () => {
    const connection = new Connection();
    const told: string[] = [];
    const unlisten = listen(
      connection,
      mediaStateListener(connection, report => told.push(words(report))),
    );
    const states: readonly RTCPeerConnectionState[] = [
      'connecting',
      'connected',
      'connected',
      'disconnected',
      'connected',
      'failed',
      'failed',
      'closed',
    ];
    states.forEach(state => {
      connection.connection(state);
    });
    expect(told).toEqual(['connecting', 'flowing', 'interrupted', 'flowing', 'failed']);
    unlisten();
    expect(connection.listening).toBe(0);
  });
});
