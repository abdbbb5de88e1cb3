import type { CallState, InputPatch, Patch } from '../call/state.js';
import { fault } from '../core/fault.js';
import { andThen, transition, type Moment } from '../core/transition.js';
import type { Choice } from '../media/model.js';
import {
  effective,
  isGone,
  listOf,
  released,
  silencing,
  standing,
  useOf,
  wishFor,
  type MediaRecord,
  type Wish,
} from '../media/step.js';
import { runCall } from './run.js';
import type { State, ClientTurn } from './state.js';

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
export const syncDevices = (state: State, before: State, moment: Moment): ClientTurn => {
  if (state.media === before.media && state.calls === before.calls) return transition(state);
  const followed = sides.reduce<ClientTurn>(
    (done, side) => andThen(done, now => syncSide(now, before, side, moment)),
    transition(state),
  );
  return andThen(followed, now => {
    const media = withDevicesInUse(now);
    if (media === now.media) return transition(now);
    const isNew = media.devices.input.silenced === true && now.media.devices.input.silenced === undefined;
    return transition({ ...now, media }, { events: isNew ? [{ _tag: 'fault', fault: noSound }] : [] });
  });
};

const noSound = fault('mic-failed', { message: 'The microphone is silenced.' });

const sides = ['input', 'output'] as const;
type CallSide = Patch['side'];

const syncSide = (state: State, before: State, side: CallSide, moment: Moment): ClientTurn =>
  live(state).reduce<ClientTurn>((done, record) => {
    const former = before.calls.get(record.call.id);
    if (!devicesChanged(state, before, side) && (former === undefined || isSameOrder(record, former, side)))
      return done;
    const id = effective(choiceOf(state.media, record, side), state.media.devices[listOf(side)]);
    if (id === wantedOf(record, side).id && !isToReopen(state, before, side)) return done;
    return andThen(done, now => runCall(now, record.call.id, { _tag: 'adjust', side, patch: { id } }, moment));
  }, transition(state));

/** Ended calls use nothing any more. */
const live = ({ calls }: State): readonly CallState[] => [...calls.values()].filter(({ phase }) => phase !== 'ended');

const devicesChanged = ({ media }: State, before: State, side: CallSide): boolean =>
  media.devices[listOf(side)] !== before.media.devices[listOf(side)];

/** The microphone has gone away under the same wish, or one is there again after it was missed. */
const isToReopen = ({ media }: State, { media: before }: State, side: CallSide): boolean => {
  if (side === 'output' || media.devices.inputs === before.devices.inputs) return false;
  const isBack = before.devices.input.use === 'lost' && useOf(media, side) !== 'lost';
  return isBack || (media.vanished && !before.vanished);
};

/** The settings that were ordered last, whether or not the outcome is there. */
const wantedOf = ({ adjusting, call }: CallState, side: CallSide): InputPatch =>
  Object.values(adjusting)
    .filter(adjustment => adjustment.side === side)
    .at(-1)?.settings ?? call[side];

/** The choice that applies to a call: its own, or that of all calls. */
const choiceOf = ({ devices }: MediaRecord, record: CallState, side: CallSide): Wish => {
  if (!hasOwn(record, side)) return devices[side];
  const { id, others = id === undefined ? [] : [id] } = wantedOf(record, side);
  const [chosen, ...rest] = others;
  return wishFor(chosen, rest);
};

const hasOwn = ({ ownSettings }: CallState, side: CallSide): boolean => ownSettings.includes(`${side}.id`);

const isSameOrder = (record: CallState, former: CallState, side: CallSide): boolean =>
  wantedOf(record, side).others === wantedOf(former, side).others;

/** Updates which devices are in use. */
const withDevicesInUse = (state: State): MediaRecord => {
  const using = live(state).filter(({ phase }) => phase !== 'offered');
  const media = using.length === 0 ? released(state.media) : state.media;
  const heard = silencing(
    media,
    using.some(({ call }) => call.silenced === true),
  );
  const seen = sides.reduce((now, side) => standing(now, side, usedOf(now, using, side)), heard);
  return standing(seen, 'ringer', useOf(seen, 'ringer'));
};

const usedOf = (media: MediaRecord, using: readonly CallState[], side: CallSide): Choice['use'] => {
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
};
