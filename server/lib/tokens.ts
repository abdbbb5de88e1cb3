/** Development tokens: JWTs signed with a key that lives as long as the process. RFC 7519. */
import { randomBytes } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';

/** Issues and checks development tokens. */
export interface Tokens {
  /** @param seconds - lifetime, one hour by default */
  readonly issue: (user: string, seconds?: number) => Promise<string>;
  readonly check: (token: string) => Promise<Checked>;
  /** Ends every token that the user has been given so far. */
  readonly expire: (user: string) => void;
}

/** The user whom a token speaks for and until when (in ms since the epoch), or why it is refused. */
type Checked = { readonly user: string; readonly until: number } | { readonly refused: string };

const lifetimeSeconds = 3600;

/** Tokens carry their user's generation, so that a spec can end them before their time. */
export function createTokens(): Tokens {
  const key = randomBytes(32);
  const generations = new Map<string, number>();
  const generationOf = (user: string): number => generations.get(user) ?? 0;

  return {
    issue: (user, seconds = lifetimeSeconds) =>
      new SignJWT({ generation: generationOf(user) })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setSubject(user)
        .setIssuedAt()
        .setExpirationTime(`${seconds}s`)
        .sign(key),

    check: async token => {
      try {
        const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'] });
        const { sub: user = '', exp = 0 } = payload;
        if (payload['generation'] !== generationOf(user)) return { refused: 'token expired' };
        return { user, until: exp * 1000 };
      } catch (error) {
        const expired = error instanceof Error && 'code' in error && error.code === 'ERR_JWT_EXPIRED';
        return { refused: expired ? 'token expired' : 'invalid token' };
      }
    },

    expire: user => {
      generations.set(user, generationOf(user) + 1);
    },
  };
}
