import { distinct, filter, forkJoin, map, mergeMap, of, type Observable } from 'rxjs';
import type { Call } from '../call/model.js';
import type { Client, ForCall } from '../client/model.js';
import { isLeft, right } from '../core/either.js';
import type { Registry } from './listeners.js';
import type { VBotInputChange, VBotMedia, VBotOutputChange, VBotSessionMedia } from './model.js';
import { done } from './promise.js';
import { inputOf, outputOf } from './settings.js';
import { toVolume } from './volume.js';
import type { Outcome } from '../core/port.js';
import { snapshot } from '../core/streams.js';

type Outcomes = readonly Outcome<unknown>[];
/** Target of a setting: side, and a call or the default. */
type Place = {
  readonly side: 'input' | 'output';
  readonly scope: ForCall;
  readonly silence: (on: boolean) => Outcomes;
};

/** One command per property; mute comes first, so that nothing becomes audible. */
function changing(client: Client, { side, scope, silence }: Place) {
  return (change: VBotInputChange): Outcomes => {
    const { id, volume, audioProcessing, muted } = change;
    const choose = (): Outcome<undefined> =>
      side === 'input' ? client.chooseInput(id, scope) : client.chooseOutput(id, scope);
    return [
      ...(muted === undefined ? [] : silence(muted)),
      ...('id' in change ? [choose()] : []),
      ...(audioProcessing === undefined ? [] : [client.setProcessing(audioProcessing, scope)]),
      ...(volume === undefined ? [] : [client.setVolume(side, toVolume(volume), scope)]),
    ];
  };
}

/** One outcome of several: the first failure, if there is one. */
function together(outcomes: Outcomes): Outcome<unknown> {
  return outcomes.length === 0
    ? of(right(undefined))
    : forkJoin(outcomes).pipe(map(results => results.find(isLeft) ?? right(undefined)));
}

/** The media of one call: every read is of the call as it is now, every write is a command. */
export function sessionMedia(client: Client, call: string, now: () => Call): VBotSessionMedia {
  const scope = { call };
  const input = changing(client, { side: 'input', scope, silence: on => [client.mute(call, on)] });
  const output = changing(client, { side: 'output', scope, silence: on => [client.earmuff(call, on)] });
  return Object.freeze({
    input: inputOf(() => {
      const { input, muted } = now();
      return { id: input.id, volume: input.volume, audioProcessing: input.processing, muted };
    }, input),
    output: outputOf(() => {
      const { output, earmuffed } = now();
      return { id: output.id, volume: output.volume, muted: earmuffed };
    }, output),
    setInput: (change: VBotInputChange) => done(together(input(change))),
    setOutput: (change: VBotOutputChange) => done(together(output(change))),
  });
}

/** Each call that begins from now on, once. */
function newCalls(client: Client): Observable<Call> {
  const known = snapshot(client.session$).calls.map(call => call.id);
  return client.session$.pipe(
    mergeMap(session => session.calls),
    filter(call => !known.includes(call.id)),
    distinct(call => call.id),
  );
}

/** Mutes or earmuffs each new call while the entry exists. */
function beginning(client: Client, registry: Registry<unknown>, side: 'input' | 'output') {
  const key = ['beginning', side];
  const start = (): void => {
    if (registry.find(key) !== undefined) return;
    // Ended by `stop`.
    const subscription = newCalls(client).subscribe(({ id }) => {
      if (side === 'input') client.mute(id, true);
      else client.earmuff(id, true);
    });
    registry.keep({ key, subscription });
  };
  const stop = (): void => {
    registry.drop(key);
  };
  return {
    isMuted: (): boolean => registry.find(key) !== undefined,
    silence: (on: boolean): Outcomes => {
      (on ? start : stop)();
      return [];
    },
  };
}

/** Initial media settings of calls. */
export function defaultMedia(client: Client, registry: Registry<unknown>): VBotMedia {
  const microphone = beginning(client, registry, 'input');
  const loudspeaker = beginning(client, registry, 'output');
  return Object.freeze({
    input: inputOf(
      () => {
        const { chosen, volume, processing } = snapshot(client.device$).input;
        return { id: chosen, volume, audioProcessing: processing, muted: microphone.isMuted() };
      },
      changing(client, { side: 'input', scope: {}, silence: microphone.silence }),
    ),
    output: outputOf(
      () => {
        const { chosen, volume } = snapshot(client.device$).output;
        return { id: chosen, volume, muted: loudspeaker.isMuted() };
      },
      changing(client, { side: 'output', scope: {}, silence: loudspeaker.silence }),
    ),
  });
}
