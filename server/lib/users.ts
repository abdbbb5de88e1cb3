/** The development users of one run. They come into being with their first token and are gone with the process. */
import { randomBytes } from 'node:crypto';
import { isTestNumber } from './test-numbers/test-numbers.js';

/** One development user. */
export interface User {
  /** The SIP user name, lower case. */
  readonly name: string;
  readonly display: string;
  /** The extension, by which the user can be dialled too. */
  readonly extension: string;
  readonly password: string;
}

/** All of them. */
export interface Users {
  /** By name or by extension. */
  readonly find: (nameOrNumber: string) => User | undefined;
  /** The user of that name, created if new; `undefined` when it cannot be a name. */
  readonly ensure: (name: string) => User | undefined;
}

/** SIP credentials and where to use them: the `data` of `/api/sdk/info`. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly realm: string;
  readonly pid: string;
  readonly domain: string;
  readonly port: number;
}

const firstExtension = 101;
const userName = /^[a-z][a-z0-9._-]{0,31}$/;

/** Alice 101, Bob 102 and Carol 103 exist from the start. */
export function createUsers(): Users {
  const byName = new Map<string, User>();
  const byExtension = new Map<string, User>();

  function find(nameOrNumber: string): User | undefined {
    const key = nameOrNumber.toLowerCase();
    return byName.get(key) ?? byExtension.get(key);
  }

  function ensure(given: string): User | undefined {
    const name = given.toLowerCase();
    const known = byName.get(name);
    if (known) return known;
    if (!userName.test(name) || isTestNumber(name) || byName.size >= 10_000) return undefined;
    const user: User = {
      name,
      display: name.charAt(0).toUpperCase() + name.slice(1),
      extension: String(firstExtension + byName.size),
      password: randomBytes(18).toString('base64url'),
    };
    byName.set(name, user);
    byExtension.set(user.extension, user);
    return user;
  }

  for (const name of ['alice', 'bob', 'carol']) ensure(name);
  return { find, ensure };
}

/** The credentials of a user on a server that is reached at this address. */
export function credentialsOf(user: User, realm: string, domain: string, port: number): Credentials {
  return { username: user.name, password: user.password, realm, pid: user.extension, domain, port };
}
