import type { IncomingMessage } from 'sip.js/lib/core/index.js';
import type { Identity } from '../call/model.js';
import type { Agent, SipCall } from './agent.js';
import { read } from './failure.js';
import { assertedIdentity } from './identity.js';

const same = (a: Identity | undefined, b: Identity): boolean =>
  a?.phoneNumber === b.phoneNumber && a.displayName === b.displayName && a.anonymous === b.anonymous;

/** Who the network says the far side is, where that is news. RFC 3325 §9.1. */
export const recognise = (call: SipCall, message: IncomingMessage): Identity | undefined => {
  const identity = assertedIdentity(read(message), call.ref === undefined ? 'calling' : 'called');
  if (identity === undefined || same(call.identity, identity)) return undefined;
  call.identity = identity;
  return identity;
};

/** Reports a far side that has changed within the call. */
export const identify = (agent: Agent, call: SipCall, message: IncomingMessage): void => {
  const identity = recognise(call, message);
  if (identity !== undefined) agent.report({ _tag: 'identified', call: call.id, identity });
};
