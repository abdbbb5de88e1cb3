/** One leg's media: descriptions go in and out, and frames. */
import { randomInt } from 'node:crypto';
import { isOtherEndpoint, withOrigin, withoutTelephoneEvents } from './description.js';
import { describe, openMediaConnection, type MediaConnection } from './peer-connection.js';
import type { Anchor, Frame, OpenAnchor } from './model.js';
import { createMeter } from './quality.js';
import type { Wrtc } from './webrtc.js';

/** Opens the media of a leg. `lost` is never called after `close`. */
export function openAnchor(wrtc: Wrtc, { towards, lost }: Parameters<OpenAnchor>[0]): Anchor {
  const listeners = new Set<(frame: Frame) => void>();
  const id = String(randomInt(2 ** 47));
  const meter = createMeter();
  let version = 0;
  let line = open();
  let closed = false;
  /** One offer or answer at a time. */
  let turn: Promise<unknown> = Promise.resolve();

  function open(): MediaConnection {
    const opened = openMediaConnection(wrtc, {
      hear: frame => {
        if (opened === line) for (const listener of listeners) listener(frame);
      },
      lost: () => {
        if (opened === line) lost();
      },
    });
    return opened;
  }

  function inTurn<A>(work: () => Promise<A>): Promise<A> {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  }

  function stated(sdp: string): string {
    if (closed) throw new Error('the anchor is closed');
    version += 1;
    const own = withOrigin(sdp, { id, version });
    return towards === 'sip' ? withoutTelephoneEvents(own) : own;
  }

  async function answer(offer: string): Promise<string> {
    await tryOut(wrtc, offer);
    const { connection } = line;
    if (isOtherEndpoint(offer, connection.remoteDescription?.sdp ?? '')) return moveTo(offer);
    await settle(connection);
    return stated(await answered(connection, offer));
  }

  /**
   * To an end with another certificate. WebRTC has no second DTLS handshake in one connection (it stays "connecting"
   * for ever), so this is a connection of its own; for the other end it is the same session.
   */
  async function moveTo(offer: string): Promise<string> {
    await meter.look();
    const next = open();
    try {
      const sdp = stated(await answered(next.connection, offer));
      meter.watch(next.connection);
      line.close();
      line = next;
      return sdp;
    } catch (error) {
      next.close();
      throw error;
    }
  }

  meter.watch(line.connection);
  return {
    understands: offer =>
      tryOut(wrtc, offer).then(
        () => true,
        () => false,
      ),
    answer: offer => inTurn(() => answer(offer)),
    offer: () =>
      inTurn(async () => {
        await settle(line.connection);
        return stated(await describe(line.connection, await line.connection.createOffer()));
      }),
    accept: sdp => inTurn(() => line.connection.setRemoteDescription({ type: 'pranswer', sdp })),
    play: frame => {
      line.play(frame);
    },
    hear: listener => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    measured: meter.measured,
    close: () => {
      closed = true;
      listeners.clear();
      meter.stop();
      line.close();
    },
  };
}

/**
 * A description that can be applied by halves only spoils its connection for good, even a rollback fails. So it is a
 * connection of no use that meets it first.
 */
async function tryOut(wrtc: Wrtc, offer: string): Promise<void> {
  const connection = new wrtc.RTCPeerConnection({ iceServers: [] });
  try {
    await connection.setRemoteDescription({ type: 'offer', sdp: offer });
  } finally {
    connection.close();
  }
}

/** Closes a pending negotiation: the provisional answer becomes final, an unanswered offer is rolled back. */
async function settle(connection: RTCPeerConnection): Promise<void> {
  const { signalingState, remoteDescription } = connection;
  if (signalingState === 'have-remote-pranswer' && remoteDescription)
    await connection.setRemoteDescription({ type: 'answer', sdp: remoteDescription.sdp });
  if (signalingState === 'have-local-offer') await connection.setLocalDescription({ type: 'rollback' });
}

async function answered(connection: RTCPeerConnection, offer: string): Promise<string> {
  await connection.setRemoteDescription({ type: 'offer', sdp: offer });
  try {
    return await describe(connection, await connection.createAnswer());
  } catch (error) {
    if (connection.signalingState === 'have-remote-offer')
      await connection.setRemoteDescription({ type: 'rollback', sdp: '' });
    throw error;
  }
}
