import type { Observable } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import type { ClientOptions } from '../../../lib/client/model.js';
import type { FakeLineOptions, Letter } from '../../../lib/testing/index.js';
import { voiceSources, type Exchange } from '../../../lib/vonage/voicesources.js';
import type { VoiceEvents } from '../../../lib/vonage/calling.js';
import { phone, quick, type Phone } from '../../call/support/phone.js';
import { callSays } from '../../support/legend.js';

/** All nine, as one number each can be told from the others. */
export const quality = {
  mos: 4.5,
  percentage: 100,
  jitter: { min: 1, max: 2, lossRate: 3, burstRate: 4 },
  flaws: 5,
  packets: 10,
  loss: 6,
};
export const measured = {
  mos_score: 4.5,
  quality_percentage: 100,
  jitter_min_var: 1,
  jitter_max_var: 2,
  jitter_loss_rate: 3,
  jitter_burst_rate: 4,
  flaw_total: 5,
  packet_cnt: 10,
  packet_loss_perc: 6,
};

/*
 * What a service says of the call that began last, besides the shared legend:
 *
 *     d hung up (200)  D busy (486)  z no answer (480)  t no sound (408)  n we did not answer (487)  r refused (603)
 *     l our membership is over  R since another session of ours refused  @ another session of ours has answered
 *     % the sound stops  ~ it flows  c it is being set up
 *     5 a leg rings  7 answers  8 is over  9 is busy  o our own answers  u is muted  v is heard  e hears nothing
 *     k keys  m where it takes place  M moves there
 */
export const says = {
  ...callSays,
  d: call => ({ _tag: 'leg-hung-up', call, statusCode: 200, quality }),
  D: call => ({ _tag: 'leg-hung-up', call, statusCode: 486, quality }),
  r: call => ({ _tag: 'leg-hung-up', call, statusCode: 603, quality }),
  z: call => ({ _tag: 'leg-hung-up', call, statusCode: 480, reasonCode: 'REMOTE_NO_ANSWER_TIMEOUT', quality }),
  t: call => ({ _tag: 'leg-hung-up', call, statusCode: 408, reasonCode: 'MEDIA_TIMEOUT', quality }),
  n: call => ({ _tag: 'leg-hung-up', call, statusCode: 487 }),
  l: call => ({ _tag: 'member-left', call }),
  R: call => ({ _tag: 'member-left', call, reasonCode: 'REMOTE_REJECT' }),
  '@': call => ({ _tag: 'answered-elsewhere', call }),
  '%': call => ({ _tag: 'media', call, media: 'interrupted' }),
  '~': call => ({ _tag: 'media', call, media: 'flowing' }),
  c: call => ({ _tag: 'media', call, media: 'connecting' }),
  5: call => ({ _tag: 'leg', call, leg: { id: 'LEG-2', mine: false, status: 'ringing' } }),
  7: call => ({ _tag: 'leg', call, leg: { id: 'LEG-2', mine: false, status: 'answered' } }),
  8: call => ({ _tag: 'leg', call, leg: { id: 'LEG-2', mine: false, status: 'completed' } }),
  9: call => ({ _tag: 'leg', call, leg: { id: 'LEG-2', mine: false, status: 'busy' } }),
  o: call => ({ _tag: 'leg', call, leg: { id: 'LEG-1', mine: true, status: 'answered' } }),
  u: call => ({ _tag: 'leg', call, leg: { id: 'LEG-2', mine: false, muted: true } }),
  v: call => ({ _tag: 'leg', call, leg: { id: 'LEG-2', mine: false, muted: false } }),
  e: call => ({ _tag: 'leg', call, leg: { id: 'LEG-1', mine: true, earmuffed: true } }),
  k: call => ({ _tag: 'tone-received', call, tone: '12#', leg: 'LEG-2' }),
  m: call => ({ _tag: 'conversation-changed', call, conversation: 'CON-1' }),
  M: call => ({ _tag: 'conversation-changed', call, conversation: 'CON-2' }),
} satisfies Readonly<Record<string, Letter>>;

export type Score = Phone & {
  /** What a callback of this event is told: its arguments, and as many as it has. */
  readonly told: (event: keyof VoiceEvents) => Observable<readonly unknown[]>;
};

/** A client of a service whose line is up from frame 0 to the end of the row; the service says what the row says. */
export const score = (
  helpers: RunHelpers,
  link: string,
  report$: string,
  {
    config = {},
    ...options
  }: Partial<ClientOptions> &
    Pick<FakeLineOptions, 'replies' | 'traits'> & {
      readonly config?: Exchange['config'];
      readonly says?: Readonly<Record<string, Letter>>;
    } = {},
): Score => {
  const traits = { outlivesLine: true, signalling: 'own', mediaLost: 'wait', keys: 'together' } as const;
  const made = phone(helpers, link, report$, {
    says,
    replies: quick,
    ...options,
    traits: { ...traits, ...options.traits },
  });
  return {
    ...made,
    told: event => voiceSources[event]({ client: made.client, config }),
  };
};
