import type { Moment } from '../kernel/turn.js';
import * as line from './adrift.js';
import * as asking from './asking.js';
import * as begin from './begin.js';
import * as course from './course.js';
import * as tones from './dtmf.js';
import * as legs from './legs.js';
import * as mending from './mending.js';
import * as negotiation from './negotiation.js';
import * as parting from './parting.js';
import { turnTo, type CallInput, type CallPhase, type CallRecord, type CallTurn } from './record.js';
import * as redirect from './redirect.js';
import * as referral from './referral.js';
import * as settings from './settings.js';
import * as summary from './summary.js';
import * as timer from './timer.js';
import * as transferring from './transferring.js';

type Tag = CallInput['_tag'];
type MoveOf<T extends Tag> = (
  record: CallRecord,
  input: Extract<CallInput, { readonly _tag: T }>,
  moment: Moment,
) => CallTurn;
type Row = { readonly [T in Tag]?: MoveOf<T> | undefined };
/** Every input but those that come late, or are none of this phase: they change nothing, and are named one by one. */
type Cells<Ignored extends Tag> = Row & { readonly [T in Exclude<Tag, Ignored>]: MoveOf<T> };

/** What belongs to an answered call alone, and may come late. */
type AnsweredOnly =
  | 'handed'
  | 'transferring'
  | 'unhanded'
  | 'referred'
  | 'unconsented'
  | 'message'
  | 'refresh'
  | 'refreshed'
  | 'expired'
  | 'rescue'
  | 'stuck'
  | 'overdue'
  | 'sample';
/** What may come late for a call that is being set up or is over, and then changes nothing. */
type NothingOpen =
  | AnsweredOnly
  | 'answered'
  | 'changed'
  | 'offer-settled'
  | 'toned'
  | 'negotiate'
  | 'pause'
  | 'mended'
  | 'mend'
  | 'unmended'
  | 'media-failed';
/** Media can be changed as soon as there is some. */
const withMedia = {
  mute: course.mute,
  earmuff: settings.earmuff,
  adjust: settings.adjust,
  adjusted: settings.adjusted,
  media: mending.media,
  silenced: settings.silenced,
  stats: asking.stats,
  told: asking.told,
  'last-stats': summary.lastStats,
} as const;
/** What is none of a call that was not answered. */
type Early = NothingOpen | 'turned-back' | 'offered' | 'tone-received';
/** Until the far side has answered, nothing can be renegotiated. */
const unanswered = {
  hold: course.wrongState,
  transfer: course.wrongState,
  consent: course.wrongState,
  part: course.wrongState,
  reconnect: course.wrongState,
  'session-timer': timer.sessionTimer,
  'no-session-timer': timer.noSessionTimer,
  lost: course.lost,
} as const;
/** What the far system may say of a call of its own, and how that call outlives its line. */
const served = {
  say: course.wrongState,
  leg: legs.leg,
  moved: legs.moved,
  left: parting.left,
  released: parting.released,
  parted: parting.parted,
  adrift: line.adrift,
  ashore: line.ashore,
  look: line.look,
  found: line.found,
} as const;
/** The same, while it rings here. */
const servedRinging = {
  ...served,
  left: parting.withdrawn,
  released: parting.withdrawn,
  elsewhere: parting.elsewhere,
} as const;

/**
 * What every input does in every phase. A cell that is left out and not named as ignored does not compile.
 * Commands that make no sense in a phase are refused, reports that come late are ignored.
 */
