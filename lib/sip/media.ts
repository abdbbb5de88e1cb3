import { Subscription } from 'rxjs';
import { createPeer } from '../rtc/peer.js';
import type { PeerReport } from '../rtc/model.js';
import type { InputSettings, OutputSettings } from '../media/model.js';
import type { Agent } from './agent.js';
import { over, type SipCall } from './call.js';
import type { SipOptions } from './options.js';

const configuration = async ({ iceServers, iceTransportPolicy }: SipOptions): Promise<RTCConfiguration> => {
  const servers = typeof iceServers === 'function' ? await iceServers() : iceServers;
  return {
    iceServers: [...(servers ?? [])],
    ...(iceTransportPolicy === undefined ? {} : { iceTransportPolicy }),
  };
};

/** Before the far side has answered, media that failed may have been another branch's. */
const lost = (agent: Agent, call: SipCall): void => {
  if (!call.agreed) return;
  over(agent, call, { by: 'network', cause: 'media_failed' });
  call.wire.hangup({ statusCode: 488, reason: 'Media failed' });
};

const tell = (agent: Agent, call: SipCall, report: PeerReport): void => {
  if (report._tag === 'failed') lost(agent, call);
  else if (report._tag === 'fault') agent.report({ _tag: 'fault', call: call.id, fault: report.failure.fault });
  else agent.report({ ...report, call: call.id });
};

/** Gives the call a peer connection; unsubscribing takes it away again. It goes with the call in any case. */
export const openPeer = (
  agent: Agent,
  call: SipCall,
  { output, live }: { readonly input: InputSettings; readonly output: OutputSettings; readonly live: boolean },
): Subscription => {
  const { options, media } = agent;
  const { peerConnection } = options;
  const peer = createPeer({
    ...(peerConnection === undefined ? {} : { peerConnection }),
    configuration: () => configuration(options),
    media,
    output,
    live,
  });
  call.peer = peer;
  const open = new Subscription(() => {
    delete call.peer;
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
