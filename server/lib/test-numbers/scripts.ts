/** The script of each test number. */
import { header, headerList, type Header, type SipRequest } from '../sip/message.js';
import type { EndCause } from '../user-agent/headers.js';
import type { Sound } from './test-media.js';
import type { LongNumber } from './test-numbers.js';

/** Actions of a script. Once the call is over, no pending promise of it resolves. */
export interface Stage {
  readonly invite: SipRequest;
  /** Opens the media; false when the call was refused or has ended. */
  readonly open: (sound: Sound) => Promise<boolean>;
  readonly ring: () => void;
  /** Sends a 183 with SDP; false when the call has ended. */
  readonly early: () => Promise<boolean>;
  /** Continues as another fork, with media and a To tag of its own. */
  readonly fork: () => void;
  readonly refuse: (status: number, headers?: readonly Header[]) => void;
  /** Sends a 200 with SDP; later 2xx to offers repeat the headers. Resolves at the ACK. */
  readonly answer: (headers?: readonly Header[]) => Promise<void>;
  readonly pause: (seconds: number) => Promise<void>;
  /** Resolves at the next DTMF key. */
  readonly key: () => Promise<void>;
  /** Resolves when the caller has sent an INVITE or UPDATE. */
  readonly change: () => Promise<void>;
  /** Sends a re-INVITE, again after each 491. */
  readonly offer: (direction: 'sendrecv' | 'sendonly') => Promise<void>;
  readonly request: (method: string, headers: readonly Header[]) => Promise<void>;
  /** Refers the caller to that number. */
  readonly refer: (number: string) => Promise<void>;
  /** Lets another phone of the server take the call over. */
  readonly replace: () => Promise<void>;
  readonly hangUp: (cause?: EndCause) => void;
}

type Script = (stage: Stage, seconds: number) => Promise<void>;

/** By kind; `seconds` is the number in the name, else 0. */
export const scripts: Readonly<Record<LongNumber['kind'], Script>> = {
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

/** A session timer; the caller refreshes, unless it cannot or asks for `uas`. RFC 4028 §9. */
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

/** Ends the call when no refresh arrives in time. RFC 4028 §10. */
async function expectRefresh(stage: Stage, interval: number): Promise<void> {
  const limit = interval - Math.min(32, interval / 3);
  let silent = false;
  while (!silent) silent = await Promise.race([stage.change().then(() => false), stage.pause(limit).then(() => true)]);
  stage.hangUp({ status: 408, reason: 'Session expired' });
}

/** Refreshes at half of the interval by an UPDATE without SDP. RFC 4028 §7.4. */
async function refresh(stage: Stage, interval: number): Promise<void> {
  const headers = [
    { name: 'Session-Expires', value: `${interval};refresher=uac` },
    { name: 'Supported', value: 'timer' },
  ];
  for (;;) {
    await stage.pause(interval / 2);
    await stage.request('UPDATE', headers);
  }
}
