/** The softphone's files, as they lie in one folder. */
import { readFile, realpath } from 'node:fs/promises';
import { extname, resolve, sep } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.txt': 'text/plain; charset=utf-8',
  '.wav': 'audio/wav',
  '.woff2': 'font/woff2',
};

const unbuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>callstream server</title>
<body style="font: 1rem/1.5 system-ui; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>The callstream server is running</h1>
<p>The softphone page is not built. Build it with <code>npm run page</code> and start again with
<code>callstream-server --page DIR</code>, or run <code>npm start</code>, which does both.</p>
<p>SIP is at <code>/ws</code>, development tokens are at <code>POST /dev/token</code>. This server is for development and tests only.</p>
`;

/** An HTTP answer, ready to go. */
export interface Outgoing {
  readonly status: number;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** The file at `pathname` below `page`, `index.html` for `/`. Nothing outside the folder is ever read. */
export async function pageFile(page: string | undefined, pathname: string): Promise<Outgoing> {
  const found = page === undefined ? undefined : await fileBelow(page, pathname);
  if (found) return found;
  return pathname === '/' || pathname === '/index.html'
    ? { status: 200, contentType: 'text/html; charset=utf-8', body: unbuilt }
    : { status: 404, contentType: 'text/plain; charset=utf-8', body: 'not found\n' };
}

async function fileBelow(page: string, pathname: string): Promise<Outgoing | undefined> {
  try {
    const wanted = decodeURIComponent(pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    const root = await realpath(page);
    // Links are followed before the check, so that none leads out.
    const path = await realpath(resolve(root, `.${wanted}`));
    if (!path.startsWith(root + sep)) return undefined;
    const contentType = types[extname(path).toLowerCase()] ?? 'application/octet-stream';
    return { status: 200, contentType, body: await readFile(path) };
  } catch {
    return undefined;
  }
}
