/** Authentication of a socket, and its session. */
import type { Tokens } from '../tokens.js';
import type { UserDirectory } from './user-directory.js';
import type { Millis, SessionRow, UserRow } from './model.js';
import type { Sessions } from './sessions.js';

/** A user with a valid token, and the new or resumed session. */
export interface Admitted {
  readonly user: UserRow;
  readonly session: SessionRow;
  /** When the token ends. */
  readonly until: Millis;
}

/** Event for a client whose token has expired. */
export const expiredToken = 'system:error:expired-token';
const invalidToken = 'system:error:invalid-token';

/** Reads the query of a handshake: the user, or the event that refuses it. */
export function createAdmission(
  tokens: Tokens,
  directory: UserDirectory,
  sessions: Sessions,
): (query: Readonly<Record<string, unknown>>) => Promise<Admitted | { readonly refused: string }> {
  return async query => {
    const { token = '', session_id: id, ...parameters } = textsOf(query);
    const checked = await tokens.check(token);
    if ('refused' in checked) return { refused: checked.refused === 'token expired' ? expiredToken : invalidToken };
    const user = await directory.find(checked.user);
    if (!user) return { refused: invalidToken };
    const begun = await sessions.begin(user, id, parameters);
    return 'refused' in begun ? begun : { user, session: begun.session, until: checked.until };
  };
}

/** Without what the transport itself has asked for. */
function textsOf(query: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const own = Object.entries(query).filter(([name]) => !['EIO', 'transport', 't'].includes(name));
  return Object.fromEntries(own.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
}
