import { ringerOf } from '../media/step.js';
import type { OutputSettings } from '../media/model.js';
import type { DeviceOrder, Notice } from '../media/port.js';
import type { CallState } from '../call/state.js';
import { compact } from '../core/compact.js';
import { isSeen, type State } from './state.js';

/** Effects on the platform, as a function of the state. */
type PlatformEffects = {
  readonly ring: OutputSettings | undefined;
  readonly guard: boolean;
  readonly notices: readonly Notice[];
};

/**
 * Orders to the platform that follow from calls and page: ring, guard against leaving, notify while the page is hidden.
 *
 *     call    --i---a---e--     i  comes in     a  is answered        e  ends
 *     ring    --r---h------     r  rings        h  is silent again
 *     guard   --g-------f--     g  is guarded   f  may be left freely
 *
 * It rings while a call waits to be answered. It does not while we talk in another one, whose far side would hear it, nor
 * while nobody is to be disturbed; a call that we hold does not keep it silent.
 */
export function platformEffects(state: State, before: State): readonly DeviceOrder[] {
  if (state.calls === before.calls && state.media === before.media && state.doNotDisturb === before.doNotDisturb)
    return [];
  const now = effectsOf(state);
  const then = effectsOf(before);
  return [
    ...(isSame(now.ring, then.ring) ? [] : [ringing(now.ring)]),
    ...(now.guard === then.guard ? [] : [{ _tag: 'guard', on: now.guard } as const]),
    ...(isSame(now.notices, then.notices) ? [] : [{ _tag: 'notify', calls: now.notices } as const]),
  ];
}

function effectsOf({ calls, media, doNotDisturb }: State): PlatformEffects {
  const live = [...calls.values()].filter(record => isSeen(record) && record.phase !== 'ended');
  const offered = doNotDisturb ? [] : live.filter(({ phase }) => phase === 'offered');
  return {
    ring: offered.length > 0 && !live.some(isTalking) ? ringerOf(media.devices) : undefined,
    guard: live.length > 0,
    notices: media.page.visible ? [] : offered.map(noticeOf),
  };
}

function isTalking({ phase, call }: CallState): boolean {
  return phase !== 'offered' && !call.hold.local;
}

function noticeOf({ call: { id, phoneNumber, displayName } }: CallState): Notice {
  return {
    id,
    phoneNumber,
    ...compact({ displayName }),
  };
}

function ringing(output: OutputSettings | undefined): DeviceOrder {
  return output === undefined ? { _tag: 'hush' } : { _tag: 'ring', output };
}

/** Deep comparison of small plain objects. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
