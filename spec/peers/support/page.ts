/** What runs in a page: a client that calls, driven from outside. */
import { filter, firstValueFrom, map } from 'rxjs';
import { createClient, isLeft, type Call, type Client, type Outcome } from 'callstream';
import { browser } from 'callstream/browser';
import { sip, type SipOptions } from 'callstream/sip';
import { has } from './has.js';

export type Phone = {
  /** Signs in, and waits until that is done. */
  readonly enter: (options: SipOptions) => Promise<void>;
  /** The id of a call to this target; the code of the fault where there is none. */
  readonly invite: (target: string) => Promise<string>;
  /** The codes of everything that was survived. */
  readonly faults: () => readonly string[];
  readonly rung: () => Promise<Call>;
  readonly sees: (wanted: Partial<Call>) => Promise<Call>;
  /** The code of the fault, if there is one. */
  readonly perform: (command: 'answer' | 'hold' | 'unhold' | 'hangup', id: string) => Promise<string>;
  readonly press: (id: string, tones: string) => Promise<string>;
};

const codeOf = async (outcome$: Outcome<unknown>): Promise<string> => {
  const outcome = await firstValueFrom(outcome$);
  return isLeft(outcome) ? outcome.left.code : '';
};

const createPhone = (): Phone => {
  let client: Client | undefined;
  const faults: string[] = [];
  const present = (): Client => {
    if (client === undefined) throw new Error('nobody has entered');
    return client;
  };

  return {
    enter: async options => {
      client = createClient({ calling: [sip(options)], devices: browser() });
      client.fault$.subscribe(({ code }) => faults.push(code));
      client.connect();
      await firstValueFrom(client.session$.pipe(filter(({ connection }) => connection === 'connected')));
    },
    invite: async target => {
      const outcome = await firstValueFrom(present().invite(target));
      return isLeft(outcome) ? outcome.left.code : outcome.right.id;
    },
    faults: () => faults,
    rung: () => firstValueFrom(present().incoming$),
    sees: wanted =>
      firstValueFrom(
        present().session$.pipe(
          map(({ calls }) => calls.find(has(wanted))),
          filter(call => call !== undefined),
        ),
      ),
    perform: (command, id) => codeOf(present()[command](id)),
    press: (id, tones) => codeOf(present().dtmf(id, tones)),
  };
};

declare global {
  var phone: Phone;
}
globalThis.phone = createPhone();
