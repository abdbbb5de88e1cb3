import {
  SessionState,
  type IncomingReferRequest,
  type Session,
  type IncomingNotifyRequest,
  type IncomingResponseMessage,
} from './sipjs.js';
import type { Place, Destination } from '../call/port.js';
import { originalUri, parseAddress } from './address.js';
import { type SipContext, type SipCall, type Referral, failed, type Settle } from './context.js';
import { read, failureOf } from './failure.js';
import { headerValue, headerValues } from './message.js';
import { parseReplaces, formatReplaces } from './replaces.js';
import { asTarget, headersIn, toRequestUri } from './uri.js';
import { isLeft, left, right, type Either } from '../core/either.js';
import type { Failure, Ref } from '../core/port.js';
import { untilLineLost } from './call.js';
import { requestUri } from './target.js';
import { syncCseq } from './sipjs-internals.js';

type Wanted = { readonly target: string; readonly replaces?: string };

/** Target and Replaces of a Refer-To, or the status that rejects it: 400, 416. */
function wanted(value: string, realm: string, allowed: readonly string[]): Wanted | number {
  const uri = originalUri(parseAddress(value)?.uri ?? '');
  if (!/^(?:sips?|tel):/i.test(uri)) return /^[a-z][a-z0-9+.-]*:/i.test(uri) ? 416 : 400;
  // A method that is not INVITE asks for something else than a call.
  const target = asTarget(uri.replace(/;method=INVITE(?=[;?]|$)/i, ''), realm, allowed);
  const [[, replaces] = [], ...more] = headersIn(uri, ['Replaces']);
  if (target === undefined || more.length > 0) return 400;
  if (replaces === undefined) return { target };
  return parseReplaces(replaces) === undefined ? 400 : { target, replaces };
}

/** Sends the progress of a referred call within a confirmed dialog. RFC 3515 §2.4.4. */
function notifying(agent: SipContext, session: Session, event: string): Referral['tell'] {
  let isOver = false;
  return (statusCode, reasonPhrase) => {
    if (isOver || session.sessionState !== SessionState.Confirmed) return;
    isOver = statusCode >= 200;
    const state = isOver ? 'terminated;reason=noresource' : 'active;expires=180';
    const counted = (): void => {
      syncCseq(session, notice.message);
    };
    const notice = session.notify(
      { onAccept: counted, onReject: counted },
      {
        extraHeaders: [
          `Contact: ${agent.account.contact.toString()}`,
          `Event: ${event}`,
          `Subscription-State: ${state}`,
        ],
        body: {
          contentDisposition: 'render',
          contentType: SIPFRAG,
          content: formatSipfrag({ statusCode, reasonPhrase }),
        },
      },
    );
  };
}

/** Reports a REFER, which waits for `accept-refer` or `decline-refer`. RFC 3515 §2.4.2. */
export function receiveRefer(agent: SipContext, call: SipCall, session: Session, request: IncomingReferRequest): void {
  const message = read(request.message);
  const values = headerValues(message, 'refer-to');
  const found =
    values.length === 1 ? wanted(values[0] ?? '', agent.account.realm, agent.options.uriHeaders ?? []) : 400;
  if (typeof found === 'number') {
    request.reject({ statusCode: found });
    return;
  }
  const refer = agent.newId();
  const referredBy = headerValue(message, 'referred-by');
  const by = parseAddress(referredBy ?? '')?.uri;
  // NOTIFYs of a second REFER carry `id`. RFC 3515 §2.4.6.
  const tell = notifying(agent, session, call.referrals.size === 0 ? 'refer' : `refer;id=${request.message.cseq}`);
  call.referrals.set(refer, {
    headers: [
      ...(found.replaces === undefined ? [] : [`Replaces: ${found.replaces}`]),
      ...(by === undefined || referredBy === undefined ? [] : [`Referred-By: ${referredBy}`]),
    ],
    isAnswered: false,
    tell,
    answer: statusCode => {
      if (statusCode !== 202) {
        request.reject({ statusCode });
        return;
      }
      request.accept({ statusCode, extraHeaders: [`Contact: ${agent.account.contact.toString()}`] });
      tell(100, 'Trying');
    },
  });
  // An unanswered REFER is declined at the end of the call. RFC 3261 §15.1.2.
  call.life.add(() => {
    answerRefer(call, refer, 603);
  });
  agent.report({
    _tag: 'refer-received',
    call: call.id,
    refer,
    target: found.target,
    ...(by === undefined ? {} : { by: originalUri(by) }),
  });
}

