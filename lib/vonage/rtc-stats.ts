import { concatMap, map, mergeMap, type Observable } from 'rxjs';
import type { Call } from '../call/model.js';
import type { Client } from '../client/model.js';
import { eachOnce } from '../core/streams.js';
import { toStats } from './quality-mapper.js';
import type { RtcStats } from './model.js';
import { isNamed, type Named } from './call-changes.js';

type Counted = readonly [stats: RtcStats, callId: string];

/**
 * Media counters of every answered call, each second while subscribed.
 *
 *     session$   --a----------e--      a active  e ended
 *     count$     --1---2---3-----      every second
 *
 * Calls run side by side, so none waits for another.
 */
export function countsOf({ session$, stats$ }: Pick<Client, 'session$' | 'stats$'>): Observable<Counted> {
  return eachOnce(session$.pipe(map(({ calls }) => calls.filter(isTalking))), ({ id }) => id).pipe(
    mergeMap(({ id, ref }) => stats$(id).pipe(concatMap(stats => [[toStats(stats), ref] as const]))),
  );
}

function isTalking(call: Call): call is Named {
  return isNamed(call) && (call.status === 'active' || call.status === 'on_hold');
}
