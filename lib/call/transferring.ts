import { isRight, left } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import { andThen, resolve, type Moment } from '../core/transition.js';
import { onItsWay } from './handing.js';
import { enqueued, negotiate, silenced } from './negotiation.js';
import {
  finish,
  noTick,
  refuse,
  showing,
  succeed,
  turnTo,
  type CallInput,
  type CallRecord,
  type CallTurn,
  type Wish,
} from './record.js';

type Is<Tag extends CallInput['_tag']> = Extract<CallInput, { readonly _tag: Tag }>;

const underWay = 'The far side is being handed over already.';

/**
 * Hands the far side over: it is put on hold, then sent on, and the call is kept until it is known what has come of it.
 *
 *     command   t--------------
 *     order     h-r------e-----    h  our hold   r  REFER   e  BYE
 *     report    -A-2-1-2-------    2  202        1  100     2  200: it has arrived
 *
 * A far side that hangs up once it has agreed to go has gone. A refusal takes the call up again, if it was not held before.
 * RFC 3515, RFC 5589.
 */
export const transfer = (record: CallRecord, { command, to }: Is<'transfer'>): CallTurn => {
  if (!record.how.traits.transfers) return refuse(record, command, 'unsupported');
  if (record.handing !== undefined || record.queue.some(({ _tag }) => _tag === 'transfer'))
    return turnTo(record, { outcomes: [resolve(command, left(fault('busy', { message: underWay })))] });
  const back = !record.call.hold.local;
  const held = back ? enqueued(record, { _tag: 'hold', hold: true }) : record;
  return silenced(enqueued(held, { _tag: 'transfer', command, to, back }));
};

/** The far side goes, or does not. */
export const handed = (record: CallRecord, { result }: Is<'handed'>): CallTurn => {
  const { handing } = record;
  if (handing === undefined) return turnTo(record);
  return isRight(result)
    ? turnTo({ ...record, handing: { ...handing, taken: true } }, { orders: [onItsWay(record)] })
    : keep(record, result.left.fault);
};

/** Whoever is called now has answered the far side. */
export const transferring = (
  record: CallRecord,
  { call, statusCode, reasonPhrase }: Is<'transferring'>,
  moment: Moment,
): CallTurn => {
  const { handing } = record;
  if (handing === undefined || record.call.transfer === undefined) return turnTo(record);
  const told = turnTo(
    statusCode < 200 ? showing(record, { transfer: { ...record.call.transfer, statusCode } }) : record,
    {
      events: [{ _tag: 'call', event: { _tag: 'transfer-progress', call, statusCode, reasonPhrase } }],
      orders: statusCode < 200 ? [onItsWay(record)] : [],
    },
  );
  if (statusCode < 200) return told;
  return andThen(told, now =>
    statusCode < 300
      ? gone(now, { by: 'local', cause: 'transferred' }, moment, [{ _tag: 'end', call }])
      : keep(now, fault('refused', { statusCode, message: reasonPhrase })),
  );
};

/** The far side has been handed over: that is the end of the call, and what was asked for. */
export const gone = (
  record: CallRecord,
  end: Parameters<typeof finish>[1],
  { at }: Moment,
  orders: Parameters<typeof finish>[3] = [],
): CallTurn => {
  const { handing, ...rest } = record;
  const over = finish(rest, end, at, orders);
  return { ...over, outcomes: [...over.outcomes, ...succeed(over.state, handing?.command)] };
};

/** It has not: the call is kept, and taken up again where it was not held before. */
const keep = (record: CallRecord, reason: Fault): CallTurn => {
  const { handing, call, ...rest } = record;
  const { transfer: _, ...shown } = call;
  const queue: readonly Wish[] =
    handing?.back === true ? [{ _tag: 'hold', hold: false }, ...record.queue] : record.queue;
  const outcomes = handing?.command === undefined ? [] : [resolve(handing.command, left(reason))];
  return andThen(
    turnTo({ ...rest, call: shown, queue }, { outcomes, orders: [noTick(record, 'unhanded')] }),
    negotiate,
  );
};

/** Nothing has been heard of it for too long. */
export const unhanded = (record: CallRecord, _: Is<'unhanded'>): CallTurn =>
  record.handing === undefined ? turnTo(record) : keep(record, fault('timeout'));

/** Another call of ours was handed over to this one's far side, which has taken it: this one is no more needed. */
export const part = (record: CallRecord, { command }: Is<'part'>, moment: Moment): CallTurn => {
  const over = finish(record, { by: 'local', cause: 'transferred' }, moment.at, [
    { _tag: 'end', call: record.call.id },
  ]);
  return { ...over, outcomes: [...over.outcomes, ...succeed(over.state, command)] };
};
