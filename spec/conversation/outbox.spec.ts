import type { Content, EventId } from '../../lib/conversation/model.js';
import type { StoredMessage } from '../../lib/conversation/port.js';
import {
  newConversation,
  type ConversationInput,
  type ConversationOrder,
  type ConversationState,
  type Numbered,
  type LineSetting,
} from '../../lib/conversation/state.js';
import { stepConversation } from '../../lib/conversation/step.js';
import { left, right } from '../../lib/core/either.js';
import { fault, type FaultCode } from '../../lib/core/fault.js';

const said = (text: string): Content => ({ kind: 'text', text });
const own = (id: EventId, text: string, clientKey?: string, timestamp = `t${id}`): Numbered => ({
  kind: 'message:text',
  conversationId: 'CON-1',
  id,
  timestamp,
  from: { kind: 'embeddedInfo', memberId: 'MEM-1', user: { id: 'USR-1', name: 'alice' } },
  body: { text },
  ...(clientKey === undefined ? {} : { clientKey }),
});
const ownContent = (id: EventId, content: Content): Numbered => {
  const { body: _, ...head } = own(id, '') as Extract<Numbered, { readonly kind: 'message:text' }>;
  return content.kind === 'custom'
    ? { ...head, kind: 'message:custom', body: { customData: content.customData } }
    : own(id, content.kind === 'text' ? content.text : '');
};
const setting: LineSetting = { wanted: true, up: true, user: 'USR-1', idempotent: true, receipts: false };

/** One outbox, told what to do and asked what it did. */
type Outbox = {
  readonly tell: (input: ConversationInput) => void;
  /** What has been posted, with its key where it carried one. */
  readonly posted: () => readonly string[];
  readonly unsent: () => readonly string[];
  readonly outcomes: () => Readonly<Record<string, string>>;
  readonly stored: () => readonly string[];
  /** What was kept, each time, with its place; and what was said of an attempt. */
  readonly kept: () => readonly string[];
  readonly tried: () => readonly unknown[];
  readonly backfills: () => number;
};

const outbox = (change: Partial<LineSetting> = {}): Outbox => {
  let record: ConversationState = newConversation(() => ({ ...setting, ...change }))('CON-1');
  const orders: ConversationOrder[] = [];
  const keeps = () => orders.filter(order => order._tag === 'keep');
  const outcomes: Record<string, string> = {};
  const tell = (input: ConversationInput): void => {
    const turn = stepConversation(record, input, { at: 0, random: 0 });
    record = turn.state;
    for (const order of turn.orders)
      if (order._tag === 'request' || order._tag === 'keep' || order._tag === 'drop') orders.push(order);
    for (const { ref, outcome } of turn.outcomes)
      outcomes[ref] = outcome._tag === 'Right' ? `right ${JSON.stringify(outcome.right)}` : outcome.left.code;
  };
  // A viewer, to whom everything has come that there is.
  tell({ _tag: 'watch' });
  (['members', 'newest', 'backfill'] as const).forEach(purpose => {
    tell({ _tag: 'answer', purpose, result: right({ items: [] }) });
  });
  orders.length = 0;
  return {
    tell,
    posted: () =>
      orders.flatMap(order =>
        order._tag === 'request' && order.request.verb === 'send' && order.request.args.content.kind === 'text'
          ? [`${order.request.args.content.text} ${order.request.args.key ?? 'without key'}`]
          : [],
      ),
    unsent: () => record.conversation.unsent.map(({ key, status }) => `${key} ${status}`),
    outcomes: () => outcomes,
    stored: () =>
      orders.reduce<readonly string[]>((kept, order) => {
        if (order._tag === 'keep') return [...kept.filter(key => key !== order.message.key), order.message.key];
        return order._tag === 'drop' ? kept.filter(key => key !== order.key) : kept;
      }, []),
    kept: () => keeps().map(({ message: { key, order } }) => `${key} ${order}`),
    tried: () => keeps().map(({ message }) => message.tried),
    backfills: () => orders.filter(order => order._tag === 'request' && order.purpose === 'backfill').length,
  };
};

const send = (key: string): ConversationInput => ({
  _tag: 'send',
  ref: `ref ${key}`,
  key,
  content: said(`text ${key}`),
});
const took = (about: string, id: EventId): ConversationInput => ({
  _tag: 'answer',
  purpose: 'send',
  about,
  result: right({ timestamp: `t${id}`, id }),
});
const refused = (about: string, code: FaultCode): ConversationInput => ({
  _tag: 'answer',
  purpose: 'send',
  about,
  result: left(fault(code)),
});
const came = (event: Numbered): ConversationInput => ({ _tag: 'arrived', event });
const line = (up: boolean, change: Partial<LineSetting> = {}): ConversationInput => ({
  _tag: 'setting',
  setting: { ...setting, up, ...change },
});

