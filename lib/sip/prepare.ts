import { forkJoin, map, of } from 'rxjs';
import { isLeft, left, right, type Either } from '../core/either.js';
import type { Failure } from '../core/port.js';
import type { CallOrder, Microphone, Place } from '../call/port.js';
import { ready } from '../rtc/ready.js';
import type { Agent, SipCall, Referral } from './agent.js';
import { applied } from './agreement.js';
import { newCall, release, run } from './call.js';
import { openPeer } from './media.js';
import { failed, type Settle } from './ledger.js';
import { headerLines } from './lines.js';
import { referralOf } from './referral.js';
import { requestUri } from './target.js';
import { headersIn } from './uri.js';

type Prepare = Extract<CallOrder, { readonly _tag: 'prepare' }>;
type Dial = NonNullable<SipCall['dial']>;

/** Where the call goes, and what goes with it: a header of the call stands in place of the account's of the same name. */
const dialling = (agent: Agent, place: Place, referral: Referral | undefined): Either<Failure, Dial> => {
  if (!agent.account.isSound) return left(failed('invalid-header'));
  const uri = requestUri(agent, place);
  if (isLeft(uri)) return uri;
  const { headers = {}, uriHeaders = [] } = agent.options;
  const asked = headersIn(place.target, uriHeaders);
  const lines = headerLines([...Object.entries(headers), ...asked, ...Object.entries(place.headers)]);
  return isLeft(lines) ? lines : right({ uri: uri.right, headers: [...lines.right, ...(referral?.headers ?? [])] });
};

/** Whoever has asked for this call hears what becomes of it, at the latest when it is over. */
const follow = (call: SipCall, referral: Referral | undefined): void => {
  if (referral === undefined) return;
  const { tell } = referral;
  call.told = tell;
  call.life.add(() => {
    tell(487, 'Request Terminated');
  });
};

/** The call that the order speaks of: an outgoing one comes into being here. */
const subject = (agent: Agent, { call: id, place }: Prepare): Either<Failure, SipCall> => {
  const known = agent.calls.get(id);
  if (place === undefined) {
    if (known === undefined) return left(failed('no-such-call'));
    return known.invitation === undefined || known.peer !== undefined ? left(failed('wrong-state')) : right(known);
  }
  if (known !== undefined) return left(failed('wrong-state'));
  const referral = referralOf(agent, place);
  const dial = dialling(agent, place, referral);
  if (isLeft(dial)) {
    referral?.tell(503, 'Service Unavailable');
    return dial;
  }
  const call = newCall(agent, id);
  call.dial = dial.right;
  follow(call, referral);
  return right(call);
};

/**
 * Opens the microphone and makes the local description, and asks for the password while it does so. An incoming call
 * outlives a failure without its media, so that it can be answered again.
 */
export const prepare = (agent: Agent, order: Prepare, settle: Settle<Microphone>): void => {
  const found = subject(agent, order);
  if (isLeft(found)) {
    settle(found);
    return;
  }
  const call = found.right;
  const offer = call.invitation?.offer;
  const media = openPeer(agent, call, order);
  const renewed = order.place === undefined ? of(right(undefined)) : agent.keyring.renew();
  run(
    agent,
    call,
    peer => forkJoin([ready(peer, order, offer), renewed]).pipe(map(([made, told]) => (isLeft(told) ? told : made))),
    made => {
      if (!isLeft(made) && offer !== undefined) applied(agent, call, offer);
      settle(made);
      if (!isLeft(made)) return;
      if (order.place === undefined) {
        media.unsubscribe();
        return;
      }
      call.told?.(503, 'Service Unavailable');
      release(agent, call);
    },
    settle,
  );
};
