import type { InputOf } from './state.js';
import { isLeft, left } from '../core/either.js';
import { compact } from '../core/compact.js';
import { resolve } from '../core/transition.js';
import type { InputSettings, OutputSettings } from '../media/model.js';
import {
  callTransition,
  nextRequest,
  patchCall,
  callOutcome,
  type Adjustment,
  type CallState,
  type CallTransition,
  type Patch,
} from './state.js';

/** Merges a patch; `id: undefined` selects the platform's default. */
function patched<A extends { readonly id?: string }>(settings: A, patch: { readonly id?: string | undefined }): A {
  const { id: _, ...rest } = { ...settings, ...patch };
  const id = 'id' in patch ? patch.id : settings.id;
  return { ...rest, ...compact({ id }) } as A;
}

/** Settings requested last, else the applied ones. */
function wished(record: CallState, side: Patch['side']): InputSettings | OutputSettings {
  const open = Object.values(record.adjusting).filter(adjustment => adjustment.side === side);
  return (
    open[open.length - 1]?.settings ??
    (side === 'input' ? record.call.input : { ...record.call.output, muted: record.call.earmuffed })
  );
}

/** A change for a call that has no media yet: it will begin with it. */
export function adjustLater(record: CallState, input: InputOf<'adjust'>): CallTransition {
  const state = owning(
    applied(record, { side: input.side, settings: patched(wished(record, input.side), input.patch) } as Adjustment),
    input,
  );
  return callTransition(state, { outcomes: callOutcome(state, input.command) });
}

/** A change for a call with media, without negotiation. */
export function adjust(record: CallState, input: InputOf<'adjust'>): CallTransition {
  return order(owning(record, input), {
    ...commandOf(input),
    side: input.side,
    settings: patched(wished(record, input.side), input.patch),
  } as Adjustment);
}

function commandOf({ command }: { readonly command?: string }): { readonly command?: string } {
  return command === undefined ? {} : { command };
}

/** A change for one call is kept when the default changes. */
function owning(record: CallState, { command, side, patch }: InputOf<'adjust'>): CallState {
  return command === undefined
    ? record
    : {
        ...record,
        ownSettings: [...new Set([...record.ownSettings, ...Object.keys(patch).map(key => `${side}.${key}`)])],
      };
}

function order(record: CallState, adjustment: Adjustment): CallTransition {
  const { ref, next } = nextRequest(record, adjustment.side);
  const { id: call } = record.call;
  const state = { ...next, adjusting: { ...record.adjusting, [ref]: adjustment } };
  return callTransition(state, {
    orders: [
      adjustment.side === 'input'
        ? { _tag: 'input', ref, call, input: adjustment.settings }
        : { _tag: 'output', ref, call, output: adjustment.settings },
    ],
  });
}

/** Outcome of a device order: applies the settings, or keeps the previous ones and emits a fault. */
export function adjusted(record: CallState, { ref, result }: InputOf<'input-done' | 'output-done'>): CallTransition {
  const { [ref]: adjustment, ...adjusting } = record.adjusting;
  if (adjustment === undefined) return callTransition(record);
  const rest = { ...record, adjusting };
  if (!isLeft(result)) {
    const state = applied(rest, adjustment);
    return callTransition(state, { outcomes: callOutcome(state, adjustment.command) });
  }
  const { fault } = result.left;
  return callTransition(rest, {
    // The end of the call concludes its open changes.
    events: fault.code === 'call-ended' ? [] : [{ _tag: 'fault', fault }],
    outcomes: adjustment.command === undefined ? [] : [resolve(adjustment.command, left(fault))],
  });
}

function applied(record: CallState, adjustment: Adjustment): CallState {
  if (adjustment.side === 'input') return patchCall(record, { input: adjustment.settings });
  const { muted, ...output } = adjustment.settings;
  return patchCall(record, { output, earmuffed: muted });
}

/** The platform has muted or unmuted the track. */
export function silenced(record: CallState, { on }: InputOf<'silenced'>): CallTransition {
  const { silenced: _, ...call } = record.call;
  return callTransition({ ...record, call: on ? { ...call, silenced: on } : call });
}

/** Earmuff: silences the far side locally. */
export function earmuff(record: CallState, { command, on }: InputOf<'earmuff'>): CallTransition {
  return order(record, {
    command,
    side: 'output',
    settings: { ...(wished(record, 'output') as OutputSettings), muted: on },
  });
}

export function earmuffLater(record: CallState, { command, on }: InputOf<'earmuff'>): CallTransition {
  const state = patchCall(record, { earmuffed: on });
  return callTransition(state, { outcomes: callOutcome(state, command) });
}
