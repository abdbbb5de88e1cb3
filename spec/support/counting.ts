/** Counts what has to be given back: sockets, connections, tracks, listeners, timers, and what the memory keeps. */
import { queryObjects } from 'node:v8';
import { Subscription } from 'rxjs';
import { Dialog, Transaction, UserAgentCore } from '../../lib/sip/sipjs.js';
import { WebSocket } from 'ws';
import type { UserMedia } from '../../lib/rtc/microphone.js';
import type { PeerConnectionFactory } from '../../lib/rtc/model.js';
import type { WebSocketFactory } from '../../lib/wire/model.js';

/** What a platform has handed out and has not got back yet. */
type Lent = {
  /** Not closed. */
  readonly sockets: number;
  /** Peer connections that are not closed. */
  readonly connections: number;
  /** Microphone tracks that are not stopped. */
  readonly tracks: number;
  /** On any of these, also on those that are closed. */
  readonly listeners: number;
};

/** A platform for `sip()` that counts. */
export type Platform = {
  readonly lent: () => Lent;
  readonly webSocket: WebSocketFactory;
  readonly peerConnection: PeerConnectionFactory;
  readonly userMedia: UserMedia;
};

type Target = Pick<EventTarget, 'addEventListener' | 'removeEventListener'>;

type Counter = { listeners: number };

/** Counts the listeners of a target, as it keeps them itself: each once, and a removal of another one changes nothing. */
const heard = <A extends Target>(target: A, counter: Counter): A => {
  const [add, remove] = [target.addEventListener.bind(target), target.removeEventListener.bind(target)];
  const present = new Map<string, Set<unknown>>();
  return Object.assign(target, {
    addEventListener: (...given: Parameters<Target['addEventListener']>) => {
      const [type, listener] = given;
      const known = present.get(type) ?? new Set();
      if (!known.has(listener)) counter.listeners += 1;
      present.set(type, known.add(listener));
      add(...given);
    },
    removeEventListener: (...given: Parameters<Target['removeEventListener']>) => {
      const [type, listener] = given;
      if (present.get(type)?.delete(listener) === true) counter.listeners -= 1;
      remove(...given);
    },
  });
};

const events: ReadonlySet<string | symbol> = new Set(['open', 'message', 'error', 'close']);

const open = (url: string, protocols: string[], counter: Counter): WebSocket => {
  const socket = new WebSocket(url, protocols);
  // Whoever sets `onclose` is a listener, too.
  const count =
    (by: number) =>
    (event: string | symbol): void => {
      if (events.has(event)) counter.listeners += by;
    };
  socket.on('newListener', count(1)).on('removeListener', count(-1));
  return socket;
};

/** Those that are in use; the others are not held on to. */
const inUse = <A>(all: Set<A>, isOver: (one: A) => boolean): number => {
  for (const one of all) if (isOver(one)) all.delete(one);
  return all.size;
};

export const countingPlatform = (makeConnection: PeerConnectionFactory, microphone: UserMedia): Platform => {
  const counter: Counter = { listeners: 0 };
  const sockets = new Set<WebSocket>();
  const connections = new Set<RTCPeerConnection>();
  const tracks = new Set<MediaStreamTrack>();
  const added = <A>(all: Set<A>, one: A): A => {
    all.add(one);
    return one;
  };
  return {
    lent: () => ({
      sockets: inUse(sockets, ({ readyState, CLOSED }) => readyState === CLOSED),
      connections: inUse(connections, ({ signalingState }) => signalingState === 'closed'),
      tracks: inUse(tracks, ({ readyState }) => readyState === 'ended'),
      listeners: counter.listeners,
    }),
    webSocket: (url, protocols) => added(sockets, open(url, protocols, counter)),
    peerConnection: configuration => added(connections, heard(makeConnection(configuration), counter)),
    userMedia: async constraints => {
      const stream = await microphone(constraints);
      for (const track of stream.getTracks()) heard(added(tracks, track), counter);
      return stream;
    },
  };
};

/** How many objects of these kinds there are: RxJS's, and sip.js's. */
type Kept = {
  readonly Subscription: number;
  readonly Dialog: number;
  readonly Transaction: number;
  readonly UserAgentCore: number;
};

/** What is held by anything in this process: each kind is looked for in the whole of its memory. */
export const kept = (): Kept => {
  const count = (kind: object): number => queryObjects(kind as () => void, { format: 'count' });
  return {
    Subscription: count(Subscription),
    Dialog: count(Dialog),
    Transaction: count(Transaction),
    UserAgentCore: count(UserAgentCore),
  };
};

/** How many timers this process is waiting for. */
export const timers = (): number => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length;