const table: Readonly<Record<CallPhase, Row>> = {
  preparing: {
    ...withMedia,
    ...unanswered,
    ...served,
    ashore: undefined,
    answer: course.wrongState,
    reject: course.wrongState,
    hangup: course.hangup,
    dtmf: course.wrongState,
    prepared: begin.prepared,
    ice: begin.gather,
    ended: course.ended,
  } satisfies Cells<
    | Early
    | 'ashore'
    | 'elsewhere'
    | 'depart'
    | 'placed'
    | 'progress'
    | 'accepted'
    | 'identified'
    | 'remote-hold'
    | 'no-answer'
  >,
  gathering: {
    ...withMedia,
    ...unanswered,
    ...served,
    answer: course.wrongState,
    reject: course.wrongState,
    hangup: course.hangup,
    dtmf: course.wrongState,
    ice: begin.gather,
    depart: begin.depart,
    ended: course.ended,
  } satisfies Cells<
    Early | 'elsewhere' | 'prepared' | 'placed' | 'progress' | 'accepted' | 'identified' | 'remote-hold' | 'no-answer'
  >,
  inviting: {
    ...withMedia,
    ...unanswered,
    ...served,
    'turned-back': redirect.turnedBack,
    answer: course.wrongState,
    reject: course.wrongState,
    hangup: course.hangup,
    dtmf: course.wrongState,
    ice: begin.gatherLate,

    placed: course.placed,
    progress: course.progress,
    accepted: course.accepted,
    ended: course.ended,
    identified: course.identified,
    'remote-hold': negotiation.remoteHold,
    'no-answer': course.noAnswer,
  } satisfies Cells<Early | 'elsewhere' | 'prepared' | 'depart'>,
  alerting: {
    ...withMedia,
    ...unanswered,
    ...served,
    'turned-back': redirect.turnedBack,
    say: asking.sayEarly,
    toned: tones.toned,
    pause: tones.paused,
    answer: course.wrongState,
    reject: course.wrongState,
    hangup: course.hangup,
    dtmf: tones.dtmfEarly,
    ice: begin.gatherLate,
    placed: course.placed,
    progress: course.progress,
    accepted: course.accepted,
    ended: course.ended,
    identified: course.identified,
    'remote-hold': negotiation.remoteHold,
    'no-answer': course.noAnswer,
  } satisfies Cells<Early | 'elsewhere' | 'prepared' | 'depart'>,
  offered: {
    ...unanswered,
    ...servedRinging,
    stats: course.wrongState,
    told: asking.told,
    mute: course.mute,
    earmuff: settings.earmuffLater,
    adjust: settings.adjustLater,
    adjusted: settings.adjusted,
    answer: begin.answer,
    reject: course.reject,
    hangup: course.hangupOffered,
    dtmf: course.wrongState,
    ended: course.ended,
    identified: course.identified,
    'no-answer': course.noAnswer,
  } satisfies Cells<
    | Early
    | 'last-stats'
    | 'media'
    | 'silenced'
    | 'prepared'
    | 'ice'
    | 'depart'
    | 'placed'
    | 'progress'
    | 'accepted'
    | 'remote-hold'
  >,
  accepting: {
    ...withMedia,
    ...unanswered,
    ...servedRinging,
    answer: course.wrongState,
    reject: course.reject,
    hangup: course.hangupOffered,
    dtmf: course.wrongState,
    prepared: begin.prepared,
    ice: begin.gather,
    depart: begin.depart,
    ended: course.ended,
    identified: course.identified,
    'remote-hold': negotiation.remoteHold,
    'no-answer': course.noAnswer,
  } satisfies Cells<Early | 'placed' | 'progress' | 'accepted'>,
  answering: {
    ...withMedia,
    ...unanswered,
    ...served,
    'media-failed': mending.mediaFailed,
    unmended: mending.unmended,
    answered: course.answered,
    offered: negotiation.offered,
    'offer-settled': negotiation.offerSettled,
    answer: course.wrongState,
    reject: course.wrongState,
    hangup: course.hangup,
    dtmf: course.wrongState,
    ice: begin.gatherLate,
    depart: begin.depart,
    ended: course.ended,
    identified: course.identified,
    'remote-hold': negotiation.remoteHold,
  } satisfies Cells<Early | 'elsewhere' | 'prepared' | 'placed' | 'progress' | 'accepted' | 'no-answer'>,
  active: {
    ...withMedia,
    ...served,
    say: asking.say,
    transfer: transferring.transfer,
    handed: transferring.handed,
    transferring: transferring.transferring,
    unhanded: transferring.unhanded,
    part: transferring.part,
    referred: referral.referred,
    consent: referral.consent,
    unconsented: referral.unconsented,
    message: course.message,
    'session-timer': timer.sessionTimer,
    'no-session-timer': timer.noSessionTimer,
    refresh: timer.refresh,
    refreshed: timer.refreshed,
    expired: timer.expired,
    rescue: mending.rescue,
    stuck: mending.stuck,
    overdue: line.overdue,
    sample: summary.sample,
    reconnect: mending.reconnect,
    mended: mending.mended,
    mend: mending.mend,
    unmended: mending.unmended,
    'media-failed': mending.mediaFailed,
    lost: course.lost,
    answer: course.wrongState,
    reject: course.wrongState,
    hangup: course.hangup,
    dtmf: tones.dtmf,
    hold: negotiation.hold,
    changed: negotiation.changed,
    negotiate: negotiation.negotiateAgain,
    offered: negotiation.offered,
    'offer-settled': negotiation.offerSettled,
    'remote-hold': negotiation.remoteHold,
    toned: tones.toned,
    pause: tones.paused,
    'tone-received': tones.toneReceived,
    ice: begin.gatherLate,
    depart: begin.depart,
    ended: course.ended,
    identified: course.identified,
  } satisfies Cells<
    'elsewhere' | 'turned-back' | 'answered' | 'prepared' | 'placed' | 'progress' | 'accepted' | 'no-answer'
  >,
  ended: {
    say: course.tooLate,
    transfer: course.tooLate,
    consent: course.tooLate,
    part: course.tooLate,
    'last-stats': summary.lastStats,
    reconnect: course.tooLate,
    stats: course.tooLate,
    leg: legs.leg,
    released: parting.measured,
    answer: course.tooLate,
    reject: course.tooLate,
    hangup: course.tooLate,
    hold: course.tooLate,
    mute: course.tooLate,
    earmuff: course.tooLate,
    dtmf: course.tooLate,
    adjust: course.tooLate,
  } satisfies Cells<
    | NothingOpen
    | 'turned-back'
    | 'session-timer'
    | 'no-session-timer'
    | 'told'
    | 'moved'
    | 'left'
    | 'elsewhere'
    | 'parted'
    | 'adrift'
    | 'ashore'
    | 'look'
    | 'found'
    | 'adjusted'
    | 'media'
    | 'silenced'
    | 'prepared'
    | 'ice'
    | 'depart'
    | 'placed'
    | 'progress'
    | 'accepted'
    | 'ended'
    | 'identified'
    | 'offered'
    | 'remote-hold'
    | 'tone-received'
    | 'no-answer'
    | 'lost'
  >,
};

/** The life of one call as a fold, the same for every line that can carry one. Pure. */
export const stepCall = (record: CallRecord, input: CallInput, moment: Moment): CallTurn => {
  const move = table[record.phase][input._tag] as MoveOf<Tag> | undefined;
  return move === undefined
    ? turnTo(record)
    : (move as (record: CallRecord, input: CallInput, moment: Moment) => CallTurn)(record, input, moment);
};
