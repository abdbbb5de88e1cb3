import type { MediaStats, QualitySummary } from '../call/model.js';
import type { RTCQuality, RtcStats } from './model.js';

/** Maps the quality summary; missing values are 0. */
export function toQuality({
  mos = 0,
  percentage = 0,
  jitter = { min: 0, max: 0, lossRate: 0, burstRate: 0 },
  flaws = 0,
  packets = 0,
  loss = 0,
}: QualitySummary = {}): RTCQuality {
  return {
    mos_score: mos,
    quality_percentage: percentage,
    jitter_min_var: jitter.min,
    jitter_max_var: jitter.max,
    jitter_loss_rate: jitter.lossRate,
    jitter_burst_rate: jitter.burstRate,
    flaw_total: flaws,
    packet_cnt: packets,
    packet_loss_perc: loss,
  };
}

export function toStats({ received, sent, roundTrip = 0 }: MediaStats): RtcStats {
  return {
    audioRecvPackets: received.packets,
    audioRecvPacketsLost: received.packetsLost,
    audioRecvBytes: received.bytes,
    audioRecvJitter: received.jitter,
    audioSentPackets: sent.packets,
    audioSentPacketsLost: sent.packetsLost,
    audioSentBytes: sent.bytes,
    audioSentJitter: sent.jitter,
    audioRtt: roundTrip,
  };
}
