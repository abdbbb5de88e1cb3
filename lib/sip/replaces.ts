import { splitOutside, headerValues, type SipMessage } from './message.js';
import { NULL_TAG } from './rfc2543.js';
import { left } from '../core/either.js';
import { SessionState } from './sipjs.js';
import type { CallId } from '../call/model.js';
import { type SipContext, type SipCall, failed } from './context.js';

/** The dialog that an INVITE replaces. RFC 3891 §6.1. */
export type Replaces = {
  readonly callId: string;
  /** Tag of the recipient of the INVITE. */
  readonly toTag: string;
  readonly fromTag: string;
  readonly earlyOnly: boolean;
};

/** A tag that a far side has not given is zero here. RFC 3891 §4. */
const zero = '0';
function tagOf(tag: string): string {
  return tag === zero ? NULL_TAG : tag;
}

const token = /^[\w\-.!%*+`'~]+$/;
const name = /^[\w\-.!%*+`'~()<>:\\"/[\]?{}@]+$/;

/** The value of a Replaces header; `undefined` where it is malformed. Total. */
export function parseReplaces(value: string): Replaces | undefined {
  const [callId = '', ...rest] = splitOutside(value, ';');
  const parameters = rest.map(part => {
    const [key = '', said] = part.split('=', 2);
    return [key.trim().toLowerCase(), said?.trim()] as const;
  });
  const only = (key: string): string | undefined => {
    const found = parameters.filter(([one]) => one === key);
    return found.length === 1 ? found[0]?.[1] : undefined;
  };
  const [toTag = '', fromTag = ''] = [only('to-tag'), only('from-tag')];
  if (!name.test(callId) || !token.test(toTag) || !token.test(fromTag)) return undefined;
  return { callId, toTag, fromTag: tagOf(fromTag), earlyOnly: parameters.some(([key]) => key === 'early-only') };
}

export function formatReplaces({ callId, toTag, fromTag }: Omit<Replaces, 'earlyOnly'>): string {
  return `${callId};to-tag=${toTag === NULL_TAG ? zero : toTag};from-tag=${fromTag}`;
}

function idOf({ callId, toTag, fromTag }: Replaces): string {
  return `${callId}${toTag}${fromTag}`;
}

/**
 * The call of ours whose place an INVITE is to take, if any, or the status that refuses it. A call that rings here is
 * nobody's to take, one that we have begun may be taken before it is answered. RFC 3891 §3.
 */
export function replacedDialog({ calls, core }: SipContext, message: SipMessage): SipCall | number | undefined {
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
}

/** Gives the new call the id of the replaced one, whose dialog ends without a report. */
export function replaceDialog(agent: SipContext, heir: SipCall, id: CallId): void {
  const { calls, pending } = agent;
  const former = calls.get(id);
  calls.delete(heir.id);
  former?.life.unsubscribe();
  pending.answerAll(owner => owner === id, left(failed('call-ended')));
  pending.assign(owner => owner === heir.id, id);
  heir.id = id;
  calls.set(id, heir);
  former?.signalling.hangup({});
}
