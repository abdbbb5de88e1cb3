import { EMPTY, distinctUntilChanged, map, switchMap, type Observable } from 'rxjs';
import type { DevicePort, Ear } from '../media/port.js';
import { given } from './argument.js';
import type { Client } from './model.js';
import type { State } from './state.js';

/** How loud it is, of all calls or of one, also when that goes on with other media. */
export const loudness =
  (state$: Observable<State>, devices: DevicePort | undefined): Client['level$'] =>
  (side, options) => {
    const { call } = given(options);
    const level$ = (ear: Ear): Observable<number> => devices?.level$?.(ear) ?? EMPTY;
    if (call === undefined || devices?.level$ === undefined) return level$({ side });
    return state$.pipe(
      map(({ calls }) => calls.get(call)?.mediaId ?? call),
      distinctUntilChanged(),
      switchMap(heard => level$({ side, call: heard })),
    );
  };
