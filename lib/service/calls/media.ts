import { Subscription } from 'rxjs';
import type { OutputSettings } from '../../media/model.js';
import type { PeerReport } from '../../rtc/model.js';
import { createPeer, platformPeerConnection } from '../../rtc/peer.js';
import type { Agent } from './agent.js';
import type { ServiceCall } from './call.js';
import { abort } from './leave.js';

const configuration = async ({ iceServers, iceTransportPolicy }: Agent['options']): Promise<RTCConfiguration> => ({
  iceServers: [...((typeof iceServers === 'function' ? await iceServers() : iceServers) ?? [])],
  ...(iceTransportPolicy === undefined ? {} : { iceTransportPolicy }),
});

/** While nobody has answered there is nothing to be mended. */
const lost = (agent: Agent, call: ServiceCall): void => {
  if (call.answered) agent.report({ _tag: 'media-failed', call: call.id });
  else abort(agent, call, { by: 'network', cause: 'media_failed' });
};

const tell = (agent: Agent, call: ServiceCall, report: PeerReport): void => {
  if (report._tag === 'failed') lost(agent, call);
  else if (report._tag === 'fault') agent.report({ _tag: 'fault', call: call.id, fault: report.failure.fault });
  else agent.report({ ...report, call: call.id });
};

/** Gives the call a peer connection; unsubscribing takes it away again. It goes with the call in any case. */
export const openPeer = (
  agent: Agent,
  call: ServiceCall,
  { output, live }: { readonly output: OutputSettings; readonly live: boolean },
): Subscription => {
  const { options, media, connections } = agent;
  const { peerConnection = platformPeerConnection } = options;
  const peer = createPeer({
    peerConnection: settings => {
      const made = peerConnection(settings);
      connections.set(call.id, made);
      return made;
    },
    configuration: () => configuration(options),
    media,
    output,
    live,
  });
  call.peer = peer;
  const open = new Subscription(() => {
    delete call.peer;
    connections.delete(call.id);
    peer.close();
  });
  open.add(
    // What the media do is told for as long as the call has them.
    peer.report$.subscribe(report => {
      tell(agent, call, report);
    }),
  );
  call.life.add(open);
  return open;
};
