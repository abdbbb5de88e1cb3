/** What runs in a page of `devices.e2e.ts`: a telephone without a face, whose devices can be looked at. */
import { filter, firstValueFrom, max, takeUntil, timer, type Observable } from 'rxjs';
import { createClient, snapshot, type Client, type Devices, type Outcome, type Session } from 'callstream';
import { browser, tabLock, type BrowserOptions } from 'callstream/browser';
import { sip } from 'callstream/sip';

export type Account = {
  readonly server: string;
  readonly username: string;
  readonly password: string;
  readonly realm: string;
};

export type Handset = {
  readonly enter: (account: Account, options?: Pick<BrowserOptions, 'ring'>) => Promise<void>;
  /** Calls, and waits for the answer. */
  readonly call: (target: string) => Promise<void>;
  readonly invite: (target: string) => Promise<void>;
  readonly mute: (on: boolean) => Promise<void>;
  readonly hangUp: () => Promise<void>;
  readonly choose: (ids: readonly string[]) => Promise<void>;
  readonly devices: () => Devices;
  /** How the microphone's choice has stood, one after the other. */
  readonly uses: () => readonly string[];
  /** The loudest within a while. */
  readonly loudest: (side: 'input' | 'output', ms: number) => Promise<number>;
  /** What came of `unlockAudio`, which a click anywhere leads to. */
  readonly unlocked: () => readonly string[];
  readonly faults: () => readonly string[];
  /** Whether this tab has the name; from then on it wants it. */
  readonly holds: (name: string) => boolean;
};

const createHandset = (): Handset => {
  let client: Client | undefined;
  const uses: string[] = [];
  const unlocked: string[] = [];
  const faults: string[] = [];
  const locks = new Map<string, { readonly mine: boolean }>();

  const present = (): Client => {
    if (client === undefined) throw new Error('nobody has entered');
    return client;
  };
  const until = (wished: (session: Session) => boolean): Promise<Session> =>
    firstValueFrom(present().session$.pipe(filter(wished)));
  const live = (): string => {
    const call = snapshot(present().session$).calls.find(({ status }) => status !== 'terminated');
    if (call === undefined) throw new Error('there is no call');
    return call.id;
  };

  return {
    enter: async ({ server, username, password, realm }, options = {}) => {
      const line = sip({ server, aor: `sip:${username}@${realm}`, credentials: { username, password } });
      const entered = createClient({ calling: [line], devices: browser(options), linger: 0 });
      client = entered;
      entered.device$.subscribe(({ input }) => {
        if (uses.at(-1) !== input.use) uses.push(input.use);
      });
      entered.fault$.subscribe(({ code }) => faults.push(code));
      document.addEventListener('click', () => {
        entered.unlockAudio().subscribe(({ _tag }) => unlocked.push(_tag));
      });
      entered.connect();
      await until(({ connection }) => connection === 'connected');
    },
    call: async target => {
      await firstRight(present().invite(target));
      await until(({ calls }) => calls.some(({ status, media }) => status === 'active' && media === 'flowing'));
    },
    invite: async target => {
      await firstRight(present().invite(target));
    },
    mute: async on => {
      await firstRight(present().mute(live(), on));
    },
    hangUp: async () => {
      await firstRight(present().hangup(live()));
      await until(({ calls }) => calls.length === 0);
    },
    choose: async ids => {
      await firstRight(present().chooseInput(ids));
    },
    devices: () => snapshot(present().device$),
    uses: () => uses,
    loudest: (side, ms) =>
      firstValueFrom(
        present()
          .level$(side)
          .pipe(takeUntil(timer(ms)), max()),
      ),
    unlocked: () => unlocked,
    faults: () => faults,
    holds: name => {
      const lock = locks.get(name) ?? watched(tabLock(name).hold$);
      locks.set(name, lock);
      return lock.mine;
    },
  };
};

const watched = (hold$: Observable<boolean>): { readonly mine: boolean } => {
  const lock = { mine: false };
  hold$.subscribe(mine => {
    lock.mine = mine;
  });
  return lock;
};

const firstRight = async <A>(outcome$: Outcome<A>): Promise<A> => {
  const outcome = await firstValueFrom(outcome$);
  if (outcome._tag === 'Left') throw new Error(JSON.stringify(outcome.left));
  return outcome.right;
};

declare global {
  var handset: Handset;
}
globalThis.handset = createHandset();
