import { of } from 'rxjs';
import { left, right } from '../core/either.js';
import type { CallOrder, Restart } from '../call/port.js';
import type { OfferOptions } from '../rtc/model.js';
import { renewed } from '../rtc/renewed.js';
import type { Agent, SipCall } from './agent.js';
import { enough, over } from './call.js';
import { failed, type Settle } from './ledger.js';
import { reinvite } from './reinvite.js';
import { endByResponse } from './wording.js';

type Order<Tag extends CallOrder['_tag']> = Extract<CallOrder, { readonly _tag: Tag }>;
type Verb<Tag extends CallOrder['_tag']> = (
  agent: Agent,
  call: SipCall,
  order: Order<Tag>,
  settle: Settle<undefined>,
) => void;

type Offer = Parameters<typeof reinvite>[2];
type Make = Offer['make'];

/** Nothing has changed, unless the far side does not know the dialog any more. RFC 3261 §12.2.1.2. */
const unlessGone =
  (agent: Agent, call: SipCall): NonNullable<Offer['refused']> =>
  message => {
    if (message.statusCode !== 481) return;
    call.wire.forget();
    over(agent, call, endByResponse(message));
  };

/** One re-INVITE with our hold, or without. RFC 3264 §8.4. */
export const change: Verb<'change'> = (agent, call, { hold }, settle) => {
  reinvite(agent, call, { hold, make: peer => peer.offer(), refused: unlessGone(agent, call) }, settle);
};

const anew: Readonly<Record<Exclude<Restart, 'candidates'>, OfferOptions>> = {
  ice: { iceRestart: true },
  connection: { reconnect: true },
};

/** One re-INVITE that has the media made anew. RFC 8839 §4.4.1. */
export const restart: Verb<'restart'> = (agent, call, { how, hold }, settle) => {
  const make: Make = how === 'candidates' ? peer => peer.offer() : peer => renewed(peer, anew[how], enough(call));
  reinvite(agent, call, { hold, make, refused: unlessGone(agent, call) }, settle);
};

/** One re-INVITE that changes nothing. RFC 4028 §7.4, RFC 3264 §8. */
export const refresh: Verb<'refresh'> = (agent, call, _, settle) => {
  const { local } = call;
  if (local === undefined) settle(left(failed('wrong-state')));
  else reinvite(agent, call, { make: () => of(right(local)), refused: unlessGone(agent, call) }, settle);
};

/** One re-INVITE that asks whether the call still is: a far side that does not know it is no end that anyone has told. */
export const recover: Verb<'recover'> = (agent, call, { hold, restart: isRestart }, settle) => {
  reinvite(
    agent,
    call,
    { hold, make: peer => (isRestart ? renewed(peer, anew.ice, enough(call)) : peer.offer()) },
    settle,
  );
};
