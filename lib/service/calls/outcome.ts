import { Subscription } from 'rxjs';
import type { CallReport } from '../../call/port.js';
import { left } from '../../core/either.js';
import { failed } from '../failure.js';
import type { Settle, ServiceCall } from './context.js';
import type { Ref } from '../../core/port.js';

/** The outcome of an order, which is given once. */
export function outcomeOf(ref: Ref, report: (report: CallReport) => void): Settle {
  let isOwed = true;
  return result => {
    if (!isOwed) return;
    isOwed = false;
    report({ _tag: 'done', ref, result });
  };
}

/** The same while the call lives: what is still owed when it is over will not be done any more. */
export function whileCallLives<A>({ life }: ServiceCall, settle: Settle<A>): Settle<A> {
  const owed = new Subscription(() => {
    settle(left(failed('call-ended')));
  });
  life.add(owed);
  return result => {
    settle(result);
    owed.unsubscribe();
  };
}
