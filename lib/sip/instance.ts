const key = 'callstream.instance';

/** RFC 9562 §5.4; where the page is not secure there is no `randomUUID`, and chance need not be strong. */
const newUuid = (): string =>
  typeof crypto !== 'undefined' && 'randomUUID' in crypto
    ? crypto.randomUUID()
    : 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () => Math.floor(Math.random() * 16).toString(16));

const storage = (): Storage | undefined => {
  try {
    return typeof sessionStorage === 'undefined' ? undefined : sessionStorage;
  } catch {
    // A page without access to storage throws when it only looks.
    return undefined;
  }
};

/**
 * The UUID under which the registrar knows this tab, so that a reload replaces the binding of before instead of leaving
 * it behind to ring. RFC 5626 §4.1.
 */
export const instanceUuid = (account: string): string => {
  const store = storage();
  const name = `${key}:${account}`;
  const uuid = store?.getItem(name) ?? newUuid();
  try {
    store?.setItem(name, uuid);
  } catch {
    // A full store costs no more than a stale binding after the reload.
  }
  return uuid;
};
