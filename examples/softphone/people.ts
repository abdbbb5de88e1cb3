import type { Conversation, EventId, From, Member, MemberId, User } from 'callstream';

/** What a person is called. */
export const calledOf = ({ displayName, name }: User): string => displayName ?? name;

/** What a conversation is called. */
export const titleOf = ({ displayName, name }: { readonly displayName?: string; readonly name: string }): string =>
  displayName ?? name;

export const senderOf = (from: From): string => (from.kind === 'system' ? 'The service' : calledOf(from.user));

/** The names of members by their ids; also of those who have left. */
export const namesOf = (members: readonly Member[]): ReadonlyMap<MemberId, string> =>
  new Map(members.flatMap(({ id, user }) => (user === undefined ? [] : [[id, calledOf(user)] as const])));

/**
 * The newest message that each member has seen. A receipt speaks of one message, but nobody sees it without having
 * passed those before it: so a page that opens on ten new messages need not send ten receipts.
 */
export const seenOf = ({ events }: Conversation): ReadonlyMap<MemberId, EventId> => {
  const seen = new Map<MemberId, EventId>();
  for (const event of events)
    if ('memberStatuses' in event)
      Object.entries(event.memberStatuses ?? {}).forEach(([member, status]) => {
        if (status.seen !== undefined) seen.set(member, event.id);
      });
  return seen;
};
