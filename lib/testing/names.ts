/** Ids that a spec can foretell: `a1`, `a2`, `a3` … for `createClient({ newId: names('a') })`. */
export function names(prefix = 'id'): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}${count}`;
  };
}
