import { dial, ring } from '../../lib/call/setup.js';
import type { CallInput, CallPhase, CallState } from '../../lib/call/state.js';
import { stepCall } from '../../lib/call/step.js';
import { isLeft, left, right } from '../../lib/core/either.js';
import { fault } from '../../lib/core/fault.js';

const moment = { at: 1_000, random: 0.5 };
const settings = { input: { volume: 1, processing: true }, output: { volume: 1 } };
const traits = {
  outlivesLine: true,
  signalling: 'own',
  mediaLost: 'restart',
  transfers: true,
  texts: true,
  keys: 'single',
} as const;
const how = { traits, onRedirect: 'show', recovery: 60_000 } as const;
const beginning = { command: 'begin', parallel: true, patience: 180_000, ...how };

const outgoing = dial({ target: '101', headers: {} }, { id: 'c', line: 'l', ...settings }, beginning, moment).state;
const incoming = ring(
  { _tag: 'incoming', call: 'c', ref: 'c@far', identity: { phoneNumber: '102', anonymous: false }, autoAnswer: false },
  { line: 'l', ...settings },
  { patience: 60_000, ...how },
  moment,
).state;

const after = (record: CallState, ...inputs: readonly CallInput[]): CallState =>
  inputs.reduce((now, input) => stepCall(now, input, moment).state, record);

const opened: CallInput = { _tag: 'prepare-done', result: right({}) };
const host: CallInput = { _tag: 'ice', report: { _tag: 'candidate', call: 'c', kind: 'host' } };
const relay: CallInput = { _tag: 'ice', report: { _tag: 'candidate', call: 'c', kind: 'relay' } };
const depart: CallInput = { _tag: 'ice-deadline' };
const answer: CallInput = { _tag: 'answer', command: 'a', parallel: true };
const early: CallInput = {
  _tag: 'progress',
  call: 'c',
  statusCode: 183,
  reasonPhrase: 'Session Progress',
  body: '',
  early: true,
};
const accepted: CallInput = { _tag: 'accepted', call: 'c' };
const answered: CallInput = { _tag: 'answer-done', result: right(undefined) };
const bye: CallInput = { _tag: 'ended', call: 'c', by: 'remote', cause: 'hung_up' };

const still = { packets: 0, packetsLost: 0, bytes: 0, jitter: 0 };
const transferring = { _tag: 'transfer', to: { target: '103' }, back: false, taken: true } as const;

/** Something of everything is open, so that an input that could do something does it. */
const busy = (record: CallState): CallState => ({
  ...record,
  call: {
    ...record.call,
    signalling: record.phase === 'preparing' ? 'up' : 'recovering',
    transfer: { to: '103', statusCode: 100 },
  },
  tones: [{ command: 'd', rest: '5' }],
  queue: [{ _tag: 'hold', command: 'h', hold: true }],
  adjusting: { adjustment: { side: 'input', settings: settings.input } },
  queries: { question: { command: 's', gives: 'call' } },
});

const phases: Readonly<Record<CallPhase, CallState>> = {
  preparing: busy(outgoing),
  gathering: busy(after(outgoing, opened)),
  inviting: busy(after(outgoing, opened, host, depart)),
  alerting: busy(after(outgoing, opened, host, depart, early)),
  offered: busy(incoming),
  accepting: busy(after(incoming, answer, opened)),
  answering: busy(after(incoming, answer, opened, host, depart)),
  active: busy(after(incoming, answer, opened, host, depart, answered)),
  ended: busy(after(incoming, bye)),
};

