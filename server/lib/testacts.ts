/** What each test number does in a call. */
import { header, headerList, type Header, type SipRequest } from './message.js';
import type { Sound } from './testmedia.js';
import type { LongNumber } from './testnumbers.js';

/** The call as the number plays it. What it waits for never comes once the call is over. */
export interface Stage {
  readonly invite: SipRequest;
  /** Whether there is something to talk with, and still somebody to talk to; refused if not. */
  readonly open: (sound: Sound) => Promise<boolean>;
  readonly ring: () => void;
  /** 183 with a description; whether the call goes on. */
  readonly early: () => Promise<boolean>;
  /** From now on another phone answers, with media and a To-tag of its own. */
  readonly fork: () => void;
  readonly refuse: (status: number, headers?: readonly Header[]) => void;
  /** 200 with a description. The headers stand in every later 2xx to an offer, too. Resolves when it has been acknowledged. */
  readonly answer: (headers?: readonly Header[]) => Promise<void>;
  readonly pause: (seconds: number) => Promise<void>;
  /** The next key. */
  readonly key: () => Promise<void>;
  /** Resolves when the caller has sent an INVITE or UPDATE. */
  readonly change: () => Promise<void>;
  /** A re-INVITE, repeated while the caller's own is in its way. */
  readonly offer: (direction: 'sendrecv' | 'sendonly') => Promise<void>;
  readonly ask: (method: string, headers: readonly Header[]) => Promise<void>;
  /** Sends the caller to that number. */
  readonly refer: (number: string) => Promise<void>;
  /** Has another phone of ours replace this one. */
  readonly replace: () => Promise<void>;
  readonly hangUp: (headers?: readonly Header[]) => void;
}

type Act = (stage: Stage, seconds: number) => Promise<void>;

/** By kind; `seconds` is the number in the name, if there is one. */
export const acts: Readonly<Record<LongNumber['kind'], Act>> = {
  blackhole: () => Promise.resolve(),
  echo: async stage => {
    if (await stage.open('echo')) await stage.answer();
  },
  ring: async (stage, seconds) => {
    if (!(await stage.open('tone'))) return;
    stage.ring();
    if (seconds > 0) await stage.pause(seconds);
    await stage.answer();
  },
  early: async stage => {
    if (!(await stage.open('tone')) || !(await stage.early())) return;
    await stage.pause(2);
    await stage.answer();
  },
  early486: async stage => {
    if (!(await stage.open('tone')) || !(await stage.early())) return;
    await stage.pause(1);
    stage.refuse(486);
  },
  fork: async stage => {
    if (!(await stage.open('tone')) || !(await stage.early())) return;
    await stage.pause(1);
    stage.fork();
    if (await stage.open('echo')) await stage.answer();
  },
  reinvite: async stage => {
    if (!(await stage.open('echo'))) return;
    await stage.answer();
    await stage.offer('sendrecv');
  },
  hold: async stage => {
    if (!(await stage.open('echo'))) return;
    await stage.answer();
    for (;;) {
      await stage.offer('sendonly');
      await stage.key();
      await stage.offer('sendrecv');
      await stage.key();
    }
  },
  refer: async stage => {
    if (!(await stage.open('tone'))) return;
    await stage.answer();
    await stage.refer('echo');
  },
  replace: async stage => {
    if (!(await stage.open('tone'))) return;
    await stage.answer();
    await stage.key();
    await stage.replace();
  },
  timer,
};

/** A session that must be refreshed: by the caller, unless they cannot or wish otherwise. RFC 4028 §9. */
async function timer(stage: Stage, seconds: number): Promise<void> {
  const [asked = '', ...params] = (header(stage.invite, 'Session-Expires') ?? '').split(';').map(part => part.trim());
  if (asked !== '' && Number(asked) < seconds) {
    stage.refuse(422, [{ name: 'Min-SE', value: String(seconds) }]);
    return;
  }
  if (!(await stage.open('echo'))) return;
  const canRefresh = headerList(stage.invite, 'Supported').includes('timer');
  const theirs = canRefresh && !params.includes('refresher=uas');
  const interval = asked === '' ? seconds : Number(asked);
  const agreed = { name: 'Session-Expires', value: `${interval};refresher=${theirs ? 'uac' : 'uas'}` };
  await stage.answer(theirs ? [agreed, { name: 'Require', value: 'timer' }] : [agreed]);
  if (theirs) await expectRefresh(stage, interval);
  else await refresh(stage, interval);
}

/** Ends the call when the caller has been silent for too long. RFC 4028 §10. */
async function expectRefresh(stage: Stage, interval: number): Promise<void> {
  const limit = interval - Math.min(32, interval / 3);
  let silent = false;
  while (!silent) silent = await Promise.race([stage.change().then(() => false), stage.pause(limit).then(() => true)]);
  stage.hangUp([{ name: 'Reason', value: 'SIP;cause=408;text="Session expired"' }]);
}

/** Refreshes at half time, with no change to the media. RFC 4028 §7.4. */
async function refresh(stage: Stage, interval: number): Promise<void> {
  const headers = [
    { name: 'Session-Expires', value: `${interval};refresher=uac` },
    { name: 'Supported', value: 'timer' },
  ];
  for (;;) {
    await stage.pause(interval / 2);
    await stage.ask('UPDATE', headers);
  }
}
