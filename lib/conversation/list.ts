import { defaultBackoff, backoffDelay } from '../core/backoff.js';
import type { Either } from '../core/either.js';
import type { Fault } from '../core/fault.js';
import {
  after,
  cancelAfter,
  transition,
  type After,
  type CancelAfter,
  type Moment,
  type Transition,
} from '../core/transition.js';
import { isSaid } from './content.js';
import { isMessage } from './fold.js';
import type { ConversationId, ConversationInfo, ListedConversation, Page } from './model.js';
import { noTrail, onward, type Trail } from './pages.js';
import type { Request } from './port.js';
import type { Numbered } from './state.js';

type List = readonly ListedConversation[];

/** The list of conversations and its loading state. */
export type ListState = {
  /** The newest first: see `inOrder`. */
  readonly list: List;
  /** True after the first subscription: from then on the list is kept up to date. */
  readonly wanted: boolean;
  readonly up: boolean;
  /** Conversations that came or went since the first page was requested. */
  readonly loading?: Loading;
  /** How often in a row it could not be had. */
  readonly attempt: number;
};

type Loading = {
  readonly found: List;
  readonly trail: Trail;
  /** Newer than any page: conversations that came and went, and events. */
  readonly came: readonly ConversationInfo[];
  readonly gone: readonly ConversationId[];
  readonly heard: readonly Heard[];
};

type Heard = { readonly event: Numbered; readonly own: boolean };

export type ListInput =
  | { readonly _tag: 'watch' | 'retry' }
  | { readonly _tag: 'line'; readonly up: boolean }
  /** Another user has signed in. */
  | { readonly _tag: 'stranger' }
  | { readonly _tag: 'page'; readonly result: Either<Fault, Page<ConversationInfo>> }
  /** It is known what this conversation is now. */
  | { readonly _tag: 'one'; readonly result: Either<Fault, ConversationInfo> }
  | { readonly _tag: 'known'; readonly info: ConversationInfo }
  /** Our own membership has changed. */
  | { readonly _tag: 'entered'; readonly id: ConversationId }
  | { readonly _tag: 'left'; readonly id: ConversationId }
  /** A message, receipt or deletion; `own`: our own. */
  | ({ readonly _tag: 'heard' } & Heard);

export type ListOrder = { readonly _tag: 'request'; readonly purpose: 'page' | 'one'; readonly request: Request };

type ListTurn = Transition<ListState, ListOrder | After<ListInput> | CancelAfter, Fault>;
type Is<Tag extends ListInput['_tag']> = Extract<ListInput, { readonly _tag: Tag }>;

export const emptyList: ListState = { list: [], wanted: false, up: false, attempt: 0 };

/** The list of conversations as a pure fold. */
export function stepList(state: ListState, input: ListInput, moment: Moment): ListTurn {
  return (moves[input._tag] as (state: ListState, input: ListInput, moment: Moment) => ListTurn)(state, input, moment);
}

const moves: {
  readonly [Tag in ListInput['_tag']]: (state: ListState, input: Is<Tag>, moment: Moment) => ListTurn;
} = {
  watch: state => (state.wanted ? transition(state) : load({ ...state, wanted: true })),
  stranger: ({ wanted }) => transition({ ...emptyList, wanted }, { orders: [cancelAfter('retry')] }),
  line: (state, { up }) => (up === state.up ? transition(state) : load({ ...state, up })),
  retry: state => load(state),

  page: (state, { result }, { random }) => {
    const { loading, ...rest } = state;
    if (loading === undefined) return transition(state);
    if (result._tag === 'Left') {
      // The request has been tried with backoff already: this goes on from there.
      const ms = backoffDelay(defaultBackoff, state.attempt + triesOfRequest, random);
      return transition(
        { ...rest, attempt: state.attempt + 1 },
        { orders: result.left.retryable ? [after('retry', ms, { _tag: 'retry' })] : [], events: [result.left] },
      );
    }
    const found = merged(loading.found, result.right.items, state.list);
    const next = onward(loading.trail, result.right);
    if (next._tag === 'more')
      return transition(
        { ...state, loading: { ...loading, found, trail: next.trail } },
        { orders: [page(next.cursor)] },
      );
    const whole = merged(found, loading.came).filter(({ id }) => !loading.gone.includes(id));
    const heard = loading.heard.reduce<List>((before, one) => following(before, one).list, whole);
    return transition({ ...rest, list: heard, attempt: 0 }, { events: next._tag === 'astray' ? [next.fault] : [] });
  },

  one: (state, { result }) => {
    if (result._tag === 'Left' || result.right.me?.state === 'LEFT') return transition(state);
    const info = result.right;
    const { loading } = state;
    const came = loading && {
      ...loading,
      came: [...loading.came.filter(({ id }) => id !== info.id), info],
      gone: loading.gone.filter(id => id !== info.id),
    };
    return transition({ ...state, list: merged(state.list, [info]), ...(came === undefined ? {} : { loading: came }) });
  },

  known: (state, { info }) =>
    state.list.some(({ id }) => id === info.id)
      ? transition({ ...state, list: merged(state.list, [info]) })
      : transition(state),

  entered: (state, { id }) => (state.wanted ? transition(state, { orders: [one(id)] }) : transition(state)),

  left: (state, { id }) => {
    const { loading } = state;
    if (loading === undefined && !state.list.some(one => one.id === id)) return transition(state);
    const left = { ...state, list: without(state.list, id) };
    return transition(
      loading === undefined
        ? left
        : { ...left, loading: { ...loading, came: without(loading.came, id), gone: [...loading.gone, id] } },
    );
  },

  heard: (state, { event, own }) => {
    const { list, isDoubtful } = following(state.list, { event, own });
    const { loading } = state;
    const heard = loading === undefined ? {} : { loading: { ...loading, heard: [...loading.heard, { event, own }] } };
    if (list === state.list && loading === undefined && !isDoubtful) return transition(state);
    return transition({ ...state, list, ...heard }, { orders: isDoubtful ? [one(event.conversationId)] : [] });
  },
};

