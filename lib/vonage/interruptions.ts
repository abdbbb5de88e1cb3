import { concatMap, scan, type Observable } from 'rxjs';
import type { CallId } from '../call/model.js';
import { isNamed, type CallChange } from './call-changes.js';

/** Media have stopped, or flow again. */
export type Interruption = { readonly _tag: 'stopped' | 'back'; readonly callId: string };

type Course = { readonly silent: ReadonlySet<CallId>; readonly told: readonly Interruption[] };

/**
 * The sound of calls that stops, and comes back.
 *
 *     move$           --f--i--c--f---i--e--    f flowing  i interrupted  c connecting  e the call has ended
 *     interruption$   -----s-----b---s-----    s stopped  b back
 */
export function interruptionsOf(move$: Observable<CallChange>): Observable<Interruption> {
  return move$.pipe(
    scan(step, begin),
    concatMap(({ told }) => told),
  );
}

const begin: Course = { silent: new Set(), told: [] };

function step({ silent }: Course, [before, now]: CallChange): Course {
  const id = (now ?? before)?.id ?? '';
  const isSilent = silent.has(id);
  if (!isNamed(now) || now.end !== undefined) return isSilent ? { silent: less(silent, id), told: [] } : quiet(silent);
  if (now.media === 'interrupted' && !isSilent)
    return { silent: new Set([...silent, id]), told: [{ _tag: 'stopped', callId: now.ref }] };
  return now.media === 'flowing' && isSilent
    ? { silent: less(silent, id), told: [{ _tag: 'back', callId: now.ref }] }
    : quiet(silent);
}

function quiet(silent: Course['silent']): Course {
  return { silent, told: [] };
}

function less(silent: Course['silent'], id: CallId): Course['silent'] {
  return new Set([...silent].filter(other => other !== id));
}
