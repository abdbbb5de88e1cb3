/** Legs in the words of the wire. */
import type { Words } from '../chat/json.js';
import { timeOf } from '../chat/json.js';
import { statusOf, type End, type Leg, type Why } from './legs.js';
import type { Measured } from './model.js';

/** The media of whoever speaks and listens. */
export const speaking: Words = {
  audio_settings: { enabled: true, earmuffed: false, muted: false },
  audio: true,
};

/** Nothing was heard or said. */
export const unheard: Measured = {
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
export function legWords(leg: Leg, speaks: boolean): Words {
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
export function statusWords(leg: Leg): Words {
  const { id, type, direction, history } = leg;
  const statusHistory = history.map(({ status, at }) => ({ status, date: timeOf(at) }));
  return { leg_id: id, status: statusOf(leg), type, direction, statusHistory };
}

/** The channel of a member who is in a call. It is an app's, whatever is at the other end. */
export function channelWords({ id, from, to }: Leg): Words {
  return { id, type: 'app', from: endWords(from), to: endWords(to), headers: {}, preanswer: false, cpa: false };
}

/** The body of `rtc:hangup`. */
export function hangupWords({ id, direction }: Leg, { code, text, sip }: Why, measured: Measured): Words {
  return {
    rtc_id: id,
    channel: { id, type: 'app' },
    direction,
    bandwidth: { ...measured.bandwidth },
    reason: { code, text, sip_code: sip },
    quality: { ...measured.quality },
  };
}

function endWords({ type, user, number, uri }: End): Words {
  return {
    type,
    ...(user === undefined ? {} : { user }),
    // An address has a user as well, which clients show.
    ...(type === 'sip' && user !== undefined ? { username: user } : {}),
    ...(number === undefined ? {} : { number }),
    ...(uri === undefined ? {} : { uri }),
  };
}
