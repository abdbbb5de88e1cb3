import { concatMap, forkJoin, map, of, type Observable } from 'rxjs';
import { isLeft, type Either } from '../core/either.js';
import type { Failure } from '../core/port.js';
import type { Microphone } from '../call/port.js';
import type { InputSettings } from '../media/model.js';
import type { Peer } from './model.js';

/**
 * Microphone and local description, side by side or one after the other: the first failure, else the microphone.
 * `offer` is the far side's, where there is one. Cold; one value.
 */
export const ready = (
  peer: Peer,
  { input, parallel }: { readonly input: InputSettings; readonly parallel: boolean },
  offer: string | undefined,
): Observable<Either<Failure, Microphone>> => {
  const microphone = peer.openMicrophone(input);
  const description = offer === undefined ? peer.offer() : peer.answer(offer);
  if (parallel) {
    return forkJoin([microphone, description]).pipe(
      map(([opened, described]) => (isLeft(described) ? described : opened)),
    );
  }
  return microphone.pipe(
    concatMap(opened =>
      isLeft(opened) ? of(opened) : description.pipe(map(described => (isLeft(described) ? described : opened))),
    ),
  );
};
