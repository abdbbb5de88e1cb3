/** Request bodies. */
import type { IncomingMessage } from 'node:http';

/** How much of a body that is too long is still read, so that its sender gets to hear the answer. */
const patience = 16 * 1024 * 1024;

/** The whole body as a text, or `undefined` if it is longer than `limit` bytes. */
export function readBody(request: IncomingMessage, limit: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else if (size > patience) request.destroy();
    });
    request.on('end', () => {
      resolve(size > limit ? undefined : Buffer.concat(chunks).toString());
    });
    request.on('error', reject);
    request.on('close', () => {
      reject(new Error('the request has ended early'));
    });
  });
}
