import type {
  ConversationEvent,
  From,
  MemberId,
  MemberStatus,
  MemberStatuses,
  Unknown,
} from '../conversation/model.js';
import { left, right, type Either } from '../core/either.js';
import { personOf, person } from './members.js';
import { idOf, isFields, type Fields, anything, eventId, struct, text, textOf, type Shape } from './codec-shapes.js';
import type { Json } from '../core/port.js';
import { compact } from '../core/compact.js';

/** One kind of event: how the wire writes its body, and what that becomes. */
type Row = {
  readonly kind: ConversationEvent['kind'];
  /** `undefined` for a body of another kind. */
  readonly read: (body: unknown) => object | undefined;
  readonly wrong: (body: unknown) => string;
  /** Remains of a deleted event. */
  readonly gone?: object;
};

function row<A>(kind: Row['kind'], shape: Shape<A>, read: (body: A) => object, gone?: object): Row {
  return {
    kind,
    read: body => (shape.is(body) ? read(body) : undefined),
    wrong: shape.wrong,
    ...(gone === undefined ? {} : { gone }),
  };
}

function memberRow(kind: Row['kind']): Row {
  return row(kind, struct({ member_id: text, user: person }), body => {
    const { channel, reason } = body as typeof body & Fields;
    const read: { [name: string]: unknown } = { memberId: body.member_id, user: personOf(body.user) };
    if (isFields(channel)) read['channel'] = channelOf(channel);
    if (isFields(reason) && (reason['code'] || reason['text'])) read['reason'] = reasonOf(reason);
    return read;
  });
}

/** The existing client gives the id of a channel as its number too, where it has none. */
function channelOf({ id, number = id }: Fields): object {
  return typeof id === 'string' && typeof number === 'string'
    ? { id, number }
    : compact({ id: textOf(id), number: textOf(number) });
}

function reasonOf({ code, text: words }: Fields): object {
  return { code: textOf(code) ?? '', text: textOf(words) ?? '' };
}

function receiptRow(kind: Row['kind']): Row {
  return row(kind, struct({ event_id: eventId }), body => ({ eventId: idOf(body.event_id) }));
}

/** Decoders by event type. Message kinds are distinguished by the body. */
const rows: ReadonlyMap<string, Row> = /*#__PURE__*/ new Map(
  [
    ...(['member:invited', 'member:joined', 'member:left'] as const).map(memberRow),
    ...(
      [
        'message:seen',
        'message:delivered',
        'message:rejected',
        'message:submitted',
        'message:undeliverable',
        'event:delete',
      ] as const
    ).map(receiptRow),
  ].map(one => [one.kind, one]),
);

function linkRow(name: 'image' | 'audio' | 'video' | 'file' | 'vcard'): readonly [string, Row] {
  const shape = struct({ [name]: struct({ url: text }) }) as Shape<Record<string, { readonly url: string }>>;
  const [field, gone] = [`${name}Url`, { [`${name}Url`]: '' }];
  return [name, row(`message:${name}`, shape, body => ({ [field]: body[name]?.url }), gone)];
}

const place = struct({ latitude: text, longitude: text });
function placeOf(value: { readonly latitude: string; readonly longitude: string }): object {
  const { latitude, longitude, name, address } = value as typeof value & Fields;
  return compact({ latitude, longitude, name: textOf(name), address: textOf(address) });
}

/** By `message_type`. */
const messages: ReadonlyMap<unknown, Row> = /*#__PURE__*/ new Map<unknown, Row>([
  ['text', row('message:text', struct({ text }), ({ text: said }) => ({ text: said }), { text: '' })],
  ...(['image', 'audio', 'video', 'file', 'vcard'] as const).map(linkRow),
  [
    'location',
    row('message:location', struct({ location: place }), ({ location }) => ({ location: placeOf(location) }), {
      location: { latitude: '', longitude: '' },
    }),
  ],
  [
    'template',
    row(
      'message:template',
      struct({ template: struct({ name: text }), whatsapp: struct({ policy: text, locale: text }) }),
      ({ template, whatsapp: { policy, locale } }) => ({
        template: templateOf(template),
        whatsapp: { policy, locale },
      }),
      { template: { name: '' }, whatsapp: { policy: '', locale: '' } },
    ),
  ],
  [
    'custom',
    row('message:custom', struct({ custom: anything }), ({ custom }) => ({ customData: custom }), { customData: null }),
  ],
]);

function templateOf(template: { readonly name: string }): object {
  const { name, parameters } = template as typeof template & Fields;
  return Array.isArray(parameters) ? { name, parameters: parameters.filter(isText) } : { name };
}
function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Envelope of every event; its body is decoded by type afterwards. */
type Envelope = {
  readonly [
    Key in
      | 'id'
      | 'cid'
      | 'from'
      | 'timestamp'
      | 'body'
      | 'state'
      | 'client_key'
      | '_embedded'
      | 'message_type'
      | 'from_user'
      | 'seen_by'
      | 'delivered_to'
      | 'deleted'
  ]?: unknown;
};

function isEnvelope(value: unknown): value is Envelope {
  return isFields(value);
}

const system: From = { kind: 'system' };

function fromOf({ from, _embedded }: Envelope): From {
  if (typeof from !== 'string' || !isEnvelope(_embedded)) return system;
  const user = personOf(_embedded.from_user);
  return user === undefined ? system : { kind: 'embeddedInfo', memberId: from, user };
}

