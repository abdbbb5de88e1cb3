/**
 * Request bodies with a limit. Hono's own limit clones the request, which needs its replacements of the global `Request`
 * and `Response`; this server leaves the globals of its process alone.
 */
import type { IncomingMessage } from 'node:http';

/** So much of a body that is too long is still read, because a client that is sending does not read the response. */
const maxDrainedBytes = 16 * 1024 * 1024;

/** The whole body as text; `undefined` when it is longer than `limit` bytes. */
export async function readBody(request: IncomingMessage, limit: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else if (size > maxDrainedBytes) request.destroy();
  }
  return size > limit ? undefined : Buffer.concat(chunks).toString();
}
