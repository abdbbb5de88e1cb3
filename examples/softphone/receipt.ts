import type { EventId, MemberId, Message } from 'callstream';

/** How far a message of one's own got, and what to say of it. */
export type Reach = { readonly step: 'sent' | 'delivered' | 'seen' | 'refused'; readonly words: string };

type Readers = {
  readonly names: ReadonlyMap<MemberId, string>;
  readonly seen: ReadonlyMap<MemberId, EventId>;
  readonly me: MemberId | undefined;
};

/** The farthest that anybody has told of. */
export const reachOf = ({ id, memberStatuses = {} }: Message, { names, seen, me }: Readers): Reach => {
  const others = (members: readonly MemberId[]): string =>
    [...new Set(members.filter(member => member !== me).map(member => names.get(member) ?? 'somebody'))].join(', ');
  const at = (...steps: readonly string[]): string =>
    others(Object.keys(memberStatuses).filter(member => steps.includes(memberStatuses[member]?.current ?? '')));

  const refusedBy = at('rejected', 'undeliverable');
  if (refusedBy !== '') return { step: 'refused', words: `Not delivered to ${refusedBy}` };
  const seenBy = others([...seen].filter(([, newest]) => newest >= id).map(([member]) => member));
  if (seenBy !== '') return { step: 'seen', words: `Seen by ${seenBy}` };
  const deliveredTo = at('delivered');
  return deliveredTo === ''
    ? { step: 'sent', words: 'Sent' }
    : { step: 'delivered', words: `Delivered to ${deliveredTo}` };
};
