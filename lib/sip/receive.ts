import { IncomingRequestMessage } from 'sip.js/lib/core/index.js';
import { fault } from '../core/fault.js';
import type { Agent } from './agent.js';
import { withChallenges } from './authentication.js';
import { SUPPORTED, type Send } from './core.js';
import { gate, type Gated } from './gate.js';
import { receiveNotice } from './notify.js';
import { parse } from './parse.js';
import { rememberTarget } from './remotetarget.js';
import { receiveUpdate } from './update.js';

type Verdicts = { readonly [Tag in Gated['_tag']]: (gated: Extract<Gated, { readonly _tag: Tag }>) => void };

/** What sip.js does not know, or has ways of its own with. */
const ours = new Map<string, (agent: Agent, message: IncomingRequestMessage) => void>([
  ['UPDATE', receiveUpdate],
  ['NOTIFY', receiveNotice],
]);

/** Takes what comes in from the socket: through the gate and our parser to sip.js's transactions. Never throws. */
export const createReceiver = (agent: Agent, send: Send): ((frame: string | ArrayBuffer) => void) => {
  const { core, account, report } = agent;

  const malformed = (message: string, cause?: unknown): void => {
    report({ _tag: 'fault', fault: fault('malformed-frame', { message, ...(cause === undefined ? {} : { cause }) }) });
  };

  const deliver = (text: string): void => {
    const message = parse(text);
    if (message === undefined) malformed('A message that cannot be parsed was dropped.');
    else if (message instanceof IncomingRequestMessage) {
      const isNew = !core.userAgentServers.has(message.viaBranch);
      const receive = isNew ? ours.get(message.method) : undefined;
      if (receive !== undefined) receive(agent, message);
      else {
        if (message.method === 'INVITE') rememberTarget(core, message);
        core.receiveIncomingRequestFromTransport(message);
      }
    } else {
      withChallenges(message);
      core.receiveIncomingResponseFromTransport(message);
    }
  };

  const verdicts: Verdicts = {
    pass: ({ text }) => {
      deliver(text);
    },
    reply: ({ text }) => {
      send(text);
    },
    drop: ({ reason }) => {
      malformed(`A frame was dropped: ${reason}.`);
    },
    'keep-alive': () => undefined,
  };

  return frame => {
    try {
      const gated = gate(frame, {
        hasDialog: (callId, localTag, remoteTag) => core.dialogs.has(`${callId}${localTag}${remoteTag}`),
        viaHost: account.host,
        supported: SUPPORTED,
      });
      (verdicts[gated._tag] as (gated: Gated) => void)(gated);
    } catch (cause: unknown) {
      malformed('A message that could not be handled was dropped.', cause);
    }
  };
};