const inputs: Readonly<Record<CallInput['_tag'], CallInput>> = {
  answer,
  reject: { _tag: 'reject', command: 'x', statusCode: 486 },
  hangup: { _tag: 'hangup', command: 'x' },
  hold: { _tag: 'hold', command: 'x', on: true },
  mute: { _tag: 'mute', command: 'x', on: true },
  earmuff: { _tag: 'earmuff', command: 'x', on: true },
  dtmf: { _tag: 'dtmf', command: 'x', tones: '1' },
  adjust: { _tag: 'adjust', command: 'x', side: 'output', patch: { volume: 0.5 } },
  ice: relay,
  'prepare-done': opened,
  'ice-deadline': depart,
  placed: { _tag: 'placed', call: 'c', ref: 'c@far' },
  progress: early,
  accepted,
  'answer-done': answered,
  'no-answer': { _tag: 'no-answer' },
  ended: bye,
  'line-lost': { _tag: 'line-lost' },
  identified: { _tag: 'identified', call: 'c', identity: { phoneNumber: '103', anonymous: true } },
  media: { _tag: 'media', call: 'c', media: 'flowing' },
  silenced: { _tag: 'silenced', call: 'c', on: true },
  'input-done': { _tag: 'input-done', ref: 'adjustment', result: right(undefined) },
  'output-done': { _tag: 'output-done', ref: 'adjustment', result: right(undefined) },
  offered: { _tag: 'offered', call: 'c', offer: 'o' },
  'accept-offer-done': { _tag: 'accept-offer-done', result: right(undefined) },
  'remote-hold': { _tag: 'remote-hold', call: 'c', on: true },
  'change-done': { _tag: 'change-done', result: right(undefined) },
  'retry-negotiation': { _tag: 'retry-negotiation' },
  'tone-done': { _tag: 'tone-done', result: right(undefined) },
  'tone-pause-ended': { _tag: 'tone-pause-ended' },
  'tone-received': { _tag: 'tone-received', call: 'c', tone: '5' },
  say: { _tag: 'say', command: 'x', speech: { text: 'hello' } },
  transfer: { _tag: 'transfer', command: 'x', to: { target: '103' } },
  reconnect: { _tag: 'reconnect', command: 'x' },
  stats: { _tag: 'stats', command: 'x' },
  'say-done': { _tag: 'say-done', ref: 'question', result: right(undefined) },
  'stats-done': { _tag: 'stats-done', ref: 'question', result: right(undefined) },
  'media-failed': { _tag: 'media-failed', call: 'c' },
  'restart-ice': { _tag: 'restart-ice' },
  'restart-done': { _tag: 'restart-done', result: right(undefined) },
  'media-timeout': { _tag: 'media-timeout' },
  leg: { _tag: 'leg', call: 'c', leg: { id: 'L', mine: false, status: 'ringing' } },
  'conversation-changed': { _tag: 'conversation-changed', call: 'c', conversation: 'CON-1' },
  'member-left': { _tag: 'member-left', call: 'c' },
  'leg-hung-up': { _tag: 'leg-hung-up', call: 'c', quality: { mos: 4.4 } },
  'answered-elsewhere': { _tag: 'answered-elsewhere', call: 'c' },
  'end-timeout': { _tag: 'end-timeout' },
  'line-down': { _tag: 'line-down' },
  'line-up': { _tag: 'line-up' },
  'check-dialog': { _tag: 'check-dialog' },
  'recover-done': { _tag: 'recover-done', result: right(undefined) },
  consent: { _tag: 'consent', command: 'x', yes: true },
  'end-consultation': { _tag: 'end-consultation', command: 'x' },
  message: { _tag: 'message', call: 'c', body: 'hello', contentType: 'text/plain' },
  redirected: { _tag: 'redirected', call: 'c', targets: [], end: { by: 'remote', cause: 'redirected' } },
  'session-timer': { _tag: 'session-timer', call: 'c', interval: 90, refresher: 'local' },
  'no-session-timer': { _tag: 'no-session-timer', call: 'c' },
  'transfer-progress': { _tag: 'transfer-progress', call: 'c', statusCode: 180, reasonPhrase: 'Ringing' },
  'refer-received': { _tag: 'refer-received', call: 'c', refer: 'r', target: 'sip:103@callstream.test' },
  'last-stats': { _tag: 'last-stats', call: 'c', stats: { received: still, sent: still } },
  'transfer-done': { _tag: 'transfer-done', result: right(undefined) },
  'transfer-timeout': { _tag: 'transfer-timeout' },
  'consent-timeout': { _tag: 'consent-timeout' },
  refresh: { _tag: 'refresh' },
  'refresh-done': { _tag: 'refresh-done', result: right(undefined) },
  'session-expired': { _tag: 'session-expired' },
  'offer-late-candidates': { _tag: 'offer-late-candidates' },
  'connect-timeout': { _tag: 'connect-timeout' },
  'recovery-timeout': { _tag: 'recovery-timeout' },
  sample: { _tag: 'sample' },
};