/** Answers it, once. */
export function answerRefer(call: SipCall, refer: Ref, statusCode: 202 | 603): void {
  const referral = call.referrals.get(refer);
  if (referral === undefined || referral.isAnswered) return;
  referral.isAnswered = true;
  referral.answer(statusCode);
}

/** The REFER that caused this call. */
export function referralOf(agent: SipContext, { referral }: Place): Referral | undefined {
  return referral === undefined ? undefined : agent.calls.get(referral.call)?.referrals.get(referral.refer);
}

/** Progress of a referred call: the status line of the latest response to its INVITE. */
export type Fragment = { readonly statusCode: number; readonly reasonPhrase: string };

/** The type of such a body. RFC 3420. */
const SIPFRAG = 'message/sipfrag';

const statusLine = /^SIP\/2\.0[ \t]+([1-6]\d\d)(?:[ \t]+(.*))?$/i;

/** The status line of a fragment, or `undefined` where it begins with none. Total. */
export function parseSipfrag(body: string): Fragment | undefined {
  const [first = ''] = body.split(/\r\n|\n|\r/, 1);
  const [, code, phrase = ''] = statusLine.exec(first) ?? [];
  return code === undefined
    ? undefined
    : { statusCode: Number(code), reasonPhrase: phrase.replace(/\p{Cc}/gu, '').trim() };
}

export function formatSipfrag({ statusCode, reasonPhrase }: Fragment): string {
  return `SIP/2.0 ${statusCode} ${reasonPhrase.replace(/\p{Cc}/gu, ' ')}\r\n`;
}

/**
 * The far side of another call of ours, and that it is to take that call's place there. Its Contact is a name that only
 * its server knows, unless it says that everybody may use it (`gr`). RFC 5589 §7.3, RFC 5627.
 */
function consulted({ account }: SipContext, other: SipCall | undefined): Either<Failure, string> {
  const { session } = other ?? {};
  if (session?.sessionState !== SessionState.Confirmed) return left(failed('wrong-state'));
  const { remoteTarget, remoteURI, callId, remoteTag, localTag } = session;
  const reachable = remoteTarget.hasParam('gr') ? remoteTarget : remoteURI;
  const uri = toRequestUri(originalUri(reachable.toString()), account.realm);
  if (isLeft(uri)) return left(failed(uri.left));
  const replaces = formatReplaces({ callId, toTag: remoteTag, fromTag: localTag });
  return right(`${uri.right}?Replaces=${encodeURIComponent(replaces)}`);
}

function destination(agent: SipContext, to: Destination): Either<Failure, string> {
  if ('call' in to) return consulted(agent, agent.calls.get(to.call));
  const uri = requestUri(agent, to);
  return isLeft(uri) ? uri : right(uri.right.toString());
}

/** Sends a REFER; its NOTIFYs arrive within the same dialog. RFC 3515. */
export function transfer(agent: SipContext, call: SipCall, to: Destination, settle: Settle<undefined>): void {
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
  const finish = untilLineLost<undefined>(call, result => {
    syncCseq(session, refer.message);
    // The CSeq of the accepted REFER, after authentication retries.
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
}

/** Result of a subscription that ends without a final status. */
const untold: Fragment = { statusCode: 500, reasonPhrase: 'No outcome was told' };

/**
 * Progress in a NOTIFY, and whether it is the last one. Some implementations write `terminated` in every NOTIFY, so a
 * provisional status without a reason is not the last one.
 */
function heard(state: string, body: string): { readonly told?: Fragment; readonly isLast: boolean } {
  const fragment = parseSipfrag(body);
  const isOver = /^\s*terminated\b/i.test(state);
  if (fragment !== undefined && fragment.statusCode >= 200) return { told: fragment, isLast: true };
  if (isOver && (fragment === undefined || /;\s*reason\s*=/i.test(state))) return { told: untold, isLast: true };
  return { ...(fragment === undefined ? {} : { told: fragment }), isLast: false };
}

/** Handles a NOTIFY within the dialog: 489 for another event, 481 without a pending REFER. RFC 6665 §4.1.3. */
export function receiveNotify(agent: SipContext, call: SipCall, request: IncomingNotifyRequest): void {
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
}