describe('conversation: outbox', () => {
  it('sends one after the other, in order', () => {
    const { tell, posted, unsent, outcomes } = outbox();
    tell(send('a'));
    tell(send('b'));
    expect(posted()).toEqual(['text a a']);
    expect(unsent()).toEqual(['a sending', 'b queued']);
    tell(took('a', 1));
    expect(posted()).toEqual(['text a a', 'text b b']);
    expect(outcomes()).toEqual({ 'ref a': 'right {"key":"a","timestamp":"t1","id":1}' });
    expect(unsent()).toEqual(['a sent', 'b sending']);
    tell(came(own(1, 'text a', 'a')));
    expect(unsent()).toEqual(['b sending']);
  });

  it('knows a message by its event, also when the event overtakes the answer', () => {
    const { tell, posted, unsent, outcomes } = outbox();
    tell(send('a'));
    tell(send('b'));
    tell(came(own(1, 'text a', 'a')));
    expect(outcomes()).toEqual({ 'ref a': 'right {"key":"a","timestamp":"t1","id":1}' });
    expect(unsent()).toEqual(['b sending']);
    // The answer of the first is not taken for one of the second.
    tell(took('a', 1));
    expect(posted()).toEqual(['text a a', 'text b b']);
    expect(unsent()).toEqual(['b sending']);
  });

  it('waits for a line, and for nothing else', () => {
    const { tell, posted, unsent, stored } = outbox({ up: false });
    tell(send('a'));
    expect(posted()).toEqual([]);
    expect(unsent()).toEqual(['a queued']);
    expect(stored()).toEqual(['a']);
    tell(line(true));
    expect(posted()).toEqual(['text a a']);
  });

  it('keeps what is to outlive the page until the service has it', () => {
    const { tell, stored } = outbox();
    tell(send('a'));
    expect(stored()).toEqual(['a']);
    tell(took('a', 1));
    expect(stored()).toEqual([]);
  });

  it('lets the next one go when one is refused, and sends that again when it is told to', () => {
    const { tell, posted, unsent, outcomes } = outbox();
    tell(send('a'));
    tell(send('b'));
    tell(refused('a', 'forbidden'));
    expect(unsent()).toEqual(['a failed', 'b sending']);
    expect(outcomes()).toEqual({ 'ref a': 'forbidden' });
    tell({ _tag: 'resend', ref: 'again', key: 'a' });
    expect(unsent()).toEqual(['a queued', 'b sending']);
    tell(took('b', 1));
    expect(posted()).toEqual(['text a a', 'text b b', 'text a a']);
    tell(took('a', 2));
    expect(outcomes()).toMatchObject({ again: 'right {"key":"a","timestamp":"t2","id":2}' });
  });

  it('takes back what has not left or has failed, and nothing else', () => {
    const { tell, unsent, outcomes, stored } = outbox();
    tell(send('a'));
    tell(send('b'));
    tell({ _tag: 'unsend', ref: 'no', key: 'a' });
    tell({ _tag: 'unsend', ref: 'yes', key: 'b' });
    tell({ _tag: 'unsend', ref: 'what', key: 'z' });
    expect(outcomes()).toEqual({ no: 'wrong-state', 'ref b': 'cancelled', yes: 'right undefined', what: 'not-found' });
    expect(unsent()).toEqual(['a sending']);
    expect(stored()).toEqual(['a']);
    tell(refused('a', 'forbidden'));
    tell({ _tag: 'unsend', ref: 'gone', key: 'a' });
    expect(unsent()).toEqual([]);
  });

  it('queues again what was on its way when the client was left', () => {
    const { tell, posted, unsent } = outbox();
    tell(send('a'));
    tell(line(false, { wanted: false }));
    tell(refused('a', 'disconnected'));
    expect(unsent()).toEqual(['a queued']);
    tell(line(true));
    expect(posted()).toEqual(['text a a', 'text a a']);
  });

  it('sends what another page has left behind, once, before its own', () => {
    const orphan: StoredMessage = { conversation: 'CON-1', key: 'o', content: said('text o'), since: 5, order: 0 };
    const { tell, posted } = outbox({ up: false });
    tell(send('a'));
    tell({ _tag: 'adopt', message: orphan });
    tell({ _tag: 'adopt', message: orphan });
    tell(line(true));
    tell(took('o', 1));
    expect(posted()).toEqual(['text o o', 'text a a']);
  });
});

