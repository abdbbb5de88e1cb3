import { isLeft, left, right, type Either } from '../core/either.js';
import type { Failure } from '../core/port.js';
import { failed } from './ledger.js';
import { octets } from './rewrite.js';
import { safeHeaderValue } from './uri.js';

/** What an application may add to a request, in octets: servers end the connection of whoever sends them more than 64 kB at once. */
const most = 48_000;

/** The header lines that an application adds, checked, beside its body; of two with the same name the last counts. */
export const headerLines = (
  all: readonly (readonly [name: string, value: string])[],
  body = '',
): Either<Failure, readonly string[]> => {
  const lines = new Map<string, string>();
  for (const [name, value] of all) {
    const safe = safeHeaderValue(name, value);
    if (isLeft(safe)) return left(failed(safe.left));
    lines.set(name.toLowerCase(), `${name}: ${safe.right}`);
  }
  const said = [...lines.values()];
  return octets([...said, body].join('\r\n')) > most ? left(failed('too-large')) : right(said);
};