const triesOfRequest = 4;

function load(state: ListState): ListTurn {
  return state.wanted && state.up
    ? transition(
        { ...state, loading: { found: [], trail: noTrail, came: [], gone: [], heard: [] } },
        { orders: [cancelAfter('retry'), page()] },
      )
    : transition(state, { orders: [cancelAfter('retry')] });
}

function page(cursor?: string): ListOrder {
  return {
    _tag: 'request',
    purpose: 'page',
    request: {
      verb: 'getConversations',
      args: { pageSize: 100, order: 'desc', includeCustomData: true, ...(cursor === undefined ? {} : { cursor }) },
    },
  };
}

function one(conversation: ConversationId): ListOrder {
  return {
    _tag: 'request',
    purpose: 'one',
    request: { verb: 'getConversation', args: { conversation } },
  };
}

function without<A extends { readonly id: ConversationId }>(list: readonly A[], id: ConversationId): readonly A[] {
  return list.filter(one => one.id !== id);
}

/** These, and others in their place or beside them; `before`: what was known of them. */
function merged(list: List, items: readonly ConversationInfo[], before = list): List {
  const known = new Map(before.map(one => [one.id, one]));
  const all = new Map(list.map(one => [one.id, one]));
  items.forEach(info => all.set(info.id, listed(info, known.get(info.id))));
  return [...all.values()].sort(inOrder);
}

/** When it was made, the newest first, and by id where that is the same: so every client has one order, and no row jumps. */
function inOrder(a: ListedConversation, b: ListedConversation): number {
  const [made, other] = [a, b].map(({ timestamp }) => timestamp.created ?? '') as [string, string];
  if (made !== other) return made < other ? 1 : -1;
  return a.id < b.id ? -1 : 1;
}

/** A conversation of the service, updated by newer events that arrived meanwhile. */
function listed(info: ConversationInfo, before: ListedConversation | undefined): ListedConversation {
  const isNewer = info.lastEvent !== undefined && info.lastEvent.id >= (before?.lastEvent?.id ?? 0);
  const lastEvent = isNewer ? info.lastEvent : before?.lastEvent;
  const unread = (isNewer || before === undefined ? info.unread : before.unread) ?? before?.unread ?? 0;
  return { ...info, unread, ...(lastEvent === undefined ? {} : { lastEvent }) };
}

/** The list after an event; `isDoubtful`: it must be requested from the service. */
function following(list: List, { event, own }: Heard): { readonly list: List; readonly isDoubtful: boolean } {
  const before = list.find(({ id }) => id === event.conversationId);
  if (before === undefined) return { list, isDoubtful: false };
  const { unread, lastEvent } = before;
  const last = lastEvent?.id ?? 0;
  const changed = (change: Partial<ListedConversation>): List =>
    list.map(one => (one === before ? { ...before, ...change } : one));
  if (event.kind !== 'unknown' && isSaid(event))
    return event.id <= last
      ? { list, isDoubtful: false }
      : { list: changed({ lastEvent: event, unread: unread + (isMessage(event) && !own ? 1 : 0) }), isDoubtful: false };
  if (event.kind === 'message:seen' && own && unread > 0)
    return event.body.eventId >= last
      ? { list: changed({ unread: 0 }), isDoubtful: false }
      : { list, isDoubtful: true };
  return { list, isDoubtful: event.kind === 'event:delete' && event.body.eventId === last };
}
