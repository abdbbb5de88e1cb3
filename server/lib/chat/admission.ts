/** Who may log in, and into which session. */
import type { Tokens } from '../tokens.js';
import type { People } from './user-directory.js';
import type { Millis, SessionRow, UserRow } from './model.js';
import type { Sessions } from './sessions.js';

/** Somebody whose token was good, and their session, new or resumed. */
export interface Admitted {
  readonly user: UserRow;
  readonly session: SessionRow;
  /** When the token ends. */
  readonly until: Millis;
}

/** The event that tells a client that its token has ended. */
export const expiredToken = 'system:error:expired-token';
const invalidToken = 'system:error:invalid-token';

/** Looks at the query of a handshake: who it is, or the event that refuses them. */
export function createAdmission(
  tokens: Tokens,
  people: People,
  sessions: Sessions,
): (query: Readonly<Record<string, unknown>>) => Promise<Admitted | { readonly refused: string }> {
  return async query => {
    const { token = '', session_id: id, ...parameters } = textsOf(query);
    const checked = await tokens.check(token);
    if ('refused' in checked) return { refused: checked.refused === 'token expired' ? expiredToken : invalidToken };
    const user = await people.find(checked.user);
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
