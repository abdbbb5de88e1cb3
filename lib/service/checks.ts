import type { Request, Verb } from '../conversation/port.js';
import { fault, type Fault, type Problem } from '../core/fault.js';
import { isFields, isCarried, deepestSent, isDeep, parseJson } from './codec-shapes.js';
import * as G from '#io-ts/Guard';
import { isRight } from '../core/either.js';

/** Fault of one parameter: its path and its expected shape, never its value. */
type Check = (value: unknown, name: string) => readonly Problem[];

/** The codec of a parameter, and how to call what it accepts. */
function be({ is }: G.Guard<unknown, unknown>, reason: string): Check {
  return (value, name) => (is(value) ? [] : [{ name, reason }]);
}

function optional(check: Check): Check {
  return (value, name) => (value === undefined ? [] : check(value, name));
}

/** `null` clears. */
function clearable(check: Check): Check {
  return (value, name) => (value === undefined || value === null ? [] : check(value, name));
}

function fields(checks: Readonly<Record<string, Check>>): Check {
  return (value, name) =>
    isFields(value)
      ? Object.entries(checks).flatMap(([key, check]) => check(value[key], name === '' ? key : `${name}.${key}`))
      : [{ name, reason: 'an object' }];
}

/** One of several shapes, distinguished by a field. */
function oneOf(tag: string, cases: ReadonlyMap<unknown, Check>): Check {
  return (value, name) => {
    if (!isFields(value)) return [{ name, reason: 'an object' }];
    const check = cases.get(value[tag]);
    return check === undefined
      ? [{ name: name === '' ? tag : `${name}.${tag}`, reason: [...cases.keys()].join(', ') }]
      : check(value, name);
  };
}

function refined<A>(guard: G.Guard<unknown, A>, is: (value: A) => boolean): G.Guard<unknown, A> {
  return {
    is: (value): value is A => guard.is(value) && is(value),
  };
}

const text = be(G.string, 'a string');
const flag = be(G.boolean, 'true or false');
/** Dots alone would climb out of the path that it stands in, and half of a character has no place in it. */
const id = be(
  refined(G.string, value => value.trim() !== '' && !/^\.{1,2}$/.test(value) && isCarried(value)),
  'a string that is not empty',
);
function matching(pattern: RegExp, reason: string): Check {
  return be(
    refined(G.string, value => pattern.test(value)),
    reason,
  );
}
function whole(least: number, most: number, reason: string): Check {
  return be(
    refined(G.number, value => Number.isInteger(value) && value >= least && value <= most),
    reason,
  );
}
const number = whole(0, Number.MAX_SAFE_INTEGER, 'a whole number, not negative');
function among(...words: readonly string[]): Check {
  return be(
    refined(G.string, value => words.includes(value)),
    words.join(' or '),
  );
}

const strings: G.Guard<unknown, string[]> = {
  is: (value): value is string[] => G.UnknownArray.is(value) && value.every(G.string.is),
};
const texts = be(strings, 'a list of strings');
const types = be(
  refined(strings, list => list.length <= 5 && list.every(one => /^[^,]+$/.test(one) && isCarried(one))),
  'at most five types',
);

function safe(base?: string): Check {
  return be(
    refined(G.string, value => {
      try {
        return /^https?:$/.test(new URL(value, base).protocol);
      } catch {
        return false;
      }
    }),
    'an http: or https: URL',
  );
}

/** `javascript:` and the like would run wherever it is shown. */
const link = /*#__PURE__*/ safe();
/** A relative URL is allowed, as in the document's example. */
const picture = /*#__PURE__*/ safe('https://page.invalid');

/** The existing client takes the text of an object too. */
const custom = be(
  {
    is: (value): value is unknown => {
      if (typeof value !== 'string') return isFields(value);
      const parsed = parseJson(value, deepestSent);
      return isRight(parsed) && isFields(parsed.right);
    },
  },
  'a JSON object, or the text of one',
);

/** Size limit of a body, in bytes. */
const heaviest = 2 * 1024 * 1024;

