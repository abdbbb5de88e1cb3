import {
  ReplaySubject,
  Subject,
  Subscription,
  catchError,
  defer,
  filter,
  from,
  fromEvent,
  lastValueFrom,
  map,
  merge,
  of,
  take,
  takeUntil,
  type Observable,
} from 'rxjs';
import { right, type Either } from '../kernel/either.js';
import type { Failure } from '../kernel/port.js';
import { answered, audioLine, offered, takenBack, textOf, type Line } from './description.js';
import { failed } from './failure.js';
import { flowReports } from './flow.js';
import { gatheringReports } from './gathering.js';
import { createLoudspeaker } from './loudspeaker.js';
import type { Peer, PeerConnectionFactory, PeerOptions, PeerReport } from './model.js';
import { statsOf } from './stats.js';
import { canSend, tonePlayed } from './tones.js';
import { createTurns } from './turns.js';
import { createVoice } from './voice.js';

/**
 * One call's peer connection, made when the first description is asked for: the ICE servers are asked for just then.
 *
 * Descriptions are made and taken one at a time, in the order in which they were asked for; the microphone, the
 * loudspeaker and `close` wait for nobody. A verb that is under way at `close` answers `Left` then, and what the
 * platform still says later is heard by no one.
 */
export const createPeer = (options: PeerOptions): Peer => {
  const { peerConnection = platformPeerConnection, configuration = {}, media, output, live, call } = options;
  const report$ = new Subject<PeerReport>();
  const began$ = new Subject<undefined>();
  const closed$ = new ReplaySubject<undefined>(1);
  const voice = createVoice(media, live, call);
  const loudspeaker = createLoudspeaker(media, output, call);
  const inTurn = createTurns();
  const toneInTurn = createTurns();
  const owned = new Subscription();
  let connection: RTCPeerConnection | undefined;
  let settings: RTCConfiguration = {};
  let isHold = false;
  let isClosed = false;

  const tell = (report: PeerReport): void => {
    report$.next(report);
  };

  // The parts and the connection report for as long as the peer lives.
  owned.add(
    merge(voice.fault$, loudspeaker.fault$).subscribe(failure => {
      tell({ _tag: 'fault', failure });
    }),
  );

  const watch = (made: RTCPeerConnection): void => {
    owned.add(
      merge(
        gatheringReports(made, () => settings, began$),
        flowReports(made),
      ).subscribe(tell),
    );
    owned.add(
      fromEvent<RTCTrackEvent>(made, 'track')
        .pipe(filter(({ track }) => track.kind === 'audio'))
        // Playing outlives each of these events, so it is begun here and ended by `close`.
        .subscribe(({ track, streams }) => {
          loudspeaker.play(track, streams);
        }),
    );
  };

  const askServers = async (): Promise<void> => {
    settings = typeof configuration === 'function' ? await configuration() : configuration;
    // Whoever waited for this has been answered; nothing may be made that nobody would close.
    if (isClosed) throw new Error('The call has ended.');
  };

  const connect = async (): Promise<RTCPeerConnection> => {
    if (connection !== undefined) return connection;
    await askServers();
    connection = peerConnection(settings);
    watch(connection);
    return connection;
  };

  const line = (made: RTCPeerConnection, isRestart: boolean): Line => ({
    direction: isHold ? 'sendonly' : 'sendrecv',
    attach: next => voice.attach(next),
    begin: () => {
      if (isRestart || made.iceGatheringState === 'new') began$.next(undefined);
    },
  });

  const offer = async (iceRestart: boolean): Promise<string> => {
    const isRestart = iceRestart && connection !== undefined;
    const made = await connect();
    if (isRestart) {
      // The passwords of the relays may have expired since the call began.
      await askServers();
      made.setConfiguration(settings);
    }
    return offered(made, line(made, isRestart), isRestart);
  };

  const untilClosed = <A>(result$: Observable<Either<Failure, A>>): Observable<Either<Failure, A>> =>
    merge(closed$.pipe(map(() => failed('call-ended'))), result$).pipe(take(1));

  const verb = <A>(work: () => Promise<A>): Observable<Either<Failure, A>> =>
    untilClosed(
      defer(() => from(inTurn(work))).pipe(
        map(value => right<Failure, A>(value)),
        catchError((error: unknown) => of(failed('media-failed', error))),
      ),
    );

  const sender = (): RTCRtpSender | undefined => connection && audioLine(connection)?.sender;

  const tone = (digit: string): Observable<Either<Failure, undefined>> =>
    defer(() => {
      const dtmf = sender()?.dtmf;
      if (!canSend(dtmf)) return of(failed('unsupported'));
      const played$ = tonePlayed(dtmf, digit).pipe(takeUntil(closed$));
      return from(toneInTurn(() => lastValueFrom(played$, { defaultValue: undefined }))).pipe(
        map(() => right<Failure, undefined>(undefined)),
      );
    }).pipe(catchError((error: unknown) => of(failed('wrong-state', error))));

  const stats = (): ReturnType<Peer['stats']> =>
    defer(() =>
      connection === undefined
        ? of(failed('wrong-state'))
        : from(connection.getStats()).pipe(map(counted => right(statsOf(counted)))),
    ).pipe(catchError((error: unknown) => of(failed('media-failed', error))));

  return {
    report$: report$.asObservable(),
    openMicrophone: input => untilClosed(voice.open(input)),
    offer: ({ iceRestart = false } = {}) => verb(() => offer(iceRestart)),
    answer: sdp =>
      verb(async () => {
        const made = await connect();
        return answered(made, line(made, false), sdp);
      }),
    accept: (type, sdp) =>
      verb(async () => {
        await (await connect()).setRemoteDescription({ type, sdp });
        return undefined;
      }),
    rollback: () => verb(async () => takenBack(await connect())),
    get localDescription() {
      return connection && textOf(connection);
    },
    setHold: hold => {
      isHold = hold;
    },
    setLive: next => {
      voice.setLive(next);
    },
    setInput: input => untilClosed(voice.change(input)),
    setOutput: next => untilClosed(loudspeaker.change(next)),
    get canSendTones() {
      return canSend(sender()?.dtmf);
    },
    tone: digit => untilClosed(tone(digit)),
    stats: () => untilClosed(stats()),
    close: () => {
      if (isClosed) return;
      isClosed = true;
      owned.unsubscribe();
      voice.close();
      loudspeaker.close();
      connection?.close();
      report$.complete();
      closed$.next(undefined);
    },
  };
};

/** Read when it is needed, so that importing this in Node or on a server asks for nothing. */
export const platformPeerConnection: PeerConnectionFactory = configuration => new RTCPeerConnection(configuration);
