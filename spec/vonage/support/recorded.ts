import type { Json } from 'callstream';

/** What an application heard: the name of a callback and its arguments, or a method and what became of it. */
export type Told = readonly [name: string, ...args: readonly Json[]];

type Said = { readonly wire: string; readonly body: object; readonly from?: string };

/** What happens: the service says something, or the application does something. */
export type Step =
  | Said
  /** `settled`: what became of it is waited for. */
  | { readonly act: string; readonly args?: readonly Json[]; readonly settled?: boolean }
  /** A request has come. */
  | { readonly asked: string }
  /** A callback has been called, which may take a while. */
  | { readonly heard: string }
  /** The far side of the media is gone. */
  | { readonly lost: true }
  /** The service answers the offer that has come. */
  | { readonly renewed: true };

/** A call as it went with the existing client (2.3.1), what that told, and where we tell something else. */
export type Recorded = {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly told: readonly Told[];
  readonly ours?: { readonly told: readonly Told[]; readonly why: string };
};

export const quality = {
  mos_score: 4.5,
  quality_percentage: 100,
  jitter_min_var: 0,
  jitter_max_var: 1,
  jitter_loss_rate: 0,
  jitter_burst_rate: 0,
  flaw_total: 0,
  packet_cnt: 10,
  packet_loss_perc: 0,
};

const alice = { id: 'USR-1', name: 'alice', user_id: 'USR-1', display_name: 'Alice' };
const audio = { audio_settings: { enabled: true, earmuffed: false, muted: false }, audio: true };
const channel = { id: 'LEG', type: 'app', from: { type: 'app' }, to: { type: 'app', user: 'alice' } };
const heard = (kind: string): Told => ['conversationEvent', kind];

const dial: readonly Step[] = [
  { act: 'serverCall', args: [{ callee: 'bob' }] },
  { asked: 'POST /v0.3/knocking' },
  { wire: 'member:joined', body: { user: alice, channel, member_id: 'MEM-ME', media: audio, knocking_id: 'KNK-1' } },
];
const dialled: readonly Told[] = [heard('member:joined'), ['serverCall', 'LEG']];

const invite: Step = {
  wire: 'member:invited',
  body: {
    cname: 'NAM-x',
    conversation: { conversation_id: 'CON', name: 'NAM-x' },
    invited_by: null,
    user: { ...alice, media: audio },
    media: audio,
    member_id: 'MEM-ME',
    channel: { ...channel, from: { type: 'phone', number: '447700900000' }, headers: {}, preanswer: false, cpa: false },
    initiator: { invited: { isSystem: true } },
    timestamp: { invited: '2026-01-01T00:00:00.000Z' },
    sdp: 'OFFER',
  },
};
const invited: readonly Told[] = [['callInvite', 'LEG', '447700900000', 'phone'], heard('member:invited')];

type Reason = { readonly code?: string; readonly text?: string; readonly sip_code?: number | string };
const fine: Reason = { code: '', text: '', sip_code: 200 };
const left = (reason?: Reason, more: object = {}): Said => ({
  wire: 'member:left',
  body: { user: alice, channel, member_id: 'MEM-ME', ...(reason === undefined ? {} : { reason }), ...more },
});
const bare = (body: object): Said => ({ wire: 'rtc:hangup', body: { rtc_id: 'LEG', ...body } });
const hungUp = (reason: Reason): Said =>
  bare({
    channel: { id: 'LEG', type: 'app' },
    direction: 'inbound',
    bandwidth: { bytes_in: 1, bytes_out: 2 },
    reason,
    quality,
  });
const hangup = (reason: string, measured: Json = quality): Told => ['callHangup', 'LEG', measured, reason];
const noQuality = Object.fromEntries(Object.keys(quality).map(name => [name, 0]));

const truer = 'the existing client says REMOTE_HANGUP whatever the service says; we say which of its words fits';
const lenient = 'the existing client drops a hang-up that lacks anything, and the call stays for good';

/** A call that we made is hung up: what the service says, and the reason that we tell. */
const ends = (name: string, steps: readonly Step[], ours: string, more: readonly Told[] = []): Recorded => ({
  name: `a call that we made ends: ${name}`,
  steps: [...dial, ...steps],
  told: [...dialled, ...more, hangup('REMOTE_HANGUP')],
  ...(ours === 'REMOTE_HANGUP' ? {} : { ours: { told: [...dialled, ...more, hangup(ours)], why: truer } }),
});
const byCode = (sip_code: number, ours = 'REMOTE_HANGUP'): Recorded =>
  ends(String(sip_code), [hungUp({ ...fine, sip_code })], ours);
const byWord = (reason: Reason, ours = 'REMOTE_HANGUP'): Recorded =>
  ends(JSON.stringify(reason), [hungUp({ ...fine, ...reason })], ours);
