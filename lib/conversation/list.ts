import type { Either } from '../kernel/either.js';
import type { Fault } from '../kernel/fault.js';
import { turn, type Turn } from '../kernel/turn.js';
import type { ConversationId, ConversationInfo, Page } from './model.js';
import type { Request } from './port.js';

/** The list of conversations, and where it is in its life. */
export type ListState = {
  readonly list: readonly ConversationInfo[];
  /** Whether anybody has ever looked: from then on it is kept up to date. */
  readonly wanted: boolean;
  readonly up: boolean;
  /** The pages that have come so far, while they come. */
  readonly loading?: readonly ConversationInfo[];
  /** What came and went since the first of them was asked for: newer than any page. */
  readonly came: readonly ConversationInfo[];
  readonly gone: readonly ConversationId[];
};

export type ListInput =
  | { readonly _tag: 'watch' }
  | { readonly _tag: 'line'; readonly up: boolean }
  /** Somebody else is signed in. */
  | { readonly _tag: 'stranger' }
  | { readonly _tag: 'page'; readonly result: Either<Fault, Page<ConversationInfo>> }
  /** It is known what this conversation is now. */
  | { readonly _tag: 'one'; readonly result: Either<Fault, ConversationInfo> }
  | { readonly _tag: 'known'; readonly info: ConversationInfo }
  /** Our own membership has changed. */
  | { readonly _tag: 'entered'; readonly id: ConversationId }
  | { readonly _tag: 'left'; readonly id: ConversationId };

export type ListOrder = { readonly _tag: 'request'; readonly purpose: 'page' | 'one'; readonly request: Request };

type ListTurn = Turn<ListState, ListOrder, Fault>;
type Is<Tag extends ListInput['_tag']> = Extract<ListInput, { readonly _tag: Tag }>;

export const emptyList: ListState = { list: [], wanted: false, up: false, came: [], gone: [] };

/** The list of conversations as a pure fold. */
export const stepList = (state: ListState, input: ListInput): ListTurn =>
  (moves[input._tag] as (state: ListState, input: ListInput) => ListTurn)(state, input);

const moves: { readonly [Tag in ListInput['_tag']]: (state: ListState, input: Is<Tag>) => ListTurn } = {
  watch: state => (state.wanted ? turn(state) : load({ ...state, wanted: true })),
  stranger: ({ wanted }) => turn({ ...emptyList, wanted }),
  line: (state, { up }) => (up === state.up ? turn(state) : load({ ...state, up })),

  page: (state, { result }) => {
    const { loading = [], ...rest } = state;
    if (result._tag === 'Left') return turn(rest, { events: [result.left] });
    const { items, nextCursor } = result.right;
    const list = merged(loading, items);
    return nextCursor === undefined || list.length === loading.length
      ? turn({ ...rest, list: merged(list, rest.came).filter(({ id }) => !rest.gone.includes(id)), came: [], gone: [] })
      : turn({ ...rest, loading: list }, { orders: [page(nextCursor)] });
  },

  one: (state, { result }) =>
    result._tag === 'Left'
      ? turn(state)
      : turn({
          ...state,
          list: merged(state.list, [result.right]),
          ...(state.loading === undefined
            ? {}
            : { came: merged(state.came, [result.right]), gone: state.gone.filter(id => id !== result.right.id) }),
        }),

  known: (state, { info }) =>
    state.list.some(({ id }) => id === info.id) ? turn({ ...state, list: merged(state.list, [info]) }) : turn(state),

  entered: (state, { id }) =>
    state.wanted
      ? turn(state, {
          orders: [
            { _tag: 'request', purpose: 'one', request: { verb: 'getConversation', args: { conversation: id } } },
          ],
        })
      : turn(state),

  left: (state, { id }) =>
    state.loading === undefined && !state.list.some(one => one.id === id)
      ? turn(state)
      : turn({
          ...state,
          list: without(state.list, id),
          ...(state.loading === undefined ? {} : { came: without(state.came, id), gone: [...state.gone, id] }),
        }),
};

const load = (state: ListState): ListTurn =>
  state.wanted && state.up ? turn({ ...state, loading: [], came: [], gone: [] }, { orders: [page()] }) : turn(state);

const page = (cursor?: string): ListOrder => ({
  _tag: 'request',
  purpose: 'page',
  request: {
    verb: 'getConversations',
    args: { pageSize: 100, order: 'desc', includeCustomData: true, ...(cursor === undefined ? {} : { cursor }) },
  },
});

const without = (list: readonly ConversationInfo[], id: ConversationId): readonly ConversationInfo[] =>
  list.filter(one => one.id !== id);

const merged = (list: readonly ConversationInfo[], items: readonly ConversationInfo[]): readonly ConversationInfo[] => {
  const all = new Map(list.map(one => [one.id, one]));
  items.forEach(one => all.set(one.id, one));
  return [...all.values()];
};