/** What must be open, so that these inputs can do something. */
const open: { readonly [Tag in CallInput['_tag']]?: Partial<CallState> } = {
  'recover-done': { recovering: { hold: false, restart: false } },
  'change-done': { lock: 'local' },
  'restart-done': { lock: 'local', queue: [{ _tag: 'restart', how: 'ice', also: [] }] },
  'refresh-done': { lock: 'local', queue: [{ _tag: 'refresh' }] },
  'transfer-done': { transferring },
  'transfer-timeout': { transferring },
  'transfer-progress': { transferring },
  consent: { referral: 'r' },
  'consent-timeout': { referral: 'r' },
};

/*
 * + moves    . ignored    w refused: wrong-state    e refused: call-ended
 */
const matrix = `
                 preparing gathering inviting alerting offered accepting answering active ended
  answer             w         w        w        w        +        w         w        w      e
  reject             w         w        w        w        +        +         w        w      e
  hangup             +         +        +        +        +        +         +        +      e
  hold               w         w        w        w        w        w         w        +      e
  mute               +         +        +        +        +        +         +        +      e
  earmuff            +         +        +        +        +        +         +        +      e
  dtmf               w         w        w        +        w        w         w        +      e
  adjust             +         +        +        +        +        +         +        +      e
  ice                +         +        +        +        .        +         +        +      .
  prepare-done           +         .        .        .        .        +         .        .      .
  ice-deadline             .         +        .        .        .        +         .        .      .
  placed             .         .        +        +        .        .         .        .      .
  progress           .         .        +        +        .        .         .        .      .
  accepted           .         .        +        +        .        .         .        .      .
  answer-done           .         .        .        .        .        .         +        .      .
  no-answer          .         .        +        +        +        +         .        .      .
  ended              +         +        +        +        +        +         +        +      .
  line-lost               +         +        +        +        +        +         +        +      .
  identified         .         .        +        +        +        +         +        +      .
  media              +         +        +        +        .        +         +        +      .
  silenced           +         +        +        +        .        +         +        +      .
  input-done           +         +        +        +        +        +         +        +      .
  output-done           +         +        +        +        +        +         +        +      .
  offered            .         .        .        .        .        .         +        +      .
  accept-offer-done      .         .        .        .        .        .         +        +      .
  remote-hold        .         .        +        +        .        +         +        +      .
  change-done            .         .        .        .        .        .         .        +      .
  retry-negotiation          .         .        .        .        .        .         .        +      .
  tone-done              .         .        .        +        .        .         .        +      .
  tone-pause-ended              .         .        .        +        .        .         .        +      .
  tone-received      .         .        .        .        .        .         .        +      .
  say                w         w        w        +        w        w         w        +      e
  transfer           w         w        w        w        w        w         w        +      e
  reconnect          w         w        w        w        w        w         w        +      e
  stats              +         +        +        +        w        +         +        +      e
  say-done               +         +        +        +        +        +         +        +      .
  stats-done               +         +        +        +        +        +         +        +      .
  media-failed       .         .        .        .        .        .         +        +      .
  restart-ice               .         .        .        .        .        .         .        +      .
  restart-done             .         .        .        .        .        .         .        +      .
  media-timeout           .         .        .        .        .        .         +        +      .
  leg                +         +        +        +        +        +         +        +      +
  conversation-changed              +         +        +        +        +        +         +        +      .
  member-left               +         +        +        +        +        +         +        +      .
  leg-hung-up           +         +        +        +        +        +         +        +      +
  answered-elsewhere          .         .        .        .        +        +         .        .      .
  end-timeout             +         +        +        +        +        +         +        +      .
  line-down             .         +        +        +        +        +         +        +      .
  line-up             .         +        +        +        +        +         +        +      .
  check-dialog               .         +        +        +        +        +         +        +      .
  recover-done              +         +        +        +        +        +         +        +      .
  consent            w         w        w        w        w        w         w        +      e
  end-consultation               w         w        w        w        w        w         w        +      e
  message            .         .        .        .        .        .         .        +      .
  redirected        .         .        +        +        .        .         .        .      .
  session-timer      +         +        +        +        +        +         +        +      .
  no-session-timer   +         +        +        +        +        +         +        +      .
  transfer-progress       .         .        .        .        .        .         .        +      .
  refer-received           .         .        .        .        .        .         .        +      .
  last-stats         +         +        +        +        .        +         +        +      +
  transfer-done             .         .        .        .        .        .         .        +      .
  transfer-timeout           .         .        .        .        .        .         .        +      .
  consent-timeout        .         .        .        .        .        .         .        +      .
  refresh            .         .        .        .        .        .         .        +      .
  refresh-done          .         .        .        .        .        .         .        +      .
  session-expired            .         .        .        .        .        .         .        +      .
  offer-late-candidates             .         .        .        .        .        .         .        +      .
  connect-timeout              .         .        .        .        .        .         .        +      .
  recovery-timeout            .         .        .        .        .        .         .        +      .
  sample             .         .        .        .        .        .         .        +      .
`;

