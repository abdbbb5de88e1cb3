/** JSON of legs. */
import type { JsonObject } from '../chat/json.js';
import { timeOf } from '../chat/json.js';
import { statusOf, type End, type Leg, type EndReason } from './legs.js';
import type { Measured } from './model.js';

/** Media of a participant who speaks and listens. */
export const speaking: JsonObject = {
  audio_settings: { enabled: true, earmuffed: false, muted: false },
  audio: true,
};

/** Statistics without any packet. */
export const noMeasurements: Measured = {
  bandwidth: { bytes_in: 0, bytes_out: 0 },
  quality: {
    mos_score: 0,
    quality_percentage: 0,
    jitter_min_var: 0,
    jitter_max_var: 0,
    jitter_loss_rate: 0,
    jitter_burst_rate: 0,
    flaw_total: 0,
    packet_cnt: 0,
    packet_loss_perc: 0,
  },
};

/** A leg as it can be asked for. `end_time` is empty until it is over. */
export function legJson(leg: Leg, speaks: boolean): JsonObject {
  const { id, conversation, history, direction, type, from, to, muted, earmuffed } = leg;
  const [first, last] = [history[0], history.at(-1)];
  return {
    id,
    conversation_id: conversation,
    status: statusOf(leg),
    start_time: first ? timeOf(first.at) : '',
    end_time: leg.over && last ? timeOf(last.at) : '',
    direction,
    type,
    from: endWords(from),
    to: endWords(to),
    media_state: {
      mute: muted,
      earmuff: earmuffed,
      play_stream: false,
      recording: false,
      transcribing: false,
      tts: speaks && !leg.over,
    },
  };
}

/** The body of `leg:status:update`. */
export function statusJson(leg: Leg): JsonObject {
  const { id, type, direction, history } = leg;
  const statusHistory = history.map(({ status, at }) => ({ status, date: timeOf(at) }));
  return { leg_id: id, status: statusOf(leg), type, direction, statusHistory };
}

/** Channel of a member in a call; always of type app. */
export function channelJson({ id, from, to }: Leg): JsonObject {
  return { id, type: 'app', from: endWords(from), to: endWords(to), headers: {}, preanswer: false, cpa: false };
}

/** The body of `rtc:hangup`. */
export function hangupJson({ id, direction }: Leg, { code, text, sip }: EndReason, measured: Measured): JsonObject {
  return {
    rtc_id: id,
    channel: { id, type: 'app' },
    direction,
    bandwidth: { ...measured.bandwidth },
    reason: { code, text, sip_code: sip },
    quality: { ...measured.quality },
  };
}

function endWords({ type, user, number, uri }: End): JsonObject {
  return {
    type,
    ...(user === undefined ? {} : { user }),
    // An address has a user as well, which clients show.
    ...(type === 'sip' && user !== undefined ? { username: user } : {}),
    ...(number === undefined ? {} : { number }),
    ...(uri === undefined ? {} : { uri }),
  };
}
