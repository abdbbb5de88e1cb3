import type { Observable } from 'rxjs';
import { concatMap, filter, map, merge, NEVER, startWith, Subject } from 'rxjs';
import type { Either } from '../core/either.js';
import type { Fault } from '../core/fault.js';
import { createKeyedStore } from '../core/keyed-store.js';
import { createStore } from '../core/store.js';
import { select, whileObserved } from '../core/streams.js';
import { createOutboxWriter } from './outbox-storage.js';
import { emptyList, stepList, type ListInput, type ListOrder } from './list.js';
import { commandsOf } from './commands.js';
import type {
  ConversationEvent,
  ConversationId,
  ConversationInfo,
  Gone,
  MemberId,
  Page,
  StreamEvent,
  Unknown,
} from './model.js';
import { isOwn } from './echo-match.js';
import { goneFault } from './membership.js';
import type { Request, CreateMessaging, LineNews } from './port.js';
import {
  isIdle,
  newConversation,
  type ConversationInput,
  type ConversationNews,
  type ConversationOrder,
  type Numbered,
  type LineSetting,
} from './state.js';
import { noLine, noRequests, stepRequests, type Completed, type RequestsOrder } from './requests.js';
import { isNumbered } from './sequence.js';
import { noIndicators, indicatorOf, stepIndicators } from './indicators.js';
import { stepConversation } from './step.js';
import type { Outcome } from '../core/port.js';
import type { Owner } from './request-policy.js';

/**
 * The room of conversations: four folds on one lane.
 *
 *     reports ──► conversations (one fold a key) ──► requests ──► orders
 *             └─► signs (typing, presence)      └─► event$
 *                 list ─────────────────────────────► requests
 */
