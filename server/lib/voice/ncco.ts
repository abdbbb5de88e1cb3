/** The actions that an answer URL may give, checked by hand. */
import { isWords } from '../chat/check.js';
import type { Json } from '../chat/model.js';
import type { JsonObject } from '../chat/json.js';
import { maxTextLength } from './say-request.js';
import type { Action } from './call-script.js';
import { isSsml } from './ssml.js';

/**
 * Actions to carry out, and what was skipped because it is unknown here; or what is wrong with them. Each complaint names
 * its action.
 */
export type Read =
  { readonly actions: readonly Action[]; readonly skipped: readonly string[] } | { readonly wrong: string };

type Field = (value: Json) => boolean;

const isText: Field = value => typeof value === 'string';
const isName: Field = value => typeof value === 'string' && value.trim() !== '';
/** Also as text: lists of actions are often put together from templates. */
const isNumberIn =
  (least: number, most: number): Field =>
  value =>
    (typeof value === 'number' || isName(value)) && Number(value) >= least && Number(value) <= most;
const isCount: Field = value => Number.isInteger(Number(value)) && isNumberIn(0, 1e6)(value);

const longestPatience = 7200;

const textIn = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

interface Kind {
  readonly must: Readonly<Record<string, Field>>;
  readonly may: Readonly<Record<string, Field>>;
  /** `undefined`: the fields do not go together. */
  readonly read: (words: JsonObject) => Action | undefined;
}

const kinds: ReadonlyMap<string, Kind> = new Map([
  [
    'talk',
    {
      must: { text: value => isName(value) && textIn(value).length <= maxTextLength },
      may: {
        language: isText,
        style: isCount,
        loop: isCount,
        level: isNumberIn(-1, 1),
        ssml: value => typeof value === 'boolean',
      },
      read: ({ text, language, loop = 1, level = 0, ssml }) => {
        const said = textIn(text);
        const marked = ssml === true || said.trimStart().startsWith('<speak');
        if (marked && !isSsml(said)) return undefined;
        const voice = typeof language === 'string' ? { voice: language } : {};
        const words = { text: said, ssml: marked, loop: Number(loop), level: Number(level), ...voice };
        return { kind: 'talk', words };
      },
    },
  ],
  [
    'connect',
    {
      must: { endpoint: value => Array.isArray(value) && value.length > 0 && !value.some(isWrong) },
      may: { timeout: isNumberIn(1, longestPatience), from: isCaller },
      read: ({ endpoint, timeout, from }) => ({
        kind: 'connect',
        to: Array.isArray(endpoint) ? endpoint.flatMap(nameOf) : [],
        ...(timeout === undefined ? {} : { patience: Number(timeout) * 1000 }),
        ...(from === undefined ? {} : { from: callerIn(from) }),
      }),
    },
  ],
  [
    'conversation',
    { must: { name: isName }, may: {}, read: ({ name }) => ({ kind: 'conversation', name: textIn(name) }) },
  ],
]);

/** Reads the whole list: one action that is wrong spoils it, one that is unknown is left out. */
export function readActions(value: unknown): Read {
  if (!Array.isArray(value)) return { wrong: 'the answer is not a list of actions' };
  const actions: Action[] = [];
  const skipped: string[] = [];
  for (const given of value) {
    const read = readAction(given, skipped);
    if (typeof read === 'string') return { wrong: read };
    if (read) actions.push(read);
  }
  return { actions, skipped };
}

/** The action, `undefined` if there is none of that name here, or what is wrong with it. */
function readAction(given: unknown, skipped: string[]): Action | string | undefined {
  const name = isWords(given) ? given['action'] : undefined;
  if (!isWords(given) || typeof name !== 'string') return 'an action has no name';
  const kind = kinds.get(name);
  if (!kind) {
    skipped.push(`there is no action ${shown(name)}`);
    return undefined;
  }
  const { must, may, read } = kind;
  const fields = new Map(Object.entries({ ...must, ...may }));
  const missing = Object.keys(must).find(field => !Object.hasOwn(given, field));
  if (missing !== undefined) return `${name}: ${missing} is missing`;
  const known: [field: string, value: Json][] = [];
  for (const [field, value] of Object.entries(given)) {
    if (fields.has(field)) known.push([field, value]);
    else if (field !== 'action') skipped.push(`${name}: there is no field ${shown(field)}`);
  }
  const wrong = known.find(([field, value]) => fields.get(field)?.(value) !== true);
  if (wrong) return `${name}: ${wrong[0]} is wrong`;
  const action = read(Object.fromEntries(known));
  if (action?.kind === 'connect' && action.to.length === 0) {
    skipped.push('connect: there is no endpoint of that type');
    return undefined;
  }
  return action ?? `${name}: its text is no SSML`;
}

const shown = (name: string): string => JSON.stringify(name.slice(0, 40));

/** The target of an endpoint, by its type; `undefined` where it has none. */
const endpoints: ReadonlyMap<Json | undefined, (endpoint: JsonObject) => string | undefined> = new Map([
  ['app', ({ user }) => (isName(user ?? null) ? textIn(user).trim() : undefined)],
  ['sip', ({ uri }) => (/^sips?:\S+$/.test(textIn(uri)) ? textIn(uri) : undefined)],
  ['phone', ({ number }) => (isCaller(number ?? null) ? callerIn(number) : undefined)],
]);

/** A number, or the caller's name. */
function isCaller(value: Json): boolean {
  return (typeof value === 'string' || typeof value === 'number') && /^[^\p{Cc}]*\S[^\p{Cc}]*$/u.test(String(value));
}

const callerIn = (value: Json | undefined): string =>
  typeof value === 'number' ? String(value) : textIn(value).trim();

/** True for no endpoint, or one of a known type without a target. */
function isWrong(value: Json): boolean {
  if (!isWords(value) || typeof value['type'] !== 'string') return true;
  const read = endpoints.get(value['type']);
  return read !== undefined && read(value) === undefined;
}

/** The target of an endpoint; `undefined` for an unknown type. */
function nameOf(value: Json): readonly string[] {
  const name = isWords(value) ? endpoints.get(value['type'])?.(value) : undefined;
  return name === undefined ? [] : [name];
}
