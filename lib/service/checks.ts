import type { Request, Verb } from '../conversation/port.js';
import { fault, type Fault } from '../core/fault.js';
import {
  among,
  clearable,
  custom,
  fields,
  flag,
  id,
  link,
  matching,
  number,
  oneOf,
  optional,
  picture,
  text,
  texts,
  types,
  whole,
  type Check,
} from './check.js';
import { deepestSent, isDeep } from './json.js';
import { isWords } from './shape.js';

/** What a body may weigh, in bytes. */
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
const every = (wrap: (check: Check) => Check): Readonly<Record<string, Check>> =>
  Object.fromEntries(Object.entries(conversation).map(([name, check]) => [name, wrap(check)]));

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
export const check = (request: Request): Fault | undefined => {
  const { verb, args }: { readonly verb: unknown; readonly args: unknown } = isWords(request)
    ? request
    : { verb: undefined, args: undefined };
  if (typeof verb !== 'string' || !Object.hasOwn(checks, verb))
    return fault('invalid-argument', { problems: [{ name: 'verb', reason: 'one of this service' }] });
  const problems = checks[verb as Verb](args, '');
  if (problems.length > 0) return fault('invalid-argument', { problems });
  return weightOf(args);
};

/** Whether it is JSON that may be sent. */
export const weightOf = (args: unknown): Fault | undefined => {
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
};