export const createMessaging: CreateMessaging = ({ port, lane, moment, newId, perform, conversationOf }) => {
  let line = noLine;
  /** The user who was signed in last. */
  let user: string | undefined;
  const settingOf = ({ wanted, up, user }: LineNews): LineSetting => ({
    wanted,
    up,
    idempotent: port.idempotent,
    receipts: port.receipts,
    ...(user === undefined ? {} : { user: user.id }),
  });
  let setting = settingOf(line);

  /** Events without a number, which are emitted as they come. */
  const loose$ = new Subject<StreamEvent>();
  const fault$ = new Subject<Fault>();

  const keeping = createOutboxWriter(port.outbox, {
    adopt: message => {
      conversations.dispatch(message.conversation, { _tag: 'adopt', message });
    },
    fault: fault => {
      fault$.next(fault);
    },
  });

  const initial = newConversation(() => setting);
  const conversations = createKeyedStore({
    initial,
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

  const signs = createKeyedStore({
    initial: () => noIndicators,
    step: stepIndicators,
    isIdle: ({ typing, presence }) => typing.length + Object.keys(presence).length === 0,
    perform: () => undefined,
    moment,
    lane,
  });

  const list = createStore({
    initial: emptyList,
    step: stepList,
    perform: ({ purpose, request }: ListOrder) => {
      ask({ _tag: 'list', purpose }, request);
    },
    moment,
    lane,
  });

  const requests = createStore({
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

  // The purpose of a request tells the type of its response.
  const deliver = (owner: Owner, result: Either<Fault, unknown>): void => {
    if (owner._tag === 'conversation') {
      const { id, ...answer } = owner;
      conversations.dispatch(id, { ...answer, _tag: 'answer', result });
      if (owner.purpose === 'info' && result._tag === 'Right')
        list.dispatch({ _tag: 'known', info: result.right as ConversationInfo });
    } else if (owner._tag === 'list') {
      list.dispatch({ _tag: owner.purpose, result } as ListInput);
      if (result._tag === 'Right')
        (owner.purpose === 'one'
          ? [result.right as ConversationInfo]
          : (result.right as Page<ConversationInfo>).items
        ).forEach(inform);
    }
  };

  const inform = (info: ConversationInfo): void => {
    if (conversations.peek(info.id) !== undefined) conversations.dispatch(info.id, { _tag: 'informed', info });
  };

  /** An update of a conversation, for the list and for its viewers. */
  const know = (info: ConversationInfo): void => {
    inform(info);
    list.dispatch({ _tag: 'known', info });
  };

  /** The event of this change may be late or lost. */
  const learn = ({ request, value }: Completed): void => {
    if (request.verb === 'deleteConversation') lose(request.args.conversation, 'deleted');
    else if (request.verb === 'leaveConversation') lose(request.args.conversation, 'left');
    else if (request.verb === 'joinConversation')
      conversations.dispatch(request.args.conversation, { _tag: 'entered' });
    else if (request.verb === 'updateConversation' || request.verb === 'getConversation')
      know(value as ConversationInfo);
  };

  const lose = (id: ConversationId, why: Gone): void => {
    conversations.dispatch(id, { _tag: 'lost', why });
    list.dispatch({ _tag: 'left', id });
  };
  // The four reducers exchange inputs through the queue, so that each turn ends before the next begins.
  requests.turn$.subscribe(({ events }) => {
    events.forEach(learn);
  });

  // Events of a conversation update the list.
  conversations.event$.subscribe(news => {
    if (news._tag === 'gone') list.dispatch({ _tag: 'left', id: news.id });
    else if (news._tag === 'entered') list.dispatch({ _tag: 'entered', id: news.id });
    else if (news._tag === 'event' && 'id' in news.event && list.now().wanted)
      // An emitted event with an id is numbered.
      list.dispatch({ _tag: 'heard', event: news.event as Numbered, own: isOwn(setting, news.event as Numbered) });
  });

  const hearEvent = (event: ConversationEvent | Unknown): void => {
    if (isNumbered(event)) {
      if (event.kind === 'member:left') fade(event.conversationId, event.body.memberId);
      enrol(event);
      conversations.dispatch(event.conversationId, { _tag: 'arrived', event });
      return;
    }
    if (event.kind === 'ephemeral' && event.from.kind === 'embeddedInfo') {
      const sign = indicatorOf(event.body);
      const member = event.from.memberId;
      // After leaving, indicators would never be withdrawn.
      if (sign !== undefined && setting.up && event.from.user.id !== setting.user)
        signs.dispatch(event.conversationId, { _tag: 'sign', member, sign });
    }
    loose$.next(event);
  };

  /** Our own coming and going. */
  const enrol = (event: Numbered): void => {
    if (event.kind !== 'member:invited' && event.kind !== 'member:joined' && event.kind !== 'member:left') return;
    const { body, from, conversationId, id } = event;
    if (body.user.id !== setting.user) return;
    const isOurs = from.kind === 'embeddedInfo' && from.user.id === setting.user;
    conversations.dispatch(
      conversationId,
      event.kind === 'member:left'
        ? { _tag: 'lost', why: isOurs ? 'left' : 'removed', event: id }
        : { _tag: 'entered', event: id },
    );
  };

  /** Removes the indicators of a member who has left. */
  const fade = (id: ConversationId, member: MemberId): void => {
    if (signs.peek(id) === undefined) return;
    signs.dispatch(id, { _tag: 'sign', member, sign: { type: 'typing', on: false } });
    signs.dispatch(id, { _tag: 'sign', member, sign: { type: 'presence', state: 'offline' } });
  };

  /** The same stream for the same id, whenever it is asked for; `none`: what there is under an id that can be none. */
  const once = <A>(
    none: (reason: Fault) => A,
    make: (id: ConversationId) => Observable<A>,
  ): ((id: ConversationId) => Observable<A>) => {
    const streams = new Map<ConversationId, Observable<A>>();
    return id => {
      const known = streams.get(id);
      if (known !== undefined) return known;
      const wrong = port.check({ verb: 'getConversation', args: { conversation: id } });
      const made = wrong === undefined ? make(id) : NEVER.pipe(startWith(none(wrong)));
      streams.set(id, made);
      return made;
    };
  };

  const tell = (id: ConversationId, input: ConversationInput) => (): void => {
    conversations.dispatch(id, input);
  };

  /** Why nothing can be done about a conversation. */
  const refusal = (id: ConversationId): Fault | undefined => {
    const why = conversations.peek(id)?.view.gone;
    return why && goneFault(why);
  };

  const command = <A>(id: ConversationId, input: (ref: string) => ConversationInput): Outcome<A> => {
    const ref = newId();
    const outcome = conversations.outcome<A>(ref);
    conversations.dispatch(id, input(ref));
    return outcome;
  };

  return {
    messaging: {
      conversations$: whileObserved(
        select(list.state$, state => state.list),
        () => {
          list.dispatch({ _tag: 'watch' });
        },
        () => undefined,
      ),
      conversation$: once(
        failed => ({ ...initial('').conversation, sync: { failed } }),
        id =>
          whileObserved(
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
      typing$: once(
        () => noIndicators.typing,
        id => select(signs.state$(id), ({ typing }) => typing),
      ),
      presence$: once(
        () => noIndicators.presence,
        id => select(signs.state$(id), ({ presence }) => presence),
      ),
      ...commandsOf({
        newId,
        command,
        refusal,
        conversationOf,
        now: () => moment().at,
        ask: request => {
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
      else if (report._tag === 'updated') know(report.info);
      else if (report._tag === 'deleted') lose(report.conversation, 'deleted');
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

function isEvent(news: ConversationNews): news is Extract<ConversationNews, { readonly _tag: 'event' }> {
  return news._tag === 'event';
}
function isFault(news: ConversationNews): news is Extract<ConversationNews, { readonly _tag: 'fault' }> {
  return news._tag === 'fault';
}
