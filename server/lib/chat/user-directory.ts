/** Who the users are: the development users, each with an id that the storage keeps. */
import type { Users } from '../users.js';
import { newId } from './ids.js';
import type { UserRow } from './model.js';
import type { Storage } from './storage.js';

/** Finds users. */
export interface People {
  /** By id or name: one who is stored, or a development user who has not been asked for yet. */
  readonly find: (idOrName: string) => Promise<UserRow | undefined>;
  /** By id, from memory if they were asked for before: a user's row never changes. */
  readonly byId: (id: string) => Promise<UserRow | undefined>;
}

/** A development user gets a row when somebody first asks for them. */
export function createPeople(users: Users, storage: Storage): People {
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
