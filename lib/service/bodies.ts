import type { ConversationEvent } from '../conversation/model.js';
import { compact } from '../core/compact.js';
import { personOf, person } from './people.js';
import { anything, eventId, idOf, isWords, struct, text, textOf, type Shape, type Words } from './shape.js';

/** One kind of event: how the wire writes its body, and what that becomes. */
export type Row = {
  readonly kind: ConversationEvent['kind'];
  /** Nothing, where the body is none of this kind. */
  readonly read: (body: unknown) => object | undefined;
  readonly wrong: (body: unknown) => string;
  /** What is left of it once it has been deleted. */
  readonly gone?: object;
};

const row = <A>(kind: Row['kind'], shape: Shape<A>, read: (body: A) => object, gone?: object): Row => ({
  kind,
  read: body => (shape.is(body) ? read(body) : undefined),
  wrong: shape.wrong,
  ...(gone === undefined ? {} : { gone }),
});

const memberRow = (kind: Row['kind']): Row =>
  row(kind, struct({ member_id: text, user: person }), body => {
    const { channel, reason } = body as typeof body & Words;
    const read: { [name: string]: unknown } = { memberId: body.member_id, user: personOf(body.user) };
    if (isWords(channel)) read['channel'] = channelOf(channel);
    if (isWords(reason) && (reason['code'] || reason['text'])) read['reason'] = reasonOf(reason);
    return read;
  });

/** The existing client gives the id of a channel as its number too, where it has none. */
const channelOf = ({ id, number = id }: Words): object =>
  typeof id === 'string' && typeof number === 'string'
    ? { id, number }
    : compact({ id: textOf(id), number: textOf(number) });

const reasonOf = ({ code, text: words }: Words): object => ({ code: textOf(code) ?? '', text: textOf(words) ?? '' });

const receiptRow = (kind: Row['kind']): Row =>
  row(kind, struct({ event_id: eventId }), body => ({ eventId: idOf(body.event_id) }));

/** By the type of the event on the wire. Messages are told apart by their bodies. */
export const rows: ReadonlyMap<string, Row> = /*#__PURE__*/ new Map(
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

const linkRow = (name: 'image' | 'audio' | 'video' | 'file' | 'vcard'): readonly [string, Row] => {
  const shape = struct({ [name]: struct({ url: text }) }) as Shape<Record<string, { readonly url: string }>>;
  const [field, gone] = [`${name}Url`, { [`${name}Url`]: '' }];
  return [name, row(`message:${name}`, shape, body => ({ [field]: body[name]?.url }), gone)];
};

const place = struct({ latitude: text, longitude: text });
const placeOf = (value: { readonly latitude: string; readonly longitude: string }): object => {
  const { latitude, longitude, name, address } = value as typeof value & Words;
  return compact({ latitude, longitude, name: textOf(name), address: textOf(address) });
};

/** By `message_type`. */
export const messages: ReadonlyMap<unknown, Row> = /*#__PURE__*/ new Map<unknown, Row>([
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

const templateOf = (template: { readonly name: string }): object => {
  const { name, parameters } = template as typeof template & Words;
  return Array.isArray(parameters) ? { name, parameters: parameters.filter(isText) } : { name };
};
const isText = (value: unknown): value is string => typeof value === 'string';
