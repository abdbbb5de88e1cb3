import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setUp } from './folder.js';
import type { Peers } from './peers.js';
import { freePorts, opened } from './ports.js';
import { run, type Running } from './program.js';

/** sipp, at the address that the proxy trusts. */
export const trunk = '127.0.0.2';

/** A second of a tone of 1000 Hz, as PCMU has it: four samples up, four down. */
const tone = Buffer.from(Array.from({ length: 8_000 }, (_, at) => (at % 8 < 4 ? 0x9f : 0x1f)));

/** Starts a scenario of `scripts/peers` in sipp. It exits with 0 when all went as it is written there. */
export const scenario = async (
  { folder, ports }: Peers,
  name: string,
  args: readonly string[],
): Promise<Running & { readonly port: number }> => {
  const [port = 0, media = 0] = await freePorts(2);
  await writeFile(join(folder, 'tone.ulaw'), tone);
  const running = await run({
    name,
    command: 'sipp',
    args: [
      ...['-sf', join(setUp, `${name}.xml`), '-i', trunk, '-p', `${port}`, '-mi', trunk, '-mp', `${media}`],
      ...['-nostdin', '-trace_err', ...args, `127.0.0.1:${ports.sip}`],
    ],
    folder,
    ready: () => opened(port),
  });
  return { ...running, port };
};
