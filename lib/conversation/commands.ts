import { of } from 'rxjs';
import { isLeft, left, type Either } from '../core/either.js';
import { fault, type Fault, type Problem } from '../core/fault.js';
import type { Content, ConversationId, PresenceState, Sent } from './model.js';
import type { Request, Verb, Verbs, Messaging } from './port.js';
import type { ConversationInput } from './state.js';
import type { Indicator } from './indicators.js';
import type { Outcome, Millis, Ref } from '../core/port.js';

/** Dependencies of the commands. */
type Means = {
  readonly newId: () => string;
  /** A command that a conversation's own fold carries out. */
  readonly command: <A>(id: ConversationId, input: (ref: Ref) => ConversationInput) => Outcome<A>;
  /** A question to the service. */
  readonly ask: (request: Request) => Outcome<never>;
  readonly check: (request: Request) => Fault | undefined;
  /** Why nothing can be done about a conversation. */
  readonly refusal: (id: ConversationId) => Fault | undefined;
  readonly now: () => Millis;
  readonly conversationOf: (call: string) => Either<Fault, ConversationId>;
};

type Commands = Omit<Messaging, `${string}$`>;

/** The commands: each a question to the service, or an input of one conversation. */
export function commandsOf({ newId, command, ask, check, refusal, conversationOf, now }: Means): Commands {
  /** Asks with a copy: what is the caller's own may change while the request waits for a line. */
  const verb = <V extends Verb>(name: V, args: Verbs[V]['args']): Outcome<Verbs[V]['result']> => {
    const request = { verb: name, args } as Request;
    const wrong = check(request) ?? (isReading(name) ? undefined : refusal((args as InConversation).conversation));
    return wrong === undefined ? ask({ verb: name, args: copied(args) } as Request) : of(left(wrong));
  };
  const said = new Map<string, LastSign>();
  const refused = (problems: readonly Problem[]): Outcome<never> => of(left(fault('invalid-argument', { problems })));

  /** To the service a sign is any body: what makes it one is looked at here. */
  const sign = (
    conversation: ConversationId,
    body: Indicator,
    problems: readonly Problem[],
  ): ReturnType<Messaging['sendEphemeral']> => {
    if (problems.length > 0) {
      const wrong = check({ verb: 'sendEphemeral', args: { conversation, body } });
      return refused([...(wrong?.problems ?? []), ...problems]);
    }
    const name = `${body.type} ${conversation}`;
    const [last, words, at] = [said.get(name), JSON.stringify(body), now()];
    // It is called at each keystroke: a recent indicator is not repeated.
    if (last?.words === words && Math.abs(at - last.at) < restOfSign) return last.outcome;
    const outcome = verb('sendEphemeral', { conversation, body });
    said.set(name, { words, at, outcome });
    // A failed indicator is sent again.
    outcome.subscribe(result => {
      if (isLeft(result) && said.get(name)?.at === at) said.delete(name);
    });
    return outcome;
  };

  /** Commands about an own message are refused where sending it would be. */
  const keyed = <A>(conversation: ConversationId, key: string, input: (ref: Ref) => ConversationInput): Outcome<A> => {
    const wrong = check({ verb: 'send', args: { conversation, content: { kind: 'text', text: '' }, key } });
    return wrong === undefined ? command(conversation, input) : of(left(wrong));
  };

  /** Options that are none are left as they are, for the check to see. */
  const within = <O extends object>(conversation: ConversationId, options: O): O & { conversation: ConversationId } =>
    isObject(options) ? { ...options, conversation } : (options as never);

  const send = (conversation: ConversationId, content: Content): Outcome<Sent> => {
    const key = newId();
    const wrong = check({ verb: 'send', args: { conversation, content, key } }) ?? refusal(conversation);
    if (wrong !== undefined) return of(left(wrong));
    const own = copied(content);
    return command(conversation, ref => ({ _tag: 'send', ref, key, content: own }));
  };

  return {
    send,
    resend: (id, key) => {
      const wrong = refusal(id);
      return wrong === undefined ? keyed(id, key, ref => ({ _tag: 'resend', ref, key })) : of(left(wrong));
    },
    unsend: (id, key) => keyed(id, key, ref => ({ _tag: 'unsend', ref, key })),
    loadOlder: id => {
      const wrong = check({ verb: 'getConversationEvents', args: { conversation: id } }) ?? refusal(id);
      return wrong === undefined ? command(id, ref => ({ _tag: 'load-older', ref })) : of(left(wrong));
    },
    seen: (conversation, event) => verb('sendReceipt', { conversation, event, receipt: 'seen' }),
    typing: (id, on) => sign(id, { type: 'typing', on }, isFlag(on) ? [] : [{ name: 'on', reason: 'true or false' }]),
    presence: (id, state) =>
      sign(id, { type: 'presence', state }, isState(state) ? [] : [{ name: 'state', reason: states.join(', ') }]),
    sendEphemeral: (conversation, body) => verb('sendEphemeral', { conversation, body }),
    deleteEvent: (conversation, event) => verb('deleteEvent', { conversation, event }),
    refreshSession: () => verb('refreshSession', {}),
    getUser: user => verb('getUser', { user }),
    createConversation: (parameters = {}) => verb('createConversation', parameters),
    getConversation: conversation => verb('getConversation', { conversation }),
    updateConversation: (conversation, changes) => verb('updateConversation', { conversation, changes }),
    deleteConversation: conversation => verb('deleteConversation', { conversation }),
    getConversations: (options = {}) => verb('getConversations', options),
    getConversationEvents: (conversation, options = {}) => verb('getConversationEvents', within(conversation, options)),
    getConversationMembers: (conversation, options = {}) =>
      verb('getConversationMembers', within(conversation, options)),
    getConversationMember: (conversation, member) => verb('getConversationMember', { conversation, member }),
    joinConversation: conversation => verb('joinConversation', { conversation }),
    inviteToConversation: (conversation, userName) => verb('inviteToConversation', { conversation, userName }),
    leaveConversation: conversation => verb('leaveConversation', { conversation }),
    getLeg: leg => verb('getLeg', { leg }),
    getCallLegs: (call, options = {}) => {
      const found = conversationOf(call);
      return isLeft(found) ? of(found) : verb('getCallLegs', within(found.right, options));
    },
  };
}

/** A sign that was given, and what became of it. */
type LastSign = {
  readonly words: string;
  readonly at: Millis;
  readonly outcome: ReturnType<Messaging['sendEphemeral']>;
};

/** How long the same sign is not given again. */
const restOfSign: Millis = 3_000;

type InConversation = { readonly conversation: ConversationId };

/** Reads and rejoining are left to the service to refuse. */
function isReading(verb: Verb): boolean {
  return verb.startsWith('get') || verb === 'joinConversation';
}

function copied<A>(value: A): A {
  return JSON.parse(JSON.stringify(value)) as A;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function isFlag(value: unknown): boolean {
  return typeof value === 'boolean';
}
const states: readonly PresenceState[] = ['online', 'away', 'offline'];
function isState(value: unknown): boolean {
  return states.some(state => state === value);
}
