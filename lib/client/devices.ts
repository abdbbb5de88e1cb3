import type { InputPatch, OutputPatch, CallState, Patch } from '../call/state.js';
import { left, right } from '../core/either.js';
import { fault } from '../core/fault.js';
import { after, andThen, resolve, transition, type Moment } from '../core/transition.js';
import {
  choosing,
  effective,
  listOf,
  wishFor,
  isGone,
  released,
  silencing,
  standing,
  useOf,
  type MediaRecord,
  type Wish,
} from '../media/step.js';
import type { Command } from './command.js';
import { runCall } from './run.js';
import { changedCalls, haveCallsChanged, put, type State, type ClientTurn } from './state.js';
import type { Choice } from '../media/model.js';
import type { Ref } from '../core/port.js';

type Is<Tag extends Command['_tag']> = Extract<Command, { readonly _tag: Tag }>;

/** For all calls to come, and for the live ones that had no choice of their own. */
export function choose(state: State, ref: Ref, choice: Is<'choose'>, moment: Moment): ClientTurn {
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
}

/** Clamps the volume to 0 to 1. */
function bounded<A extends OutputPatch>(patch: A): A {
  return patch.volume === undefined ? patch : { ...patch, volume: Math.min(1, Math.max(0, patch.volume)) };
}

/**
 * A choice as a call is to keep it: within its bounds, and with all the devices of its order in `others`, so that it is
 * still known what was wanted while another one is used.
 */
export function clamped<A extends object>(command: A): A {
  const { patch } = command as { readonly patch?: InputPatch | OutputPatch };
  if (patch === undefined) return command;
  const { id, others = [] } = patch;
  return {
    ...command,
    patch: { ...bounded(patch), ...('id' in patch ? { others: id === undefined ? [] : [id, ...others] } : {}) },
  };
}

/** Timeouts in ms: a person answers a permission prompt, the platform an unlock. */
const patience = { 'ask-permission': 120_000, unlock: 10_000 } as const;

/** Asks the platform for something that a command waits for. */
export function toPlatform(state: State, ref: Ref, tag: 'ask-permission' | 'unlock'): ClientTurn {
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
}

/**
 * The devices have changed: what the live calls use follows, without negotiation.
 *
 *     plugged  ab------b------ab---     a was chosen, and b after it
 *     call     a-------(b)b---(a)a-     in brackets: asked for
 *     use      chosen--lost-fallback--chosen
 *
 * A call that has a choice of its own follows that one. Each change of the list is answered by one attempt: where that
 * fails, the next change is the next occasion.
 */
export function syncDevices(state: State, before: State, moment: Moment): ClientTurn {
  if (state.media === before.media && state.calls === before.calls) return transition(state);
  const followed = sides.reduce<ClientTurn>(
    (done, side) => andThen(done, now => syncSide(now, before, side, moment)),
    transition(state),
  );
  return andThen(followed, now => {
    const media = isUseChanged(now, before) ? withDevicesInUse(now) : now.media;
    if (media === now.media) return transition(now);
    const isNew = media.devices.input.silenced === true && now.media.devices.input.silenced === undefined;
    return transition({ ...now, media }, { events: isNew ? [{ _tag: 'fault', fault: noSound }] : [] });
  });
}

const noSound = fault('mic-failed', { message: 'The microphone is silenced.' });

const sides = ['input', 'output'] as const;
type CallSide = Patch['side'];

function syncSide(state: State, before: State, side: CallSide, moment: Moment): ClientTurn {
  return (devicesChanged(state, before, side) ? live(state) : reordered(state, before, side)).reduce<ClientTurn>(
    (done, record) => {
      const id = effective(choiceOf(state.media, record, side), state.media.devices[listOf(side)]);
      if (id === wantedOf(record, side).id && !isToReopen(state, before, side)) return done;
      return andThen(done, now => runCall(now, record.call.id, { _tag: 'adjust', side, patch: { id } }, moment));
    },
    transition(state),
  );
}

/** Calls that have not ended. */
function live({ calls }: State): readonly CallState[] {
  return [...calls.values()].filter(({ phase }) => phase !== 'ended');
}

function devicesChanged({ media }: State, before: State, side: CallSide): boolean {
  return media.devices[listOf(side)] !== before.media.devices[listOf(side)];
}

/** The microphone was unplugged, or plugged in again, under the same choice. */
function isToReopen({ media }: State, { media: before }: State, side: CallSide): boolean {
  if (side === 'output' || media.devices.inputs === before.devices.inputs) return false;
  const isBack = before.devices.input.use === 'lost' && useOf(media, side) !== 'lost';
  return isBack || (media.vanished && !before.vanished);
}

/** Settings ordered last, else the applied ones. */
function wantedOf({ adjusting, call }: CallState, side: CallSide): InputPatch {
  return (
    Object.values(adjusting)
      .filter(adjustment => adjustment.side === side)
      .at(-1)?.settings ?? call[side]
  );
}

/** The choice that applies to a call: its own, or that of all calls. */
function choiceOf({ devices }: MediaRecord, record: CallState, side: CallSide): Wish {
  if (!hasOwn(record, side)) return devices[side];
  const { id, others = id === undefined ? [] : [id] } = wantedOf(record, side);
  const [chosen, ...rest] = others;
  return wishFor(chosen, rest);
}

function hasOwn({ ownSettings }: CallState, side: CallSide): boolean {
  return ownSettings.includes(`${side}.id`);
}

/** The live calls whose own order of devices has changed. */
function reordered(state: State, before: State, side: CallSide): readonly CallState[] {
  return changedCalls(state, before).filter(record => {
    const former = before.calls.get(record.call.id);
    return (
      record.phase !== 'ended' &&
      former !== undefined &&
      wantedOf(record, side).others !== wantedOf(former, side).others
    );
  });
}

/** True when something has changed that decides which devices are in use. */
function isUseChanged(state: State, before: State): boolean {
  return (
    state.media !== before.media ||
    haveCallsChanged(state, before, ({ phase, adjusting, ownSettings, call: { input, output, silenced } }) => [
      phase,
      adjusting,
      ownSettings,
      input,
      output,
      silenced,
    ])
  );
}

/** Updates which devices are in use. */
function withDevicesInUse(state: State): MediaRecord {
  const using = live(state).filter(({ phase }) => phase !== 'offered');
  const media = using.length === 0 ? released(state.media) : state.media;
  const heard = silencing(
    media,
    using.some(({ call }) => call.silenced === true),
  );
  const seen = sides.reduce((now, side) => standing(now, side, usedOf(now, using, side)), heard);
  return standing(seen, 'ringer', useOf(seen, 'ringer'));
}

function usedOf(media: MediaRecord, using: readonly CallState[], side: CallSide): Choice['use'] {
  const following = using.filter(record => !hasOwn(record, side));
  const { [side]: choice, [listOf(side)]: list } = media.devices;
  const device = effective(choice, list);
  const isLost = ({ call }: CallState): boolean =>
    isGone(media, side, call[side].id) || (side === 'input' && media.vanished);
  const isElsewhere = ({ call }: CallState): boolean => call[side].id !== device;
  const isMoving = ({ adjusting }: CallState): boolean =>
    Object.values(adjusting).some(adjustment => adjustment.side === side);
  if (following.some(isLost)) return 'lost';
  const elsewhere = following.filter(isElsewhere);
  if (elsewhere.length === 0) return useOf(media, side);
  return elsewhere.some(isMoving) ? choice.use : 'fallback';
}
