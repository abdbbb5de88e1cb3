/** Runs in a page: a client with a single SIP line that answers every call. */
import { distinct, filter, firstValueFrom, mergeMap } from 'rxjs';
import { createClient, type Client } from 'callstream';
import { browser } from 'callstream/browser';
import { sip } from 'callstream/sip';

export type Account = {
  readonly server: string;
  readonly realm: string;
  readonly username: string;
  readonly password: string;
};

export type SipPhone = {
  readonly enter: (account: Account) => Promise<void>;
  /** Calls, and waits for the answer. */
  readonly call: (target: string) => Promise<void>;
};

const createSipPhone = (): SipPhone => {
  let client: Client | undefined;
  return {
    enter: async ({ server, realm, username, password }) => {
      const line = sip({ server, aor: `sip:${username}@${realm}`, credentials: { username, password } });
      const entered = createClient({ calling: [line], devices: browser() });
      client = entered;
      entered.session$
        .pipe(
          mergeMap(({ calls }) => calls),
          filter(({ direction, status }) => direction === 'incoming' && status === 'ringing'),
          distinct(({ id }) => id),
          mergeMap(({ id }) => entered.answer(id)),
        )
        .subscribe();
      entered.connect();
      await firstValueFrom(entered.session$.pipe(filter(({ connection }) => connection === 'connected')));
    },
    call: async target => {
      if (client === undefined) throw new Error('nobody has entered');
      client.invite(target).subscribe();
      await firstValueFrom(
        client.session$.pipe(filter(({ calls }) => calls.some(({ status }) => status === 'active'))),
      );
    },
  };
};

declare global {
  var sipPhone: SipPhone;
}

globalThis.sipPhone = createSipPhone();
