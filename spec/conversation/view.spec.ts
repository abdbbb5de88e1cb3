import { left, right } from '../../lib/core/either.js';
import { fault } from '../../lib/core/fault.js';
import { newConversation, type ConversationInput, type ConversationState } from '../../lib/conversation/state.js';
import { stepConversation } from '../../lib/conversation/step.js';
import { text } from './support/backend.js';

const begin = (): ConversationState =>
  newConversation(() => ({ wanted: true, up: true, user: 'USR-1', idempotent: true, receipts: false }))('CON-1');

/** What the record is after these, and what was asked for at the last of them. */
const after = (...inputs: readonly ConversationInput[]) =>
  inputs.reduce<{ readonly record: ConversationState; readonly asked: readonly string[] }>(
    ({ record }, input) => {
      const { state, orders } = stepConversation(record, input, { at: 0, random: 0 });
      return { record: state, asked: orders.flatMap(order => (order._tag === 'request' ? [order.purpose] : [])) };
    },
    { record: begin(), asked: [] },
  );

const watch = { _tag: 'watch' } as const;
const unwatch = { _tag: 'unwatch' } as const;
const info = {
  _tag: 'answer',
  purpose: 'info',
  result: right({ id: 'CON-1', name: 'one', timestamp: {}, properties: { customData: {} } }),
} as const;
const members = { _tag: 'answer', purpose: 'members', result: right({ items: [] }) } as const;
const refused = { _tag: 'answer', purpose: 'newest', result: left(fault('server-error')) } as const;
const newest = { _tag: 'answer', purpose: 'newest', result: right({ items: [text(1)] }) } as const;

describe('conversation: partly loaded window', () => {
  it('says so to its viewers', () => {
    const { record } = after(watch, info, members, refused);
    expect(record.conversation.sync).toMatchObject({ failed: { code: 'server-error' } });
  });

  it('asks for that part again when somebody comes back to it', () => {
    const again = after(watch, info, members, refused, unwatch, watch);
    expect(again.asked).toEqual(['newest']);
    const { record } = after(watch, info, members, refused, unwatch, watch, newest);
    expect(record.conversation.sync).not.toHaveProperty('failed');
    expect(record.conversation.events.toArray().map(({ id }) => id)).toEqual([1]);
  });

  it('does not ask twice for what is on its way', () => {
    expect(after(watch, info, members, unwatch, watch).asked).toEqual([]);
    expect(after(watch, info, members, refused, unwatch, watch, unwatch, watch).asked).toEqual([]);
  });
});
