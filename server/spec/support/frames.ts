/** What the existing client was seen to take as events of a call: the fields, and of what kind each is. */

/** A field, or what is within. */
export type Shape = 'string' | 'number' | 'boolean' | { readonly [field: string]: Shape };

const settings: Shape = { enabled: 'boolean', earmuffed: 'boolean', muted: 'boolean' };
const media: Shape = { audio_settings: settings, audio: 'boolean' };
const user: Shape = { id: 'string', user_id: 'string', name: 'string', display_name: 'string' };
const channel: Shape = {
  id: 'string',
  type: 'string',
  from: { type: 'string' },
  to: { type: 'string' },
  headers: {},
  preanswer: 'boolean',
  cpa: 'boolean',
};

const event = (body: Shape): Shape => ({
  id: 'number',
  cid: 'string',
  from: 'string',
  timestamp: 'string',
  body,
  _embedded: { from_user: { id: 'string', name: 'string' }, from_member: { id: 'string' } },
});

const member = (kind: string, more: { readonly [field: string]: Shape }): Shape =>
  event({
    member_id: 'string',
    user,
    channel,
    media,
    initiator: { [kind]: { isSystem: 'boolean' } },
    timestamp: { [kind]: 'string' },
    ...more,
  });

export const accepted: Readonly<Record<string, Shape>> = {
  'member:invited': member('invited', {
    cname: 'string',
    conversation: { conversation_id: 'string', name: 'string' },
    sdp: 'string',
  }),
  'member:joined': member('joined', { knocking_id: 'string' }),
  'member:left': member('left', { knocking_id: 'string', reason: { code: 'string', text: 'string' } }),
  'leg:status:update': event({
    leg_id: 'string',
    status: 'string',
    type: 'string',
    direction: 'string',
    statusHistory: {},
  }),
  'rtc:answer': event({ rtc_id: 'string', answer: 'string' }),
  'rtc:hangup': event({
    rtc_id: 'string',
    channel: { id: 'string', type: 'string' },
    direction: 'string',
    bandwidth: { bytes_in: 'number', bytes_out: 'number' },
    reason: { code: 'string', text: 'string', sip_code: 'number' },
    quality: {
      mos_score: 'number',
      quality_percentage: 'number',
      jitter_min_var: 'number',
      jitter_max_var: 'number',
      jitter_loss_rate: 'number',
      jitter_burst_rate: 'number',
      flaw_total: 'number',
      packet_cnt: 'number',
      packet_loss_perc: 'number',
    },
  }),
};

/** The fields that a value has not, or has of another kind. */
export function lacking(shape: Shape, value: unknown, path = ''): readonly string[] {
  if (typeof shape === 'string') return typeof value === shape ? [] : [path];
  if (typeof value !== 'object' || value === null) return [path];
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.entries(shape).flatMap(([field, within]) => lacking(within, fields[field], `${path}.${field}`));
}
