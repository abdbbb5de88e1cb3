/** The actions that an answer URL may give, checked by hand. */
import { isWords } from '../chat/check.js';
import type { Json } from '../chat/rows.js';
import type { Words } from '../chat/wire.js';
import { longestText } from './say.js';
import type { Action } from './script.js';
import { isSsml } from './ssml.js';

/** Actions to carry out, or what is wrong with them; the complaint names the action. */
export type Read = { readonly actions: readonly Action[] } | { readonly wrong: string };

type Field = (value: Json) => boolean;

const isText: Field = value => typeof value === 'string';
const isName: Field = value => typeof value === 'string' && value.trim() !== '';
const isNumberIn =
  (least: number, most: number): Field =>
  value =>
    typeof value === 'number' && value >= least && value <= most;
const isCount: Field = value => Number.isInteger(value) && isNumberIn(0, 1e6)(value);

const longestPatience = 7200;

const textIn = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

interface Kind {
  readonly must: Readonly<Record<string, Field>>;
  readonly may: Readonly<Record<string, Field>>;
  /** `undefined`: the fields do not go together. */
  readonly read: (words: Words) => Action | undefined;
}

const kinds: ReadonlyMap<string, Kind> = new Map([
  [
    'talk',
    {
      must: { text: value => isName(value) && textIn(value).length <= longestText },
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
      must: { endpoint: value => Array.isArray(value) && value.length > 0 && value.every(isEndpoint) },
      may: { timeout: isNumberIn(1, longestPatience) },
      read: ({ endpoint, timeout }) => ({
        kind: 'connect',
        to: Array.isArray(endpoint) ? endpoint.flatMap(nameOf) : [],
        ...(typeof timeout === 'number' ? { patience: timeout * 1000 } : {}),
      }),
    },
  ],
  [
    'conversation',
    { must: { name: isName }, may: {}, read: ({ name }) => ({ kind: 'conversation', name: textIn(name) }) },
  ],
]);

/** Reads the whole list: one wrong action spoils it. */
export function readActions(value: unknown): Read {
  if (!Array.isArray(value)) return { wrong: 'the answer is not a list of actions' };
  const actions: Action[] = [];
  for (const given of value) {
    const read = readAction(given);
    if (typeof read === 'string') return { wrong: read };
    actions.push(read);
  }
  return { actions };
}

function readAction(given: unknown): Action | string {
  const name = isWords(given) ? given['action'] : undefined;
  if (!isWords(given) || typeof name !== 'string') return 'an action has no name';
  const kind = kinds.get(name);
  if (!kind) return `there is no action ${JSON.stringify(name.slice(0, 40))}`;
  const { must, may, read } = kind;
  const fields = Object.entries(given).filter(([field]) => field !== 'action');
  const strange = fields.find(([field]) => !Object.hasOwn(must, field) && !Object.hasOwn(may, field));
  if (strange) return `${name}: there is no field ${JSON.stringify(strange[0].slice(0, 40))}`;
  const missing = Object.keys(must).find(field => !Object.hasOwn(given, field));
  if (missing !== undefined) return `${name}: ${missing} is missing`;
  const wrong = fields.find(([field, value]) => !{ ...must, ...may }[field]?.(value));
  return wrong ? `${name}: ${wrong[0]} is wrong` : (read(given) ?? `${name}: its text is no SSML`);
}

function isEndpoint(value: Json): boolean {
  return nameOf(value).length > 0;
}

/** What an endpoint dials. */
function nameOf(value: Json): readonly string[] {
  if (!isWords(value)) return [];
  const { type, user, uri } = value;
  if (type === 'app' && typeof user === 'string' && user !== '') return [user];
  return type === 'sip' && typeof uri === 'string' && /^sips?:\S+$/.test(uri) ? [uri] : [];
}
