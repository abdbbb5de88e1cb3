/** What Kamailio tells of itself, asked by its JSON-RPC. */
export type Registrar = {
  /** How many requests of this method, authenticated or not, came from this user. */
  readonly heard: (method: string, user: string) => Promise<number>;
  /** How many Contacts this user has. */
  readonly bindings: (user: string) => Promise<number>;
  /** Binds a Contact to a user, as if it had registered. */
  readonly bind: (user: string, contact: string) => Promise<void>;
  /** Whether it answers at all. */
  readonly answers: () => Promise<boolean>;
};

type Answer = { readonly result?: unknown; readonly error?: { readonly message: string } };

export const registrar = (port: number): Registrar => {
  const ask = async (method: string, params: readonly (string | number)[] = []): Promise<Answer> => {
    const answer = await fetch(`http://127.0.0.1:${port}/rpc`, {
      method: 'POST',
      // A connection that is kept would be one to the Kamailio of before.
      headers: { connection: 'close' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    return (await answer.json()) as Answer;
  };

  return {
    heard: async (method, user) => {
      const { result } = await ask('htable.get', ['heard', `${method}:${user}`]);
      return (result as { readonly item: { readonly value: number } } | undefined)?.item.value ?? 0;
    },
    bindings: async user => {
      const { result } = await ask('ul.lookup', ['location', user]);
      return (result as { readonly Contacts: readonly unknown[] } | undefined)?.Contacts.length ?? 0;
    },
    bind: async (user, contact) => {
      const { error } = await ask('ul.add', ['location', user, contact, 0, 0, '', 0, 0, 4294967295]);
      if (error !== undefined) throw new Error(error.message);
    },
    answers: async () => {
      try {
        return (await ask('core.uptime')).result !== undefined;
      } catch {
        return false;
      }
    },
  };
};
