import type { Json } from 'callstream';

/** The event that the existing client's callbacks got, without what all of them have; `null` where they got none. */
type Told = { readonly [name: string]: Json } | null;
/** An event of the wire: its type, its number and its body; from the service itself, or without a `state`. */
type Sent = readonly [type: string, id: Json, body: Json, how?: 'system' | 'stateless'];

const user = {
  id: 'USR-2',
  name: 'bob',
  display_name: 'Bob',
  image_url: 'https://x/b.png',
  custom_data: { lang: 'fr' },
};
const at = '2026-01-03T00:00:00.000Z';

/** An event of the wire with its envelope, as the recorded ones had it. */
export const payloadOf = ([, id, body, how]: Sent): object => ({
  id,
  cid: 'CON-1',
  timestamp: at,
  body,
  ...(how === 'system' ? {} : { from: 'MEM-2', _embedded: { from_user: user, from_member: { id: 'MEM-2' } } }),
  ...(how === 'stateless'
    ? {}
    : {
        state: {
          'MEM-2': {},
          'MEM-1': { seen_timestamp: '2026-01-03T00:00:05.000Z', delivered_timestamp: '2026-01-03T00:00:04.000Z' },
        },
      }),
  _links: { self: { href: 'h' } },
});

/** What a callback got, with what all of them have. */
export const toldOf = ([, , , how]: Sent, told: Told): object | undefined =>
  told === null
    ? undefined
    : {
        ...told,
        timestamp: at,
        conversationId: 'CON-1',
        from:
          how === 'system'
            ? { kind: 'system' }
            : {
                kind: 'embeddedInfo',
                memberId: 'MEM-2',
                user: {
                  id: 'USR-2',
                  name: 'bob',
                  displayName: 'Bob',
                  channels: null,
                  timestamp: null,
                  imageUrl: 'https://x/b.png',
                  customData: { lang: 'fr' },
                },
              },
      };

