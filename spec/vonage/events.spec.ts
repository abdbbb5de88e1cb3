import type { StreamEvent } from 'callstream';
import type { ConversationEvent } from 'callstream/vonage';
import { expectTypeOf } from 'expect-type';
import { isRight } from '../../lib/core/either.js';
import { decodeEvent } from '../../lib/service/codec.js';
import { toVonageEvent } from '../../lib/vonage/event-mapper.js';
import { pairs, payloadOf, toldOf } from './support/pairs.js';
import { listen, next, roomOf, world } from './support/world.js';

describe('vonage event mapper, same result as the existing client:', () => {
  const told = (type: string, payload: object): unknown => {
    const decoded = decodeEvent(type, payload);
    return isRight(decoded) ? toVonageEvent(decoded.right) : decoded.left;
  };
  const isDeleted = (body: unknown): boolean => JSON.stringify(body).includes('"deleted"');

  it.each(pairs.filter(([[, , body]]) => !isDeleted(body)).map(pair => [pair[0][0], ...pair] as const))(
    '%s',
    (type, sent, expected) => {
      expect(told(type, payloadOf(sent))).toEqual(toldOf(sent, expected));
    },
  );

  it('but a deleted message, which that client lost', () => {
    const [sent] = pairs.find(([[, , body]]) => isDeleted(body))!;
    expect(told('message', payloadOf(sent))).toEqual(
      toldOf(sent, {
        kind: 'message:text',
        id: 31,
        body: { text: '', deleted: '2026-01-04T00:00:00.000Z' },
        memberStatuses: null,
      }),
    );
  });

  it('with the state of its members, null where they have not come so far', () => {
    const state = { seen_by: { 'MEM-1': 's' }, delivered_to: { 'MEM-1': 'd', 'MEM-3': 'd' } };
    const payload = { ...payloadOf(['message', 1, { message_type: 'text', text: 'x' }]), state };
    const nothing = { submitted: null, rejected: null, undeliverable: null };
    expect(told('message', payload)).toMatchObject({
      memberStatuses: {
        'MEM-1': { seen: 's', delivered: 'd', current: 'seen', ...nothing },
        'MEM-3': { seen: null, delivered: 'd', current: 'delivered', ...nothing },
      },
    });
  });

  it('and what the streams have besides is kept to themselves', () => {
    const gap: StreamEvent = { kind: 'gap', conversationId: 'C', from: 1, to: 2 };
    expect(toVonageEvent(gap)).toBeUndefined();
    expect(toVonageEvent({ kind: 'unknown', conversationId: 'C', id: 1, raw: {} })).toBeUndefined();
  });
});

describe('vonage conversationEvent', () => {
  const home = world();

  it('tells what happens, in order and once, also of what one does oneself', async () => {
    const { person } = home();
    const [alice, bob] = [await person('alice'), await person('bob')];
    const ear = listen(alice, 'conversationEvent');
    const { id, members } = await roomOf(alice, bob);
    await alice.sendMessageTextEvent(id, 'hello');
    await bob.sendMessageTextEvent(id, 'hi');
    await next(ear, 'message:delivered');
    const shown = ear.heard.filter(({ kind }) => !kind.startsWith('message:delivered'));
    expect(shown.map(event => [event.kind, 'id' in event && event.id, event.conversationId])).toMatchObject([
      ['member:joined', 1, id],
      ['member:joined', 2, id],
      ['message:text', 3, id],
      ['message:text', expect.any(Number), id],
    ]);
    expect(ear.heard[0]).toMatchObject({
      from: { kind: 'embeddedInfo', memberId: members[0], user: { name: 'alice' } },
      body: { memberId: members[0], user: { name: 'alice' } },
    });
  });

  it('is acknowledged to its sender', async () => {
    const { person } = home();
    const [alice, bob] = [await person('alice'), await person('bob')];
    const { id, members } = await roomOf(alice, bob);
    const ear = listen(alice, 'conversationEvent');
    await alice.sendMessageTextEvent(id, 'hello');
    const { id: text } = await next(ear, 'message:text');
    const { body, from } = await next(ear, 'message:delivered');
    expect(body).toEqual({ eventId: text });
    expect(from).toMatchObject({ memberId: members[1] });
  });

  it('does not tell what it has no word for', async () => {
    const { person, server } = home();
    const alice = await person('alice');
    const ear = listen(alice, 'conversationEvent');
    const head = { cid: 'CON-x', timestamp: '2026-01-01T00:00:00.000Z' };
    server.chat.push('alice', 'sip:ringing', { ...head, id: 1, body: {} });
    server.chat.push('alice', 'message', { ...head, id: 2, body: { message_type: 'hologram' } });
    server.chat.push('alice', 'custom:x', { ...head, id: 3, body: 1 });
    await next(ear, 'custom');
    expect(ear.heard).toEqual([
      {
        kind: 'custom',
        id: 3,
        eventType: 'custom:x',
        conversationId: 'CON-x',
        timestamp: head.timestamp,
        from: { kind: 'system' },
        body: 1,
      },
    ]);
  });
});

it('the types of events are those of the document', () => {
  type Of<Kind extends ConversationEvent['kind']> = Extract<ConversationEvent, { readonly kind: Kind }>;
  expectTypeOf<ConversationEvent['kind']>().toEqualTypeOf<
    | `member:${'invited' | 'joined' | 'left'}`
    | `message:${'text' | 'image' | 'audio' | 'video' | 'file' | 'vcard' | 'location' | 'template' | 'custom'}`
    | `message:${'seen' | 'delivered' | 'rejected' | 'submitted' | 'undeliverable'}`
    | 'custom'
    | 'ephemeral'
    | 'event:delete'
  >();
  expectTypeOf<Of<'message:text'>['body']['deleted']>().toEqualTypeOf<string | null>();
  expectTypeOf<Of<'member:left'>['body']['channel']>().toEqualTypeOf<{ id: string | null; number: string | null }>();
  expectTypeOf<Of<'ephemeral'>>().not.toHaveProperty('id');
  expectTypeOf<Of<'message:template'>>().toHaveProperty('memberStatus');
  const check = (event: ConversationEvent): unknown => {
    // @ts-expect-error: not every event has a text
    if (event.kind === 'message:image') return event.body.text;
    // @ts-expect-error: there is no such kind
    return event.kind === 'message:sound';
  };
  expect(check).toBeInstanceOf(Function);
});
