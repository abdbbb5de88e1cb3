/** Makes a thousand calls in a process of its own, where nobody else holds anything, and counts what is left. */
import { randomUUID } from 'node:crypto';
import { concatMap, filter, firstValueFrom, map, race } from 'rxjs';
import { Timers } from '../../lib/sip/sipjs.js';
import { createClient, isRight, snapshot, type Call, type Client, type Outcome } from '../../lib/index.js';
import type { Credentials } from '../../server/lib/index.js';
import { sip } from '../../lib/sip/index.js';
import { eventually } from '../e2e/support/eventually.js';
import { countingPlatform, kept, timers, type Platform } from './counting.js';
import { standIn, standInMicrophone } from './standin.js';
import { provideMediaStream, toneMicrophone, wrtcPeerConnection } from './wrtc.js';

/** What the crowd is to do. */
export type Crowding = {
  readonly server: string;
  readonly people: Readonly<Record<Name, Credentials>>;
  readonly calls: number;
  /** How many at a time. */
  readonly batch: number;
  /** Real WebRTC, or nothing but its words. */
  readonly media: 'real' | 'none';
};

/** What there was, by what it is. */
export type Count = ReturnType<Platform['lent']> & ReturnType<typeof kept> & { readonly timers: number };

export type FromCrowd =
  /** All sockets are to be cut. */
  | { readonly say: 'cut' }
  | {
      readonly say: 'counted';
      /** Before there was a client; registered; after all calls; unregistered; and after the clients were let go. */
      readonly stages: Readonly<Record<'before' | 'base' | 'after' | 'left' | 'gone', Count>>;
      /** How many calls there were of each kind, and the calls that ended otherwise than they should. */
      readonly fates: Readonly<Record<string, number>>;
      readonly strange: readonly string[];
      /** How many ended calls one side can still read. */
      readonly readable: number;
    };

const say = (message: FromCrowd): Promise<void> =>
  new Promise(resolve => {
    process.send?.(message, () => {
      resolve();
    });
  });

/** Carol gives up soon, and Dave is never there. */
const patience = { alice: {}, bob: {}, carol: { outgoing: 150 }, dave: { incoming: 150 } } as const;
type Name = keyof typeof patience;

type Person = { readonly name: Name; readonly client: Client };
type People = Readonly<Record<Name, Person>>;

const person = (name: Name, { server, people }: Crowding, { webSocket, peerConnection, userMedia }: Platform) => {
  const { username, password, realm } = people[name];
  const line = sip({
    server,
    aor: `sip:${username}@${realm}`,
    credentials: { username, password },
    webSocket,
    peerConnection,
    userMedia,
  });
  return {
    name,
    // Without chance a line that was cut is back at once.
    client: createClient({
      calling: [line],
      linger: 0,
      random: () => 0,
      newId: randomUUID,
      noAnswer: patience[name],
    }),
  };
};

const reached = ({ client }: Person, wanted: 'connected' | 'disconnected'): Promise<unknown> =>
  firstValueFrom(client.session$.pipe(filter(({ connection }) => connection === wanted)));
const idle = ({ client }: Person): Promise<unknown> =>
  firstValueFrom(client.session$.pipe(filter(({ calls }) => calls.length === 0)));

