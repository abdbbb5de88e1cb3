import type { Lamp, LampState, Mailbox, WatchedDialog } from './model.js';
import type { Notice } from './port.js';
import type { EventPackage } from './state.js';

type Calls = Pick<Lamp, 'state' | 'dialogs'>;
type Messages = Pick<Mailbox, 'waiting' | 'counts'>;
type Dialogs = Extract<Notice, { readonly _tag: 'dialogs' }>;

/**
 * The state that one dialog gives to its extension. An outgoing one is busy from the first digit; an incoming one, or
 * whose direction is not told, lets it ring until it is answered.
 */
function stateOf({ state, direction }: WatchedDialog): LampState {
  if (state === 'terminated') return 'idle';
  return state === 'confirmed' || direction === 'initiator' ? 'busy' : 'ringing';
}

/** Priority of states. */
const order: readonly LampState[] = ['busy', 'ringing', 'idle'];

function busiest(dialogs: readonly WatchedDialog[]): LampState {
  const states = dialogs.map(stateOf);
  return order.find(state => states.includes(state)) ?? 'idle';
}

/** Dialogs after a NOTIFY: a full one replaces all, a partial one each that it contains. */
function folded(dialogs: readonly WatchedDialog[], notice: Dialogs): readonly WatchedDialog[] {
  const all = new Map((notice.full ? [] : dialogs).map(dialog => [dialog.id, dialog]));
  notice.dialogs.forEach(dialog => all.set(dialog.id, dialog));
  return [...all.values()].filter(({ state }) => state !== 'terminated');
}

/** The previous object where the content is equal. */
function kept<A>(before: A, now: A): A {
  return JSON.stringify(before) === JSON.stringify(now) ? before : now;
}

/** The calls of an extension. RFC 4235. */
export const lamp: EventPackage<Calls> = {
  package: 'dialog',
  empty: { state: 'unknown', dialogs: [] },
  learn: (known, notice) => {
    if (notice._tag !== 'dialogs') return known;
    const dialogs = folded(known.dialogs, notice);
    return kept(known, { state: busiest(dialogs), dialogs });
  },
};

/** Message counts after a NOTIFY, which always contains all. RFC 3842 §3.5. */
export const mailbox: EventPackage<Messages> = {
  package: 'message-summary',
  empty: { waiting: false, counts: {} },
  learn: (known, notice) =>
    notice._tag === 'messages' ? kept(known, { waiting: notice.waiting, counts: notice.counts }) : known,
};
