/** Where a call goes that says so itself. */
import type { Words } from '../chat/wire.js';
import type { Exchange } from './exchange.js';
import type { End, Leg } from './legs.js';
import type { Action } from './script.js';

/** What to do, and who stands at the other end; without actions there is nothing to do. */
export interface Route {
  readonly actions?: readonly Action[] | undefined;
  readonly to?: End;
}

/** The `callee` of the custom data: a user, an extension, a test number, a hotline, or anything else that can be dialled. */
export function routeOf({ users, log }: Pick<Exchange, 'users' | 'log'>, { from }: Leg, context: Words): Route {
  const given = Object.hasOwn(context, 'callee') ? context['callee'] : undefined;
  const callee = typeof given === 'number' ? String(given) : given;
  if (typeof callee !== 'string' || callee.trim() === '') {
    log(
      `a call of ${from.user ?? 'somebody'} goes nowhere: name a callee in its context, { callee: 'bob' }, or start the server with --answer-url URL`,
    );
    return {};
  }
  const name = callee.trim();
  const user = users.find(name)?.name;
  return {
    actions: [{ kind: 'connect', to: [name] }],
    to: user === undefined ? { type: 'phone', number: name } : { type: 'app', user },
  };
}
