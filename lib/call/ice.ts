import type { CallReport } from './port.js';
import type { Millis } from '../core/port.js';

/** State of ICE gathering. SIP here has no trickle: candidates after the description are lost. */
export type Ice = {
  readonly servers: 'none' | 'stun' | 'turn';
  readonly relayOnly: boolean;
  readonly since: Millis;
  readonly firstHost?: Millis;
  readonly last?: Millis;
  readonly reflexive: boolean;
  readonly relay: boolean;
  /** The platform has finished gathering. */
  readonly complete: boolean;
  /** Every server reported an error. */
  readonly unreachable: boolean;
};

/** Time to send the description; `never` with relay-only policy and no relay candidate. */
export type SendAt = { readonly _tag: 'at'; readonly at: Millis } | { readonly _tag: 'never'; readonly at: Millis };

/** Candidates come in bursts; a pause of this length ends one. */
const burstGapMs: Millis = 20;
/** How long a server may keep us waiting, counted from the first host candidate. */
const serverTimeoutMs = { none: 0, stun: 300, turn: 2_000 } as const;
/** Longest wait for the first candidate: a description without candidates gives no audio. */
const firstCandidateTimeoutMs: Millis = 5_000;

type Gathering = Extract<CallReport, { readonly _tag: 'gathering' | 'candidate' | 'gathered' | 'unreachable' }>;

function begin(servers: Ice['servers'], relayOnly: boolean, since: Millis): Ice {
  return {
    servers,
    relayOnly,
    since,
    reflexive: false,
    relay: false,
    complete: false,
    unreachable: false,
  };
}

/** Applies a report of gathering. */
export function observe(ice: Ice | undefined, report: Gathering, at: Millis): Ice {
  if (report._tag === 'gathering') return begin(report.servers, report.relayOnly, at);
  const known = ice ?? begin('none', false, at);
  if (report._tag === 'gathered') return { ...known, complete: true };
  if (report._tag === 'unreachable') return { ...known, unreachable: true };
  return {
    ...known,
    last: at,
    ...(report.kind === 'host' && known.firstHost === undefined ? { firstHost: at } : {}),
    reflexive: known.reflexive || report.kind === 'srflx',
    relay: known.relay || report.kind === 'relay',
  };
}

/**
 * When the offer or answer leaves.
 *
 *     host-----srflx--relay----|
 *     none     20 ms after the last candidate
 *     stun     20 ms after the first srflx, or 300 ms after the first host
 *     turn     20 ms after the first relay, or 2 s after the first host
 *
 * or when gathering is complete, or every server has failed; never with no candidate at all before 5 s, and with
 * relays only never without a relay. The figures are those of 1005 measured calls.
 */
export function sendAt(ice: Ice): SendAt {
  const { since, last, relayOnly, relay, complete } = ice;
  if (relayOnly && !relay)
    return { _tag: 'never', at: complete || ice.unreachable ? since : since + firstCandidateTimeoutMs };
  if (last === undefined) return { _tag: 'at', at: since + firstCandidateTimeoutMs };
  if (complete) return { _tag: 'at', at: last };
  return {
    _tag: 'at',
    at: enough(ice)
      ? last + burstGapMs
      : Math.max(last + burstGapMs, (ice.firstHost ?? since) + serverTimeoutMs[ice.servers]),
  };
}

function enough({ servers, reflexive, relay, unreachable }: Ice): boolean {
  return unreachable || { none: true, stun: reflexive || relay, turn: relay }[servers];
}
