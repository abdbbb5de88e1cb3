import { setTimeout } from 'node:timers/promises';
import { filter, firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';
import {
  createClient,
  isLeft,
  snapshot,
  type Call,
  type Client,
  type ClientOptions,
  type Outcome,
  type Session,
} from 'callstream';
import { sip, type SipOptions } from 'callstream/sip';
import { fakeDevices } from 'callstream/testing';
import { eventually } from '../../e2e/support/eventually.js';
import {
  energyOf,
  listeningMedia,
  provideMediaStream,
  toneMicrophone,
  wrtcPeerConnection,
} from '../../support/wrtc.js';
import { has } from './has.js';
import type { Peers } from './peers.js';
import { within } from './within.js';

/** The SDK in Node, with a microphone that hums and a loudspeaker that is an ear. */
export type Person = {
  readonly client: Client;
  /** Waits for a session like this. */
  readonly until: (is: (session: Session) => boolean) => Promise<Session>;
  readonly online: () => Promise<Session>;
  /** The id of a call to this target. */
  readonly invite: (target: string) => Promise<string>;
  /** The next call that rings here. */
  readonly rung: () => Promise<Call>;
  /** The next call whose far side wants somebody else to be called. */
  readonly referred: () => Promise<string>;
  /** Waits until there is a call that has all of this. */
  readonly sees: (wanted: Partial<Call>) => Promise<Call>;
  /** Waits until the call has ended. */
  readonly ended: (id: string) => Promise<Call>;
  /** How loud 500 ms are that are heard from now on, as root mean square from 0 to 1. */
  readonly hears: () => Promise<number>;
  /** Ends every call, and waits until it has ended. */
  readonly hangUp: () => Promise<void>;
  /** Hangs up, signs out, and lets go of the microphone. */
  readonly leave: () => Promise<void>;
};

export type PersonOptions = Partial<SipOptions> & { readonly settings?: ClientOptions };

/** What a command came to; a fault is an error here. */
export const done = async <A>(outcome$: Outcome<A>): Promise<A> => {
  const outcome = await firstValueFrom(outcome$);
  if (isLeft(outcome)) throw new Error(JSON.stringify(outcome.left));
  return outcome.right;
};

/** Signs in as this user of the proxy; the options are those of `sip()`, where they are to be others. */
export const person = (peers: Peers, name: string, { settings, ...options }: PersonOptions = {}): Person => {
  provideMediaStream();
  const microphone = toneMicrophone(440);
  const { media, heard } = listeningMedia(microphone.userMedia);
  const client = createClient({
    calling: [
      sip({
        server: peers.ws,
        aor: `sip:${name}@peers.test`,
        credentials: { username: name, password: `secret-${name}` },
        webSocket: (url, protocols) => new WebSocket(url, protocols),
        peerConnection: wrtcPeerConnection,
        ...options,
      }),
    ],
    devices: { ...fakeDevices(), media },
    ...settings,
  });
  const link = client.connect();
  const until: Person['until'] = is =>
    within(
      firstValueFrom(client.session$.pipe(filter(is))),
      () => `${name} sees ${JSON.stringify(snapshot(client.session$))}`,
    );
  const one = async (is: (call: Call) => boolean): Promise<Call> =>
    (await until(({ calls }) => calls.some(is))).calls.find(is)!;

  return {
    client,
    until,
    online: () => until(({ connection }) => connection === 'connected'),
    invite: async target => (await done(client.invite(target))).id,
    rung: () => within(firstValueFrom(client.incoming$), () => `${name} is called`),
    referred: async () => {
      const refer$ = client.callEvent$.pipe(filter(({ _tag }) => _tag === 'refer'));
      return (await within(firstValueFrom(refer$), () => `${name} is asked to call somebody`)).call;
    },
    sees: wanted => one(has(wanted)),
    ended: id => one(call => call.id === id && call.status === 'terminated'),
    hears: async () => {
      // Node is told of a track after the call is active.
      const playing = await eventually(
        () => Promise.resolve(heard.filter(({ readyState }) => readyState === 'live').at(-1)),
        track => track !== undefined,
      );
      if (playing === undefined) throw new Error(`${name} is played nothing`);
      const ear = energyOf(playing);
      // Where nothing is sent nothing is decoded, and that is silence too.
      const { level } = await Promise.race([ear.over(50), setTimeout(1_000, { level: 0 })]);
      ear.stop();
      return level;
    },
    hangUp: async () => {
      const { calls } = snapshot(client.session$);
      await Promise.all(calls.map(({ id }) => firstValueFrom(client.hangup(id))));
    },
    leave: async () => {
      link.unsubscribe();
      await until(({ connection }) => connection === 'disconnected');
      microphone.stop();
    },
  };
};

/** The one calls the other, who answers; the ids of that call at both. */
export const talking = async (
  caller: Person,
  target: string,
  callee: Person,
): Promise<{ readonly id: string; readonly theirs: string }> => {
  const rung = callee.rung();
  const id = await caller.invite(target);
  const { id: theirs } = await rung;
  await done(callee.client.answer(theirs));
  await caller.sees({ id, status: 'active', media: 'flowing' });
  return { id, theirs };
};