const page = {
  order: optional(among('asc', 'desc')),
  pageSize: optional(whole(1, 100, 'an integer from 1 to 100')),
  cursor: optional(matching(/^[^\s&#]+$/, 'a cursor of a page')),
};

const conversation = {
  name: id,
  displayName: text,
  imageUrl: picture,
  ttl: number,
  customSortKey: text,
  customData: custom,
};
function every(wrap: (check: Check) => Check): Readonly<Record<string, Check>> {
  return Object.fromEntries(Object.entries(conversation).map(([name, check]) => [name, wrap(check)]));
}

const linked = fields({ url: link });

const content = oneOf(
  'kind',
  new Map([
    ['text', fields({ text })],
    ['image', linked],
    ['audio', linked],
    ['video', linked],
    ['file', linked],
    ['vcard', linked],
    [
      'location',
      fields({ location: fields({ latitude: text, longitude: text, name: optional(text), address: optional(text) }) }),
    ],
    [
      'template',
      fields({
        template: fields({ name: text, parameters: optional(texts) }),
        whatsapp: fields({ policy: text, locale: text }),
      }),
    ],
    ['custom', fields({ customData: custom })],
    ['event', fields({ type: matching(/^(?:custom:)?(?!custom:$)./, 'a type that is not empty'), body: custom })],
  ]),
);

const checks: Readonly<Record<Verb, Check>> = {
  refreshSession: fields({}),
  getUser: fields({ user: id }),
  createConversation: fields(every(optional)),
  getConversation: fields({ conversation: id }),
  updateConversation: fields({ conversation: id, changes: fields(every(clearable)) }),
  deleteConversation: fields({ conversation: id }),
  getConversations: fields({
    ...page,
    includeCustomData: optional(flag),
    orderBy: optional(among('created', 'custom_sort_key')),
  }),
  getConversationEvents: fields({
    ...page,
    conversation: id,
    eventFilter: optional(types),
    includeDeletedEvents: optional(flag),
    startId: optional(number),
    everything: optional(flag),
  }),
  getConversationMembers: fields({ ...page, conversation: id }),
  getConversationMember: fields({ conversation: id, member: id }),
  joinConversation: fields({ conversation: id }),
  inviteToConversation: fields({ conversation: id, userName: id }),
  leaveConversation: fields({ conversation: id }),
  deleteEvent: fields({ conversation: id, event: number }),
  send: fields({
    conversation: id,
    content,
    key: optional(matching(/^[\x21-\x7e]{1,255}$/, 'up to 255 visible ASCII characters')),
  }),
  sendEphemeral: fields({ conversation: id, body: custom }),
  sendReceipt: fields({ conversation: id, event: number, receipt: among('seen', 'delivered') }),
  getLeg: fields({ leg: id }),
  getCallLegs: fields({ ...page, conversation: id }),
};

/** Why a request can't be sent as it stands: everything that is wrong with it in one fault, or that it is too large. */
export function check(request: Request): Fault | undefined {
  const { verb, args }: { readonly verb: unknown; readonly args: unknown } = isFields(request)
    ? request
    : { verb: undefined, args: undefined };
  if (typeof verb !== 'string' || !Object.hasOwn(checks, verb))
    return fault('invalid-argument', { problems: [{ name: 'verb', reason: 'one of this service' }] });
  const problems = checks[verb as Verb](args, '');
  if (problems.length > 0) return fault('invalid-argument', { problems });
  return weightOf(args);
}

/** True when a value is JSON within the limits. */
export function weightOf(args: unknown): Fault | undefined {
  try {
    const json = JSON.stringify(args);
    // No character takes more than three bytes: what is short need not be weighed.
    if (isDeep(json, deepestSent)) return fault('invalid-argument', { problems: [{ name: '', reason: 'less deep' }] });
    return json.length * 3 > heaviest && new TextEncoder().encode(json).length > heaviest
      ? fault('too-large')
      : undefined;
  } catch {
    // A circle, a BigInt, or deeper than the stack.
    return fault('invalid-argument', { problems: [{ name: '', reason: 'JSON' }] });
  }
}
