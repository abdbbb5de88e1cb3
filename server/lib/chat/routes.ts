/** From a method and a path to whatever answers it. */

/** One kind of request. */
export interface Route<E> {
  readonly method: string;
  readonly parts: readonly string[];
  readonly endpoint: E;
}

/** @param pattern - a path in which `*` stands for a part that varies */
export function route<E>(method: string, pattern: string, endpoint: E): Route<E> {
  return { method, parts: pattern.split('/'), endpoint };
}

/** The route of a request and the parts that vary, decoded. */
export function findRoute<E>(
  routes: readonly Route<E>[],
  method: string,
  path: string,
): { readonly endpoint: E; readonly params: readonly string[] } | undefined {
  const parts = path.split('/').map(decoded);
  for (const { method: wanted, parts: pattern, endpoint } of routes) {
    if (wanted !== method || pattern.length !== parts.length) continue;
    if (pattern.every((part, i) => (part === '*' ? parts[i] !== '' : part === parts[i])))
      return { endpoint, params: parts.filter((_, i) => pattern[i] === '*') };
  }
  return undefined;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
