import { AsyncSubject, catchError, defer, finalize, map, of, share, switchMap, tap, type Observable } from 'rxjs';
import type { ConversationId, ConversationInfo, MemberId, Page } from '../conversation/model.js';
import type { Request } from '../conversation/port.js';
import { isLeft, left, right, type Either } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import type { Failure } from '../core/port.js';
import { check } from './checks.js';
import { thrown } from './failure.js';
import { askingForMe, askingOf, askingToRefresh, asMember, type Asked } from './requests.js';
import type { Rest } from './rest.js';
import type { Keyring, Identity } from './token.js';

type Answer = Observable<Either<Failure, unknown>>;

/** Sends requests to the service. Each is cold, emits one value, never errors and is sent once. */
export type RequestSender = {
  readonly ask: (request: Request) => Answer;
  /** Our member id in a conversation. */
  readonly meIn: (conversation: ConversationId) => Observable<Either<Failure, MemberId>>;
  /** Asks for another token, and uses it once the service has taken it; once for all who want one meanwhile. */
  readonly refresh: () => Observable<Either<Failure, undefined>>;
};

type Parts = {
  readonly rest: Rest;
  readonly keyring: Keyring;
  readonly identity: Identity;
  readonly survive: (fault: Fault) => void;
};

export function createRequestSender({ rest, keyring, identity, survive }: Parts): RequestSender {
  const underway = new Map<ConversationId, Observable<Either<Failure, MemberId>>>();

  /** Our member id in a conversation; concurrent callers share one request. */
  const meIn = (conversation: ConversationId): Observable<Either<Failure, MemberId>> => {
    const known = identity.memberOf(conversation);
    if (known !== undefined) return of(right(known));
    const asked =
      underway.get(conversation) ??
      rest(askingForMe(conversation)).pipe(
        tap(me => {
          if (!isLeft(me)) identity.learn(conversation, me.right);
        }),
        finalize(() => underway.delete(conversation)),
        share({ connector: () => new AsyncSubject() }),
      );
    underway.set(conversation, asked);
    return asked;
  };

  const put = (request: Request<Asked>, me: MemberId): Answer =>
    rest(
      askingOf(request, {
        sessionId: identity.sessionId(),
        user: identity.user(),
        me,
        skipped: path => {
          survive(fault('bad-answer', { message: `Left out of the answer: ${path}.` }));
        },
      }),
    ).pipe(
      tap(result => {
        if (!isLeft(result)) learn(request, result.right);
        // Our member id may have changed meanwhile.
        else if (me !== '' && 'conversation' in request.args && isRefused(result.left))
          identity.unlearn(request.args.conversation);
      }),
    );

  /** Learns our member id from responses. */
  const learn = ({ verb, args }: Request, result: unknown): void => {
    if (verb === 'joinConversation') identity.learn(args.conversation, result as MemberId);
    else if (verb === 'leaveConversation' || verb === 'deleteConversation') identity.unlearn(args.conversation);
    else if (verb === 'getConversation' || verb === 'updateConversation') known(result as ConversationInfo);
    else if (verb === 'getConversations') (result as Page<ConversationInfo>).items.forEach(known);
  };
  const known = ({ id, me }: ConversationInfo): void => {
    if (me !== undefined && me.state !== 'LEFT') identity.learn(id, me.id);
  };

  let refreshing: Observable<Either<Failure, undefined>> | undefined;
  const refresh = (): Observable<Either<Failure, undefined>> =>
    (refreshing ??= keyring.ask().pipe(
      switchMap((token): Observable<Either<Failure, undefined>> => {
        const sessionId = identity.sessionId();
        if (isLeft(token)) return of(left({ fault: token.left }));
        if (sessionId === undefined) return of(left({ fault: fault('invalid-session') }));
        return rest(askingToRefresh(sessionId, token.right)).pipe(
          map(result => {
            if (isLeft(result)) return result;
            keyring.use(token.right);
            return right(undefined);
          }),
        );
      }),
      finalize(() => {
        refreshing = undefined;
      }),
      share({ connector: () => new AsyncSubject() }),
    ));

  return {
    ask: request =>
      defer((): Answer => {
        const wrong = check(request);
        if (wrong !== undefined) return of(left({ fault: wrong }));
        if (request.verb === 'refreshSession') return refresh();
        if (!asMember.has(request.verb) || !('conversation' in request.args)) return put(request, '');
        return meIn(request.args.conversation).pipe(switchMap(me => (isLeft(me) ? of(me) : put(request, me.right))));
      }).pipe(catchError((error: unknown) => of(left({ fault: fault('internal', thrown(error)) })))),
    meIn,
    refresh,
  };
}

function isRefused({ fault: { statusCode = 0 } }: Failure): boolean {
  return statusCode >= 400 && statusCode < 500;
}
