import { of } from 'rxjs';
import { left } from '../kernel/either.js';
import type { Fault } from '../kernel/fault.js';
import type { Outcome } from '../kernel/outcome.js';
import type { Ref } from '../kernel/units.js';
import type { Messaging } from './messaging.js';
import type { Content, ConversationId, Sent } from './model.js';
import type { Request, Verb, Verbs } from './port.js';
import type { ConversationInput } from './record.js';
import type { Sign } from './signs.js';

/** What commands are made of. */
type Means = {
  readonly newId: () => string;
  /** A command that a conversation's own fold carries out. */
  readonly command: <A>(id: ConversationId, input: (ref: Ref) => ConversationInput) => Outcome<A>;
  /** A question to the service. */
  readonly ask: (request: Request) => Outcome<never>;
  readonly check: (request: Request) => Fault | undefined;
};

type Commands = Omit<Messaging, `${string}$`>;

/** The commands: each a question to the service, or an input of one conversation. */
export const commandsOf = ({ newId, command, ask, check }: Means): Commands => {
  const verb = <V extends Verb>(name: V, args: Verbs[V]['args']): Outcome<Verbs[V]['result']> =>
    ask({ verb: name, args } as Request);
  const sign = (conversation: ConversationId, body: Sign): ReturnType<Messaging['sendEphemeral']> =>
    verb('sendEphemeral', { conversation, body });

  const send = (conversation: ConversationId, content: Content): Outcome<Sent> => {
    const key = newId();
    const wrong = check({ verb: 'send', args: { conversation, content, key } });
    return wrong === undefined ? command(conversation, ref => ({ _tag: 'send', ref, key, content })) : of(left(wrong));
  };

  return {
    send,
    resend: (id, key) => command(id, ref => ({ _tag: 'resend', ref, key })),
    unsend: (id, key) => command(id, ref => ({ _tag: 'unsend', ref, key })),
    loadOlder: id => command(id, ref => ({ _tag: 'load-older', ref })),
    seen: (conversation, event) => verb('sendReceipt', { conversation, event, receipt: 'seen' }),
    typing: (id, on) => sign(id, { type: 'typing', on }),
    presence: (id, state) => sign(id, { type: 'presence', state }),
    sendEphemeral: (conversation, body) => verb('sendEphemeral', { conversation, body }),
    deleteEvent: (conversation, event) => verb('deleteEvent', { conversation, event }),
    refreshSession: () => verb('refreshSession', {}),
    getUser: user => verb('getUser', { user }),
    createConversation: (parameters = {}) => verb('createConversation', parameters),
    getConversation: conversation => verb('getConversation', { conversation }),
    updateConversation: (conversation, changes) => verb('updateConversation', { conversation, changes }),
    deleteConversation: conversation => verb('deleteConversation', { conversation }),
    getConversations: (options = {}) => verb('getConversations', options),
    getConversationEvents: (conversation, options = {}) => verb('getConversationEvents', { ...options, conversation }),
    getConversationMembers: (conversation, options = {}) =>
      verb('getConversationMembers', { ...options, conversation }),
    getConversationMember: (conversation, member) => verb('getConversationMember', { conversation, member }),
    joinConversation: conversation => verb('joinConversation', { conversation }),
    inviteToConversation: (conversation, userName) => verb('inviteToConversation', { conversation, userName }),
    leaveConversation: conversation => verb('leaveConversation', { conversation }),
  };
};
