import type { Subscription } from 'rxjs';
import type { OutputSettings } from '../media/model.js';
import { givePeer } from '../rtc/held.js';
import type { Agent, SipCall } from './agent.js';

/** Before the far side has answered, media that failed may have been another branch's. */
const lost = (agent: Agent, call: SipCall): void => {
  if (call.agreed) agent.report({ _tag: 'media-failed', call: call.id });
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
