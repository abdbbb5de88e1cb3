import { concatMap, filter, map, merge, Observable, of, Subject } from 'rxjs';
import { left, type Either } from '../kernel/either.js';
import type { Fault } from '../kernel/fault.js';
import { createKeyed } from '../kernel/keyed.js';
import { createLoop } from '../kernel/loop.js';
import type { Outcome } from '../kernel/outcome.js';
import { select } from '../kernel/streams.js';
import { createKeeping } from './keeping.js';
import { emptyList, stepList, type ListInput, type ListOrder } from './list.js';
import { commandsOf } from './commands.js';
import type { CreateMessaging, LineNews } from './messaging.js';
import type { ConversationEvent, ConversationId, ConversationInfo, StreamEvent, Unknown } from './model.js';
import type { Request } from './port.js';
import {
  isIdle,
  newConversation,
  type ConversationInput,
  type ConversationNews,
  type ConversationOrder,
  type Setting,
} from './record.js';
import { noLine, noRequests, stepRequests, type Accomplished, type Owner, type RequestsOrder } from './requests.js';
import { isNumbered } from './sequence.js';
import { noSigns, signOf, stepSigns } from './signs.js';
import { stepConversation } from './step.js';

/**
 * The room of conversations: four folds on one lane.
 *
 *     reports ──► conversations (one fold a key) ──► requests ──► orders
 *             └─► signs (typing, presence)      └─► event$
 *                 list ─────────────────────────────► requests
 */
