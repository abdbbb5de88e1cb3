import type { Subscription } from 'rxjs';
import type { OutputSettings } from '../media/model.js';
import { givePeer } from '../rtc/held.js';
import type { Agent } from './agent.js';
import { over, type SipCall } from './call.js';

/** Before the far side has answered, media that failed may have been another branch's. */
const lost = (agent: Agent, call: SipCall): void => {
  if (!call.agreed) return;
  over(agent, call, { by: 'network', cause: 'media_failed' });
  call.wire.hangup({ statusCode: 488, reason: 'Media failed' });
};

/** Gives the call a peer connection; unsubscribing takes it away again. */
export const openPeer = (
  agent: Agent,
  call: SipCall,
  { output, live }: { readonly output: OutputSettings; readonly live: boolean },
): Subscription =>
  givePeer(call, {
    settings: agent.options,
    media: agent.media,
    output,
    live,
    report: agent.report,
    failed: () => {
      lost(agent, call);
    },
  });
