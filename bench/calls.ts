import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startServer, type DevServer } from 'callstream/server';
import type { Phones } from './phones.js';

/** What calls cost one process that has both of their ends, ours and stock sip.js's, without media. */
export type Cost = {
  /** CPU of one call, both ends, in ms; the median of the rounds. */
  readonly cpu: number;
  /** The heap before and after a thousand calls, and so many seconds after the last of them, in bytes. */
  readonly rest: { readonly base: number; readonly top: number; readonly now: number; readonly seconds: number };
  /** What one end of a call that stands holds, in bytes. */
  readonly live: number;
};

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

const run = async (server: DevServer, kind: Phones['kind'], measure: Phones['measure'], calls: number) => {
  const [caller, callee] = [server.user('alice'), server.user('bob')];
  const phones: Phones = { kind, measure, calls, wsUrl: server.wsUrl, realm: server.realm, caller, callee };
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    '--import',
    'tsx',
    'bench/phones.ts',
    JSON.stringify(phones),
  ]);
  return JSON.parse(stdout) as unknown;
};

/** The server is here, and the phones are elsewhere, by turns. */
export const costs = async (rounds = 5): Promise<Readonly<Record<Phones['kind'], Cost>>> => {
  const server = await startServer({ port: 0, media: false });
  const cpu: Record<Phones['kind'], number[]> = { ours: [], stock: [] };
  const once = async (kind: Phones['kind']): Promise<void> => {
    cpu[kind].push(((await run(server, kind, 'cpu', 200)) as { readonly cpu: number }).cpu / 1_000);
  };
  const costOf = async (kind: Phones['kind']): Promise<Cost> => ({
    cpu: median(cpu[kind]),
    rest: (await run(server, kind, 'rest', 1_000)) as Cost['rest'],
    live: ((await run(server, kind, 'live', 300)) as { readonly bytes: number }).bytes,
  });
  try {
    for (let round = 0; round < rounds; round += 1) {
      await once('ours');
      await once('stock');
    }
    return { ours: await costOf('ours'), stock: await costOf('stock') };
  } finally {
    await server.close();
  }
};