const byLeaving = (code: string, ours = 'REMOTE_HANGUP'): Recorded =>
  ends(`left with ${code}`, [left({ code, text: 't' }), hungUp(fine)], ours, [heard('member:left')]);

const phoneLeg = { leg_id: 'LEG-B', type: 'phone', direction: 'outbound', statusHistory: [] };
const bobsLeg = { channel: { ...channel, id: 'LEG-B' }, member_id: 'MEM-2' };
const afterRinging = (sip_code: number, ours = 'REMOTE_HANGUP'): Recorded =>
  ends(
    `rings, then ${sip_code}`,
    [
      { wire: 'leg:status:update', body: { ...phoneLeg, status: 'ringing' }, from: 'MEM-2' },
      { ...left({ code: 'REMOTE_REJECT', text: 't' }, bobsLeg), from: 'MEM-2' },
      hungUp({ ...fine, sip_code }),
    ],
    ours,
    [['legStatusUpdate', 'LEG', 'LEG-B', 'RINGING'], heard('member:left')],
  );
const ended = [404, 408, 480, 487, 500, 504, 606].map(code => byCode(code));
const words = ['media_timeout', 'MediaTimeout', 'Media', '486', 'timeout', 'rejected'].map(code => byWord({ code }));

/** A hang-up that lacks something: the existing client told nothing. */
const incomplete = (name: string, body: object, reason: string, measured: Json = quality): Recorded => ({
  name: `a call that we made ends, ${name}`,
  steps: [...dial, bare(body)],
  told: dialled,
  ours: { told: [...dialled, hangup(reason, measured)], why: lenient },
});

/** A call that comes in rings no more. */
const withdrawn = (name: string, halves: readonly [Said, Said], reason: string): Recorded => ({
  name: `a call that comes in: ${name}`,
  steps: [invite, ...halves, { heard: 'callInviteCancel' }],
  told: [
    ...invited,
    ...(halves[0].wire === 'rtc:hangup' ? [] : [heard('member:left')]),
    ['callInviteCancel', 'LEG', reason],
    ...(halves[0].wire === 'rtc:hangup' ? [heard('member:left')] : []),
  ],
});
const both = (code: string, reason = 'RemoteCancel', hangupReason: Reason = { ...fine, code, text: code }): Recorded =>
  withdrawn(`${code}, ${JSON.stringify(hangupReason)}`, [left({ code, text: code }), hungUp(hangupReason)], reason);
const codes = [
  'REMOTE_CANCEL',
  'REMOTE_TIMEOUT',
  'REMOTE_NO_ANSWER_TIMEOUT',
  'RemoteCancel',
  'RemoteTimeout',
  'ANSWERED_ELSEWHERE',
  'AnsweredElsewhere',
  'cancelled',
  'timeout',
  'REMOTE_HANGUP',
].map(code => both(code));

/**
 * Where one event of the wire leads to two callbacks, `conversationEvent` is told first here, and last there: an event
 * comes before what follows from it.
 */
export const eventFirst = (told: readonly Told[]): readonly Told[] =>
  told.reduce<readonly Told[]>((done, one) => {
    const before = done.at(-1);
    const isSwapped = before !== undefined && one[0] === 'conversationEvent' && follows[before[0]] === one[1];
    return isSwapped ? [...done.slice(0, -1), one, before] : [...done, one];
  }, []);

const follows: Readonly<Record<string, string>> = { callInvite: 'member:invited', callInviteCancel: 'member:left' };

