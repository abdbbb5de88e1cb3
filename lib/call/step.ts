import type { Moment } from '../core/transition.js';
import * as line from './adrift.js';
import * as asking from './asking.js';
import * as begin from './begin.js';
import * as course from './course.js';
import * as tones from './dtmf.js';
import * as legs from './legs.js';
import * as mending from './mending.js';
import * as negotiation from './negotiation.js';
import * as parting from './parting.js';
import { refuse, type CallInput, type CallPhase, type CallRecord, type CallTurn } from './record.js';
import * as redirect from './redirect.js';
import * as referral from './referral.js';
import * as settings from './settings.js';
import * as summary from './summary.js';
import * as timer from './timer.js';
import * as transferring from './transferring.js';

type Tag = CallInput['_tag'];
type Move<T extends Tag> = (
  record: CallRecord,
  input: Extract<CallInput, { readonly _tag: T }>,
  moment: Moment,
) => CallTurn;
/** In these phases, this happens. */
type Row<T extends Tag> = readonly [phases: readonly CallPhase[], move: Move<T>];
type AnyRow = readonly [
  phases: readonly CallPhase[],
  move: (record: CallRecord, input: never, moment: Moment) => CallTurn,
];

const dialling = ['preparing', 'gathering', 'inviting', 'alerting'] as const;
/** Our INVITE is with the far side. */
const invited = ['inviting', 'alerting'] as const;
/** The far side's INVITE is with us, and unanswered. */
const ringing = ['offered', 'accepting'] as const;
const established = ['answering', 'active'] as const;
/** Microphone and connection exist, or are being opened. */
const withMedia = [...dialling, 'accepting', ...established] as const;
const ours = [...dialling, ...established] as const;
const live = [...dialling, ...ringing, ...established] as const;
const active = ['active'] as const;

/**
 * One row an input: where it does something, and what. Anywhere else a command is refused (`wrong-state`, after the end
 * `call-ended`), and a report changes nothing. `spec/call/table.spec.ts` shows the whole as a matrix.
 */
const rows: { readonly [T in Tag]: readonly Row<T>[] } = {
  // Commands.
  answer: [[['offered'], begin.answer]],
  reject: [[ringing, course.reject]],
  hangup: [
    [ours, course.hangup],
    [ringing, course.hangupOffered],
  ],
  hold: [[active, negotiation.hold]],
  mute: [[live, course.mute]],
  earmuff: [
    [withMedia, settings.earmuff],
    [['offered'], settings.earmuffLater],
  ],
  adjust: [
    [withMedia, settings.adjust],
    [['offered'], settings.adjustLater],
  ],
  dtmf: [
    [['alerting'], tones.dtmfEarly],
    [active, tones.dtmf],
  ],
  say: [
    [['alerting'], asking.sayEarly],
    [active, asking.say],
  ],
  stats: [[withMedia, asking.stats]],
  reconnect: [[active, mending.reconnect]],
  transfer: [[active, transferring.transfer]],
  part: [[active, transferring.part]],
  consent: [[active, referral.consent]],

  // Set-up.
  prepared: [[['preparing', 'accepting'], begin.prepared]],
  ice: [
    [['preparing', 'gathering', 'accepting'], begin.gather],
    [[...invited, ...established], begin.gatherLate],
  ],
  depart: [[['gathering', 'accepting', ...established], begin.depart]],
  placed: [[invited, course.placed]],
  progress: [[invited, course.progress]],
  'turned-back': [[invited, redirect.turnedBack]],
  accepted: [[invited, course.accepted]],
  answered: [[['answering'], course.answered]],
  'no-answer': [[[...invited, ...ringing], course.noAnswer]],
  elsewhere: [[ringing, parting.elsewhere]],

  // What becomes of it.
  identified: [[[...invited, ...ringing, ...established], course.identified]],
  message: [[active, course.message]],
  'tone-received': [[active, tones.toneReceived]],
  ended: [[live, course.ended]],
  lost: [[live, course.lost]],

  // Offer and answer.
  'remote-hold': [[[...invited, 'accepting', ...established], negotiation.remoteHold]],
  offered: [[established, negotiation.offered]],
  'offer-settled': [[established, negotiation.offerSettled]],
  changed: [[active, negotiation.changed]],
  negotiate: [[active, negotiation.negotiateAgain]],

  // Media.
  media: [[withMedia, mending.media]],
  silenced: [[withMedia, settings.silenced]],
  adjusted: [[live, settings.adjusted]],
  toned: [[['alerting', 'active'], tones.toned]],
  pause: [[['alerting', 'active'], tones.paused]],
  'media-failed': [[established, mending.mediaFailed]],
  unmended: [[established, mending.unmended]],
  mend: [[active, mending.mend]],
  mended: [[active, mending.mended]],
  rescue: [[active, mending.rescue]],
  stuck: [[active, mending.stuck]],

  // Session timers, RFC 4028.
  'session-timer': [[live, timer.sessionTimer]],
  'no-session-timer': [[live, timer.noSessionTimer]],
  refresh: [[active, timer.refresh]],
  refreshed: [[active, timer.refreshed]],
  expired: [[active, timer.expired]],

  // A line that is away.
  adrift: [[live, line.adrift]],
  ashore: [[live.filter(phase => phase !== 'preparing'), line.ashore]],
  look: [[live, line.look]],
  found: [[live, line.found]],
  overdue: [[active, line.overdue]],

  // Transfer, RFC 3515.
  handed: [[active, transferring.handed]],
  transferring: [[active, transferring.transferring]],
  unhanded: [[active, transferring.unhanded]],
  referred: [[active, referral.referred]],
  unconsented: [[active, referral.unconsented]],

  // A call of the service.
  leg: [[[...live, 'ended'], legs.leg]],
  moved: [[live, legs.moved]],
  left: [
    [ours, parting.left],
    [ringing, parting.withdrawn],
  ],
  released: [
    [ours, parting.released],
    [ringing, parting.withdrawn],
    [['ended'], parting.measured],
  ],
  parted: [[live, parting.parted]],

  // Queries and measurements.
  told: [[live, asking.told]],
  sample: [[active, summary.sample]],
  'last-stats': [[[...withMedia, 'ended'], summary.lastStats]],
};

/** The life of one call as a fold, the same for every line that can carry one. Pure. */
export const stepCall = (record: CallRecord, input: CallInput, moment: Moment): CallTurn => {
  const { phase } = record;
  const candidates: readonly AnyRow[] = rows[input._tag];
  const [, move] = candidates.find(([phases]) => phases.includes(phase)) ?? [];
  if (move !== undefined) return move(record, input as never, moment);
  // Commands alone carry a `command`; without one there is nobody to refuse.
  const command = 'command' in input ? input.command : undefined;
  return refuse(record, command, phase === 'ended' ? 'call-ended' : 'wrong-state');
};
