const key = 'callstream.instance';

/** RFC 9562 §5.4; chance need not be strong. */
const newUuid = (): string =>
  'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () => Math.floor(Math.random() * 16).toString(16));

/** Where there is no storage: one for all lines of a client, whose context is the same for each of them. */
const ofClients = new WeakMap<object, string>();

const ofClient = (client: object): string => {
  const uuid = ofClients.get(client) ?? newUuid();
  ofClients.set(client, uuid);
  return uuid;
};

/**
 * The UUID by which servers know this page, whatever line it comes by: a reload replaces the binding of before instead of
 * leaving it behind to ring, and a call need not ring once for each line. It is the same for all lines of a page, or of a
 * client where there is none. RFC 5626 §4.1.
 */
export const instanceUuid = (client: object): string => {
  try {
    const known = sessionStorage.getItem(key);
    if (known !== null) return known;
    sessionStorage.setItem(key, ofClient(client));
  } catch {
    // No storage, none that this page may look at, or a full one: that costs no more than a stale binding after a reload.
  }
  return ofClient(client);
};
