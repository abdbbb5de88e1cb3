import { merge, Observable, Subject } from 'rxjs';
import { createMessaging } from '../conversation/store.js';
import type { Conversing, ConversingOrder, ConversingReport, OutboxStorage, Request } from '../conversation/port.js';
import { right, type Either } from '../core/either.js';
import type { Fault } from '../core/fault.js';
import type { Failure, Ref } from '../core/port.js';
import type { LineOrder, LineReport } from '../line/port.js';
import { done } from './replies.js';

/** A report, or one made of the ref of the latest request for this verb, which a marble cannot know. */
export type ChatLetter = ConversingReport | ((refOf: (verb: Request['verb']) => Ref) => ConversingReport);

export type FakeChatOptions = {
  readonly id?: string;
  /** Reports of the service, as a marble. Subscribed at `connect()`. */
  readonly report$?: Observable<ChatLetter>;
  /** Immediate response of the service to a request; `undefined` for none. */
  readonly answer?: (request: Request) => Either<Failure, unknown> | undefined;
  /** Reports of the line. Default: it opens and logs in as Alice. */
  readonly line?: (order: LineOrder) => readonly LineReport[];
  /** True when the service supports idempotency keys. Default: true. */
  readonly idempotent?: boolean;
  /** True when arrivals are acknowledged. Default: false. */
  readonly receipts?: boolean;
  /** Why a request can't be sent as it stands: everything can. */
  readonly check?: (request: Request) => Fault | undefined;
  readonly outbox?: OutboxStorage;
};

/** A conversation service whose outside is a marble and a function. Nothing in it waits: the time is the marble's. */
export interface FakeChat extends Conversing {
  /** Every order, as it is given. Event. */
  readonly order$: Observable<ConversingOrder>;
  /** How many have subscribed to the reports and not left: 0 when nothing leaks. */
  readonly subscribers: { readonly count: number };
}

const alice = { expires: 3_600, user: { id: 'USR-1', name: 'alice' }, sessionId: 'SES-1' };

function agreeableLine(order: LineOrder): readonly LineReport[] {
  if (order._tag === 'open') return [{ _tag: 'opened' }];
  if (order._tag === 'close') return [{ _tag: 'closed' }];
  return [{ _tag: 'heard' }, done(order, order._tag === 'register' ? alice : undefined)];
}

/**
 * A conversation service made of a marble string, for `createClient({ conversations })`.
 *
 *     report$   --1--3--2--      events, as they arrive
 *     order$    O-------P--      what the client asked for
 */
export function fakeChat({
  id = 'chat',
  report$ = new Observable<ChatLetter>(),
  answer = () => right({ items: [] }),
  line = agreeableLine,
  idempotent = true,
  receipts = false,
  check = () => undefined,
  outbox,
}: FakeChatOptions = {}): FakeChat {
  const order$ = new Subject<ConversingOrder>();
  const reply$ = new Subject<ConversingReport>();
  const subscribers = { count: 0 };
  const refs = new Map<Request['verb'], Ref>();

  const letters$ = new Observable<ConversingReport>(viewer => {
    subscribers.count += 1;
    // The fake is the outside: its one subscriber is the client.
    const spoken = merge(report$, reply$).subscribe(letter => {
      viewer.next(typeof letter === 'function' ? letter(verb => refs.get(verb) ?? '') : letter);
    });
    return () => {
      subscribers.count -= 1;
      spoken.unsubscribe();
    };
  });

  const replies = (order: ConversingOrder): readonly ConversingReport[] => {
    if (order._tag === 'abandon') return [];
    if (order._tag !== 'ask') return line(order);
    const result = answer(order.request);
    return result === undefined ? [] : [{ _tag: 'answered', ref: order.ref, result }];
  };

  const perform = (order: ConversingOrder): void => {
    if (order._tag === 'ask') refs.set(order.request.verb, order.ref);
    order$.next(order);
    replies(order).forEach(reply => {
      reply$.next(reply);
    });
  };

  return {
    id,
    order$: order$.asObservable(),
    subscribers,
    open: () => ({ report$: letters$, perform }),
    check,
    idempotent,
    receipts,
    ...(outbox === undefined ? {} : { outbox }),
    createMessaging,
  };
}
