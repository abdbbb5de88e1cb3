import { after, cancelAfter, transition, type After, type CancelAfter, type Transition } from '../core/transition.js';
import type { MemberId, Presence, PresenceState, Typing } from './model.js';
import type { Json, Millis } from '../core/port.js';

/** Typing and presence, from ephemeral events. */
export type Indicators = { readonly typing: Typing; readonly presence: Presence };

/** How a sign is written; other bodies of ephemeral events are the application's own. */
export type Indicator =
  { readonly type: 'typing'; readonly on: boolean } | { readonly type: 'presence'; readonly state: PresenceState };

export type IndicatorInput =
  | { readonly _tag: 'sign'; readonly member: MemberId; readonly sign: Indicator }
  /** The line is down: all indicators expire. */
  | { readonly _tag: 'gone' };

type IndicatorsTransition = Transition<Indicators, After<IndicatorInput> | CancelAfter, never>;

export const noIndicators: Indicators = { typing: [], presence: {} };

/** An indicator expires unless it is repeated: a user whose network fails sends no end. */
const expiresInMs: Readonly<Record<Indicator['type'], Millis>> = { typing: 6_000, presence: 90_000 };

/** The signs of one conversation as a pure fold. */
export function stepIndicators(state: Indicators, input: IndicatorInput): IndicatorsTransition {
  if (input._tag === 'gone') return forgotten(state);
  const { member, sign } = input;
  const key = `${sign.type}:${member}`;
  const off = over(sign);
  return transition(off === sign ? without(state, member, sign.type) : shown(state, member, sign), {
    orders: [off === sign ? cancelAfter(key) : after(key, expiresInMs[sign.type], { _tag: 'sign', member, sign: off })],
  });
}

function forgotten(state: Indicators): IndicatorsTransition {
  const shown = [
    ...state.typing.map(member => `typing:${member}`),
    ...Object.keys(state.presence).map(member => `presence:${member}`),
  ];
  return shown.length === 0 ? transition(state) : transition(noIndicators, { orders: shown.map(cancelAfter) });
}

/** The sign that ends this one; itself when it is an end. */
function over(sign: Indicator): Indicator {
  if (sign.type === 'typing') return sign.on ? { type: 'typing', on: false } : sign;
  return sign.state === 'offline' ? sign : { type: 'presence', state: 'offline' };
}

function shown(state: Indicators, member: MemberId, sign: Indicator): Indicators {
  if (sign.type === 'presence')
    return state.presence[member] === sign.state
      ? state
      : { ...state, presence: Object.fromEntries([...Object.entries(state.presence), [member, sign.state]]) };
  return state.typing.includes(member) ? state : { ...state, typing: [...state.typing, member] };
}

function without(state: Indicators, member: MemberId, type: Indicator['type']): Indicators {
  if (type === 'typing')
    return state.typing.includes(member) ? { ...state, typing: state.typing.filter(one => one !== member) } : state;
  const rest = Object.entries(state.presence).filter(([one]) => one !== member);
  return rest.length === Object.keys(state.presence).length ? state : { ...state, presence: Object.fromEntries(rest) };
}

/** The sign in this body, if it is one. */
export function indicatorOf(body: Json): Indicator | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { type, on, state } = body as { readonly type?: Json; readonly on?: Json; readonly state?: Json };
  if (type === 'typing' && typeof on === 'boolean') return { type, on };
  return type === 'presence' && (state === 'online' || state === 'away' || state === 'offline')
    ? { type, state }
    : undefined;
}
