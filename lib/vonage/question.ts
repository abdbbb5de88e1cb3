import { filter, map, Observable, of, take, timeout } from 'rxjs';
import type {
  ConversationReport,
  Conversing,
  ConversingOrder,
  ConversingReport,
  Request,
} from '../conversation/port.js';
import { isLeft, left, right, type Either } from '../kernel/either.js';
import { fault, type Fault } from '../kernel/fault.js';
import type { Adapter } from '../kernel/port.js';

/** How long an answer may take, in ms. */
const patience = 20_000;

type Answered = Extract<ConversationReport, { readonly _tag: 'answered' }>;

/**
 * The same line, and a way to put to it a question for which the streams have no command: to use another token *now*.
 * The core hears the answer too, and knows that it has not asked. `ask` is cold: each subscription asks once.
 */
export const asking = (
  line: Conversing,
): { readonly line: Conversing; readonly ask: (request: Request) => Observable<Either<Fault, undefined>> } => {
  let adapter: Adapter<ConversingOrder, ConversingReport> | undefined;
  let asked = 0;
  return {
    line: { ...line, open: context => (adapter = line.open(context)) },
    ask: request => {
      const answered$ = new Observable<Answered>(subscriber => {
        asked += 1;
        const ref = `vonage:${asked}`;
        const isOurs = (report: ConversingReport): report is Answered =>
          report._tag === 'answered' && report.ref === ref;
        // The one who asked owns this; the line is open already, and stays with those who opened it.
        const heard = adapter?.report$.pipe(filter(isOurs), take(1)).subscribe(subscriber);
        adapter?.perform({ _tag: 'ask', ref, request });
        return heard;
      });
      return answered$.pipe(
        map(({ result }) => (isLeft(result) ? left(result.left.fault) : right(undefined))),
        timeout({ first: patience, with: () => of(left(fault('timeout'))) }),
      );
    },
  };
};