/** Receipts by member. `fromEntries` is used because a member id may be `__proto__`. */
function statusesOf(state: unknown): MemberStatuses | undefined {
  if (!isEnvelope(state) || !isFields(state.seen_by ?? state.delivered_to)) return undefined;
  const [seen, delivered] = [wordsOf(state.seen_by), wordsOf(state.delivered_to)];
  const entries: [MemberId, MemberStatus][] = [];
  for (const member of Object.keys(seen)) entries.push([member, statusOf(ownOf(delivered, member), seen[member])]);
  for (const member of Object.keys(delivered))
    if (!Object.hasOwn(seen, member)) entries.push([member, statusOf(delivered[member])]);
  return entries.length === 0 ? {} : Object.fromEntries(entries);
}

function statusOf(delivered: unknown, seen?: unknown): MemberStatus {
  if (typeof seen !== 'string')
    return typeof delivered === 'string' ? { delivered, current: 'delivered' } : { current: 'none' };
  return typeof delivered === 'string' ? { delivered, seen, current: 'seen' } : { seen, current: 'seen' };
}

const nothing: Fields = {};
function wordsOf(value: unknown): Fields {
  return isFields(value) ? value : nothing;
}
function ownOf(value: Fields, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/**
 * One event of the wire as ours, or the path at which it can't be understood. `type` is its type there; `conversation`
 * is known where it stands in a page, else the event says it. A type, or a type of message, that is none of ours is
 * `unknown`. The tag is looked at first, the header is read by hand, and only the body is left to a codec: this runs
 * for every frame.
 */
export function decodeEvent(
  type: string,
  payload: unknown,
  conversation?: string,
): Either<string, ConversationEvent | Unknown> {
  if (!isEnvelope(payload)) return left('payload');
  const conversationId = conversation ?? payload.cid;
  const { body } = payload;
  if (type === 'message') {
    if (!isEnvelope(body)) return left('body');
    const row = messages.get(body.message_type);
    if (row !== undefined)
      return filled(payload, conversationId, row, messageBody(row, body), statusesOf(payload.state));
  } else if (type === 'ephemeral') {
    return loose(payload, conversationId);
  } else {
    const row = rows.get(type);
    if (row !== undefined) return filled(payload, conversationId, row, row.read(body));
    if (type.length > 7 && type.startsWith('custom:')) return own(payload, conversationId, type);
  }
  return right(unknown(type, payload, conversationId));
}

function messageBody(row: Row, body: Envelope): object | undefined {
  const { timestamp } = body;
  const deleted = isEnvelope(timestamp) ? timestamp.deleted : undefined;
  return typeof deleted === 'string' ? { ...(row.read(body) ?? row.gone), deleted } : row.read(body);
}

function filled(
  payload: Envelope,
  conversationId: unknown,
  row: Row,
  body: object | undefined,
  memberStatuses?: MemberStatuses,
): Either<string, ConversationEvent> {
  const id = idOf(payload.id);
  const { timestamp, client_key: clientKey } = payload;
  if (id === undefined || typeof conversationId !== 'string' || typeof timestamp !== 'string')
    return left(missing(id, conversationId));
  if (body === undefined) return left(`body${row.wrong(payload.body)}`);
  const event: Record<string, unknown> = { kind: row.kind, id, timestamp, conversationId, from: fromOf(payload), body };
  // Assigned and not spread: most events have neither.
  if (memberStatuses !== undefined) event['memberStatuses'] = memberStatuses;
  if (typeof clientKey === 'string') event['clientKey'] = clientKey;
  // The kind of the row selects the codec.
  return right(event as ConversationEvent);
}

function own(payload: Envelope, conversationId: unknown, eventType: string): Either<string, ConversationEvent> {
  const id = idOf(payload.id);
  const { timestamp, client_key: clientKey, body = null } = payload;
  if (id === undefined || typeof conversationId !== 'string' || typeof timestamp !== 'string')
    return left(missing(id, conversationId));
  const from = fromOf(payload);
  const event = { kind: 'custom', eventType, id, timestamp, conversationId, from, body } as ConversationEvent;
  return right(typeof clientKey === 'string' ? { ...event, clientKey } : event);
}

function loose(payload: Envelope, conversationId: unknown): Either<string, ConversationEvent> {
  const { timestamp, body = null } = payload;
  return typeof conversationId === 'string' && typeof timestamp === 'string'
    ? right({ kind: 'ephemeral', timestamp, conversationId, from: fromOf(payload), body: body as Json })
    : left(missing(0, conversationId));
}

function missing(id: number | undefined, conversationId: unknown): string {
  if (id === undefined) return 'id';
  return typeof conversationId === 'string' ? 'timestamp' : 'cid';
}

/** Without a conversation it has no place in one, and so no number. */
function unknown(type: string, payload: Envelope, conversationId: unknown): Unknown {
  // The payload of a frame has no other reader: mutating it is cheaper than a copy.
  (payload as { type?: string }).type = type;
  const raw = payload as Json;
  if (typeof conversationId !== 'string') return { kind: 'unknown', conversationId: '', raw };
  const id = idOf(payload.id);
  return id === undefined ? { kind: 'unknown', conversationId, raw } : { kind: 'unknown', conversationId, id, raw };
}
