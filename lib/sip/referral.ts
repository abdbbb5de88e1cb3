import { SessionState, type IncomingReferRequest, type Session } from 'sip.js/lib/core/index.js';
import type { Ref } from '../core/units.js';
import type { Place } from '../call/port.js';
import { originalUri, parseAddress } from './address.js';
import type { Agent, SipCall, Referral } from './agent.js';
import { read } from './failure.js';
import { headerValue, headerValues } from './message.js';
import { parseReplaces } from './replaces.js';
import { recount } from './sequence.js';
import { SIPFRAG, formatSipfrag } from './sipfrag.js';
import { asTarget, headersIn } from './uri.js';

type Wanted = { readonly target: string; readonly replaces?: string };

/** Where the far side sends us, or the status that refuses it. Whose place the call takes is ours to say, as it was told. */
const wanted = (value: string, realm: string, allowed: readonly string[]): Wanted | number => {
  const uri = originalUri(parseAddress(value)?.uri ?? '');
  if (!/^(?:sips?|tel):/i.test(uri)) return /^[a-z][a-z0-9+.-]*:/i.test(uri) ? 416 : 400;
  // A method that is not INVITE asks for something else than a call.
  const target = asTarget(uri.replace(/;method=INVITE(?=[;?]|$)/i, ''), realm, allowed);
  const [[, replaces] = [], ...more] = headersIn(uri, ['Replaces']);
  if (target === undefined || more.length > 0) return 400;
  if (replaces === undefined) return { target };
  return parseReplaces(replaces) === undefined ? 400 : { target, replaces };
};

/** Tells the far side what its request has come to, as long as it is there. RFC 3515 §2.4.4. */
const notifying = (agent: Agent, session: Session, event: string): Referral['tell'] => {
  let isOver = false;
  return (statusCode, reasonPhrase) => {
    if (isOver || session.sessionState !== SessionState.Confirmed) return;
    isOver = statusCode >= 200;
    const state = isOver ? 'terminated;reason=noresource' : 'active;expires=180';
    const counted = (): void => {
      recount(session, notice.message);
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
};

/** The far side wants us to call somebody else: nothing is done before somebody consents. RFC 3515 §2.4.2, RFC 3892. */
export const receiveRefer = (agent: Agent, call: SipCall, session: Session, request: IncomingReferRequest): void => {
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
  // A second request has a name of its own. RFC 3515 §2.4.6.
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
  // A request that nobody has answered is over with its dialog. RFC 3261 §15.1.2.
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
};

/** Answers it, once. */
export const answerRefer = (call: SipCall, refer: Ref, statusCode: 202 | 603): void => {
  const referral = call.referrals.get(refer);
  if (referral === undefined || referral.isAnswered) return;
  referral.isAnswered = true;
  referral.answer(statusCode);
};

/** The request that this call follows. */
export const referralOf = (agent: Agent, { referral }: Place): Referral | undefined =>
  referral === undefined ? undefined : agent.calls.get(referral.call)?.referrals.get(referral.refer);
