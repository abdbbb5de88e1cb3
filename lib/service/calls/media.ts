import type { Subscription } from 'rxjs';
import type { OutputSettings } from '../../media/model.js';
import { givePeer } from '../../rtc/held.js';
import type { Agent, ServiceCall } from './agent.js';
import { abort } from './leave.js';

/** While nobody has answered there is nothing to be mended. */
const lost = (agent: Agent, call: ServiceCall): void => {
  if (call.answered) agent.report({ _tag: 'media-failed', call: call.id });
  else abort(agent, call, { by: 'network', cause: 'media_failed' });
};

/** Gives the call a peer connection, which can be found under its id while it is there. */
export const openPeer = (
  agent: Agent,
  call: ServiceCall,
  { output, live }: { readonly output: OutputSettings; readonly live: boolean },
): Subscription => {
  const { options: settings, media, connections, report } = agent;
  const open = givePeer(call, {
    settings,
    media,
    output,
    live,
    report,
    failed: () => {
      lost(agent, call);
    },
    made: connection => connections.set(call.id, connection),
  });
  open.add(() => connections.delete(call.id));
  return open;
};
