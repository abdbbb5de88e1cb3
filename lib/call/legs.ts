import { showing, turnTo, type CallInput, type CallRecord, type CallTurn } from './record.js';
import type { CallEvent, Leg } from './model.js';

type Is<Tag extends CallInput['_tag']> = Extract<CallInput, { readonly _tag: Tag }>;

const unknownLeg = { status: 'started', muted: false, earmuffed: false } as const;

/** Something is known of a party: it is folded into the legs, and told where it has changed. */
export const leg = (record: CallRecord, { leg: news }: Is<'leg'>): CallTurn => {
  const { id: call, legs } = record.call;
  const before = legs.find(({ id }) => id === news.id);
  const now: Leg = { ...unknownLeg, ...before, ...news };
  const told = happened(call, before, now);
  if (before !== undefined && told.length === 0 && now.party === before.party && now.type === before.type)
    return turnTo(record);
  const others = before === undefined ? [...legs, now] : legs.map(one => (one === before ? now : one));
  return turnTo(showing(record, { legs: others }), { events: told.map(event => ({ _tag: 'call', event })) });
};

const happened = (call: string, before: Leg | undefined, now: Leg): readonly CallEvent[] => [
  ...(before?.status === now.status ? [] : [{ _tag: 'leg', call, leg: now } as const]),
  ...((before?.muted ?? false) === now.muted ? [] : [{ _tag: 'mute', call, leg: now.id, on: now.muted } as const]),
  ...((before?.earmuffed ?? false) === now.earmuffed
    ? []
    : [{ _tag: 'earmuff', call, leg: now.id, on: now.earmuffed } as const]),
];

/** Where the call takes place: first of all, and after a transfer. */
export const moved = (record: CallRecord, { call, conversation }: Is<'moved'>): CallTurn => {
  const before = record.call.conversation;
  if (before === conversation) return turnTo(record);
  return turnTo(showing(record, { conversation }), {
    events: before === undefined ? [] : [{ _tag: 'call', event: { _tag: 'transfer', call, conversation } }],
  });
};
