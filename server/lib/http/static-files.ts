/** The files of a folder, such as the softphone's. */
import { realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import type { MiddlewareHandler } from 'hono';

/** Shown at `/` while there is no softphone. */
export const unbuiltPage = `<!doctype html><html lang="en"><meta charset="utf-8"><title>callstream server</title>
<body style="font: 1rem/1.5 system-ui; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>The callstream server is running</h1>
<p>The softphone page is not built. Build it with <code>npm run page</code> and start again with
<code>callstream-server --page DIR</code>, or run <code>npm start</code>, which does both.</p>
<p>SIP is at <code>/ws</code>, development tokens are at <code>POST /dev/token</code>. This server is for development and tests only.</p>
`;

/** Serves the files below `folder`, `index.html` for a folder. A symbolic link that leads out of it is not followed. */
export function staticFiles(folder: string, prefix = ''): [MiddlewareHandler, MiddlewareHandler] {
  const pathOf = (path: string): string => path.slice(prefix.length);
  return [
    async (c, next) => ((await isInside(folder, pathOf(c.req.path))) ? next() : c.text('not found\n', 404)),
    serveStatic({ root: folder, rewriteRequestPath: pathOf }),
  ];
}

/** True unless the path exists outside of the folder. */
async function isInside(folder: string, path: string): Promise<boolean> {
  try {
    const root = await realpath(folder);
    const file = await realpath(resolve(root, `.${path}`));
    return file === root || file.startsWith(root + sep);
  } catch {
    return true;
  }
}
