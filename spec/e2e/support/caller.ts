/** What runs in a page of `server-calls.e2e.ts`: a client that calls by the service, and can take a call up again. */
import { filter, firstValueFrom, map, switchMap, type Observable } from 'rxjs';
import { createClient, type Call, type Client, type MediaStats, type Outcome } from 'callstream';
import { browser } from 'callstream/browser';
import { service } from 'callstream/service';

export type Caller = {
  readonly enter: (user: string) => Promise<void>;
  /** Calls, and waits for the answer. The service's name of the call. */
  readonly call: (target: string) => Promise<string>;
  /** Takes a call up that this page does not know; the code of the fault where that fails. */
  readonly takeUp: (ref: string) => Promise<string>;
  /** What has been counted, once there is something of everything. */
  readonly counted: () => Promise<MediaStats>;
  /** Answers the next call that comes in. */
  readonly answer: () => Promise<void>;
  readonly hangUp: () => Promise<void>;
};

const tokenFor = async (user: string): Promise<string> => {
  const answer = await fetch('/dev/token', { method: 'POST', body: JSON.stringify({ user }) });
  return ((await answer.json()) as { readonly token: string }).token;
};

const createCaller = (): Caller => {
  let client: Client | undefined;

  const present = (): Client => {
    if (client === undefined) throw new Error('nobody has entered');
    return client;
  };
  const active = (): Observable<Call> =>
    present().session$.pipe(
      map(({ calls }) => calls.find(({ status }) => status === 'active')),
      filter(call => call !== undefined),
    );

  return {
    enter: async user => {
      const line = service({ apiUrl: location.origin, websocketUrl: location.origin, token: () => tokenFor(user) });
      client = createClient({ calling: [line], devices: browser() });
      client.connect();
      await firstValueFrom(client.session$.pipe(filter(({ connection }) => connection === 'connected')));
    },
    call: async target => {
      await firstRight(present().invite(target));
      return (await firstValueFrom(active())).ref ?? '';
    },
    answer: async () => {
      const { id } = await firstValueFrom(present().incoming$);
      await firstRight(present().answer(id));
      await firstValueFrom(active());
    },
    takeUp: async ref => {
      const outcome = await firstValueFrom(present().reconnectCall(ref));
      if (outcome._tag === 'Left') return outcome.left.code;
      await firstValueFrom(active());
      return '';
    },
    counted: () =>
      firstValueFrom(
        active().pipe(
          switchMap(({ id }) => present().stats$(id)),
          filter(
            ({ received, sent, roundTrip }) => received.packets > 50 && sent.packets > 50 && roundTrip !== undefined,
          ),
        ),
      ),
    hangUp: async () => {
      const { id } = await firstValueFrom(active());
      await firstRight(present().hangup(id));
    },
  };
};

const firstRight = async <A>(outcome$: Outcome<A>): Promise<A> => {
  const outcome = await firstValueFrom(outcome$);
  if (outcome._tag === 'Left') throw new Error(JSON.stringify(outcome.left));
  return outcome.right;
};

declare global {
  var caller: Caller;
}
globalThis.caller = createCaller();