describe('conversation: outbox order', () => {
  const left = (key: string, order: number): ConversationInput => ({
    _tag: 'adopt',
    message: { conversation: 'CON-1', key, content: said(`text ${key}`), since: 0, order },
  });

  it('is that in which messages were sent, whatever the clock does', () => {
    const { tell, kept } = outbox({ up: false });
    ['a', 'b', 'c'].forEach(key => {
      tell(send(key));
    });
    expect(kept()).toEqual(['a 0', 'b 1', 'c 2']);
  });

  it('goes on behind what former pages have left, in store as here', () => {
    const { tell, kept, unsent } = outbox({ up: false });
    tell(send('a'));
    tell(left('o', 0));
    tell(left('p', 1));
    // Another page that is gone.
    tell(left('q', 0));
    tell(send('b'));
    expect(unsent()).toEqual(['o queued', 'p queued', 'q queued', 'a queued', 'b queued']);
    expect(kept()).toEqual(['a 0', 'a 1', 'a 2', 'q 2', 'a 3', 'b 4']);
  });

  it('keeps the place of a message that is sent again', () => {
    const { tell, kept } = outbox();
    tell(send('a'));
    tell(send('b'));
    tell(refused('a', 'forbidden'));
    tell({ _tag: 'resend', ref: 'again', key: 'a' });
    expect(kept()).toEqual(['a 0', 'b 1', 'a 0']);
  });
});

describe('conversation: outbox of a former page', () => {
  it('is known by its event on the first page, and is not shown twice', () => {
    const { tell, unsent, stored } = outbox({ up: false });
    tell({ _tag: 'adopt', message: { conversation: 'CON-1', key: 'o', content: said('text o'), since: 0, order: 0 } });
    expect(unsent()).toEqual(['o queued']);
    tell({ _tag: 'answer', purpose: 'newest', result: right({ items: [own(5, 'text o', 'o')] }) });
    expect(unsent()).toEqual([]);
    expect(stored()).toEqual([]);
  });
});

