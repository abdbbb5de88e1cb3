import type { Moment } from '../core/transition.js';
import * as recovery from './line-recovery.js';
import * as queries from './queries.js';
import * as setup from './setup.js';
import * as lifecycle from './lifecycle.js';
import * as tones from './dtmf.js';
import * as service from './service-call.js';
import * as restart from './ice-restart.js';
import * as offerAnswer from './offer-answer.js';
import {
  refuse,
  type CallInput,
  type CallPhase,
  type CallPolicy,
  type CallState,
  type CallTransition,
  type Settings,
} from './state.js';
import type { Call } from './model.js';
import type { CallReport, Place } from './port.js';
import * as inboundRefer from './transfer.js';
import * as settings from './settings.js';
import * as sampling from './stats-sampling.js';
import * as sessionTimer from './session-timer.js';
import * as transfer from './transfer.js';
import { inheritSettings, replaceCall } from './replaces.js';
import { rateSample, unrated, type Rating, type Sample } from './quality.js';
import type { Ref } from '../core/port.js';

type Tag = CallInput['_tag'];
type Move<T extends Tag> = (
  record: CallState,
  input: Extract<CallInput, { readonly _tag: T }>,
  moment: Moment,
) => CallTransition;
/** A row: phases, and the handler in them. */
type Row<T extends Tag> = readonly [phases: readonly CallPhase[], move: Move<T>];
type AnyRow = readonly [
  phases: readonly CallPhase[],
  move: (record: CallState, input: never, moment: Moment) => CallTransition,
];

const dialling = ['preparing', 'gathering', 'inviting', 'alerting'] as const;
/** Phases between our INVITE and its answer. */
const invited = ['inviting', 'alerting'] as const;
/** Phases of an unanswered incoming call. */
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
  answer: [[['offered'], setup.answer]],
  reject: [[ringing, lifecycle.reject]],
  hangup: [
    [ours, lifecycle.hangup],
    [ringing, lifecycle.hangupOffered],
  ],
  hold: [[active, offerAnswer.hold]],
  mute: [[live, lifecycle.mute]],
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
    [['alerting'], queries.sayEarly],
    [active, queries.say],
  ],
  stats: [[withMedia, queries.stats]],
  reconnect: [[active, restart.reconnect]],
  transfer: [[active, transfer.transfer]],
  'end-consultation': [[active, transfer.endConsultation]],
  consent: [[active, inboundRefer.consent]],

  // Set-up.
  'prepare-done': [[['preparing', 'accepting'], setup.prepared]],
  ice: [
    [['preparing', 'gathering', 'accepting'], setup.gather],
    [[...invited, ...established], setup.gatherLate],
  ],
  'ice-deadline': [[['gathering', 'accepting', ...established], setup.iceDeadline]],
  placed: [[invited, lifecycle.placed]],
  progress: [[invited, lifecycle.progress]],
  redirected: [[invited, setup.redirected]],
  accepted: [[invited, lifecycle.accepted]],
  'answer-done': [[['answering'], lifecycle.answered]],
  'no-answer': [[[...invited, ...ringing], lifecycle.noAnswer]],
  'answered-elsewhere': [[ringing, service.answeredElsewhere]],

  // Lifecycle.
  identified: [[[...invited, ...ringing, ...established], lifecycle.identified]],
  message: [[active, lifecycle.message]],
  'tone-received': [[active, tones.toneReceived]],
  ended: [[live, lifecycle.ended]],
  'line-lost': [[live, lifecycle.lineLost]],

  // Offer and answer.
  'remote-hold': [[[...invited, 'accepting', ...established], offerAnswer.remoteHold]],
  offered: [[established, offerAnswer.offered]],
  'accept-offer-done': [[established, offerAnswer.offerSettled]],
  'change-done': [[active, offerAnswer.changeAnswered]],
  'retry-negotiation': [[active, offerAnswer.retryNegotiation]],

  // Media.
  media: [[withMedia, restart.media]],
  silenced: [[withMedia, settings.silenced]],
  'input-done': [[live, settings.adjusted]],
  'output-done': [[live, settings.adjusted]],
  'tone-done': [[['alerting', 'active'], tones.toneSent]],
  'tone-pause-ended': [[['alerting', 'active'], tones.tonePauseEnded]],
  'media-failed': [[established, restart.mediaFailed]],
  'media-timeout': [[established, restart.mediaTimedOut]],
  'restart-ice': [[active, restart.restartIce]],
  'restart-done': [[active, restart.restartAnswered]],
  'offer-late-candidates': [[active, restart.offerLateCandidates]],
  'connect-timeout': [[active, restart.connectTimedOut]],

  // Session timers, RFC 4028.
  'session-timer': [[live, sessionTimer.sessionTimerNegotiated]],
  'no-session-timer': [[live, sessionTimer.sessionTimerDeclined]],
  refresh: [[active, sessionTimer.refresh]],
  'refresh-done': [[active, sessionTimer.refreshAnswered]],
  'session-expired': [[active, sessionTimer.sessionExpired]],

  // Loss and recovery of the line.
  'line-down': [[live, recovery.lineDown]],
  'line-up': [[live, recovery.lineUp]],
  'check-dialog': [[live, recovery.checkDialog]],
  'recover-done': [[live, recovery.dialogChecked]],
  'recovery-timeout': [[active, recovery.recoveryTimedOut]],

  // Transfer, RFC 3515.
  'transfer-done': [[active, transfer.referAccepted]],
  'transfer-progress': [[active, transfer.transferProgress]],
  'transfer-timeout': [[active, transfer.transferTimedOut]],
  'refer-received': [[active, inboundRefer.referReceived]],
  'consent-timeout': [[active, inboundRefer.consentTimedOut]],

  // Service calls only.
  leg: [[[...live, 'ended'], service.leg]],
  'conversation-changed': [[live, service.conversationChanged]],
  'member-left': [
    [ours, service.memberLeft],
    [ringing, service.cancelled],
  ],
  'leg-hung-up': [
    [ours, service.legHungUp],
    [ringing, service.cancelled],
    [['ended'], service.lateQuality],
  ],
  'end-timeout': [[live, service.endTimedOut]],

  // Queries and measurements.
  'say-done': [[live, queries.queryAnswered]],
  'stats-done': [[live, queries.queryAnswered]],
  sample: [[active, sampling.sample]],
  'last-stats': [[[...withMedia, 'ended'], sampling.lastStats]],
};

