import { isLeft } from '../core/either.js';
import { fault } from '../core/fault.js';
import { after, cancelAfter, transition, type Moment, type Step } from '../core/transition.js';
import { sendSubscribe, failed, granted } from './subscribe.js';
import { notified } from './notify.js';
import {
  newWatch,
  projected,
  stay,
  type EventPackage,
  type WatchInput,
  type WatchState,
  type WatchTransition,
  type WatchRequest,
} from './state.js';
import type { Millis } from '../core/port.js';

type Is<Tag extends WatchInput['_tag']> = Extract<WatchInput, { readonly _tag: Tag }>;
type Move<Tag extends WatchInput['_tag']> = <C>(
  record: WatchState<C>,
  input: Is<Tag>,
  moment: Moment,
  kind: EventPackage<C>,
) => WatchTransition<C>;

/** A subscription stays for a moment after the last subscriber. */
const grace: Millis = 5_000;

/**
 * One thing that is watched, as a pure fold.
 *
 *     viewers    ---1-------0-----      0 the last one goes
 *     orders     ---W-------(5s)-U      W subscribe  U unsubscribe
 *     watching   n--a---y--------n      n no  a asking  y yes
 */
export function stepWatch<C>(
  kind: EventPackage<C>,
): Step<WatchState<C>, WatchInput, WatchTransition<C>['orders'][number], WatchTransition<C>['events'][number]> {
  return (record, input, moment) => {
    const move = moves[input._tag] as Move<WatchInput['_tag']>;
    const moved = move(record, input, moment, kind);
    const state = projected(forgetting(moved.state, kind), record);
    return state === moved.state ? moved : { ...moved, state };
  };
}

const moves: { readonly [Tag in WatchInput['_tag']]: Move<Tag> } = {
  viewed: (record, _, moment) => {
    const wanted = { ...record, viewed: true, wanted: true };
    if (record.wanted) return transition(wanted, { orders: [cancelAfter('leave')] });
    return record.up ? sendSubscribe(wanted, moment) : transition({ ...wanted, watching: 'asking' });
  },

  unviewed: record => transition({ ...record, viewed: false }, { orders: [after('leave', grace, { _tag: 'leave' })] }),

  // Unsubscribes and resets the content.
  leave: (record, _, __, kind) =>
    transition(
      { ...newWatch(kind, record.shown.uri, record.up), asked: record.asked },
      {
        orders: [...idle, ...parting(record)],
      },
    ),

  line: (record, { up, leaving = false }, moment, kind) => {
    if (up === record.up) return stay(record);
    const { standing, pending } = record;
    // A subscription ends with its connection; a new one follows the reconnect.
    const begun = { ...record, up, standing: undefined, pending: false, attempt: 0, renewedAt: undefined };
    if (!record.wanted) return transition(begun);
    // Without a subscriber it ends at once.
    if (!up && !record.viewed)
      return moves.leave(leaving ? { ...begun, standing, pending } : begun, { _tag: 'leave' }, moment, kind);
    if (up) return sendSubscribe(begun, moment);
    return leaving
      ? transition({ ...begun, watching: 'no', fault: left }, { orders: [...idle, ...parting(record)] })
      : transition({ ...begun, watching: 'asking', fault: lost }, { orders: idle });
  },

  answered: (record, { nth, result }, moment) => {
    if (nth !== record.asked || !record.pending) return stay(record);
    return isLeft(result) ? failed(record, result.left, moment) : granted(record, result.right, moment);
  },

  notified: (record, report, moment, kind) =>
    isListening(record) ? notified(record, report, moment, kind) : stay(record),

  ask: (record, _, moment) => sendSubscribe(record, moment),

  // A 2xx without NOTIFY counts as a failure. RFC 6665 §4.1.2.4.
  silence: (record, { nth }, moment) =>
    nth === record.asked && (record.pending || !record.heard)
      ? failed(record.heard ? record : { ...record, standing: undefined }, { fault: fault('timeout') }, moment)
      : stay(record),
};

const idle = [cancelAfter('ask'), cancelAfter('silence'), cancelAfter('leave')];
const lost = fault('line-lost');
const left = fault('disconnected');

/** Unsubscribes where the server has, or may have, a subscription. RFC 6665 §4.1.2.3. */
function parting<C>({ standing, pending }: WatchState<C>): readonly WatchRequest[] {
  return standing !== undefined || pending ? [{ _tag: 'unsubscribe' }] : [];
}

/** True where messages of the server belong to the current subscription. */
function isListening<C>({ wanted, up, pending, standing }: WatchState<C>): boolean {
  return wanted && up && (pending || standing !== undefined);
}

/** A refused subscription resets the view. */
function forgetting<C>(record: WatchState<C>, { empty }: EventPackage<C>): WatchState<C> {
  return record.watching === 'no' && record.fault !== undefined && record.content !== empty
    ? { ...record, content: empty }
    : record;
}
