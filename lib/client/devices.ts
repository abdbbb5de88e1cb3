import type { InputPatch, OutputPatch } from '../call/record.js';
import { left, right } from '../kernel/either.js';
import { fault } from '../kernel/fault.js';
import { after, andThen, settle, turn, type Moment } from '../kernel/turn.js';
import type { Ref } from '../kernel/units.js';
import { choosing } from '../media/step.js';
import type { DeviceOrder } from '../media/port.js';
import type { Command } from './command.js';
import type { ClientTurn } from './input.js';
import { runCall } from './run.js';
import { put, type State } from './state.js';

type Is<Tag extends Command['_tag']> = Extract<Command, { readonly _tag: Tag }>;

/** For all calls to come, and for the live ones that had no choice of their own. */
export const choose = (state: State, ref: Ref, choice: Is<'choose'>, moment: Moment): ClientTurn => {
  const { side, patch } = clamped(choice);
  const { id, ...rest } = patch;
  const { chosen: _, ...devices } = state.media.devices[side];
  const kept = 'id' in patch ? id : state.media.devices[side].chosen;
  const settings = { ...devices, ...rest, ...(kept === undefined ? {} : { chosen: kept }) };
  const chosen: State = { ...state, media: choosing(state.media, side, settings) };
  if (side === 'ringer') return turn(chosen, { settled: [settle(ref, right(undefined))] });
  return [...state.calls.values()]
    .filter(({ phase }) => phase !== 'ended')
    .reduce<ClientTurn>(
      (done, { call, own }) => {
        const followed = Object.fromEntries(Object.entries(patch).filter(([key]) => !own.includes(`${side}.${key}`)));
        if (Object.keys(followed).length === 0) return done;
        return andThen(done, before => runCall(before, call.id, { _tag: 'adjust', side, patch: followed }, moment));
      },
      turn(chosen, { settled: [settle(ref, right(undefined))] }),
    );
};

/** A volume beyond its bounds is as loud, or as low, as can be. */
export const clamped = <A extends object>(command: A): A => {
  const { patch } = command as { readonly patch?: InputPatch | OutputPatch };
  return patch?.volume === undefined
    ? command
    : { ...command, patch: { ...patch, volume: Math.min(1, Math.max(0, patch.volume)) } };
};

/** How long a person may look at a question, and the platform at ours. */
const patience = { 'ask-permission': 120_000, unlock: 10_000 } as const;

/** Asks the platform for something that a command waits for. */
export const toPlatform = (state: State, ref: Ref, tag: 'ask-permission' | 'unlock'): ClientTurn => {
  if (state.connected !== 'yes') return turn(state, { settled: [settle(ref, left(fault('disconnected')))] });
  const order = `${tag}:${ref}`;
  return turn(
    { ...state, pending: put(state.pending, order, { _tag: tag, command: ref }) },
    {
      orders: [
        { _tag: 'to-platform', order: { _tag: tag, ref: order } },
        after(`deadline:${order}`, patience[tag], { _tag: 'deadline', ref: order }),
      ],
    },
  );
};

/** What the platform has to do for the calls and the page as they are: ring, guard the page, show what nobody looks at. */
export const attend = (_: State, __: State): readonly DeviceOrder[] => [];

/** The devices have changed: what is used follows. */
export const devicesFollow = (state: State, _: State, __: Moment): ClientTurn => turn(state);
