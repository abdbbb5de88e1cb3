import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Ports } from './programs.js';

/** The set-up that belongs to the project. */
export const setUp = resolve(__dirname, '../../../scripts/peers');
/** The shape of presence's tables: Kamailio's own, as its package brings it. */
const tables = '/usr/share/kamailio/dbtext/kamailio';

const certify = (folder: string): Promise<unknown> =>
  promisify(execFile)('openssl', [
    ...['req', '-x509', '-nodes', '-days', '2', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
    ...['-subj', '/CN=peers.test', '-addext', 'subjectAltName=IP:127.0.0.1'],
    ...['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')],
  ]);

const files: readonly (readonly [from: string, to: string])[] = [
  ['kamailio.cfg', 'kamailio.cfg'],
  ['baresip.config', 'baresip/config'],
  ['baresip.accounts', 'baresip/accounts'],
];

/** A folder with a configuration for everybody. `nonce`: how long one may be used, in seconds. */
export const makeFolder = async (ports: Ports, nonce: number): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'callstream-peers-'));
  const values: Readonly<Record<string, string | number>> = { ...ports, nonce, run: folder };
  const fill = async (from: string, to: string): Promise<void> => {
    const text = await readFile(join(setUp, from), 'utf8');
    await writeFile(
      join(folder, to),
      text.replace(/@([a-z]+)@/g, (all, name: string) => String(values[name] ?? all)),
    );
  };
  await Promise.all(['kamailio', 'baresip', 'heard'].map(name => mkdir(join(folder, name))));
  await Promise.all([
    certify(folder),
    cp(tables, join(folder, 'tables'), { recursive: true }),
    ...files.map(([from, to]) => fill(from, to)),
    writeFile(join(folder, 'baresip/contacts'), ''),
  ]);
  return folder;
};