describe('conversation: outbox without idempotency keys', () => {
  const doubtful = (): Outbox => {
    const one = outbox({ idempotent: false });
    one.tell(came(own(1, 'before')));
    one.tell(send('a'));
    return one;
  };
  const page = (...items: readonly Numbered[]): ConversationInput => ({
    _tag: 'answer',
    purpose: 'backfill',
    result: right({ items }),
  });

  it('looks for the message when the answer was lost, and finds it', () => {
    const { tell, posted, outcomes, backfills, unsent } = doubtful();
    tell(refused('a', 'timeout'));
    expect(backfills()).toBe(1);
    expect(unsent()).toEqual(['a sending']);
    tell(page(own(2, 'text a')));
    expect(outcomes()).toEqual({ 'ref a': 'right {"key":"a","timestamp":"t2","id":2}' });
    expect(posted()).toEqual(['text a without key']);
    expect(unsent()).toEqual([]);
  });

  it('says that it failed when the message is not there, and never sends it twice by itself', () => {
    const { tell, posted, outcomes, unsent } = doubtful();
    tell(send('b'));
    tell(refused('a', 'line-lost'));
    tell(page(own(2, 'something else')));
    expect(outcomes()).toEqual({ 'ref a': 'line-lost' });
    expect(unsent()).toEqual(['a failed', 'b sending']);
    expect(posted()).toEqual(['text a without key', 'text b without key']);
  });

  it('looks no farther back than where it was when it sent', () => {
    const one = outbox({ idempotent: false });
    one.tell(came(own(1, 'text a')));
    one.tell(send('a'));
    one.tell(refused('a', 'timeout'));
    one.tell(page());
    expect(one.outcomes()).toEqual({ 'ref a': 'timeout' });
  });

  it('settles a message by an event that comes before its answer is lost', () => {
    const { tell, posted, outcomes, unsent } = doubtful();
    tell(came(own(2, 'text a')));
    expect(outcomes()).toEqual({});
    tell(refused('a', 'timeout'));
    expect(outcomes()).toEqual({ 'ref a': 'right {"key":"a","timestamp":"t2","id":2}' });
    expect(unsent()).toEqual([]);
    expect(posted()).toEqual(['text a without key']);
  });

  it('settles a message by an event that comes after it was given up', () => {
    const { tell, unsent } = doubtful();
    tell(refused('a', 'timeout'));
    tell(page());
    expect(unsent()).toEqual(['a failed']);
    tell(came(own(2, 'text a')));
    expect(unsent()).toEqual([]);
  });

  it('believes the answer, not an event that says the same: another page may have said it', () => {
    const { tell, outcomes, unsent } = doubtful();
    tell(came(own(2, 'text a')));
    tell(took('a', 3));
    expect(outcomes()).toEqual({ 'ref a': 'right {"key":"a","timestamp":"t3","id":3}' });
    expect(unsent()).toEqual(['a sent']);
    tell(came(own(3, 'text a')));
    expect(unsent()).toEqual([]);
  });

  it('fails what is refused, whatever else has been said', () => {
    const { tell, outcomes, unsent } = doubtful();
    tell(came(own(2, 'text a')));
    tell(refused('a', 'forbidden'));
    expect(outcomes()).toEqual({ 'ref a': 'forbidden' });
    expect(unsent()).toEqual(['a failed']);
  });

  it('looks for what was on its way when the client was left, and does not send it again', () => {
    const { tell, posted, outcomes, unsent } = doubtful();
    tell(line(false, { wanted: false, idempotent: false }));
    tell(refused('a', 'disconnected'));
    tell(line(true, { idempotent: false }));
    tell(page(own(2, 'text a')));
    expect(outcomes()).toEqual({ 'ref a': 'right {"key":"a","timestamp":"t2","id":2}' });
    expect(posted()).toEqual(['text a without key']);
    expect(unsent()).toEqual([]);
  });

  it('leaves to a person what a former page may have sent, and knows it when it is there', () => {
    const { tell, posted, unsent } = outbox({ idempotent: false, up: false });
    const message = { conversation: 'CON-1', key: 'o', content: said('text o'), since: 0, order: 0 };
    tell({ _tag: 'adopt', message: { ...message, tried: { after: 4 } } });
    tell({ _tag: 'adopt', message: { ...message, key: 'p', content: said('p'), tried: {} } });
    tell(line(true, { idempotent: false }));
    expect(posted()).toEqual([]);
    expect(unsent()).toEqual(['o failed', 'p failed']);
    const items = [own(3, 'text o'), own(4, 'p'), own(5, 'text o')];
    tell({ _tag: 'answer', purpose: 'newest', result: right({ items }) });
    expect(unsent()).toEqual(['p failed']);
  });

  it('says in store what it has sent, and after which event', () => {
    const { tried } = doubtful();
    expect(tried()).toEqual([undefined, { after: 1 }]);
  });

  it.each<[string, Content, Content]>([
    [
      'in another order',
      { kind: 'custom', customData: { a: { b: 1, c: [1, { d: 2, e: 3 }] } } },
      { kind: 'custom', customData: { a: { c: [1, { e: 3, d: 2 }], b: 1 } } },
    ],
    ['with the same words', said('x'), said('x')],
  ])('knows a sent message by what it says, %s', (_, content, back) => {
    const { tell, unsent } = doubtful();
    tell(took('a', 2));
    tell(came(own(2, 'text a')));
    tell({ _tag: 'send', ref: 'b', key: 'b', content });
    tell({ _tag: 'answer', purpose: 'send', about: 'b', result: right({ timestamp: 't3' }) });
    expect(unsent()).toEqual(['b sent']);
    tell(came(ownContent(3, back)));
    expect(unsent()).toEqual([]);
  });

  it.each<[string, { readonly timestamp: string; readonly id?: EventId }]>([
    ['number', { timestamp: 't2', id: 2 }],
    ['time', { timestamp: 't2' }],
  ])('knows a sent message by its %s, whatever the service has made of its words', (_, answer) => {
    const { tell, unsent } = doubtful();
    tell({ _tag: 'answer', purpose: 'send', about: 'a', result: right(answer) });
    tell(came(own(2, 'TEXT A')));
    expect(unsent()).toEqual([]);
  });

  it('keeps no sent message beside what came after it', () => {
    const { tell, unsent } = doubtful();
    tell({ _tag: 'answer', purpose: 'send', about: 'a', result: right({ timestamp: '2026-01-01T00:00:00.001Z' }) });
    tell(came(own(2, 'TEXT A', undefined, '2026-01-01T00:00:00Z')));
    expect(unsent()).toEqual(['a sent']);
    tell(came(own(3, 'else', undefined, '2026-01-01T00:00:01Z')));
    expect(unsent()).toEqual([]);
  });

  it('knows a sent message by what it says', () => {
    const { tell, unsent } = doubtful();
    tell({ _tag: 'answer', purpose: 'send', about: 'a', result: right({ timestamp: 't2' }) });
    expect(unsent()).toEqual(['a sent']);
    tell(came(own(2, 'text a')));
    expect(unsent()).toEqual([]);
  });
});
