import type {
  ConversationChanges,
  ConversationsOptions,
  EventsOptions,
  NewConversation,
  PageOptions,
} from '../conversation/port.js';
import type { Speech } from '../call/model.js';
import type { Context } from '../call/port.js';
import { left, right, type Either } from '../core/either.js';
import { fault, type Fault, type Problem } from '../core/fault.js';
import type { Location as Place, Template as Form } from '../conversation/model.js';
import type {
  CallSayParams,
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
import type { Json } from '../core/port.js';

type Given<A> = { readonly [Key in keyof A]: Exclude<A[Key], null | undefined> };

/** A given value; `null` and `undefined` count as absent. The line checks its type. */
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

/** Changes: `null` resets a property, an absent one stays. */
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

const wrong = (problems: readonly Problem[]): Either<Fault, never> => left(fault('invalid-argument', { problems }));

const speechTypes: readonly (readonly [name: keyof CallSayParams, type: string])[] = [
  ['text', 'string'],
  ['level', 'number'],
  ['loop', 'number'],
  ['queue', 'boolean'],
  ['voiceName', 'string'],
  ['ssml', 'boolean'],
];

/** A text alone is SSML where it says so itself: everything else is said as it is written. */
export const speechOf = (said: CallSayParams | string): Either<Fault, Speech> => {
  const told = given<Partial<CallSayParams>>(typeof said === 'string' ? { text: said } : said);
  const speech: Speech = { text: '', ssml: isSsml(told.text), ...told };
  const problems = speechTypes.filter(([name, type]) => name in speech && typeof speech[name] !== type);
  return problems.length === 0 ? right(speech) : wrong(problems.map(([name, type]) => ({ name, reason: `a ${type}` })));
};

/** Whoever writes JavaScript may give anything. */
const isSsml = (text: unknown): boolean => typeof text === 'string' && text.trimStart().startsWith('<speak');

/** A given string. */
export const textOf = (given: unknown): string => (typeof given === 'string' ? given : '');

/** Context of a call: an object, its JSON text, or nothing. */
export const contextOf = (context: Nullable<CustomData | object>): Either<Fault, Context> => {
  const told: unknown = typeof context === 'string' ? parsed(context) : (context ?? {});
  return typeof told === 'object' && told !== null && !Array.isArray(told)
    ? right(told as Context)
    : wrong([{ name: 'context', reason: 'an object, or the text of one' }]);
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Whom a call is shown to go to: whoever the context names, as its application understands it. */
export const targetOf = ({ callee }: Context): string =>
  typeof callee === 'string' && callee.trim() !== '' && !/\p{Cc}/u.test(callee) ? callee : 'server';
