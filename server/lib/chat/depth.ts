/** Nesting limit of JSON: deeper values can be parsed, but recursion over them overflows the stack. */
import type { Json } from './model.js';

/** Around what is stored there are an event and a page: clients read 512 levels. */
const deepest = 500;

export function isTooDeep(value: unknown, levels = deepest): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    (levels === 0 || Object.values(value).some(inner => isTooDeep(inner, levels - 1)))
  );
}

/** The value, `null` in place of what is too deep: a row from elsewhere must not hide the others of its page. */
export function shallow(value: Json): Json {
  return isTooDeep(value) ? pruned(value, deepest) : value;
}

function pruned(value: Json, levels: number): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return null;
  return Array.isArray(value)
    ? (value as readonly Json[]).map(inner => pruned(inner, levels - 1))
    : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, pruned(inner, levels - 1)]));
}
