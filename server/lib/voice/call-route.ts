/** The route that a call's context contains. */
import type { JsonObject } from '../chat/json.js';
import type { VoiceContext } from './voice-context.js';
import type { End, Leg } from './legs.js';
import type { Action } from './call-script.js';

/** Actions of the call and its callee; nothing happens without actions. */
export interface Route {
  readonly actions?: readonly Action[] | undefined;
  readonly to?: End;
}

/** The `callee` of the custom data, or its `to`: a user, an extension, a test number, a hotline, or anything else that can be dialled. */
export function routeOf(
  { users, log }: Pick<VoiceContext, 'users' | 'log'>,
  { from }: Leg,
  context: JsonObject,
): Route {
  const name = ['callee', 'to'].find(key => Object.hasOwn(context, key));
  const given = name === undefined ? undefined : context[name];
  const callee = typeof given === 'number' ? String(given) : given;
  if (typeof callee !== 'string' || callee.trim() === '') {
    log(
      `a call of ${from.user ?? 'somebody'} goes nowhere: name a callee in its context, { callee: 'bob' }, or start the server with --answer-url URL`,
    );
    return {};
  }
  const wanted = callee.trim();
  const user = users.find(wanted)?.name;
  return {
    actions: [{ kind: 'connect', to: [wanted] }],
    to: user === undefined ? { type: 'phone', number: wanted } : { type: 'app', user },
  };
}
