import type {
  ConversationChanges,
  ConversationsOptions,
  EventsOptions,
  NewConversation,
  PageOptions,
} from '../conversation/port.js';
import type { Json } from '../kernel/json.js';
import type { Location as Place, Template as Form } from '../conversation/model.js';
import type {
  CreateConversationParameters,
  CustomData,
  GetConversationEventsParameters,
  GetConversationMembersParameters,
  GetConversationsParameters,
  Location,
  Template,
  UpdateConversationParameters,
} from './model.js';
import { isOption, type Nullable } from './option.js';

type Given<A> = { readonly [Key in keyof A]: Exclude<A[Key], null | undefined> };

/** What was given; the document lets `null` and `undefined` stand for nothing. What it is, is checked by the line. */
const given = <A extends object>(parameters: Nullable<A>): Given<A> =>
  Object.fromEntries(
    Object.entries(parameters ?? {}).filter(([, value]) => value !== null && value !== undefined),
  ) as Given<A>;

export const pageOptions = (parameters: Nullable<GetConversationMembersParameters>): PageOptions => given(parameters);

export const conversationsOptions = (parameters: Nullable<GetConversationsParameters>): ConversationsOptions =>
  given(parameters);

export const eventsOptions = (parameters: Nullable<GetConversationEventsParameters>): EventsOptions =>
  given(parameters);

/** Custom data goes to the line as it is: it takes an object and the text of one, and refuses the rest. */
export const newConversation = (parameters: Nullable<CreateConversationParameters>): NewConversation =>
  given(parameters) as NewConversation;

/** What is to change: `null` resets, what is not there stays. */
export const changes = (parameters: UpdateConversationParameters): ConversationChanges =>
  Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]: [string, unknown]) => {
      if (!isOption(value)) return value === undefined ? [] : [[name, value]];
      return value._tag === 'None' || value.value === undefined ? [] : [[name, value.value]];
    }),
  );

/** The same: whatever it is, the line looks at it before it goes out. */
export const jsonOf = (data: CustomData): Json => data as Json;

export const placeOf = (location: Location): Place => given(location);

export const formOf = (template: Template): Form => given(template);
