import type { IncomingRequestMessage, IncomingResponseMessage } from './sipjs.js';
import type { SipContext, SipCall } from './context.js';
import { read } from './failure.js';
import { agreeing, askingFor, leastOf, settledBy, type SessionTimer } from './session-timer.js';

/** Stores and reports the session timer, or that there is none any more. */
function settle(agent: SipContext, call: SipCall, timer: SessionTimer | undefined): void {
  const had = call.timer !== undefined;
  if (timer === undefined) {
    call.timer = undefined;
    if (had) agent.report({ _tag: 'no-session-timer', call: call.id });
    return;
  }
  call.timer = timer;
  agent.report({ _tag: 'session-timer', call: call.id, ...timer });
}

/** Applies the session timer of a 2xx, unless the call has ended. */
export function timedBy(agent: SipContext, call: SipCall, message: IncomingResponseMessage): void {
  if (!call.life.closed) settle(agent, call, settledBy(read(message)));
}

/** Session-timer headers of our 2xx, and the session timer that applies once it has been sent. */
export function timing(
  agent: SipContext,
  call: SipCall,
  message: IncomingRequestMessage,
): { readonly headers: readonly string[]; readonly settled: () => void } {
  const { headers, timer } = agreeing(read(message), agent.options.sessionExpires);
  return {
    headers,
    settled: () => {
      settle(agent, call, timer);
    },
  };
}

/** Headers of our offer within the dialog. */
export function timerHeaders({ options }: SipContext, { timer, leastInterval }: SipCall): readonly string[] {
  return askingFor(timer, options.sessionExpires, leastInterval);
}

/** True when an offer of ours was refused with 422, so that the next one asks for a longer interval. */
export function lengthened(call: SipCall, message: IncomingResponseMessage): boolean {
  const least = message.statusCode === 422 ? leastOf(read(message)) : undefined;
  if (least === undefined || least <= call.leastInterval) return false;
  call.leastInterval = least;
  return true;
}
