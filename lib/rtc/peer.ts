import {
  ReplaySubject,
  Subject,
  catchError,
  defer,
  forkJoin,
  lastValueFrom,
  map,
  merge,
  of,
  take,
  takeUntil,
  type Observable,
} from 'rxjs';
import { isLeft, right, type Either } from '../core/either.js';
import type { Failure } from '../core/port.js';
import type { MediaStats } from '../call/model.js';
import type { OutputSettings } from '../media/model.js';
import { answered, audioLine, continues, offered, restarts, takenBack, textOf, type Line } from './description.js';
import { failed, Unanswerable } from './failure.js';
import { createConnection, type Connection } from './connection.js';
import type { OfferOptions, Peer, PeerConnectionFactory, PeerOptions, PeerReport } from './model.js';
import { fromPromise, createSerialiser } from './from-promise.js';
import { statsOf } from './stats.js';
import { createVoice, canSend, tonePlayed } from './voice.js';

/**
 * One call's peer connection, made when the first description is asked for: the ICE servers are asked for just then.
 *
 * Descriptions are made and taken one at a time, in the order in which they were asked for; the microphone, the
 * loudspeaker and `close` wait for nobody. A verb that is under way at `close` answers `Left` then, and what the
 * platform still says later is heard by no one.
 */
export function createPeer(options: PeerOptions): Peer {
  const { peerConnection = platformPeerConnection, configuration = {}, media, live, call } = options;
  const report$ = new Subject<PeerReport>();
  const closed$ = new ReplaySubject<undefined>(1);
  const inTurn = createSerialiser();
  const toneInTurn = createSerialiser();
  let link: Connection | undefined;
  /**
   * The second connection of a pending negotiation. It replaces `link` when the negotiation succeeds, else it is closed.
   */
  let heir: Connection | undefined;
  let settings: RTCConfiguration = {};
  let { output } = options;
  let isHold = false;
  let isClosed = false;

  const tell = (report: PeerReport): void => {
    report$.next(report);
  };

  const voice = createVoice(
    media,
    { live, call },
    failure => {
      tell({ _tag: 'fault', failure });
    },
    on => {
      tell({ _tag: 'silenced', on });
    },
  );

  const askServers = async (): Promise<void> => {
    settings = typeof configuration === 'function' ? await configuration() : configuration;
    // `close` ran during the await: callers have got `call-ended`, and a connection made now would leak.
    if (isClosed) throw new Error('The call has ended.');
  };

  const make = async (): Promise<Connection> => {
    await askServers();
    return createConnection(peerConnection(settings), { settings: () => settings, media, output, call, tell });
  };

  /** The connection that descriptions are made for. */
  const current = async (): Promise<Connection> => heir ?? (link ??= await make());

  const lineOf = ({ connection, begin }: Connection, isRestart: boolean): Line => ({
    direction: isHold ? 'sendonly' : 'sendrecv',
    attach: next => voice.attach(next),
    begin: () => {
      if (isRestart || connection.iceGatheringState === 'new') begin();
    },
  });

  const offer = async ({ iceRestart = false, reconnect = false }: OfferOptions): Promise<string> => {
    const isRestart = iceRestart && link !== undefined;
    if (reconnect && link !== undefined) heir ??= await make();
    const made = await current();
    if (isRestart) {
      // The passwords of the relays may have expired since the call began.
      await askServers();
      made.connection.setConfiguration(settings);
    }
    return offered(made.connection, lineOf(made, isRestart), isRestart);
  };

  /** Makes the second connection the current one, and closes the first. */
  const succeed = (): void => {
    if (heir === undefined) return;
    link?.close();
    link = heir;
    heir = undefined;
  };

  /** Closes the second connection, and attaches the microphone to the first again. */
  const disown = async (): Promise<void> => {
    if (heir === undefined) return;
    heir.close();
    heir = undefined;
    const sender = link && audioLine(link.connection)?.sender;
    if (sender !== undefined) await voice.attach(sender);
  };

  const answerOn = async (made: Connection, sdp: string): Promise<string> => {
    try {
      const text = await answered(made.connection, lineOf(made, restarts(made.connection, sdp)), sdp);
      made.agreed(sdp);
      return text;
    } catch (cause) {
      throw new Unanswerable('The offer is refused.', { cause });
    }
  };

  /**
   * Answers on the current connection when the offer continues its media session, else on a new one. After a transfer
   * another endpoint offers, and a connection cannot change over to another certificate.
   */
  const answer = async (sdp: string): Promise<string> => {
    if (link?.remote === undefined) return answerOn(await current(), sdp);
    await disown();
    if (continues(link.remote, sdp)) {
      try {
        return await answerOn(link, sdp);
      } catch {
        // A new connection may accept an offer that this one rejects.
      }
    }
    heir = await make();
    try {
      return await answerOn(heir, sdp);
    } catch (error) {
      await disown();
      throw error;
    }
  };

  const takeBack = async (): Promise<undefined> => {
    if (heir !== undefined) await disown();
    else if (link !== undefined) await takenBack(link.connection);
    return undefined;
  };

  const untilClosed = <A>(result$: Observable<Either<Failure, A>>): Observable<Either<Failure, A>> =>
    merge(closed$.pipe(map(() => failed('call-ended'))), result$).pipe(take(1));

  const verb = <A>(work: () => Promise<A>): Observable<Either<Failure, A>> =>
    untilClosed(
      fromPromise(() => inTurn(work)).pipe(
        map(value => right<Failure, A>(value)),
        catchError((error: unknown) => of(failed('media-failed', error))),
      ),
    );

  const sender = (): RTCRtpSender | undefined => link && audioLine(link.connection)?.sender;

  const setOutput = (next: OutputSettings): Observable<Either<Failure, undefined>> =>
    defer(() => {
      output = next;
      const told = [link, heir].flatMap(one => (one === undefined ? [] : [one.setOutput(next)]));
      return told.length === 0 ? of(right<Failure, undefined>(undefined)) : forkJoin(told).pipe(map(worst));
    });

  const tone = (digit: string): Observable<Either<Failure, undefined>> =>
    defer(() => {
      const dtmf = sender()?.dtmf;
      if (!canSend(dtmf)) return of(failed('unsupported'));
      const played$ = tonePlayed(dtmf, digit).pipe(takeUntil(closed$));
      return fromPromise(() => toneInTurn(() => lastValueFrom(played$, { defaultValue: undefined }))).pipe(
        map(() => right<Failure, undefined>(undefined)),
      );
    }).pipe(catchError((error: unknown) => of(failed('wrong-state', error))));

  return {
    report$: report$.asObservable(),
    openMicrophone: input => untilClosed(voice.open(input)),
    offer: (how = {}) => verb(() => offer(how)),
    answer: sdp => verb(() => answer(sdp)),
    keep: succeed,
    accept: (type, sdp) =>
      verb(async () => {
        const made = await current();
        await made.connection.setRemoteDescription({ type, sdp });
        if (type === 'answer') {
          made.agreed(sdp);
          succeed();
        }
        return undefined;
      }),
    rollback: () => verb(takeBack),
    get localDescription() {
      const shown = heir ?? link;
      return shown && textOf(shown.connection);
    },
    setHold: hold => {
      isHold = hold;
    },
    setLive: next => {
      voice.setLive(next);
    },
    setInput: input => untilClosed(voice.change(input)),
    setOutput: next => untilClosed(setOutput(next)),
    get canSendTones() {
      return canSend(sender()?.dtmf);
    },
    tone: digit => untilClosed(tone(digit)),
    // Statistics requested before the end are still reported.
    stats: () => (isClosed ? of(failed('call-ended')) : defer(() => countedBy(link?.connection))),
    close: () => {
      if (isClosed) return;
      isClosed = true;
      voice.close();
      link?.close();
      heir?.close();
      report$.complete();
      closed$.next(undefined);
    },
  };
}

/** Statistics of a connection. The pending promise, which may never settle, holds no reference to the peer. */
function countedBy(connection: RTCPeerConnection | undefined): ReturnType<Peer['stats']> {
  return connection === undefined
    ? of(failed('wrong-state'))
    : fromPromise(() => connection.getStats()).pipe(
        map(counted => right<Failure, MediaStats>(statsOf(counted))),
        catchError((error: unknown) => of(failed('media-failed', error))),
      );
}

function worst(results: readonly Either<Failure, undefined>[]): Either<Failure, undefined> {
  return results.find(isLeft) ?? right(undefined);
}

/** Read when it is needed, so that importing this in Node or on a server asks for nothing. */
export const platformPeerConnection: PeerConnectionFactory = configuration => new RTCPeerConnection(configuration);
