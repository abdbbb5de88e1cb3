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
function given<A extends object>(parameters: Nullable<A>): Given<A> {
  return Object.fromEntries(
    Object.entries(parameters ?? {}).filter(([, value]) => value !== null && value !== undefined),
  ) as Given<A>;
}

export function pageOptions(parameters: Nullable<GetConversationMembersParameters>): PageOptions {
  return given(parameters);
}

export function conversationsOptions(parameters: Nullable<GetConversationsParameters>): ConversationsOptions {
  return given(parameters);
}

export function eventsOptions(parameters: Nullable<GetConversationEventsParameters>): EventsOptions {
  return given(parameters);
}

/** Custom data goes to the line as it is: it takes an object and the text of one, and refuses the rest. */
export function newConversation(parameters: Nullable<CreateConversationParameters>): NewConversation {
  return given(parameters) as NewConversation;
}

/** Changes: `null` resets a property, an absent one stays. */
export function changes(parameters: UpdateConversationParameters): ConversationChanges {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]: [string, unknown]) => {
      if (!isOption(value)) return value === undefined ? [] : [[name, value]];
      return value._tag === 'None' || value.value === undefined ? [] : [[name, value.value]];
    }),
  );
}

/** The adapter checks custom data before it sends. */
export function jsonOf(data: CustomData): Json {
  return data as Json;
}

export function placeOf(location: Location): Place {
  return given(location);
}

export function formOf(template: Template): Form {
  return given(template);
}

function wrong(problems: readonly Problem[]): Either<Fault, never> {
  return left(fault('invalid-argument', { problems }));
}

const speechTypes: readonly (readonly [name: keyof CallSayParams, type: string])[] = [
  ['text', 'string'],
  ['level', 'number'],
  ['loop', 'number'],
  ['queue', 'boolean'],
  ['voiceName', 'string'],
  ['ssml', 'boolean'],
];

/** Text to speech; SSML where it begins with `<speak`. */
export function speechOf(said: CallSayParams | string): Either<Fault, Speech> {
  const told = given<Partial<CallSayParams>>(typeof said === 'string' ? { text: said } : said);
  const speech: Speech = { text: '', ssml: isSsml(told.text), ...told };
  const problems = speechTypes.filter(([name, type]) => name in speech && typeof speech[name] !== type);
  return problems.length === 0 ? right(speech) : wrong(problems.map(([name, type]) => ({ name, reason: `a ${type}` })));
}

/** True for a text that begins with `<speak`. */
function isSsml(text: unknown): boolean {
  return typeof text === 'string' && text.trimStart().startsWith('<speak');
}

/** A string, else empty. */
export function textOf(given: unknown): string {
  return typeof given === 'string' ? given : '';
}

/** Context of a call: an object, its JSON text, or nothing. */
export function contextOf(context: Nullable<CustomData | object>): Either<Fault, Context> {
  const told: unknown = typeof context === 'string' ? parsed(context) : (context ?? {});
  return typeof told === 'object' && told !== null && !Array.isArray(told)
    ? right(told as Context)
    : wrong([{ name: 'context', reason: 'an object, or the text of one' }]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Displayed target of a service call: its `callee`, else `server`. */
export function targetOf({ callee }: Context): string {
  return typeof callee === 'string' && callee.trim() !== '' && !/\p{Cc}/u.test(callee) ? callee : 'server';
}