const done = async <A>(outcome: Outcome<A>): Promise<A> => {
  const result = await firstValueFrom(outcome);
  if (!isRight(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};

/** The call when it is like this, or when it has ended. */
const until = ({ client }: Person, id: string, is: (call: Call) => boolean): Promise<Call> =>
  firstValueFrom(
    client.call$(id).pipe(
      concatMap(call => (call === undefined ? [] : [call])),
      filter(call => is(call) || call.status === 'terminated'),
    ),
  );
const causeOf = async (one: Person, id: string): Promise<string | undefined> =>
  (await until(one, id, () => false)).end?.cause;

/** The two ends of a call, which have its Call-ID in common; it may come to nothing before the callee knows of it. */
const ring = async (caller: Person, callee: Person): Promise<readonly [out: string, into: string]> => {
  const { id } = await done(caller.client.invite(callee.name));
  const { ref } = await until(caller, id, call => call.ref !== undefined);
  const rings$ = callee.client.session$.pipe(
    map(({ calls }) => calls.find(call => call.ref === ref)),
    filter(call => call !== undefined),
  );
  const over$ = caller.client.call$(id).pipe(filter((call): call is Call => call?.status === 'terminated'));
  const reached = await firstValueFrom(race(rings$, over$));
  if (reached.id === id) throw new Error(`${callee.name} was not reached: ${JSON.stringify(reached.end)}`);
  return [id, reached.id];
};

const talk = async (caller: Person, callee: Person): Promise<readonly [out: string, into: string]> => {
  const [out, into] = await ring(caller, callee);
  await done(callee.client.answer(into));
  await until(caller, out, ({ status, media }) => status === 'active' && media === 'flowing');
  return [out, into];
};

/** How calls go, and by which cause they end for the caller; none, where the call is left standing. */
const fates: readonly (readonly [name: string, cause: string, go: (people: People) => Promise<string | undefined>])[] =
  [
    [
      'the caller hangs up',
      'hung_up',
      async ({ alice, bob }) => {
        const [out, into] = await talk(alice, bob);
        alice.client.hangup(out);
        await causeOf(bob, into);
        return causeOf(alice, out);
      },
    ],
    [
      'the callee hangs up',
      'hung_up',
      async ({ alice, bob }) => {
        const [out, into] = await talk(alice, bob);
        bob.client.hangup(into);
        return causeOf(alice, out);
      },
    ],
    [
      'the callee refuses',
      'busy',
      async ({ alice, bob }) => {
        const [out, into] = await ring(alice, bob);
        bob.client.reject(into);
        return causeOf(alice, out);
      },
    ],
    [
      'the caller cancels',
      'cancelled',
      async ({ alice, bob }) => {
        const [out, into] = await ring(alice, bob);
        alice.client.hangup(out);
        await causeOf(bob, into);
        return causeOf(alice, out);
      },
    ],
    [
      'the caller gives up',
      'no_answer',
      async ({ carol, bob }) => causeOf(carol, (await done(carol.client.invite(bob.name))).id),
    ],
    [
      'the callee is not there',
      'temporarily_unavailable',
      async ({ alice, dave }) => {
        const [out] = await ring(alice, dave);
        return causeOf(alice, out);
      },
    ],
    [
      'the sockets are cut',
      '',
      async ({ alice, bob }) => {
        await talk(alice, bob);
        return '';
      },
    ],
  ];

/** The same fates in the same order in every run: a linear congruential generator. */
const drawn = (count: number): readonly (typeof fates)[number][] => {
  let seed = 1;
  return Array.from({ length: count }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return fates[seed % fates.length]!;
  });
};

/** Cuts all sockets; when everybody is back, what has survived is hung up. */
const cut = async (all: readonly Person[]): Promise<void> => {
  const lost = all.map(({ client }) =>
    firstValueFrom(client.session$.pipe(filter(({ connection }) => connection !== 'connected'))),
  );
  await say({ say: 'cut' });
  await Promise.all(lost);
  await Promise.all(all.map(one => reached(one, 'connected')));
  for (const { client } of all) for (const { id } of snapshot(client.session$).calls) client.hangup(id);
  await Promise.all(all.map(idle));
};

const callAll = async (people: People, { calls, batch }: Crowding): Promise<readonly string[]> => {
  const all = Object.values(people);
  const rest = [...drawn(calls)];
  const strange: string[] = [];
  while (rest.length > 0) {
    const now = rest.splice(0, batch);
    const causes = await Promise.all(now.map(([, , go]) => go(people).catch(String)));
    strange.push(...now.flatMap(([name, cause], at) => (causes[at] === cause ? [] : [`${name}: ${causes[at] ?? ''}`])));
    if (now.some(([, cause]) => cause === '')) await cut(all);
    await Promise.all(all.map(idle));
  }
  return strange;
};

const poll = <A>(read: () => A, is: (now: A) => boolean): Promise<A> =>
  eventually(() => Promise.resolve(read()), is, 100_000);

/** The timers of RFC 3261 that last 64 × T1, 32 s. */
const names = ['TIMER_B', 'TIMER_F', 'TIMER_H', 'TIMER_L', 'TIMER_M'] as const;

/**
 * A time that nobody else waits for, so that whoever waits for it is known: it is over for all of them when a spec says so.
 * RxJS waits by intervals.
 */
const passable = (): { readonly ms: number; readonly pass: () => void } => {
  const ms = 86_399_999;
  const waiting = new Map<unknown, () => void>();
  for (const [set, clear] of [
    ['setTimeout', 'clearTimeout'],
    ['setInterval', 'clearInterval'],
  ] as const) {
    const [setting, clearing] = [globalThis[set], globalThis[clear]] as [typeof setTimeout, typeof clearTimeout];
    Object.assign(globalThis, {
      [set]: (work: () => void, after?: number, ...given: []) => {
        const timer = setting(work, after, ...given);
        if (after === ms) waiting.set(timer, work);
        return timer;
      },
      [clear]: (timer: NodeJS.Timeout | undefined) => {
        waiting.delete(timer);
        clearing(timer);
      },
    });
  }
  return {
    ms,
    pass: () => {
      for (const timer of [...waiting.keys()]) {
        // A timer that fires may clear another one.
        const work = waiting.get(timer);
        clearTimeout(timer as NodeJS.Timeout);
        clearInterval(timer as NodeJS.Timeout);
        work?.();
      }
    },
  };
};

const crowd = async (crowding: Crowding): Promise<void> => {
  const passing = passable();
  Object.assign(Timers, Object.fromEntries(names.map(name => [name, passing.ms])));
  const real = crowding.media === 'real';
  if (real) provideMediaStream();
  const microphone = toneMicrophone(440);
  const platform = countingPlatform(
    real ? wrtcPeerConnection : standIn,
    real ? microphone.userMedia : standInMicrophone,
  );
  const count = (): Count => ({ ...platform.lent(), timers: timers(), ...kept() });
  const before = count();
  /** Once so few timers are left, everything that is under way should be over. */
  const settled = async (running: number): Promise<Count> => {
    await poll(timers, now => now <= running);
    return poll(count, ({ Dialog, Transaction }) => Dialog === before.Dialog && Transaction === before.Transaction);
  };

  const live = async () => {
    const names = Object.keys(patience) as Name[];
    const people = Object.fromEntries(names.map(name => [name, person(name, crowding, platform)])) as People;
    const all = Object.values(people);
    const links = all.map(({ client }) => client.connect());
    const ids = new Set<string>();
    people.alice.client.session$.subscribe(({ calls }) => {
      for (const { id } of calls) ids.add(id);
    });
    await Promise.all(all.map(one => reached(one, 'connected')));
    const base = await settled(Infinity);
    const strange = await callAll(people, crowding);
    passing.pass();
    const after = await settled(base.timers);
    const readable = [...ids].filter(id => snapshot(people.alice.client.call$(id)) !== undefined).length;
    for (const link of links) link.unsubscribe();
    await Promise.all(all.map(one => reached(one, 'disconnected')));
    return { base, after, left: await settled(0), strange, readable };
  };

  const { strange, readable, ...stages } = await live();
  const gone = await poll(count, ({ UserAgentCore }) => UserAgentCore === before.UserAgentCore);
  microphone.stop();
  const tally: Record<string, number> = Object.fromEntries(fates.map(([name]) => [name, 0]));
  for (const [name] of drawn(crowding.calls)) tally[name] = (tally[name] ?? 0) + 1;
  await say({ say: 'counted', stages: { before, ...stages, gone }, fates: tally, strange, readable });
};

process.once('disconnect', () => process.exit(1));
process.once('message', (crowding: Crowding) => {
  // wrtc crashes a process that ends by itself.
  void crowd(crowding).then(() => process.exit(0));
});
