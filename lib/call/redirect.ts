import type { Moment } from '../core/transition.js';
import { finish, turnTo, type CallInput, type CallRecord, type CallTurn } from './record.js';

type Is<Tag extends CallInput['_tag']> = Extract<CallInput, { readonly _tag: Tag }>;

/** So many addresses are tried, and none of them twice. RFC 3261 §8.1.3.4 */
const most = 5;

/** Our call was not taken as it was: it is placed again in another way where that is wanted, or it ends so. */
export const turnedBack = (record: CallRecord, report: Is<'turned-back'>, { at }: Moment): CallTurn => {
  const { call, targets = [], minSessionExpires, end } = report;
  if (minSessionExpires !== undefined && !record.raised)
    return turnTo({ ...record, raised: true }, { orders: [{ _tag: 'place', call, again: { minSessionExpires } }] });
  const target = record.how.onRedirect === 'follow' ? targets.find(one => !record.tried.includes(one)) : undefined;
  const events: CallTurn['events'] =
    targets.length === 0 ? [] : [{ _tag: 'call', event: { _tag: 'redirect', call, targets } }];
  if (target !== undefined && record.tried.length < most)
    return turnTo(
      { ...record, tried: [...record.tried, target] },
      { orders: [{ _tag: 'place', call, again: { target } }], events },
    );
  const told = targets.length === 0 ? end : { ...end, targets };
  return { ...finish(record, told, at, [{ _tag: 'forget', call }]), events };
};
