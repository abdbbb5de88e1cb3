import { catchError, defaultIfEmpty, defer, from, map, of, take, type Observable, type ObservableInput } from 'rxjs';
import { left, right, type Either } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import { thrown } from './failure.js';
import type { MessagingOptions } from './options.js';
import { isFields, type Fields, parseJson } from './codec-shapes.js';
import type { ConversationEvent, ConversationId, MemberId, Unknown } from '../conversation/model.js';
import type { LineUser } from '../line/model.js';

/** The token of the moment, and where the next one comes from. */
export type Keyring = {
  /** Asks for another one, which is not used before `use`. One value; never errors. */
  readonly ask: () => Observable<Either<Fault, string>>;
  readonly use: (token: string) => void;
  readonly current: () => string;
  /** Text of the far side, in which it may have quoted a token. */
  readonly hide: (text: string) => string;
};

export function createKeyring(token: MessagingOptions['token']): Keyring {
  let current = '';
  let asked = '';
  return {
    ask: () =>
      defer(() => {
        const given: unknown = token();
        // A token function may return `undefined`.
        return typeof given === 'object' && given !== null ? from(given as ObservableInput<unknown>) : of(given);
      }).pipe(
        take(1),
        defaultIfEmpty(''),
        map(value => {
          if (typeof value !== 'string' || !isSendable(value)) return left(noToken);
          asked = value;
          return right(value);
        }),
        catchError((error: unknown) =>
          of(
            left({
              ...fault('unauthorized', { message: 'The token function failed.', ...thrown(error) }),
              retryable: true,
            }),
          ),
        ),
      ),
    use: value => {
      current = value;
    },
    current: () => current,
    hide: text =>
      [asked, current].filter(one => one !== '').reduce((safe, one) => safe.split(one).join('[redacted]'), text),
  };
}

const noToken = /*#__PURE__*/ fault('invalid-token', {
  message: 'The token is empty or malformed.',
  serverCode: 'session:error:empty-token',
});

/** Characters that a header can carry. */
function isSendable(token: string): boolean {
  return /^[\x21-\x7e]+$/.test(token);
}

const aDay = 24 * 60 * 60;

/**
 * For how many seconds a token that was just taken is good; a day, where it does not say. Where it would not be good yet,
 * or not any more, the clock here is wrong: then it is its whole lifetime.
 */
export function lifetimeOf(token: string, now: number): number {
  const { exp, iat } = claimsOf(token);
  if (typeof exp !== 'number') return aDay;
  const rest = exp - now / 1000;
  const whole = typeof iat === 'number' ? exp - iat : Infinity;
  return Math.max(0, Math.floor(rest > 0 && rest <= whole ? rest : Number.isFinite(whole) ? whole : rest));
}

/** RFC 7519 §4.1. The signature is the server's to check. */
function claimsOf(token: string): Fields {
  const [, payload = ''] = token.split('.');
  try {
    const claims = parseJson(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return claims._tag === 'Right' && isFields(claims.right) ? claims.right : {};
  } catch {
    return {};
  }
}

/** Our identity at the service: session, user, and one member per conversation. */
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

export function createIdentity(resumed: string | undefined): Identity {
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
}