/** Reducer of one call: the handler by input and phase. */
export function stepCall(record: CallState, input: CallInput, moment: Moment): CallTransition {
  const { phase } = record;
  const candidates: readonly AnyRow[] = rows[input._tag];
  const [, move] = candidates.find(([phases]) => phases.includes(phase)) ?? [];
  if (move !== undefined) return move(record, input as never, moment);
  // Commands have a `command`; an input without it has no outcome to refuse.
  const command = 'command' in input ? input.command : undefined;
  return refuse(record, command, phase === 'ended' ? 'call-ended' : 'wrong-state');
}

/** The fold over one call, as the client uses it. */
export type SingleCallReducer = {
  /** An outgoing call. */
  readonly dial: (
    place: Place,
    call: Pick<Call, 'id' | 'line'> & Settings,
    how: CallPolicy & { readonly command: Ref; readonly parallel: boolean },
    moment: Moment,
  ) => CallTransition;
  /** An incoming call. */
  readonly ring: (
    report: Extract<CallReport, { readonly _tag: 'incoming' }>,
    call: Pick<Call, 'line'> & Settings,
    how: CallPolicy,
    moment: Moment,
  ) => CallTransition;
  readonly step: (record: CallState, input: CallInput, moment: Moment) => CallTransition;
  /** True when the call is active and not on hold, or will not be after its queued changes. */
  readonly isTalking: (record: CallState) => boolean;
  /** Copies devices, mute, earmuff and hold from the replaced call. */
  readonly inheritSettings: (ringing: CallState, former: CallState) => CallState;
  /** The call of the INVITE with Replaces goes on under the id of the replaced one. RFC 3891. */
  readonly replaceCall: (record: CallState, former: CallState, moment: Moment) => CallTransition;
  /** The fold behind `quality$`. */
  readonly rating: { readonly begin: Rating; readonly next: (rating: Rating, sample: Sample) => Rating };
};

export const singleCallReducer: SingleCallReducer = {
  dial: setup.dial,
  ring: setup.ring,
  step: stepCall,
  isTalking: offerAnswer.isTalking,
  inheritSettings,
  replaceCall,
  rating: { begin: unrated, next: rateSample },
};
