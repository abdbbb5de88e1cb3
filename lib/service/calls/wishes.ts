import { defer, of, tap, type Observable } from 'rxjs';
import { isLeft, left, right, type Either } from '../../core/either.js';
import type { Failure } from '../../core/port.js';
import { failed } from '../failure.js';
import type { Agent, Settle, ServiceCall } from './agent.js';
import { survive } from './call.js';
import { asMember, askingToSet } from './requests.js';

type What = 'mute' | 'earmuff';

/** The service knows no hold: whoever holds neither says nor hears anything. */
const wished = ({ wish: { live, hold, deaf } }: ServiceCall, what: What): boolean =>
  what === 'mute' ? !live : hold || deaf;

/** Told where the service knows it otherwise, when its turn comes. */
const told = (agent: Agent, call: ServiceCall, what: What, on: boolean): Observable<Either<Failure, unknown>> =>
  defer(() =>
    call.told[what] === on
      ? of(right(undefined))
      : asMember(agent, call, seat => askingToSet(seat, what, on)).pipe(
          tap(result => {
            call.told[what] = isLeft(result) ? undefined : on;
          }),
        ),
  );

const tell = (agent: Agent, call: ServiceCall, what: What, settle: Settle<undefined>): void => {
  if (!call.joined) return;
  call.inTurn(
    told(agent, call, what, wished(call, what)).pipe(
      tap(result => {
        settle(isLeft(result) ? result : right(undefined));
      }),
    ),
  );
};

/** Tells the service, which no one waits for: a failure is survived. */
const mention = (agent: Agent, call: ServiceCall, what: What): void => {
  tell(agent, call, what, result => {
    if (isLeft(result)) survive(agent, call, result.left);
  });
};

/** What was wished before we were there. */
export const tellWishes = (agent: Agent, call: ServiceCall): void => {
  mention(agent, call, 'mute');
  mention(agent, call, 'earmuff');
};

/** Our voice is silenced here at once; the others are told. */
export const speak = (agent: Agent, call: ServiceCall, live: boolean): void => {
  call.wish.live = live;
  call.peer?.setLive(live);
  mention(agent, call, 'mute');
};

/** What we hear is silenced here by the loudspeaker; the service need not send it. */
export const listen = (agent: Agent, call: ServiceCall, muted: boolean): void => {
  call.wish.deaf = muted;
  mention(agent, call, 'earmuff');
};

/** Our hold: the microphone is silent already. */
export const hold = (agent: Agent, call: ServiceCall, on: boolean, settle: Settle<undefined>): void => {
  if (!call.joined) {
    settle(left(failed('wrong-state')));
    return;
  }
  call.wish.hold = on;
  tell(agent, call, 'earmuff', result => {
    if (isLeft(result)) call.wish.hold = !on;
    settle(result);
  });
};
