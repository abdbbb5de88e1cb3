import type { Call, Session } from 'callstream';
import { combineLatest, distinctUntilChanged, map, ReplaySubject, scan, share, type Observable } from 'rxjs';
import type { LineId } from './lines.js';
import { nameOf } from './words.js';

/** A call as the page shows it: where one caller is heard ringing on both lines, the two are one. */
export type Shown = {
  /** The same for as long as one of them is in the session. */
  readonly key: string;
  /** All of them, oldest first. */
  readonly calls: readonly Call[];
  /** The one that is spoken of, and answered. */
  readonly call: Call;
};

type Group = Pick<Shown, 'key' | 'calls'>;

/** The halves of a call that rings everywhere come within so many milliseconds of each other. */
const together = 3_000;

const isSameName = (a: Call, b: Call): boolean =>
  a.phoneNumber === b.phoneNumber || nameOf(a).toLowerCase() === nameOf(b).toLowerCase();

const areHalves = (a: Call, b: Call): boolean =>
  a.direction === 'incoming' &&
  b.direction === 'incoming' &&
  a.line !== b.line &&
  Math.abs(a.startedAt - b.startedAt) <= together &&
  isSameName(a, b);

/** What belonged together stays together; what is new joins its other half, or stands alone. */
const grouped = (before: readonly Group[], calls: readonly Call[]): readonly Group[] =>
  calls.reduce<readonly Group[]>((groups, call) => {
    const known = before.find(group => group.calls.some(({ id }) => id === call.id))?.key;
    const other = groups.find(group => group.calls.length === 1 && group.calls.every(half => areHalves(half, call)));
    const key = known ?? other?.key ?? call.id;
    return groups.some(group => group.key === key)
      ? groups.map(group => (group.key === key ? { key, calls: [...group.calls, call] } : group))
      : [...groups, { key, calls: [call] }];
  }, []);

/** Of two halves: a live one before one that is over, the answered one, then the one on the preferred line. */
const rankOf = (call: Call, preferred: LineId): number =>
  (call.status === 'terminated' ? 4 : 0) + (call.answeredAt === undefined ? 2 : 0) + (call.line === preferred ? 0 : 1);

const shownOf = ({ key, calls }: Group, preferred: LineId): readonly Shown[] =>
  [...calls]
    .sort((a, b) => rankOf(a, preferred) - rankOf(b, preferred))
    .slice(0, 1)
    .map(call => ({ key, calls, call }));

/**
 * The calls of the session, each caller once.
 *
 *     sip      --r-------x---   x taken back, because it was answered on the other line
 *     service  ---r-----a----
 *     shown$   --r------a----   the call of the service from then on
 *
 * State; shared, so that all parts of the page have the same keys.
 */
export const shownCalls = (
  session$: Observable<Session>,
  preferred$: Observable<LineId>,
): Observable<readonly Shown[]> => {
  const groups$ = session$.pipe(
    map(({ calls }) => calls),
    distinctUntilChanged(),
    scan(grouped, []),
  );
  return combineLatest([groups$, preferred$]).pipe(
    map(([groups, preferred]) => groups.flatMap(group => shownOf(group, preferred))),
    share({ connector: () => new ReplaySubject(1) }),
  );
};

/** Whether somebody waits here for an answer. */
export const isWaiting = ({ direction, status }: Call): boolean =>
  direction === 'incoming' && (status === 'ringing' || status === 'trying');

/** Whether the call was answered and goes on, also while it is on hold. */
export const isTalk = ({ status }: Call): boolean => status === 'active' || status === 'on_hold';
