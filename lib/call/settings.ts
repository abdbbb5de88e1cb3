import { isLeft, left } from '../core/either.js';
import { compact } from '../core/compact.js';
import { resolve } from '../core/transition.js';
import type { InputSettings, OutputSettings } from '../media/model.js';
import {
  turnTo,
  mint,
  showing,
  succeed,
  type Adjustment,
  type CallInput,
  type CallRecord,
  type CallTurn,
  type Patch,
} from './record.js';

type Is<Tag extends CallInput['_tag']> = Extract<CallInput, { readonly _tag: Tag }>;

/** Settings with a patch applied; `id: undefined` takes the choice back. */
const patched = <A extends { readonly id?: string }>(settings: A, patch: { readonly id?: string | undefined }): A => {
  const { id: _, ...rest } = { ...settings, ...patch };
  const id = 'id' in patch ? patch.id : settings.id;
  return { ...rest, ...compact({ id }) } as A;
};

/** The settings that are wished for: what was asked for last, whether or not it has been done yet. */
const wished = (record: CallRecord, side: Patch['side']): InputSettings | OutputSettings => {
  const open = Object.values(record.adjusting).filter(adjustment => adjustment.side === side);
  return (
    open[open.length - 1]?.settings ??
    (side === 'input' ? record.call.input : { ...record.call.output, muted: record.call.earmuffed })
  );
};

/** A change for a call that has no media yet: it will begin with it. */
export const adjustLater = (record: CallRecord, input: Is<'adjust'>): CallTurn => {
  const state = owning(
    applied(record, { side: input.side, settings: patched(wished(record, input.side), input.patch) } as Adjustment),
    input,
  );
  return turnTo(state, { outcomes: succeed(state, input.command) });
};

/** A change for a call with media, without negotiation. */
export const adjust = (record: CallRecord, input: Is<'adjust'>): CallTurn =>
  order(owning(record, input), {
    ...commandOf(input),
    side: input.side,
    settings: patched(wished(record, input.side), input.patch),
  } as Adjustment);

const commandOf = ({ command }: { readonly command?: string }): { readonly command?: string } =>
  command === undefined ? {} : { command };

/** A change that somebody asked for this call alone outlives a change of the defaults. */
const owning = (record: CallRecord, { command, side, patch }: Is<'adjust'>): CallRecord =>
  command === undefined
    ? record
    : { ...record, own: [...new Set([...record.own, ...Object.keys(patch).map(key => `${side}.${key}`)])] };

const order = (record: CallRecord, adjustment: Adjustment): CallTurn => {
  const { ref, next } = mint(record, adjustment.side);
  const { id: call } = record.call;
  const state = { ...next, adjusting: { ...record.adjusting, [ref]: adjustment } };
  return turnTo(state, {
    orders: [
      adjustment.side === 'input'
        ? { _tag: 'input', ref, call, input: adjustment.settings }
        : { _tag: 'output', ref, call, output: adjustment.settings },
    ],
  });
};

/** The change has been made, or could not: then everything is as it was. */
export const adjusted = (record: CallRecord, { ref, result }: Is<'adjusted'>): CallTurn => {
  const { [ref]: adjustment, ...adjusting } = record.adjusting;
  if (adjustment === undefined) return turnTo(record);
  const rest = { ...record, adjusting };
  if (!isLeft(result)) {
    const state = applied(rest, adjustment);
    return turnTo(state, { outcomes: succeed(state, adjustment.command) });
  }
  const { fault } = result.left;
  return turnTo(rest, {
    // A call that ends takes its open changes with it, and `end` says why.
    events: fault.code === 'call-ended' ? [] : [{ _tag: 'fault', fault }],
    outcomes: adjustment.command === undefined ? [] : [resolve(adjustment.command, left(fault))],
  });
};

const applied = (record: CallRecord, adjustment: Adjustment): CallRecord => {
  if (adjustment.side === 'input') return showing(record, { input: adjustment.settings });
  const { muted, ...output } = adjustment.settings;
  return showing(record, { output, earmuffed: muted });
};

/** The platform takes the microphone's sound away, or gives it back. */
export const silenced = (record: CallRecord, { on }: Is<'silenced'>): CallTurn => {
  const { silenced: _, ...call } = record.call;
  return turnTo({ ...record, call: on ? { ...call, silenced: on } : call });
};

/** The far side is silenced here, or heard again. */
export const earmuff = (record: CallRecord, { command, on }: Is<'earmuff'>): CallTurn =>
  order(record, { command, side: 'output', settings: { ...(wished(record, 'output') as OutputSettings), muted: on } });

export const earmuffLater = (record: CallRecord, { command, on }: Is<'earmuff'>): CallTurn => {
  const state = showing(record, { earmuffed: on });
  return turnTo(state, { outcomes: succeed(state, command) });
};
