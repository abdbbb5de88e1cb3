/** Required fields of event bodies, and their remains after a deletion. */
import { createCheck, isWords, type Check } from './check.js';
import type { Reply } from './reply.js';
import { timeOf, type JsonObject } from './json.js';
import type { Json, Millis, ReceiptStatus } from './model.js';
import type { Receiving } from './storage.js';

/** Effects of an event besides its storage. */
export type Kind =
  | { readonly kind: 'stored' }
  /** Sent to the members and not stored. */
  | { readonly kind: 'ephemeral' }
  | { readonly kind: 'receipt'; readonly effect: Receiving };

const receipts: ReadonlyMap<string, ReceiptStatus> = new Map([
  ['message:seen', 'seen'],
  ['message:delivered', 'delivered'],
  ['message:submitted', 'submitted'],
  ['message:rejected', 'rejected'],
  ['message:undeliverable', 'undeliverable'],
]);

/** Kinds that the existing client cannot bear in a page of history. */
export const statusTypes: readonly string[] = [
  ...receipts.keys(),
  'event:delete',
  'leg:status:update',
  'rtc:hangup',
  'rtc:answer',
  'rtc:transfer',
  'audio:mute:on',
  'audio:mute:off',
  'audio:earmuff:on',
  'audio:earmuff:off',
  'audio:dtmf',
  'audio:say',
  'audio:say:done',
];

interface Message {
  readonly check: (body: Check) => void;
  /** Replaces the content: the existing client cannot decode a message without it. */
  readonly empty: JsonObject;
}

function media(name: string): readonly [string, Message] {
  return [
    name,
    {
      check: body => {
        required(body.within(name), 'url');
      },
      empty: { [name]: { url: '' } },
    },
  ];
}

const messages: ReadonlyMap<string, Message> = new Map<string, Message>([
  [
    'text',
    {
      check: body => {
        required(body, 'text');
      },
      empty: { text: '' },
    },
  ],
  media('image'),
  media('audio'),
  media('video'),
  media('file'),
  media('vcard'),
  [
    'location',
    {
      check: body => {
        const location = body.within('location');
        required(location, 'longitude');
        required(location, 'latitude');
        location.text('name');
        location.text('address');
      },
      empty: { location: { longitude: '', latitude: '' } },
    },
  ],
  [
    'template',
    {
      check: body => {
        required(body.within('template'), 'name');
        required(body.within('whatsapp'), 'policy');
        required(body.within('whatsapp'), 'locale');
      },
      empty: { template: { name: '' }, whatsapp: { policy: '', locale: '' } },
    },
  ],
  [
    'custom',
    {
      check: body => {
        if (body.value('custom') === undefined) body.refuse('custom', 'is missing');
      },
      empty: { custom: {} },
    },
  ],
]);

/** The kind of an event in a request, or its refusal. */
export function kindOf(type: string, body: unknown): Kind | Reply {
  const check = createCheck(body, 'body');
  const status = receipts.get(type);
  if (status) return receipt(check, status, body);
  if (type === 'message') {
    const name = check.text('message_type') ?? '';
    const message = messages.get(name);
    if (message) message.check(check);
    else check.refuse('message_type', `must be one of ${[...messages.keys()].join(', ')}`);
    return check.failed() ?? { kind: 'stored' };
  }
  if (type === 'ephemeral') return { kind: 'ephemeral' };
  if (/^custom:./.test(type)) return { kind: 'stored' };
  const whole = createCheck({});
  whole.refuse('type', 'is not a type that a client may send');
  return whole.failed() ?? { kind: 'stored' };
}

/** True when an event can be deleted. */
export function canErase(type: string): boolean {
  return type === 'message' || type.startsWith('custom:');
}

/** The body of an event that was taken back. */
export function erased(body: Json, at: Millis): JsonObject {
  const timestamp = { deleted: timeOf(at) };
  const name = isWords(body) ? body['message_type'] : undefined;
  if (typeof name !== 'string') return { timestamp };
  return { message_type: name, ...messages.get(name)?.empty, timestamp };
}

function receipt(check: Check, status: ReceiptStatus, body: unknown): Kind | Reply {
  const given = isWords(body) ? Number(body['event_id'] ?? Number.NaN) : Number.NaN;
  if (!Number.isInteger(given) || given < 1) check.refuse('event_id', 'must be the number of an event');
  return check.failed() ?? { kind: 'receipt', effect: { kind: 'receipt', status, event: given } };
}

function required(check: Check, field: string): void {
  if (check.value(field) === undefined) check.refuse(field, 'is missing');
  check.text(field);
}
