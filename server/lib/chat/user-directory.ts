/** The development users, with ids that the storage keeps. */
import type { Users } from '../users.js';
import { newId } from './ids.js';
import type { UserRow } from './model.js';
import type { Storage } from './storage.js';

/** Finds users. */
export interface UserDirectory {
  /** By id or name: a stored user, or a development user without a row. */
  readonly find: (idOrName: string) => Promise<UserRow | undefined>;
  /** By id, from memory if they were asked for before: a user's row never changes. */
  readonly byId: (id: string) => Promise<UserRow | undefined>;
}

/** A development user gets a row at the first access. */
export function createUserDirectory(users: Users, storage: Storage): UserDirectory {
  const known = new Map<string, UserRow>();

  async function find(idOrName: string): Promise<UserRow | undefined> {
    const name = idOrName.toLowerCase();
    const stored = (await storage.user(idOrName)) ?? (await storage.user(name));
    if (stored) return stored;
    const user = users.find(name);
    // An extension also finds a user, but it is not a name.
    if (user?.name !== name) return undefined;
    return storage.ensureUser({ id: newId('USR'), name, display: user.display, created: Date.now() });
  }

  return {
    find,
    byId: async id => {
      const found = known.get(id) ?? (await storage.user(id));
      if (found) known.set(id, found);
      return found;
    },
  };
}