const [head = [], ...rows] = matrix
  .trim()
  .split('\n')
  .map(row => row.trim().split(/ +/));
const cells = rows.flatMap(([input, ...marks]) => marks.map((mark, column) => [input!, head[column]!, mark] as const));

const markOf = (record: CallState, input: CallInput): string => {
  const { state, orders, events, outcomes } = stepCall(record, input, moment);
  const refusal = outcomes.map(({ outcome }) => outcome).find(isLeft);
  if (state !== record || orders.length + events.length > 0) return '+';
  if (refusal === undefined) return outcomes.length > 0 ? '+' : '.';
  return { 'wrong-state': 'w', 'call-ended': 'e' }[(refusal.left as { readonly code: string }).code] ?? '?';
};

describe('call table (+ handled, . ignored, letters: refused):', () => {
  it('has every input in every phase', () => {
    expect(head).toEqual(Object.keys(phases));
    expect(rows.map(([input]) => input)).toEqual(Object.keys(inputs));
    expect(Object.entries(phases).map(([name, { phase }]) => [name, phase])).toEqual(head.map(name => [name, name]));
  });

  it.each(cells)('%s while %s: %s', (input, phase, mark) => {
    const tag = input as CallInput['_tag'];
    expect(markOf({ ...phases[phase as CallPhase], ...open[tag] }, inputs[tag])).toBe(mark);
  });

  it('sends no tones before the answer where nothing plays', () => {
    const alerting = after(outgoing, opened, host, depart, { ...early, early: false });
    expect(markOf(alerting, inputs.dtmf)).toBe('w');
  });

  it('leaves an answer that the end has overtaken to the end', () => {
    const failed: CallInput = { _tag: 'answer-done', result: left({ fault: fault('call-ended') }) };
    const cancelled: CallInput = { _tag: 'ended', call: 'c', by: 'remote', cause: 'cancelled' };
    expect(after(phases.answering, failed, cancelled).call.end).toEqual({ by: 'remote', cause: 'cancelled' });
  });
});
