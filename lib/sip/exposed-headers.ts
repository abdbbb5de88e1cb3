import type { Headers } from '../call/model.js';
import type { SipContext } from './context.js';
import { headerValues, type SipMessage } from './message.js';

/** Values of the headers in `showHeaders`, by the configured name; several values are joined by commas. */
export function exposedHeaders({ options }: SipContext, message: SipMessage): { readonly headers?: Headers } {
  const found = (options.showHeaders ?? []).flatMap((name): readonly (readonly [string, string])[] => {
    const values = headerValues(message, name).map(value => value.replace(/\p{Cc}/gu, ' '));
    return values.length === 0 ? [] : [[name, values.join(', ')]];
  });
  return found.length === 0 ? {} : { headers: Object.fromEntries(found) };
}
