import type { Session } from 'callstream';
import { BehaviorSubject, combineLatest, distinctUntilChanged, map, type Observable } from 'rxjs';
import { isUp, lineNames, serviceLine, sipLine, type LineId } from './lines.js';

const place = 'callstream/line';

const remembered = (): LineId => (localStorage.getItem(place) === serviceLine ? serviceLine : sipLine);

const chosen$ = new BehaviorSubject<LineId>(remembered());

/** The line that the person wants to call by, and to answer on where both ring. State; outlives the page. */
export const preferred$: Observable<LineId> = chosen$.pipe(distinctUntilChanged());

export const prefer = (line: LineId): void => {
  localStorage.setItem(place, line);
  chosen$.next(line);
};

/** The line that a call goes out by: the preferred one, unless only another one is up. State. */
export const lineInUse$ = (session$: Observable<Session>): Observable<LineId> =>
  combineLatest([session$, preferred$]).pipe(
    map(([session, line]) => (isUp(session, line) ? line : (lineNames.find(([id]) => isUp(session, id))?.[0] ?? line))),
    distinctUntilChanged(),
  );
