import { defaultBackoff } from '../core/backoff.js';
import { fault, type FaultCode } from '../core/fault.js';
import { andThen, cancelAfter, transition, type Moment } from '../core/transition.js';
import { retryLater, subscribeSoon, ended, notifyTimedOut, subscribeAnswered, renew, renewing } from './subscribe.js';
import type { Notice, WatchReport } from './port.js';
import type { EventPackage, SubscriptionState, WatchState, WatchTransition } from './state.js';

/** A NOTIFY: its content, and the subscription state. RFC 6665 §4.1.2. */
export function notified<C>(
  record: WatchState<C>,
  report: WatchReport,
  moment: Moment,
  kind: EventPackage<C>,
): WatchTransition<C> {
  if (report.state === 'terminated')
    return over({ ...record, content: last(record, report.notice, kind) }, report, moment);
  const { expires = record.standing === undefined ? record.expires : undefined } = report;
  const standing = expires === undefined ? record.standing : subscribeAnswered(record, { expires }, 'notice', moment);
  return standing === undefined
    ? transition(record)
    : andThen(goingOn(record, report, standing, moment), now =>
        applyNotice(now, standing, report.notice, moment, kind),
      );
}

/** A NOTIFY before the response makes the subscription. RFC 6665 §4.1.2.4. */
function goingOn<C>(
  record: WatchState<C>,
  { state }: WatchReport,
  standing: SubscriptionState,
  moment: Moment,
): WatchTransition<C> {
  const isActive = state === 'active';
  const isAnother = standing.renewal !== record.standing?.renewal;
  return transition(
    {
      ...record,
      standing,
      heard: true,
      unauthorized: !isActive,
      watching: isActive ? 'yes' : 'asking',
      fault: isActive ? undefined : record.fault,
    },
    { orders: record.pending ? [] : [cancelAfter('silence'), ...(isAnother ? [renewing(standing, moment)] : [])] },
  );
}

/**
 * Older notices are passed over. Where one is missing, what has changed since says too little: the whole is asked for,
 * and until it comes the last that was sure stays. RFC 4235 §4.3.
 */
function applyNotice<C>(
  record: WatchState<C>,
  standing: SubscriptionState,
  notice: Notice,
  moment: Moment,
  kind: EventPackage<C>,
): WatchTransition<C> {
  if (notice._tag !== 'dialogs') return transition({ ...record, content: kind.learn(record.content, notice) });
  const { version } = standing;
  if (version !== undefined && notice.version <= version) return transition(record);
  const isNext = version !== undefined && notice.version === version + 1;
  if (!notice.full && !isNext) return subscribeSoon(record, moment);
  return transition({
    ...record,
    standing: { ...standing, version: notice.version },
    content: kind.learn(record.content, notice),
  });
}

/** The content of the last NOTIFY, if it is complete. */
function last<C>({ content }: WatchState<C>, notice: Notice, { learn }: EventPackage<C>): C {
  return notice._tag === 'dialogs' && !notice.full ? content : learn(content, notice);
}

type Ending = <C>(record: WatchState<C>, report: WatchReport, moment: Moment) => WatchTransition<C>;

function refused(code: FaultCode): Ending {
  return record => notifyTimedOut(record, fault(code));
}

/** Delay before the next SUBSCRIBE, by the reason of the termination. RFC 6665 §4.1.3. */
const endings: ReadonlyMap<string, Ending> = new Map<string, Ending>([
  ['deactivated', (record, _, moment) => renew(record, moment)],
  ['timeout', (record, _, moment) => renew(record, moment)],
  ['rejected', refused('forbidden')],
  ['noresource', refused('not-found')],
  // `invariant`: the state will not change; it is kept without a subscription.
  [
    'invariant',
    record =>
      transition(
        { ...record, watching: 'no', fault: undefined },
        { orders: [cancelAfter('ask'), cancelAfter('silence')] },
      ),
  ],
]);

/** Retry delay of `probation`, `giveup` and unknown reasons. */
const later: Ending = (record, { retryAfter }, moment) =>
  retryLater(record, { fault: ended, ...(retryAfter === undefined ? {} : { retryAfter: retryAfter * 1_000 }) }, moment);

const over: Ending = (record, report, moment) => {
  const { standing } = record;
  const hasStood = standing !== undefined && moment.at - standing.since >= defaultBackoff.stableAfter;
  const gone = { ...record, standing: undefined, pending: false, attempt: hasStood ? 0 : record.attempt };
  return (endings.get(report.reason ?? '') ?? later)(gone, report, moment);
};
