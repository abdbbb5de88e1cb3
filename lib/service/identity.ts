import type { ConversationEvent, ConversationId, MemberId, Unknown } from '../conversation/model.js';
import type { LineUser } from '../line/model.js';

/** Who we are at the service: the session, the user, and one member in each conversation. */
export type Identity = {
  readonly sessionId: () => string | undefined;
  readonly user: () => LineUser | undefined;
  readonly enter: (sessionId: string, user: LineUser) => void;
  /** The next login is a new one. */
  readonly forgetSession: () => void;
  readonly memberOf: (conversation: ConversationId) => MemberId | undefined;
  readonly learn: (conversation: ConversationId, member: MemberId) => void;
  readonly unlearn: (conversation: ConversationId) => void;
  /** Our own coming and going changes whom we send as. */
  readonly hear: (event: ConversationEvent | Unknown) => void;
};

export const createIdentity = (resumed: string | undefined): Identity => {
  let sessionId = resumed;
  let user: LineUser | undefined;
  const members = new Map<ConversationId, MemberId>();
  return {
    sessionId: () => sessionId,
    user: () => user,
    enter: (id, who) => {
      if (who.id !== user?.id) members.clear();
      sessionId = id;
      user = who;
    },
    forgetSession: () => {
      sessionId = undefined;
    },
    memberOf: conversation => members.get(conversation),
    learn: (conversation, member) => {
      members.set(conversation, member);
    },
    unlearn: conversation => {
      members.delete(conversation);
    },
    hear: event => {
      if (event.kind !== 'member:joined' && event.kind !== 'member:left') return;
      const { conversationId, body } = event;
      if (body.user.id !== user?.id) return;
      if (event.kind === 'member:joined') members.set(conversationId, body.memberId);
      else if (members.get(conversationId) === body.memberId) members.delete(conversationId);
    },
  };
};
