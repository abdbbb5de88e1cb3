/** Shared parts of the endpoints: caller, permissions, publication. */
import type { FanOut, Frame } from './fanout.js';
import type { UserDirectory } from './user-directory.js';
import { problem, type Reply } from './reply.js';
import type { ConversationRow, EventRow, Json, MemberRow, UserRow } from './model.js';
import type { Storage } from './storage.js';
import { frameOf } from './json.js';

/** A request with a valid token. */
export interface RestRequest {
  readonly user: UserRow;
  /** When their token ends, in ms since the epoch. */
  readonly until: number;
  readonly path: string;
  /** The parts of the path that vary, decoded. */
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  /** The parsed body; `undefined` if it is no JSON. */
  readonly body: unknown;
  /** The `Idempotency-Key`. */
  readonly key: string | undefined;
}

/** Services of the endpoints. */
export interface ChatContext {
  readonly storage: Storage;
  readonly users: UserDirectory;
  readonly fanOut: FanOut;
  /** Runs work on one conversation serially, so that its events are published in order. */
  readonly inOrder: <T>(conversation: string, work: () => Promise<T>) => Promise<T>;
}

/** A conversation and what the asking user is in it. */
export interface Room {
  readonly conversation: ConversationRow;
  /** Their membership, also one that is over. */
  readonly member: MemberRow | undefined;
}

/**
 * `anyone` may join; the creator and invited members `read`; whoever has left may still know the `past`; the creator and
 * joined members `change`; the creator may `end` it.
 */
export type Right = 'anyone' | 'past' | 'read' | 'change' | 'end';

const rights: Readonly<Record<MemberRow['state'], readonly Right[]>> = {
  JOINED: ['past', 'read', 'change'],
  INVITED: ['past', 'read'],
  LEFT: ['past'],
};

/** The conversation of that id or name, if the user has the right. */
export async function roomFor(
  { storage }: ChatContext,
  { user }: RestRequest,
  idOrName: string,
  right: Right,
): Promise<Room | Reply> {
  const conversation = await storage.conversation(idOrName);
  if (!conversation) return problem(404, 'conversation:error:not-found', 'There is no such conversation.');
  const member = await storage.memberOf(conversation.id, user.id);
  const inside = member !== undefined && rights[member.state].includes(right);
  if (right === 'anyone' || inside || conversation.creator === user.id) return { conversation, member };
  return forbidden('You are not a member of this conversation.');
}

/** 403 */
export function forbidden(detail: string): Reply {
  return problem(403, 'system:error:permission', detail);
}

/** Work in turns, by conversation. */
export function createSerialQueues(): ChatContext['inOrder'] {
  const last = new Map<string, Promise<unknown>>();
  return async (conversation, work) => {
    const before = last.get(conversation);
    const mine = (async () => {
      await before?.catch(() => undefined);
      return work();
    })();
    last.set(conversation, mine);
    try {
      return await mine;
    } finally {
      if (last.get(conversation) === mine) last.delete(conversation);
    }
  };
}

/** Tells an event to all joined members, and to whom it is about; `live` is its body if the log keeps another. */
export async function tell(
  context: ChatContext,
  event: EventRow,
  also: readonly string[] = [],
  live: Json = event.body,
): Promise<void> {
  await tellFrame(context, event.conversation, await frameOf({ ...event, body: live }, context.users), also);
}

/** The same for what has no row. */
export async function tellFrame(
  { storage, fanOut }: ChatContext,
  conversation: string,
  frame: Frame,
  also: readonly string[] = [],
): Promise<void> {
  const users = new Set([...(await storage.audience(conversation)), ...also]);
  for (const user of users) fanOut.publish(user, frame);
}
