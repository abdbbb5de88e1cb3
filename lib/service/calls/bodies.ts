import type { Identity, QualitySummary } from '../../call/model.js';
import { compact } from '../../core/compact.js';
import { isFields, key, struct, text, textOf, type Fields } from '../codec-shapes.js';

/** Bodies of call events: required fields; all others are optional. */
export const bodies = {
  invited: /*#__PURE__*/ struct({ member_id: key, channel: struct({ id: key }), sdp: text }),
  joined: /*#__PURE__*/ struct({ member_id: key, channel: struct({ id: key }) }),
  left: /*#__PURE__*/ struct({ channel: struct({ id: key }) }),
  ours: /*#__PURE__*/ struct({ rtc_id: key }),
  answer: /*#__PURE__*/ struct({ rtc_id: key, answer: text }),
  status: /*#__PURE__*/ struct({ leg_id: key, status: text }),
  digit: /*#__PURE__*/ struct({ digit: text, channel: struct({ id: key }) }),
};

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
function full(value: unknown): string | undefined {
  return value === '' ? undefined : textOf(value);
}

/** Caller: a phone number, a user's name, or a SIP address. */
export function callerOf(channel: Fields): Identity {
  const from = isFields(channel['from']) ? channel['from'] : {};
  const phoneNumber = full(from['number']) ?? full(from['user']) ?? full(from['uri']);
  return { phoneNumber: phoneNumber ?? '', anonymous: phoneNumber === undefined };
}

/** Channel type of the caller. */
export function channelOf(channel: Fields): string | undefined {
  return isFields(channel['from']) ? full(channel['from']['type']) : undefined;
}

type Reason = { readonly statusCode?: number; readonly reasonCode?: string; readonly reason?: string };

/** Reason of a departure or hang-up, as far as it is given. */
export function reasonOf(body: Fields): Reason {
  const reason = isFields(body['reason']) ? body['reason'] : {};
  return compact({
    statusCode: finite(reason['sip_code']),
    reasonCode: full(reason['code']),
    reason: full(reason['text']),
  });
}

/** How it was, in the service's own measure. */
export function qualityOf(body: Fields): QualitySummary | undefined {
  const { quality } = body;
  if (!isFields(quality)) return undefined;
  return compact({
    mos: finite(quality['mos_score']),
    percentage: finite(quality['quality_percentage']),
    jitter: jitterOf(quality),
    packets: finite(quality['packet_cnt']),
    loss: finite(quality['packet_loss_perc']),
    flaws: finite(quality['flaw_total']),
  });
}

function jitterOf(quality: Fields): QualitySummary['jitter'] {
  const [min, max, lossRate, burstRate] = ['min_var', 'max_var', 'loss_rate', 'burst_rate'].map(name =>
    finite(quality[`jitter_${name}`]),
  );
  return min === undefined || max === undefined || lossRate === undefined || burstRate === undefined
    ? undefined
    : { min, max, lossRate, burstRate };
}