/** What came over the wire, and what the existing client (2.3.1) was recorded to make of it. */
export const pairs: readonly (readonly [Sent, Told])[] = [
  [
    [
      'member:invited',
      10,
      {
        user: {
          id: 'USR-3',
          name: 'carol',
          display_name: 'Carol',
          user_id: 'USR-3',
          media: { audio_settings: { enabled: false, earmuffed: false, muted: false } },
        },
        media: { audio_settings: { enabled: false, earmuffed: false, muted: false }, audio: false },
        channel: { type: 'app', id: 'ch' },
        invited_by: 'bob',
        cname: 'NAM-n',
        conversation: { conversation_id: 'CON-1', name: 'NAM-n' },
        member_id: 'MEM-3',
        timestamp: { invited: '2026-01-03T00:00:00.000Z' },
        initiator: { invited: { isSystem: false, user_id: 'USR-2', member_id: 'MEM-2' } },
      },
    ],
    {
      kind: 'member:invited',
      id: 10,
      body: {
        memberId: 'MEM-3',
        user: {
          id: 'USR-3',
          name: 'carol',
          displayName: 'Carol',
          channels: null,
          timestamp: null,
          imageUrl: null,
          customData: null,
        },
        channel: { id: 'ch', number: 'ch' },
      },
    },
  ],
  [
    [
      'member:joined',
      11,
      {
        user: { id: 'USR-3', name: 'carol', display_name: 'Carol', user_id: 'USR-3' },
        channel: { type: 'app', id: 'ch' },
        member_id: 'MEM-3',
        timestamp: { invited: '2026-01-03T00:00:00.000Z', joined: '2026-01-03T00:00:00.000Z' },
        initiator: { joined: { isSystem: false, user_id: 'USR-3', member_id: 'MEM-3' } },
      },
    ],
    {
      kind: 'member:joined',
      id: 11,
      body: {
        memberId: 'MEM-3',
        user: {
          id: 'USR-3',
          name: 'carol',
          displayName: 'Carol',
          channels: null,
          timestamp: null,
          imageUrl: null,
          customData: null,
        },
        channel: { id: 'ch', number: 'ch' },
      },
    },
  ],
  [
    [
      'member:left',
      12,
      {
        user: { id: 'USR-3', name: 'carol', display_name: 'Carol', user_id: 'USR-3' },
        channel: { type: 'app', id: 'ch' },
        member_id: 'MEM-3',
        timestamp: { left: '2026-01-03T00:00:00.000Z' },
        reason: { code: '', text: '' },
        initiator: { left: { isSystem: false } },
      },
    ],
    {
      kind: 'member:left',
      id: 12,
      body: {
        memberId: 'MEM-3',
        user: {
          id: 'USR-3',
          name: 'carol',
          displayName: 'Carol',
          channels: null,
          timestamp: null,
          imageUrl: null,
          customData: null,
        },
        channel: { id: 'ch', number: 'ch' },
      },
    },
  ],
  [
    ['message', 13, { message_type: 'text', text: 'hello' }],
    { kind: 'message:text', id: 13, body: { text: 'hello', deleted: null }, memberStatuses: null },
  ],
  [
    ['message', 14, { message_type: 'image', image: { url: 'https://x/i.png', caption: 'c', name: 'n' } }],
    { kind: 'message:image', id: 14, body: { imageUrl: 'https://x/i.png', deleted: null }, memberStatuses: null },
  ],
  [
    ['message', 15, { message_type: 'audio', audio: { url: 'https://x/a.mp3' } }],
    { kind: 'message:audio', id: 15, body: { audioUrl: 'https://x/a.mp3', deleted: null }, memberStatuses: null },
  ],
  [
    ['message', 16, { message_type: 'video', video: { url: 'https://x/v.mp4' } }],
    { kind: 'message:video', id: 16, body: { videoUrl: 'https://x/v.mp4', deleted: null }, memberStatuses: null },
  ],
  [
    ['message', 17, { message_type: 'file', file: { url: 'https://x/f.pdf' } }],
    { kind: 'message:file', id: 17, body: { fileUrl: 'https://x/f.pdf', deleted: null }, memberStatuses: null },
  ],
  [
    ['message', 18, { message_type: 'vcard', vcard: { url: 'https://x/v.vcf' } }],
    { kind: 'message:vcard', id: 18, body: { vcardUrl: 'https://x/v.vcf', deleted: null }, memberStatuses: null },
  ],
  [
    [
      'message',
      19,
      { message_type: 'location', location: { longitude: '1.5', latitude: '2.5', name: 'N', address: 'A' } },
    ],
    {
      kind: 'message:location',
      id: 19,
      body: { location: { longitude: '1.5', latitude: '2.5', name: 'N', address: 'A' }, deleted: null },
      memberStatuses: null,
    },
  ],
  [
    [
      'message',
      20,
      {
        message_type: 'template',
        template: { name: 't', parameters: ['p1'] },
        whatsapp: { policy: 'deterministic', locale: 'en-GB' },
      },
    ],
    {
      kind: 'message:template',
      id: 20,
      memberStatus: null,
      body: {
        body: {},
        template: { name: 't', parameters: ['p1'] },
        whatsapp: { policy: 'deterministic', locale: 'en-GB' },
        deleted: null,
      },
    },
  ],
  [
    ['message', 21, { message_type: 'custom', custom: { key: 'value' } }],
    { kind: 'message:custom', id: 21, body: { customData: { key: 'value' }, deleted: null }, memberStatuses: null },
  ],
  [['custom:foo', 22, { a: 1 }], { kind: 'custom', id: 22, eventType: 'custom:foo', body: { a: 1 } }],
  [['custom', 23, { a: 1 }], null],
  [['ephemeral', 24, { a: 1 }], { kind: 'ephemeral', body: { a: 1 } }],
  [['event:delete', 25, { event_id: '3' }], { kind: 'event:delete', id: 25, body: { eventId: 3 } }],
  [['message:seen', 26, { event_id: '3' }], { kind: 'message:seen', id: 26, body: { eventId: 3 } }],
  [['message:delivered', 27, { event_id: '3' }], { kind: 'message:delivered', id: 27, body: { eventId: 3 } }],
  [['message:rejected', 28, { event_id: '3' }], { kind: 'message:rejected', id: 28, body: { eventId: 3 } }],
  [['message:submitted', 29, { event_id: '3' }], { kind: 'message:submitted', id: 29, body: { eventId: 3 } }],
  [['message:undeliverable', 30, { event_id: '3' }], { kind: 'message:undeliverable', id: 30, body: { eventId: 3 } }],
  [['message', 31, { timestamp: { deleted: '2026-01-04T00:00:00.000Z' }, message_type: 'text' }], null],
  [
    ['message', 32, { message_type: 'text', text: 'sys' }, 'system'],
    { kind: 'message:text', id: 32, body: { text: 'sys', deleted: null }, memberStatuses: null },
  ],
  [
    ['message', 33, { message_type: 'text', text: 'nostate' }, 'stateless'],
    { kind: 'message:text', id: 33, body: { text: 'nostate', deleted: null }, memberStatuses: null },
  ],
  [['text', 34, { text: 'legacy text' }], null],
  [['image', 35, { representations: { original: { url: 'u' } } }], null],
  [['unknown:type', 36, { x: 1 }], null],
  [['message', 37, { message_type: 'weird', x: 1 }], null],
  [
    ['message', '77', { message_type: 'image', image: { url: 'https://x' } }],
    { kind: 'message:image', id: 77, body: { imageUrl: 'https://x', deleted: null }, memberStatuses: null },
  ],
  [['text:typing:on', 39, {}], null],
  [['member:media', 40, {}], null],
];
