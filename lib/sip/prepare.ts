import { Grammar } from 'sip.js/lib/core/index.js';
import { forkJoin, map, of } from 'rxjs';
import { isLeft, left, right, type Either } from '../kernel/either.js';
import type { Failure } from '../kernel/port.js';
import type { CallOrder, Microphone, Place } from '../call/port.js';
import { ready } from '../rtc/ready.js';
import type { Agent } from './agent.js';
import { applied, newCall, release, run, type SipCall } from './call.js';
import { openPeer } from './media.js';
import { failed, type Settle } from './ledger.js';
import { safeHeaderValue, toRequestUri } from './uri.js';

type Prepare = Extract<CallOrder, { readonly _tag: 'prepare' }>;
type Dial = NonNullable<SipCall['dial']>;

/** Header lines, checked; a header of the call stands in place of the account's of the same name. */
const headerLines = (all: readonly (readonly [name: string, value: string])[]): Either<Failure, readonly string[]> => {
  const lines = new Map<string, string>();
  for (const [name, value] of all) {
    const safe = safeHeaderValue(name, value);
    if (isLeft(safe)) return left(failed(safe.left));
    lines.set(name.toLowerCase(), `${name}: ${safe.right}`);
  }
  return right([...lines.values()]);
};

/** Where the call goes. What the person dialled is checked before it is put into the words of the server. */
const dialling = ({ options, account }: Agent, { target, headers, context = {} }: Place): Either<Failure, Dial> => {
  if (!account.isSound) return left(failed('invalid-header'));
  const dialled = toRequestUri(target, account.realm);
  const asked =
    isLeft(dialled) || options.requestUri === undefined
      ? dialled
      : toRequestUri(options.requestUri(target, context), account.realm);
  const uri = isLeft(asked) ? undefined : Grammar.URIParse(asked.right);
  if (uri === undefined) return left(failed('invalid-target'));
  const lines = headerLines([...Object.entries(options.headers ?? {}), ...Object.entries(headers)]);
  return isLeft(lines) ? lines : right({ uri, headers: lines.right });
};

/** The call that the order speaks of: an outgoing one comes into being here. */
const subject = (agent: Agent, { call: id, place }: Prepare): Either<Failure, SipCall> => {
  const known = agent.calls.get(id);
  if (place === undefined) {
    if (known === undefined) return left(failed('no-such-call'));
    return known.invitation === undefined || known.peer !== undefined ? left(failed('wrong-state')) : right(known);
  }
  if (known !== undefined) return left(failed('wrong-state'));
  const dial = dialling(agent, place);
  if (isLeft(dial)) return dial;
  const call = newCall(agent, id);
  call.dial = dial.right;
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
  call.peer?.setHold(order.hold);
  const renewed = order.place === undefined ? of(right(undefined)) : agent.keyring.renew();
  run(
    agent,
    call,
    peer => forkJoin([ready(peer, order, offer), renewed]).pipe(map(([made, told]) => (isLeft(told) ? told : made))),
    made => {
      if (!isLeft(made) && offer !== undefined) applied(agent, call, offer);
      settle(made);
      if (!isLeft(made)) return;
      if (order.place === undefined) media.unsubscribe();
      else release(agent, call);
    },
    settle,
  );
};
