import fc from 'fast-check';
import { decodeEvent } from '../../lib/service/codec.js';
import { isRight } from '../../lib/core/either.js';
import { envelope, head, pairs, strangers } from '../fixtures/service/events.js';

const ours = (type: string, payload: unknown, conversation?: string): unknown => {
  const decoded = decodeEvent(type, payload, conversation);
  return isRight(decoded) ? decoded.right : `not understood: ${decoded.left}`;
};
const text = { message_type: 'text', text: 'hi' };

describe('service: event codec', () => {
  it.each(pairs)('%s', (kind, type, body, expected) => {
    expect(ours(type, { ...envelope, id: 7, body })).toEqual({
      kind,
      id: 7,
      ...head,
      ...(kind === 'custom' ? { eventType: type } : {}),
      body: expected,
    });
  });

  it('ephemeral has no id', () => {
    const event = ours('ephemeral', { ...envelope, id: 7, body: { typing: true }, client_key: 'k' });
    expect(event).toEqual({ kind: 'ephemeral', ...head, body: { typing: true } });
  });

  it.each(strangers)('%s is unknown, as it came', (type, body) => {
    const payload = { ...envelope, id: 7, body };
    expect(ours(type, structuredClone(payload))).toEqual({
      kind: 'unknown',
      conversationId: 'CON-tea',
      id: 7,
      raw: { ...payload, type },
    });
  });

  it('is nowhere in a conversation, and has no number, when it is unknown and names none', () => {
    expect(ours('knocking:new', { id: 3 })).toEqual({
      kind: 'unknown',
      conversationId: '',
      raw: { id: 3, type: 'knocking:new' },
    });
  });

  it('has a number that may be written as text', () => {
    expect(ours('message', { ...envelope, id: '77', body: text })).toMatchObject({ id: 77 });
  });

  it('is from the service itself when nobody is named', () => {
    const rest = { ...envelope, from: undefined, _embedded: null };
    expect(ours('message', { ...rest, id: 1, body: text })).toMatchObject({ from: { kind: 'system' } });
  });

  it('belongs to the conversation of its page', () => {
    const { cid: _, ...rest } = envelope;
    expect(ours('message', { ...rest, id: 1, body: text }, 'CON-page')).toMatchObject({ conversationId: 'CON-page' });
  });

  it('echoes the key that it was sent with', () => {
    expect(ours('message', { ...envelope, id: 1, body: text, client_key: 'k1' })).toMatchObject({ clientKey: 'k1' });
    expect(ours('custom:x', { ...envelope, id: 1, client_key: 'k1' })).toMatchObject({ clientKey: 'k1', body: null });
  });

  it('takes null for absence', () => {
    const user = { id: 'USR-1', name: 'n', display_name: null, image_url: null, custom_data: null };
    expect(
      ours('message', { ...envelope, id: 1, body: text, state: null, _embedded: { from_user: user } }),
    ).toStrictEqual({
      kind: 'message:text',
      id: 1,
      timestamp: envelope.timestamp,
      conversationId: 'CON-tea',
      from: { kind: 'embeddedInfo', memberId: 'MEM-kim', user: { id: 'USR-1', name: 'n' } },
      body: { text: 'hi' },
    });
  });

  it('says why somebody left', () => {
    const body = { member_id: 'M', user: { user_id: 'U', name: 'u' }, reason: { code: 'x', text: 'bye' } };
    expect(ours('member:left', { ...envelope, id: 1, body })).toMatchObject({
      body: { memberId: 'M', user: { id: 'U', name: 'u' }, reason: { code: 'x', text: 'bye' } },
    });
  });

  it.each(['text', 'image', 'audio', 'video', 'file', 'vcard', 'location', 'template', 'custom'])(
    'that was deleted stays a message of its kind: %s',
    message_type => {
      const body = { message_type, timestamp: { deleted: '2026-02-02' } };
      expect(ours('message', { ...envelope, id: 1, body })).toMatchObject({
        kind: `message:${message_type}`,
        body: { deleted: '2026-02-02' },
      });
    },
  );

  it('says who has received and who has seen it', () => {
    const state = JSON.parse(
      '{"seen_by":{"A":"t2"},"delivered_to":{"A":"t1","B":"t1","__proto__":"t3","C":5}}',
    ) as unknown;
    const event = ours('message', { ...envelope, id: 1, body: text, state }) as { readonly memberStatuses: object };
    expect(Object.entries(event.memberStatuses)).toEqual([
      ['A', { delivered: 't1', seen: 't2', current: 'seen' }],
      ['B', { delivered: 't1', current: 'delivered' }],
      ['__proto__', { delivered: 't3', current: 'delivered' }],
      ['C', { current: 'none' }],
    ]);
    expect(ours('message', { ...envelope, id: 1, body: text, state: { seen_by: {} } })).toMatchObject({
      memberStatuses: {},
    });
  });

  it.each<[path: string, type: string, payload: unknown]>([
    ['payload', 'message', null],
    ['payload', 'message', [1]],
    ['body', 'message', { ...envelope, id: 1 }],
    ['body.text', 'message', { ...envelope, id: 1, body: { message_type: 'text' } }],
    ['body.image.url', 'message', { ...envelope, id: 1, body: { message_type: 'image', image: { url: 5 } } }],
    ['body.template', 'message', { ...envelope, id: 1, body: { message_type: 'template' } }],
    ['body.user.name', 'member:joined', { ...envelope, id: 1, body: { member_id: 'M', user: { id: 'U' } } }],
    ['body.member_id', 'member:joined', { ...envelope, id: 1, body: {} }],
    ['body', 'member:joined', { ...envelope, id: 1 }],
    ['body.event_id', 'message:seen', { ...envelope, id: 1, body: { event_id: 'x' } }],
    ['id', 'message', { ...envelope, body: text }],
    ['id', 'custom:x', { ...envelope, id: 1.5 }],
    ['cid', 'message', { ...envelope, id: 1, body: text, cid: 5 }],
    ['timestamp', 'message', { ...envelope, id: 1, body: text, timestamp: null }],
    ['timestamp', 'ephemeral', { ...envelope, timestamp: null }],
  ])('that can not be understood is told by where: %s of %s', (path, type, payload) => {
    expect(ours(type, payload)).toBe(`not understood: ${path}`);
  });

  it('reaches nobody else’s prototype', () => {
    const custom = JSON.parse(
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    ) as unknown;
    const user = { id: 'U', name: 'u', custom_data: custom };
    const event = ours('message', {
      ...envelope,
      id: 1,
      _embedded: { from_user: user },
      body: { message_type: 'custom', custom },
    });
    expect(JSON.stringify(event)).toContain('polluted');
    expect(({} as { readonly polluted?: boolean }).polluted).toBeUndefined();
  });

  it('never throws, whatever it is', () => {
    const types = fc.oneof(fc.string(), fc.constantFrom(...pairs.map(([, type]) => type), 'ephemeral'));
    const envelopes = fc.record(
      {
        id: fc.jsonValue(),
        cid: fc.oneof(fc.string(), fc.jsonValue()),
        from: fc.jsonValue(),
        timestamp: fc.oneof(fc.string(), fc.jsonValue()),
        body: fc.oneof(fc.jsonValue(), fc.constantFrom(...pairs.map(([, , body]) => body))),
        state: fc.record({ seen_by: fc.jsonValue(), delivered_to: fc.jsonValue() }, { requiredKeys: [] }),
        _embedded: fc.record({ from_user: fc.jsonValue() }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(types, fc.oneof(envelopes, fc.jsonValue()), (type, payload) => {
        const decoded = decodeEvent(type, JSON.parse(JSON.stringify(payload)));
        return typeof (isRight(decoded) ? decoded.right.kind : decoded.left) === 'string';
      }),
    );
  });
});
