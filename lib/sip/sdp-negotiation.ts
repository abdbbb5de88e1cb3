import { isLeft, left } from '../core/either.js';
import type { Failure } from '../core/port.js';
import { type SipContext, type SipCall, failed, type Settle } from './context.js';
import { endRemotely, run } from './call.js';
import { direction, refusesSound, withDirection, type Direction } from './sdp.js';

/** A failed negotiation ends the call with a BYE and the Reason 488. RFC 3261 §13.2.2.4. */
export function unanswerable(agent: SipContext, call: SipCall): void {
  endRemotely(agent, call, { by: 'local', cause: 'media_failed' });
  call.signalling.hangup({ statusCode: 488, reason: 'Not Acceptable Here' });
}

/** Failure while another negotiation is pending here; equal to that of a received 491. */
export const pending = failed('busy', { statusCode: 491 });

/** Retry delay while the caller's ACK to our answer is outstanding; it arrives within moments. RFC 3261 §14.1. */
export const unconfirmed: Failure = { ...failed('busy'), retryAfter: 100 };

/** The platform goes back to what both sides had agreed on. */
export function takeBack(agent: SipContext, call: SipCall, failure: Failure, finish: Settle<undefined>): void {
  run(
    agent,
    call,
    peer => peer.rollback(),
    () => {
      finish(left(failure));
    },
    finish,
  );
}

/** Offers `inactive` on hold if the `hold` option says so. */
export function withHold(agent: SipContext, sdp: string, hold: boolean): string {
  return hold && agent.options.hold === 'inactive' ? withDirection(sdp, 'inactive') : sdp;
}

const holding: ReadonlySet<Direction> = new Set(['sendonly', 'inactive']);

/**
 * A description of the far side has been applied: whether it holds us. The answer to an offer of `inactive` cannot say
 * so, as it can be nothing else. RFC 3264 §6.1, §8.4.
 */
export function applied(agent: SipContext, call: SipCall, sdp: string, answers?: string): void {
  call.remote = sdp;
  if (answers !== undefined && direction(answers) === 'inactive') return;
  agent.report({ _tag: 'remote-hold', call: call.id, on: holding.has(direction(sdp)) });
}

/** Applies an answer. A missing, refusing or invalid one ends the call with 488. */
export function conclude(
  agent: SipContext,
  call: SipCall,
  sdp: string | undefined,
  then: () => void,
  ours?: string,
): void {
  if (sdp === undefined || refusesSound(sdp)) {
    unanswerable(agent, call);
    return;
  }
  run(
    agent,
    call,
    peer => peer.accept('answer', sdp),
    result => {
      if (isLeft(result)) {
        unanswerable(agent, call);
        return;
      }
      call.firstOfferAnswered = true;
      if (ours !== undefined) call.local = ours;
      applied(agent, call, sdp, ours);
      then();
    },
  );
}
