import { left } from '../core/either.js';
import { SessionState } from 'sip.js/lib/core/index.js';
import type { CallId } from '../call/model.js';
import type { Agent, SipCall } from './agent.js';
import { failed } from './ledger.js';
import { headerValues, type SipMessage } from './message.js';
import { parseReplaces, type Replaces } from './replaces.js';

const idOf = ({ callId, toTag, fromTag }: Replaces): string => `${callId}${toTag}${fromTag}`;

/**
 * The call of ours whose place an INVITE is to take, if any, or the status that refuses it. A call that rings here is
 * nobody's to take, one that we have begun may be taken before it is answered. RFC 3891 §3.
 */
export const formerOf = ({ calls, core }: Agent, message: SipMessage): SipCall | number | undefined => {
  const [value, ...more] = headerValues(message, 'replaces');
  if (value === undefined) return undefined;
  const replaces = more.length > 0 ? undefined : parseReplaces(value);
  if (replaces === undefined) return 400;
  const all = [...calls.values()];
  const answered = all.find(({ session }) => session?.id === idOf(replaces));
  if (answered !== undefined) {
    if (answered.session?.sessionState === SessionState.Terminated) return 603;
    return replaces.earlyOnly ? 486 : answered;
  }
  const begun = all.find(({ ref, session }) => ref === replaces.callId && session === undefined);
  return begun !== undefined && core.dialogs.get(idOf(replaces))?.early === true ? begun : 481;
};

/** A call goes on by the id of the one that it replaces: of that one nothing is told any more, and its dialog is ended. */
export const adopt = (agent: Agent, heir: SipCall, id: CallId): void => {
  const { calls, pending } = agent;
  const former = calls.get(id);
  calls.delete(heir.id);
  former?.life.unsubscribe();
  pending.answerAll(owner => owner === id, left(failed('call-ended')));
  pending.assign(owner => owner === heir.id, id);
  heir.id = id;
  calls.set(id, heir);
  former?.wire.hangup({});
};