export const createMessaging: CreateMessaging = ({ port, lane, moment, newId, perform, conversationOf }) => {
  let line = noLine;
  /** Who was signed in last. */
  let user: string | undefined;
  const settingOf = ({ wanted, up, user }: LineNews): Setting => ({
    wanted,
    up,
    idempotent: port.idempotent,
    receipts: port.receipts,
    ...(user === undefined ? {} : { user: user.id }),
  });
  let setting = settingOf(line);

  /** What has no number and so no place: it is passed on as it comes. */
  const loose$ = new Subject<StreamEvent>();
  const fault$ = new Subject<Fault>();

  const keeping = createKeeping(port.outbox, {
    adopt: message => {
      conversations.dispatch(message.conversation, { _tag: 'adopt', message });
    },
    fault: fault => {
      fault$.next(fault);
    },
  });

  const conversations = createKeyed({
    initial: newConversation(() => setting),
    step: stepConversation,
    isIdle,
    perform: (id, order: ConversationOrder) => {
      if (order._tag === 'keep') keeping.keep(order.message);
      else if (order._tag === 'drop') keeping.drop(order.key);
      else {
        const { purpose, about, request } = order;
        ask({ _tag: 'conversation', id, purpose, ...(about === undefined ? {} : { about }) }, request);
      }
    },
    moment,
    lane,
  });

  const signs = createKeyed({
    initial: () => noSigns,
    step: stepSigns,
    isIdle: ({ typing, presence }) => typing.length + Object.keys(presence).length === 0,
    perform: () => undefined,
    moment,
    lane,
  });

  const list = createLoop({
    initial: emptyList,
    step: stepList,
    perform: ({ purpose, request }: ListOrder) => {
      ask({ _tag: 'list', purpose }, request);
    },
    moment,
    lane,
  });

  const requests = createLoop({
    initial: noRequests,
    step: stepRequests,
    perform: (order: RequestsOrder) => {
      if (order._tag === 'deliver') deliver(order.owner, order.result);
      else perform(order);
    },
    moment,
    lane,
  });

  const ask = (owner: Owner, request: Request): void => {
    requests.dispatch({ _tag: 'request', owner, request });
  };

  const deliver = (owner: Owner, result: Either<Fault, unknown>): void => {
    if (owner._tag === 'conversation') {
      const { id, ...answer } = owner;
      conversations.dispatch(id, { ...answer, _tag: 'answer', result });
    }
    // The purpose says what was asked for, and so what has come.
    else if (owner._tag === 'list') list.dispatch({ _tag: owner.purpose, result } as ListInput);
  };

  /** Whatever anybody has been told of a conversation, all may know. */
  const learn = ({ request, value }: Accomplished): void => {
    if (request.verb === 'deleteConversation' || request.verb === 'leaveConversation')
      list.dispatch({ _tag: 'left', id: request.args.conversation });
    // The event that says so may be lost, or come late.
    if (request.verb === 'joinConversation') list.dispatch({ _tag: 'entered', id: request.args.conversation });
    if (request.verb !== 'updateConversation' && request.verb !== 'getConversation') return;
    const info = value as ConversationInfo;
    if (conversations.has(info.id)) conversations.dispatch(info.id, { _tag: 'informed', info });
    list.dispatch({ _tag: 'known', info });
  };
  // The four folds hear of one another through the lane, so that each turn is over before the next begins.
  requests.turn$.subscribe(({ events }) => {
    events.forEach(learn);
  });

  const hearEvent = (event: ConversationEvent | Unknown): void => {
    if (isNumbered(event)) {
      conversations.dispatch(event.conversationId, { _tag: 'arrived', event });
      enrol(event);
      return;
    }
    if (event.kind === 'ephemeral' && event.from.kind === 'embeddedInfo') {
      const sign = signOf(event.body);
      const member = event.from.memberId;
      // Who leaves hears no more of it: a sign that fades would outlive the line.
      if (sign !== undefined && setting.up && event.from.user.id !== setting.user)
        signs.dispatch(event.conversationId, { _tag: 'sign', member, sign });
    }
    loose$.next(event);
  };

  /** Our own coming and going changes the list. */
  const enrol = (event: ConversationEvent | Unknown): void => {
    if (event.kind !== 'member:invited' && event.kind !== 'member:joined' && event.kind !== 'member:left') return;
    if (event.body.user.id !== setting.user) return;
    list.dispatch({ _tag: event.kind === 'member:left' ? 'left' : 'entered', id: event.conversationId });
  };

  /** A state stream whose first viewer is told of, and whose last. */
  const viewed = <A>(state$: Observable<A>, came: () => void, went: () => void): Observable<A> => {
    let viewers = 0;
    return new Observable<A>(viewer => {
      viewers += 1;
      if (viewers === 1) came();
      // The viewer's own subscription.
      const seen = state$.subscribe(viewer);
      return () => {
        seen.unsubscribe();
        viewers -= 1;
        if (viewers === 0) went();
      };
    });
  };

  const tell = (id: ConversationId, input: ConversationInput) => (): void => {
    conversations.dispatch(id, input);
  };

  const command = <A>(id: ConversationId, input: (ref: string) => ConversationInput): Outcome<A> => {
    const ref = newId();
    const outcome = conversations.outcome<A>(ref);
    conversations.dispatch(id, input(ref));
    return outcome;
  };

  return {
    messaging: {
      conversations$: viewed(
        select(list.state$, state => state.list),
        () => {
          list.dispatch({ _tag: 'watch' });
        },
        () => undefined,
      ),
      conversation$: once(id =>
        viewed(
          select(conversations.state$(id), ({ conversation }) => conversation),
          tell(id, { _tag: 'watch' }),
          tell(id, { _tag: 'unwatch' }),
        ),
      ),
      event$: merge(
        conversations.event$.pipe(
          filter(isEvent),
          map(({ event }) => event),
        ),
        loose$,
      ),
      typing$: once(id => select(signs.state$(id), ({ typing }) => typing)),
      presence$: once(id => select(signs.state$(id), ({ presence }) => presence)),
      ...commandsOf({
        newId,
        command,
        conversationOf,
        ask: request => {
          const wrong = port.check(request);
          if (wrong !== undefined) return of(left(wrong));
          const ref = newId();
          const outcome = requests.outcome<never>(ref);
          ask({ _tag: 'command', ref }, request);
          return outcome;
        },
        check: request => port.check(request),
      }),
    },

    fault$: merge(
      fault$,
      conversations.event$.pipe(
        filter(isFault),
        map(({ fault }) => fault),
      ),
      list.turn$.pipe(concatMap(({ events }) => events)),
    ),

    hear: report => {
      if (report._tag === 'event') hearEvent(report.event);
      else requests.dispatch(report);
    },

    line: news => {
      const who = news.user?.id ?? user;
      const isStranger = user !== undefined && who !== user;
      line = news;
      user = who;
      setting = settingOf(news);
      if (isStranger) {
        requests.dispatch({ _tag: 'line', line: noLine });
        list.dispatch({ _tag: 'stranger' });
      }
      requests.dispatch({ _tag: 'line', line });
      conversations.keys().forEach(id => {
        conversations.dispatch(id, { _tag: isStranger ? 'stranger' : 'setting', setting });
      });
      list.dispatch({ _tag: 'line', up: news.up });
      if (!news.up)
        signs.keys().forEach(id => {
          signs.dispatch(id, { _tag: 'gone' });
        });
      if (news.up && news.user !== undefined) keeping.enter(news.user.id);
      if (!news.wanted) keeping.leave();
    },
  };
};

const isEvent = (news: ConversationNews): news is Extract<ConversationNews, { readonly _tag: 'event' }> =>
  news._tag === 'event';
const isFault = (news: ConversationNews): news is Extract<ConversationNews, { readonly _tag: 'fault' }> =>
  news._tag === 'fault';

/** The same stream for the same id, whenever it is asked for. */
const once = <A>(make: (id: ConversationId) => Observable<A>): ((id: ConversationId) => Observable<A>) => {
  const streams = new Map<ConversationId, Observable<A>>();
  return id => {
    const known = streams.get(id) ?? make(id);
    streams.set(id, known);
    return known;
  };
};
