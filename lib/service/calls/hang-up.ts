import type { Observable } from 'rxjs';
import { causeOf } from '../../call/cause.js';
import type { CallEnd, CallId } from '../../call/model.js';
import { isLeft, type Either } from '../../core/either.js';
import type { Fault } from '../../core/fault.js';
import type { Failure } from '../../core/port.js';
import type { ServiceContext, ServiceCall, EndReason } from './context.js';
import { endRemotely, release } from './call.js';
import { asMember, askingToLeave } from './requests.js';

/** Reason code of every refusal: the service knows no other. */
export const rejection: EndReason = { reasonCode: 'REMOTE_REJECT', reason: 'call-rejected-by-callee' };

/** It was refused where it was asked for, or could not be asked. */
function endBy({ code, statusCode, message, serverCode }: Fault): CallEnd {
  if (code === 'line-lost') return { by: 'network', cause: 'line_lost' };
  // An undecodable success counts as a failure.
  if (statusCode === undefined || statusCode < 300) return { by: 'remote', cause: 'server_error' };
  const cause = causeOf({ statusCode });
  return { by: 'remote', cause, statusCode, reason: message, ...(serverCode === undefined ? {} : { serverCode }) };
}

/** The service does not take the call. */
export function refused(agent: ServiceContext, call: ServiceCall, { fault }: Failure): void {
  if (call.life.closed) return;
  if (fault.code === 'bad-answer') agent.report({ _tag: 'fault', call: call.id, fault });
  abort(agent, call, endBy(fault));
}

/** Ends the call on this side, and hangs up at the service. */
export function abort(agent: ServiceContext, call: ServiceCall, end: CallEnd): void {
  if (call.life.closed) return;
  endRemotely(agent, call, end);
  hangUp(agent, call, {});
}

/** The media are free at once, whatever becomes of the request. */
export function leave(agent: ServiceContext, call: ServiceCall, why: EndReason): void {
  release(agent, call);
  hangUp(agent, call, why);
}

/**
 * Leaves the call's conversation. Where it is unknown, or a join is pending, we leave as soon as the join is reported.
 */
function hangUp(agent: ServiceContext, call: ServiceCall, why: EndReason): void {
  call.why = why;
  const isUnsure = call.conversation === undefined || (call.answering && !call.joined);
  if (call.leg !== undefined)
    agent.endedLegs.keep(call.leg, { call: call.id, awaited: true, ...(isUnsure ? { undo: why } : {}) });
  if (call.conversation === undefined) return;
  hangUpCall(
    agent,
    call.id,
    asMember(agent, call, ({ conversation, me }) => askingToLeave(conversation, me, why)),
  );
}

/** Sends the hang-up, which outlives the call; not needed after our leg has ended. */
export function hangUpCall(agent: ServiceContext, call: CallId, said$: Observable<Either<Failure, unknown>>): void {
  agent.life().add(
    // No one waits for the response; the request ends with the adapter.
    said$.subscribe(result => {
      if (isLeft(result) && result.left.fault.statusCode !== 404)
        agent.report({ _tag: 'fault', call, fault: result.left.fault });
    }),
  );
}
