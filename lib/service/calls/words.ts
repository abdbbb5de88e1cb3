import { map, tap, type Observable } from 'rxjs';
import type { Speech } from '../../call/model.js';
import { isLeft, left, right, type Either } from '../../core/either.js';
import { fault } from '../../core/fault.js';
import type { Failure } from '../../core/port.js';
import { failed } from '../failure.js';
import type { Asking } from '../rest.js';
import type { Agent, Settle, ServiceCall } from './agent.js';
import { asMember, askingToPress, askingToSay, type Seat } from './requests.js';

/** Said to the service in turn, once we are where it can be heard. */
const speakUp = (
  agent: Agent,
  call: ServiceCall,
  make: (seat: Seat) => Asking<unknown>,
  settle: Settle<undefined>,
  worded: (failure: Failure) => Failure = failure => failure,
): void => {
  if (!call.joined) {
    settle(left(failed('wrong-state')));
    return;
  }
  const said$: Observable<Either<Failure, undefined>> = asMember(agent, call, make).pipe(
    map(result => (isLeft(result) ? left(worded(result.left)) : right(undefined))),
  );
  call.inTurn(said$.pipe(tap(settle)));
};

/** The service's own words may quote the digits, which are nobody's business. */
const silent = ({ fault: { code, statusCode }, ...rest }: Failure): Failure => ({
  ...rest,
  fault: fault(code, statusCode === undefined ? {} : { statusCode }),
});

/** Keys, as many as were pressed together. */
export const press = (agent: Agent, call: ServiceCall, keys: string, settle: Settle<undefined>): void => {
  speakUp(agent, call, seat => askingToPress(seat, keys), settle, silent);
};

/** Has the service say it to everybody in the call. */
export const say = (agent: Agent, call: ServiceCall, speech: Speech, settle: Settle<undefined>): void => {
  speakUp(agent, call, seat => askingToSay(seat, speech), settle);
};
