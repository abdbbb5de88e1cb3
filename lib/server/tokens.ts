/** Development tokens: JWTs signed with a key that lives as long as the process. RFC 7519. */
import { randomBytes } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';

/** Issues and checks development tokens. */
export interface Tokens {
  readonly issue: (user: string) => Promise<string>;
  /** The user whom the token speaks for, or why it is refused. */
  readonly check: (token: string) => Promise<{ readonly user: string } | { readonly refused: string }>;
  /** Ends every token that the user has been given so far. */
  readonly expire: (user: string) => void;
}

const lifetimeSeconds = 3600;

/** Tokens carry their user's generation, so that a spec can end them before their time. */
export function createTokens(): Tokens {
  const key = randomBytes(32);
  const generations = new Map<string, number>();
  const generationOf = (user: string): number => generations.get(user) ?? 0;

  return {
    issue: user =>
      new SignJWT({ generation: generationOf(user) })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setSubject(user)
        .setIssuedAt()
        .setExpirationTime(`${lifetimeSeconds}s`)
        .sign(key),

    check: async token => {
      try {
        const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'] });
        const user = payload.sub ?? '';
        return payload['generation'] === generationOf(user) ? { user } : { refused: 'token expired' };
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
