import { forkJoin, map, of, type Subscription } from 'rxjs';
import { isLeft, left, right, type Either } from '../core/either.js';
import type { Failure } from '../core/port.js';
import type { CallOrder, Microphone, Place } from '../call/port.js';
import { ready } from '../rtc/ready.js';
import { type SipContext, type SipCall, type Referral, failed, type Settle } from './context.js';
import { applied } from './sdp-negotiation.js';
import { newCall, release, run } from './call.js';
import { referralOf } from './refer.js';
import { requestUri } from './target.js';
import { headersIn, safeHeaderValue } from './uri.js';
import { octets } from './rewrite.js';
import type { OutputSettings } from '../media/model.js';
import { attachPeer } from '../rtc/attach-peer.js';

type Prepare = Extract<CallOrder, { readonly _tag: 'prepare' }>;
type Dial = NonNullable<SipCall['dial']>;

/** Where the call goes, and what goes with it: a header of the call stands in place of the account's of the same name. */
function dialling(agent: SipContext, place: Place, referral: Referral | undefined): Either<Failure, Dial> {
  if (!agent.account.isSound) return left(failed('invalid-header'));
  const uri = requestUri(agent, place);
  if (isLeft(uri)) return uri;
  const { headers = {}, uriHeaders = [] } = agent.options;
  const asked = headersIn(place.target, uriHeaders);
  const lines = headerLines([...Object.entries(headers), ...asked, ...Object.entries(place.headers)]);
  return isLeft(lines) ? lines : right({ uri: uri.right, headers: [...lines.right, ...(referral?.headers ?? [])] });
}

/** Reports the progress of this call to the sender of the REFER; 487 if it ends without a final status. */
function follow(call: SipCall, referral: Referral | undefined): void {
  if (referral === undefined) return;
  const { tell } = referral;
  call.reportReferral = tell;
  call.life.add(() => {
    tell(487, 'Request Terminated');
  });
}

/** The call of a `prepare` order; an outgoing one is created. */
function subject(agent: SipContext, { call: id, place }: Prepare): Either<Failure, SipCall> {
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
}

/**
 * Opens the microphone and makes the local description, and asks for the password while it does so. An incoming call
 * outlives a failure without its media, so that it can be answered again.
 */
export function prepare(agent: SipContext, order: Prepare, settle: Settle<Microphone>): void {
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
      call.reportReferral?.(503, 'Service Unavailable');
      release(agent, call);
    },
    settle,
  );
}

/** Limit for headers that an application adds to a request, in octets: servers close the connection at 64 kB. */
const most = 48_000;

/** The header lines that an application adds, checked, beside its body; of two with the same name the last counts. */
export function headerLines(
  all: readonly (readonly [name: string, value: string])[],
  body = '',
): Either<Failure, readonly string[]> {
  const lines = new Map<string, string>();
  for (const [name, value] of all) {
    const safe = safeHeaderValue(name, value);
    if (isLeft(safe)) return left(failed(safe.left));
    lines.set(name.toLowerCase(), `${name}: ${safe.right}`);
  }
  const said = [...lines.values()];
  return octets([...said, body].join('\r\n')) > most ? left(failed('too-large')) : right(said);
}

/** A media failure is reported once the first offer has been answered; earlier it may be about another fork. */
function lost(agent: SipContext, call: SipCall): void {
  if (call.firstOfferAnswered) agent.report({ _tag: 'media-failed', call: call.id });
}

/** Gives the call a peer connection; unsubscribing takes it away again. */
function openPeer(
  agent: SipContext,
  call: SipCall,
  { output, live }: { readonly output: OutputSettings; readonly live: boolean },
): Subscription {
  return attachPeer(call, {
    settings: agent.options,
    media: agent.media,
    output,
    live,
    report: agent.report,
    failed: () => {
      lost(agent, call);
    },
  });
}
