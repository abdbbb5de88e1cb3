import { SessionState, type IncomingNotifyRequest, type IncomingResponseMessage } from 'sip.js/lib/core/index.js';
import { isLeft, left, right, type Either } from '../core/either.js';
import type { Failure } from '../core/port.js';
import type { Destination } from '../call/port.js';
import { originalUri } from './address.js';
import type { Agent, SipCall } from './agent.js';
import { spoken } from './call.js';
import { failureOf, read } from './failure.js';
import { failed, type Settle } from './ledger.js';
import { headerValue } from './message.js';
import { formatReplaces } from './replaces.js';
import { recount } from './sequence.js';
import { SIPFRAG, parseSipfrag, type Fragment } from './sipfrag.js';
import { requestUri } from './target.js';
import { toRequestUri } from './uri.js';

/**
 * The far side of another call of ours, and that it is to take that call's place there. Its Contact is a name that only
 * its server knows, unless it says that everybody may use it (`gr`). RFC 5589 §7.3, RFC 5627.
 */
const consulted = ({ account }: Agent, other: SipCall | undefined): Either<Failure, string> => {
  const { session } = other ?? {};
  if (session?.sessionState !== SessionState.Confirmed) return left(failed('wrong-state'));
  const { remoteTarget, remoteURI, callId, remoteTag, localTag } = session;
  const reachable = remoteTarget.hasParam('gr') ? remoteTarget : remoteURI;
  const uri = toRequestUri(originalUri(reachable.toString()), account.realm);
  if (isLeft(uri)) return left(failed(uri.left));
  const replaces = formatReplaces({ callId, toTag: remoteTag, fromTag: localTag });
  return right(`${uri.right}?Replaces=${encodeURIComponent(replaces)}`);
};

const destination = (agent: Agent, to: Destination): Either<Failure, string> => {
  if ('call' in to) return consulted(agent, agent.calls.get(to.call));
  const uri = requestUri(agent, to);
  return isLeft(uri) ? uri : right(uri.right.toString());
};

/** Asks the far side to call somebody else. What becomes of it is told within the dialog. RFC 3515 §2.4.2. */
export const transfer = (agent: Agent, call: SipCall, to: Destination, settle: Settle<undefined>): void => {
  const { session } = call;
  const { account } = agent;
  if (session?.sessionState !== SessionState.Confirmed) {
    settle(left(failed('wrong-state')));
    return;
  }
  const where = destination(agent, to);
  if (isLeft(where)) {
    settle(where);
    return;
  }
  const finish = spoken<undefined>(call, result => {
    recount(session, refer.message);
    // Notices of it bear the number under which it was taken.
    if (call.referring !== undefined) call.referring = refer.message.cseq;
    settle(result);
  });
  const refused = ({ message }: { readonly message: IncomingResponseMessage }): void => {
    call.referring = undefined;
    finish(left(failureOf(message)));
  };
  const refer = session.refer(
    {
      onAccept: () => {
        finish(right(undefined));
      },
      onRedirect: refused,
      onReject: refused,
    },
    {
      extraHeaders: [
        `Contact: ${account.contact.toString()}`,
        `Refer-To: <${where.right}>`,
        `Referred-By: <${account.aor.toString()}>`,
      ],
    },
  );
  call.referring = refer.message.cseq;
};

/** A subscription that ends without an outcome: nobody will ever say what has become of it. */
const untold: Fragment = { statusCode: 500, reasonPhrase: 'No outcome was told' };

/**
 * What a notice says, and whether another may follow. There are ends that write `terminated` on every notice, so without
 * a reason a provisional status is still one.
 */
const heard = (state: string, body: string): { readonly told?: Fragment; readonly isLast: boolean } => {
  const fragment = parseSipfrag(body);
  const isOver = /^\s*terminated\b/i.test(state);
  if (fragment !== undefined && fragment.statusCode >= 200) return { told: fragment, isLast: true };
  if (isOver && (fragment === undefined || /;\s*reason\s*=/i.test(state))) return { told: untold, isLast: true };
  return { ...(fragment === undefined ? {} : { told: fragment }), isLast: false };
};

/** A notice within the dialog of the call. Of another event, or of nothing that was asked, it is refused. RFC 6665 §4.1.3. */
export const receiveNotify = (agent: Agent, call: SipCall, request: IncomingNotifyRequest): void => {
  const message = read(request.message);
  const event = /^\s*refer\s*(?:;.*)?$/i.exec(headerValue(message, 'event') ?? '');
  if (event === null) {
    request.reject({ statusCode: 489, extraHeaders: ['Allow-Events: refer'] });
    return;
  }
  // A second request has a name of its own. RFC 3515 §2.4.6.
  const [, id] = /;\s*id\s*=\s*(\d+)/i.exec(event[0]) ?? [];
  if (call.referring === undefined || (id !== undefined && Number(id) !== call.referring)) {
    request.reject({ statusCode: 481 });
    return;
  }
  request.accept();
  const isFragment = request.message.getHeader('content-type')?.toLowerCase() === SIPFRAG;
  const { told, isLast } = heard(
    headerValue(message, 'subscription-state') ?? '',
    isFragment ? request.message.body : '',
  );
  if (isLast) call.referring = undefined;
  if (told !== undefined) agent.report({ _tag: 'transfer-progress', call: call.id, ...told });
};
