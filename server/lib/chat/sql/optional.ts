/** Packages that only those install who use them. */

/** What `load` imports, or an error that says how to get the package. */
export async function needed(name: string, load: () => Promise<unknown>): Promise<unknown> {
  try {
    return await load();
  } catch (error) {
    if (!isMissing(error, name)) throw error;
    throw new Error(`this needs the package ${name}, which is optional: npm install ${name}`, { cause: error });
  }
}

function isMissing(error: unknown, name: string): boolean {
  // Jest's errors are of another realm, so they are told by what they carry.
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const known = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  return known && String(message).includes(`'${name}'`);
}
