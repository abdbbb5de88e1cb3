const key = 'callstream.instance';

/** RFC 9562 §5.4. `Math.random` suffices: the UUID is no secret, and pages without TLS have no `randomUUID`. */
function newUuid(): string {
  return 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () => Math.floor(Math.random() * 16).toString(16));
}

/** The UUIDs of clients, by the context that all lines of a client share. */
const ofClients = new WeakMap<object, string>();

function ofClient(client: object): string {
  const uuid = ofClients.get(client) ?? newUuid();
  ofClients.set(client, uuid);
  return uuid;
}

/**
 * The UUID by which servers know this page, whatever line it comes by: a reload replaces the binding of before instead of
 * leaving it behind to ring, and a call need not ring once for each line. It is the same for all lines of a page, or of a
 * client where there is none. RFC 5626 §4.1.
 */
export function instanceUuid(client: object): string {
  try {
    const known = sessionStorage.getItem(key);
    if (known !== null) return known;
    sessionStorage.setItem(key, ofClient(client));
  } catch {
    // Without a usable storage a reload gets another UUID and leaves a stale binding behind, which expires.
  }
  return ofClient(client);
}
