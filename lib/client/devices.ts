import type { InputPatch, OutputPatch } from '../call/state.js';
import { left, right } from '../core/either.js';
import { fault } from '../core/fault.js';
import { after, andThen, resolve, transition, type Moment } from '../core/transition.js';
import type { Ref } from '../core/units.js';
import { choosing, effective, listOf, wishFor } from '../media/step.js';
import type { Command } from './command.js';
import { runCall } from './run.js';
import { put, type State, type ClientTurn } from './state.js';

export { platformEffects } from './platform-effects.js';
export { syncDevices } from './device-sync.js';

type Is<Tag extends Command['_tag']> = Extract<Command, { readonly _tag: Tag }>;

/** For all calls to come, and for the live ones that had no choice of their own. */
export const choose = (state: State, ref: Ref, choice: Is<'choose'>, moment: Moment): ClientTurn => {
  const { side } = choice;
  const patch: InputPatch = bounded(choice.patch);
  const { id, ...rest } = patch;
  const { chosen: _, ...devices } = state.media.devices[side];
  const kept = 'id' in patch ? id : state.media.devices[side].chosen;
  const settings = { ...devices, ...rest, ...(kept === undefined ? {} : { chosen: kept }) };
  const chosen: State = { ...state, media: choosing(state.media, side, settings) };
  if (side === 'ringer') return transition(chosen, { outcomes: [resolve(ref, right(undefined))] });
  const { others = [], ...wanted } = patch;
  const list = state.media.devices[listOf(side)];
  const there = 'id' in patch ? { ...wanted, id: effective(wishFor(id, others), list) } : wanted;
  return [...state.calls.values()]
    .filter(({ phase }) => phase !== 'ended')
    .reduce<ClientTurn>(
      (done, { call, ownSettings }) => {
        const followed = Object.fromEntries(
          Object.entries(there).filter(([key]) => !ownSettings.includes(`${side}.${key}`)),
        );
        if (Object.keys(followed).length === 0) return done;
        return andThen(done, before => runCall(before, call.id, { _tag: 'adjust', side, patch: followed }, moment));
      },
      transition(chosen, { outcomes: [resolve(ref, right(undefined))] }),
    );
};

/** A volume beyond its bounds is as loud, or as low, as can be. */
const bounded = <A extends OutputPatch>(patch: A): A =>
  patch.volume === undefined ? patch : { ...patch, volume: Math.min(1, Math.max(0, patch.volume)) };

/**
 * A choice as a call is to keep it: within its bounds, and with all the devices of its order in `others`, so that it is
 * still known what was wanted while another one is used.
 */
export const clamped = <A extends object>(command: A): A => {
  const { patch } = command as { readonly patch?: InputPatch | OutputPatch };
  if (patch === undefined) return command;
  const { id, others = [] } = patch;
  return {
    ...command,
    patch: { ...bounded(patch), ...('id' in patch ? { others: id === undefined ? [] : [id, ...others] } : {}) },
  };
};

/** How long a person may look at a question, and the platform at ours. */
const patience = { 'ask-permission': 120_000, unlock: 10_000 } as const;

/** Asks the platform for something that a command waits for. */
export const toPlatform = (state: State, ref: Ref, tag: 'ask-permission' | 'unlock'): ClientTurn => {
  if (state.connected !== 'yes') return transition(state, { outcomes: [resolve(ref, left(fault('disconnected')))] });
  const order = `${tag}:${ref}`;
  return transition(
    { ...state, pending: put(state.pending, order, { _tag: tag, command: ref }) },
    {
      orders: [
        { _tag: 'to-platform', order: { _tag: tag, ref: order } },
        after(`deadline:${order}`, patience[tag], { _tag: 'deadline', ref: order }),
      ],
    },
  );
};
