import { fault, left, type Call } from 'callstream';
import { distinct, filter, map, mergeMap, type Observable } from 'rxjs';
import type { Piece } from './dom.js';
import type { Shown } from './shown-calls.js';

const isRefused = ({ end }: Call): boolean => end?.serverCode === 'voice:error:media-unavailable';

const message =
  'The server has nothing to carry sound with. Install @roamhq/wrtc where it runs and start it again, or call by SIP.';

/** Says what is missing where the service cannot carry a call. */
export const mediaMissing = (shown$: Observable<readonly Shown[]>): Piece =>
  shown$.pipe(
    mergeMap(all => all.map(({ call }) => call)),
    filter(isRefused),
    distinct(({ id }) => id),
    map(() => left(fault('unsupported', { message }))),
  );
