import { readFrame } from '../lib/service/frame.js';
import { decodeEvent } from '../lib/service/codec.js';

/** How fast frames become events, as a share of what JSON.parse alone can do. */
export type Decoding = { readonly name: string; readonly perSecond: number; readonly ratio: number };

const head = (id: number): object => ({
  id,
  cid: 'CON-1',
  from: 'MEM-2',
  timestamp: '2026-01-03T00:00:00.000Z',
  _embedded: {
    from_user: {
      id: 'USR-2',
      name: 'bob',
      display_name: 'Bob',
      image_url: 'https://x.test/b.png',
      custom_data: { lang: 'fr' },
    },
    from_member: { id: 'MEM-2' },
  },
});
const member = {
  member_id: 'MEM-3',
  user: { id: 'USR-3', name: 'carol', display_name: 'Carol' },
  channel: { type: 'app', id: 'ch' },
  media: { audio_settings: { enabled: false, earmuffed: false, muted: false }, audio: false },
};
const url = (kind: string): object => ({ message_type: kind, [kind]: { url: `https://x.test/${kind}` } });

/** One of each kind of the wire, and one that nobody knows. */
const kinds: readonly (readonly [string, object])[] = [
  ['member:invited', member],
  ['member:joined', member],
  ['member:left', { ...member, reason: { code: '', text: '' } }],
  ['message', { message_type: 'text', text: 'hello' }],
  ['message', url('image')],
  ['message', url('audio')],
  ['message', url('video')],
  ['message', url('file')],
  ['message', url('vcard')],
  ['message', { message_type: 'location', location: { longitude: '1.5', latitude: '2.5', name: 'N', address: 'A' } }],
  [
    'message',
    { message_type: 'template', template: { name: 't', parameters: ['p'] }, whatsapp: { policy: 'd', locale: 'en' } },
  ],
  ['message', { message_type: 'custom', custom: { key: 'value' } }],
  ['custom:foo', { a: 1 }],
  ['ephemeral', { a: 1 }],
  ['event:delete', { event_id: '3' }],
  ['message:seen', { event_id: 3 }],
  ['message:delivered', { event_id: 3 }],
  ['message:rejected', { event_id: 3 }],
  ['message:submitted', { event_id: 3 }],
  ['message:undeliverable', { event_id: 3 }],
  ['sip:ringing', { x: 1, channel: { id: 'ch' } }],
];

const framesOf = (some: typeof kinds): readonly string[] =>
  some.map(([type, body], index) => `42${JSON.stringify([type, { ...head(index + 1), body }])}`);

const rounds = 20_000;
const rate = (frames: readonly string[], read: (frame: string) => unknown): number => {
  const began = performance.now();
  let seen = 0;
  for (let round = 0; round < rounds; round += 1) for (const frame of frames) if (read(frame) !== undefined) seen += 1;
  if (seen !== rounds * frames.length) throw new Error('a frame was not understood');
  return (seen / (performance.now() - began)) * 1_000;
};

const parsed = (frame: string): unknown => JSON.parse(frame.slice(2));
const decoded = (frame: string): unknown => {
  const read = readFrame(frame);
  if (read._tag !== 'event') return undefined;
  const event = decodeEvent(read.name, read.payload);
  return event._tag === 'Right' ? event.right : undefined;
};

/** Interleaved, and the median of the ratios: the machine is not ours alone. */
const compared = (name: string, frames: readonly string[]): Decoding => {
  const pairs = Array.from({ length: 7 }, () => {
    const [ours, limit] = [rate(frames, decoded), rate(frames, parsed)];
    return { perSecond: ours, ratio: ours / limit };
  }).sort((a, b) => a.ratio - b.ratio);
  return { name, ...pairs[3]! };
};

export const decodings = (): readonly Decoding[] => [
  compared('the 20 kinds and an unknown one', framesOf(kinds)),
  compared('an unknown kind', framesOf(kinds.slice(-1))),
];
