/** What runs in a page of `quality.e2e.ts`: a telephone without a face, which tells how its calls sound. */
import { exhaustMap, filter, firstValueFrom, take, type Subscription } from 'rxjs';
import {
  createClient,
  snapshot,
  type Call,
  type CallEnd,
  type Client,
  type ClientOptions,
  type Outcome,
  type Quality,
  type Session,
} from 'callstream';
import { preflight$, type Preflight, type PreflightOptions } from 'callstream/preflight';
import { browser } from 'callstream/browser';
import { sip, type SipOptions } from 'callstream/sip';
import type { Account } from './handset.js';

/** Something, and when it was told: in ms since the page was opened. */
export type Timed<A> = { readonly at: number; readonly value: A };

export type Gauge = {
  readonly enter: (
    account: Account,
    options?: Pick<ClientOptions, 'summaries' | 'linger'> & Pick<SipOptions, 'iceServers' | 'iceTransportPolicy'>,
  ) => Promise<void>;
  /** Calls, and waits until sound can flow. */
  readonly call: (target: string) => Promise<void>;
  /** Answers whatever call comes next, and waits until sound can flow. */
  readonly take: () => Promise<void>;
  readonly mute: (on: boolean) => Promise<void>;
  readonly hold: (on: boolean) => Promise<void>;
  readonly hangUp: () => Promise<void>;
  /** Watches `quality$` of the call, or the counts that it is made of; the number of who watches. */
  readonly watch: (what?: 'quality' | 'stats') => number;
  readonly unwatch: (watcher: number) => void;
  /** What a watcher has been told. */
  readonly seen: (watcher: number) => readonly Timed<Quality>[];
  /** Every end that the session has shown of a call, one after the other. */
  readonly ends: () => readonly CallEnd[];
  /** Begins the test before a call; it ends by itself or by `cancel`. */
  readonly test: (options?: PreflightOptions) => void;
  readonly told: () => readonly Timed<Preflight>[];
  readonly cancel: () => void;
  readonly calls: () => readonly Call[];
  readonly faults: () => readonly string[];
  /** The page's clock. */
  readonly now: () => number;
};

const createGauge = (): Gauge => {
  let client: Client | undefined;
  let test: Subscription | undefined;
  const watchers: { readonly seen: Timed<Quality>[]; readonly link: Subscription }[] = [];
  const ends: CallEnd[] = [];
  const told: Timed<Preflight>[] = [];
  const faults: string[] = [];

  const present = (): Client => {
    if (client === undefined) throw new Error('nobody has entered');
    return client;
  };
  const until = (wished: (session: Session) => boolean): Promise<Session> =>
    firstValueFrom(present().session$.pipe(filter(wished)));
  const talking = (): Promise<Session> =>
    until(({ calls }) => calls.some(({ status, media }) => status === 'active' && media === 'flowing'));
  const live = (): string => {
    const call = snapshot(present().session$).calls.find(({ status }) => status !== 'terminated');
    if (call === undefined) throw new Error('there is no call');
    return call.id;
  };
  const timed = <A>(value: A): Timed<A> => ({ at: performance.now(), value });

  return {
    enter: async (
      { server, username, password, realm },
      { iceServers, iceTransportPolicy, linger = 1_000, ...options } = {},
    ) => {
      const line = sip({
        server,
        aor: `sip:${username}@${realm}`,
        credentials: { username, password },
        ...(iceServers === undefined ? {} : { iceServers }),
        ...(iceTransportPolicy === undefined ? {} : { iceTransportPolicy }),
      });
      const entered = createClient({ calling: [line], devices: browser(), linger, ...options });
      client = entered;
      entered.session$.subscribe(({ calls }) => {
        const end = calls.at(-1)?.end;
        if (end !== undefined && end !== ends.at(-1)) ends.push(end);
      });
      entered.fault$.subscribe(({ code }) => faults.push(code));
      entered.connect();
      await until(({ connection }) => connection === 'connected');
    },
    call: async target => {
      await firstRight(present().invite(target));
      await talking();
    },
    take: async () => {
      await firstRight(
        present().incoming$.pipe(
          take(1),
          exhaustMap(({ id }) => present().answer(id)),
        ),
      );
      await talking();
    },
    mute: async on => {
      await firstRight(present().mute(live(), on));
    },
    hold: async on => {
      await firstRight(on ? present().hold(live()) : present().unhold(live()));
    },
    hangUp: async () => {
      await firstRight(present().hangup(live()));
      await until(({ calls }) => calls.length === 0);
    },
    watch: (what = 'quality') => {
      const seen: Timed<Quality>[] = [];
      const id = live();
      const link =
        what === 'stats'
          ? present().stats$(id).subscribe()
          : present()
              .quality$(id)
              .subscribe(quality => seen.push(timed(quality)));
      return watchers.push({ seen, link }) - 1;
    },
    unwatch: watcher => {
      watchers[watcher]?.link.unsubscribe();
    },
    seen: watcher => watchers[watcher]?.seen ?? [],
    ends: () => ends,
    test: options => {
      told.length = 0;
      test = preflight$(present(), options).subscribe(one => told.push(timed(one)));
    },
    told: () => told,
    cancel: () => {
      test?.unsubscribe();
    },
    calls: () => snapshot(present().session$).calls,
    faults: () => faults,
    now: () => performance.now(),
  };
};

const firstRight = async <A>(outcome$: Outcome<A>): Promise<A> => {
  const outcome = await firstValueFrom(outcome$);
  if (outcome._tag === 'Left') throw new Error(JSON.stringify(outcome.left));
  return outcome.right;
};

declare global {
  var gauge: Gauge;
}
globalThis.gauge = createGauge();
