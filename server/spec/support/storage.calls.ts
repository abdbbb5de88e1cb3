/** Random calls of a storage, with few enough names that they meet. */
import * as fc from 'fast-check';
import type { Storage } from '../../lib/chat/storage.js';

/** A call as a value: fast-check shows it, and any storage can be asked it. */
export interface Call {
  readonly operation: Exclude<keyof Storage, 'close'>;
  readonly given: readonly unknown[];
}

const one = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const time = fc.nat(50);
const limit = one(0, 1, 2, 3, 100);
const count = one(0, 1, 2, 3, 5, 8, 20);
const order = one<'asc' | 'desc'>('asc', 'desc');
const text = one('', 'a', 'B', 'ü', '\0', '\u0001', 'b\u0001\u0002', '\u{1f600}', "'; --", '%s $1 \\', '{"a",b}');
const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary);
const json = fc.jsonValue({ maxDepth: 2 }).map(value => JSON.parse(JSON.stringify(value)) as unknown);

const user = one('u0', 'u1', 'u2');
const room = one('c0', 'c1', 'c2');
const name = one('c0', 'c1', 'name', 'Name', 'n\0', '\ud800');
const member = one('m0', 'm1', 'm2', 'm3');
const state = one('INVITED', 'JOINED', 'LEFT');
const type = one('message', 'custom:a', 'c\0', '\udc00');
const session = one('s0', 's1', 's2', 's3');
const places = fc.dictionary(room, count);

const draft = { type, from: orNull(member), user: orNull(user), at: time, body: json };
const status = one('seen', 'delivered');
const effect = fc.oneof(
  fc.record({ kind: one('receipt'), event: count, status }),
  fc.record({ kind: one('erase'), event: count, body: json }),
);
const conversation = {
  name,
  display: orNull(text),
  image: orNull(text),
  ttl: orNull(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 })),
  sortKey: orNull(text),
  customData: json,
};
const facts = {
  invited: orNull(time),
  joined: orNull(time),
  left: orNull(time),
  invitedBy: orNull(text),
  channel: json,
};

function call(operation: Call['operation'], ...given: readonly fc.Arbitrary<unknown>[]): fc.Arbitrary<Call> {
  return fc.tuple(...given).map(values => ({ operation, given: values }));
}

const putMember = fc
  .record({
    member: fc.record({ id: member, conversation: room, user, state, ...facts }),
    was: fc.option(state, { nil: undefined }),
    event: fc.record(draft),
  })
  .map(change => ({ ...change, event: { ...change.event, conversation: change.member.conversation } }));

/** A member joins who is not there yet: without these, hardly anybody would be inside. */
const join = fc
  .tuple(room, fc.nat(2), fc.record(facts), fc.record(draft))
  .map(([conversation, index, more, event]) => ({
    member: { id: `m${index}`, conversation, user: `u${index}`, state: 'JOINED', ...more },
    was: undefined,
    event: { ...event, conversation },
  }));

const append = fc
  .tuple(
    fc.record(
      { conversation: room, ...draft, from: one('m0', 'm1', 'm2', 'm3'), user, key: one('k', 'k ', '\0'), effect },
      { requiredKeys: ['conversation', 'type', 'from', 'user', 'at', 'body'] },
    ),
    fc.option(fc.nat(2)),
  )
  // Mostly somebody who speaks for themselves.
  .map(([message, index]) => (index === null ? message : { ...message, from: `m${index}`, user: `u${index}` }));

export const calls: fc.Arbitrary<readonly Call[]> = fc.array(
  fc.oneof(
    call('ensureUser', fc.record({ id: user, name, display: text, created: time })),
    call('user', fc.oneof(user, name)),
    call(
      'createConversation',
      fc.record({ id: room, ...conversation, creator: user, created: time, updated: orNull(time), last: count }),
    ),
    call('conversation', fc.oneof(room, name)),
    call('updateConversation', room, fc.record(conversation, { requiredKeys: [] }), time),
    call('deleteConversation', room),
    call(
      'conversationsOf',
      user,
      fc.oneof(
        fc.record({ order, limit, by: one('created') }),
        fc.record({ order, limit, by: one('created'), after: fc.record({ value: time, id: room }) }),
        fc.record({ order, limit, by: one('sortKey'), after: fc.record({ value: text, id: room }) }),
      ),
    ),
    { arbitrary: call('putMember', putMember), weight: 5 },
    { arbitrary: call('putMember', join), weight: 5 },
    call('member', room, member),
    call('memberOf', room, user),
    call('members', room, fc.record({ order, limit, after: count }, { requiredKeys: ['order', 'limit'] })),
    call('audience', room),
    { arbitrary: call('append', append), weight: 20 },
    call('note', fc.record({ conversation: room, ...draft })),
    call('event', room, count),
    call(
      'events',
      room,
      fc.record(
        { order, limit, from: count, types: fc.array(type), except: fc.array(type), undeleted: fc.boolean() },
        { requiredKeys: ['order', 'limit'] },
      ),
    ),
    call(
      'openSession',
      fc.record({
        id: session,
        user,
        parameters: fc.dictionary(text, text),
        opened: time,
        expires: time,
        positions: places,
      }),
      one(1, 2),
    ),
    call('session', session),
    call('touchSession', session, time),
    call('touchSession', session, time, places),
    call('endSession', session),
    call('positions', user),
    { arbitrary: call('missed', user, places, limit), weight: 2 },
  ),
  { minLength: 30, maxLength: 60 },
);

export function asked(storage: Storage, { operation, given }: Call): Promise<unknown> {
  return (storage[operation] as (...given: readonly unknown[]) => Promise<unknown>)(...given);
}

/** All that a storage keeps of what the calls may have left. */
export async function contents(storage: Storage): Promise<unknown> {
  const slice = { order: 'asc', limit: Infinity } as const;
  const rooms = await Promise.all(
    ['c0', 'c1', 'c2'].map(id =>
      Promise.all([storage.conversation(id), storage.members(id, slice), storage.events(id, slice)]),
    ),
  );
  const users = await Promise.all(['u0', 'u1', 'u2'].map(id => Promise.all([storage.user(id), storage.positions(id)])));
  return { rooms, users, sessions: await Promise.all(['s0', 's1', 's2', 's3'].map(storage.session)) };
}
