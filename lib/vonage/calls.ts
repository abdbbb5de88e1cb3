import { filter, map, of, switchMap, take, type Observable } from 'rxjs';
import type { Call } from '../call/model.js';
import type { Context } from '../call/port.js';
import type { Client } from '../client/model.js';
import { isLeft, left, right, type Either } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import { faultOf } from './error.js';
import { targetOf } from './parameters.js';
import type { Outcome } from '../core/port.js';
import { snapshot } from '../core/streams.js';

/** The call with this `ref`, the newest if there are several. */
export function callOf({ session$ }: Pick<Client, 'session$'>, ref: string): Call | undefined {
  return snapshot(session$)
    .calls.filter(call => call.ref === ref)
    .at(-1);
}

function noCall(): Observable<Either<Fault, never>> {
  return of(left(fault('no-such-call')));
}

/** Runs a command on a call, or fails with `no-such-call`. */
export function withCall<C extends Pick<Client, 'session$'>, A>(
  client: C,
  ref: string,
  command: (client: C, call: Call) => Outcome<A>,
): Outcome<A> {
  const call = callOf(client, ref);
  return call === undefined ? noCall() : command(client, call);
}

/** As `withCall`, for incoming calls. */
export const withInvite: typeof withCall = (client, ref, command) =>
  withCall(client, ref, (_, call) => (call.direction === 'incoming' ? command(client, call) : noCall()));

/**
 * The same once the call can be spoken into: when it has just begun to take place, the service is still asked who is
 * there.
 */
export function withVoice<C extends Pick<Client, 'session$' | 'call$'>, A>(
  client: C,
  ref: string,
  command: (client: C, call: Call) => Outcome<A>,
): Outcome<A> {
  return withCall(client, ref, (_, { id }) =>
    client.call$(id).pipe(
      filter(call => call?.status !== 'trying'),
      take(1),
      // `undefined` only if the call was forgotten meanwhile.
      switchMap(call => (call === undefined ? noCall() : command(client, call))),
    ),
  );
}

/**
 * Calls the service, and gives the call's name once it takes place.
 *
 *     call$    t--p--j--e--    t trying  p the service has a name for it  j it takes place  e it has ended
 *     given    ------p|        what becomes of it then is told by the callbacks
 */
export function placed(client: Pick<Client, 'invite' | 'call$'>, context: Context): Outcome<string> {
  // Only the context is sent to the service.
  return client.invite(targetOf(context), { context: { callee: undefined, ...context } }).pipe(
    // It is one call, so nothing is cut off.
    switchMap(begun => (isLeft(begun) ? of(begun) : client.call$(begun.right.id).pipe(map(verdictOn)))),
    filter(verdict => verdict !== undefined),
    take(1),
  );
}

/**
 * Makes a call's media anew, and gives nothing once they are: of a call that was not known here, once it goes on.
 *
 *     call$    t----a----      t taken up again  a it goes on
 *     given    -----x|
 */
export function rejoined(client: Pick<Client, 'reconnectCall' | 'call$'>, name: string): Outcome<undefined> {
  return client.reconnectCall(name).pipe(
    // Emits once, so `switchMap` cancels nothing.
    switchMap(begun => (isLeft(begun) ? of(begun) : client.call$(begun.right.id).pipe(map(isBack)))),
    filter(verdict => verdict !== undefined),
    take(1),
  );
}

function isBack(call: Call | undefined): Either<Fault, undefined> | undefined {
  if (call === undefined) return left(fault('call-ended'));
  if (call.end !== undefined) return left(faultOf(call.end));
  return call.answeredAt === undefined ? undefined : right(undefined);
}

function verdictOn(call: Call | undefined): Either<Fault, string> | undefined {
  if (call === undefined) return left(fault('call-ended'));
  const { end, ref, conversation } = call;
  if (ref !== undefined && conversation !== undefined) return right(ref);
  return end === undefined ? undefined : left(faultOf(end));
}
