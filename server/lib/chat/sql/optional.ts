/** Optional packages. */

/** The imported package, or an error that names its npm command. */
export async function needed(name: string, load: () => Promise<unknown>): Promise<unknown> {
  try {
    return await load();
  } catch (error) {
    if (!isMissing(error, name)) throw error;
    throw new Error(`this needs the package ${name}, which is optional: npm install ${name}`, { cause: error });
  }
}

function isMissing(error: unknown, name: string): boolean {
  // Jest's errors belong to another realm, so `instanceof` does not work.
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const known = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  return known && String(message).includes(`'${name}'`);
}
