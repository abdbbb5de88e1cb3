import { concat, defer, map, of, ReplaySubject, share, switchMap, take, tap, type Observable } from 'rxjs';
import { compact } from '../core/compact.js';
import { canHear, device, line, loopback, permission, skipped, type Parts, type Verdict } from './checks.js';
import type { Preflight, PreflightOptions, PreflightStep } from './model.js';

type Check = readonly [step: PreflightStep['step'], verdict$: Observable<Verdict>];

/**
 * The test before a call.
 *
 *     step     --p--d--s--r--i--l-------
 *     call     --------------^--------!-
 *     report   ------------------------r
 *
 * What comes after a failure is skipped. The call is hung up before the report is made.
 */
export const preflown = (
  parts: Parts,
  { target = 'echo', duration = 6_000, ...how }: PreflightOptions,
): Observable<Preflight> =>
  defer(() => {
    const opened$ = parts.askPermission();
    // Two steps look at one call, which is there as long as one of them looks.
    const call$ = parts.dial$(target, how).pipe(share({ connector: () => new ReplaySubject(1) }));
    const checks: readonly Check[] = [
      ['permission', permission(opened$)],
      ['device', device(parts, opened$)],
      ['socket', line(parts, how.via, 'socket')],
      ['register', line(parts, how.via, 'register')],
      ['ice', canHear(parts, call$)],
      ['loopback', loopback(parts, call$, duration)],
    ];
    const told: Told[] = [];
    return concat(
      inTurn(checks).pipe(
        tap(one => told.push(one)),
        map(stepOf),
      ),
      defer(() => of(reportOf(told))),
    );
  });

type Told = readonly [step: PreflightStep['step'], verdict: Verdict];

const inTurn = ([check, ...rest]: readonly Check[]): Observable<Told> => {
  if (check === undefined) return of();
  const [step, verdict$] = check;
  return concat(
    of([step, { state: 'running' }] as const),
    verdict$.pipe(
      take(1),
      // What follows begins while this one still holds the call.
      switchMap(verdict =>
        concat(
          of([step, verdict] as const),
          verdict.state === 'failed' ? of(...rest.map(([name]): Told => [name, skipped])) : inTurn(rest),
        ),
      ),
    ),
  );
};

const stepOf = ([step, { quality: _, ...verdict }]: Told): Preflight => ({ _tag: 'step', step, ...verdict });

const reportOf = (told: readonly Told[]): Preflight => {
  const ended = told.filter(([, { state }]) => state !== 'running');
  const quality = ended.map(([, verdict]) => verdict.quality).find(one => one !== undefined);
  return {
    _tag: 'report',
    passed: ended.every(([, { state }]) => state !== 'failed'),
    steps: ended.map(stepOf).filter(one => one._tag === 'step'),
    ...compact({ quality }),
  };
};