export const recorded: readonly Recorded[] = [
  byCode(200),
  byCode(486, 'REMOTE_REJECT'),
  byCode(603, 'REMOTE_REJECT'),
  ...ended,
  byWord({ code: 'MEDIA_TIMEOUT', sip_code: 487 }, 'MEDIA_TIMEOUT'),
  byWord({ text: 'MEDIA_TIMEOUT' }),
  ...words,
  byLeaving('REMOTE_REJECT', 'REMOTE_REJECT'),
  byLeaving('REMOTE_NO_ANSWER_TIMEOUT', 'REMOTE_NO_ANSWER_TIMEOUT'),
  byLeaving('REMOTE_TIMEOUT'),
  byLeaving('MEDIA_TIMEOUT', 'MEDIA_TIMEOUT'),
  byLeaving('X'),
  afterRinging(486, 'REMOTE_REJECT'),
  afterRinging(480),
  afterRinging(603, 'REMOTE_REJECT'),
  afterRinging(487),
  afterRinging(408),
  incomplete('without a direction', { reason: fine, quality }, 'REMOTE_HANGUP'),
  incomplete('by a code alone', { reason: { sip_code: 486 }, quality }, 'REMOTE_REJECT'),
  incomplete('by a code that is text', { reason: { sip_code: '200' }, quality }, 'REMOTE_HANGUP'),
  incomplete('without a reason', { quality }, 'REMOTE_HANGUP'),
  incomplete('without a quality', { reason: { sip_code: 200 } }, 'REMOTE_HANGUP', noQuality),
  {
    name: 'what one’s own member says of legs is not told; words and media are taken',
    steps: [
      ...dial,
      ...['ringing', 'answered', 'completed', 'started', 'busy'].map(status => ({
        wire: 'leg:status:update',
        body: { ...phoneLeg, status },
      })),
      { act: 'say', args: ['LEG', { text: 'x' }], settled: true },
      { act: 'reconnectCall', args: ['LEG'] },
      { renewed: true },
    ],
    told: [...dialled, ['say', null], ['reconnectCall', null]],
  },
  {
    name: 'a call that is not known here is taken up again',
    steps: [{ act: 'reconnectCall', args: ['LEG'] }, { renewed: true }],
    told: [['reconnectCall', null]],
  },
  {
    name: 'the sound of a call stops',
    steps: [...dial, { lost: true }, { heard: 'callMediaDisconnect' }, hungUp(fine)],
    told: [...dialled, ['callMediaDisconnect', 'LEG', 'networkChange'], hangup('REMOTE_HANGUP')],
  },
  ...[[], ['txt', 'cde'], ['only text']].map((because): Recorded => ({
    name: `we hang up: ${JSON.stringify(because)}`,
    steps: [...dial, { act: 'hangup', args: ['LEG', ...because], settled: true }, hungUp(fine)],
    told: [...dialled, ['hangup', null], hangup('LOCAL_HANGUP')],
  })),
  {
    name: 'we hang up, and our membership is over',
    steps: [...dial, { act: 'hangup', args: ['LEG', 'txt', 'cde'], settled: true }, left(fine)],
    told: [...dialled, ['hangup', null], heard('member:left')],
  },
  {
    name: 'our membership is over, we hang up, and then our leg is',
    steps: [...dial, left(fine), { act: 'hangup', args: ['LEG'], settled: true }, hungUp(fine)],
    told: [
      ...dialled,
      heard('member:left'),
      ['hangup', 'INTERNAL_ERROR voice:error:invalid_call_action'],
      hangup('REMOTE_HANGUP'),
    ],
    ours: {
      told: [...dialled, heard('member:left'), ['hangup', null], hangup('LOCAL_HANGUP')],
      why: 'until the leg is hung up there is a call, so it can be hung up',
    },
  },
  {
    name: 'a call that comes in is answered, muted, and hung up',
    steps: [
      invite,
      { act: 'answer', args: ['LEG'], settled: true },
      { wire: 'member:joined', body: { user: alice, channel, member_id: 'MEM-ME', media: audio } },
      { act: 'mute', args: ['LEG'], settled: true },
      {
        wire: 'leg:status:update',
        body: { leg_id: 'LEG', status: 'answered', type: 'app', direction: 'outbound', statusHistory: [] },
        from: 'MEM-2',
      },
      hungUp(fine),
    ],
    told: [
      ...invited,
      ['answer', null],
      heard('member:joined'),
      ['mute', null],
      ['legStatusUpdate', 'LEG', 'LEG', 'ANSWERED'],
      hangup('REMOTE_HANGUP'),
    ],
    ours: {
      told: [...invited, ['answer', null], heard('member:joined'), ['mute', null], hangup('REMOTE_HANGUP')],
      why: 'one’s own leg is one’s own, whoever tells of it',
    },
  },
  both('REMOTE_REJECT', 'RejectedElsewhere'),
  both('REMOTE_REJECT', 'RejectedElsewhere', fine),
  ...codes,
  ...[480, 408, 603, 486].map(sip_code => both('', 'RemoteCancel', { ...fine, sip_code })),
  both('', 'RemoteTimeout', { ...fine, sip_code: 487 }),
  both('ORIGINATOR_CANCEL', 'RemoteTimeout', { ...fine, code: 'ORIGINATOR_CANCEL', sip_code: 487 }),
  both('REMOTE_NO_ANSWER_TIMEOUT', 'RemoteCancel', fine),
  both('NO_ANSWER', 'RemoteCancel', { ...fine, sip_code: 480 }),
  both('LEG_TIMEOUT', 'RemoteCancel', { ...fine, code: 'LEG_TIMEOUT', sip_code: 480 }),
  withdrawn('hung up, then left', [hungUp(fine), left(fine)], 'RemoteCancel'),
  withdrawn('left without a reason', [left(), hungUp(fine)], 'RemoteCancel'),
  {
    name: 'a call that comes in: what others leave, and a leg that is terminated, are no cancel',
    steps: [
      invite,
      { ...left(fine, { channel: { id: 'LEG-BOB', type: 'phone' }, member_id: 'MEM-2' }), from: 'MEM-2' },
      { wire: 'rtc:terminate', body: { rtc_id: 'LEG' } },
    ],
    told: [...invited, heard('member:left')],
  },
];
