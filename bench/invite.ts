import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium, type Page } from 'playwright-core';
import { startServer } from 'callstream-server';
import type { Cell } from './page.js';

/** `invite()` to INVITE on the socket, in milliseconds, ours and stock sip.js's, alternating on the same page. */
export type Race = { readonly name: string; readonly ours: readonly number[]; readonly stock: readonly number[] };

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  '--allow-loopback-in-peer-connection',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

/** A STUN server that takes everything and answers nothing. */
const deadStun = async (): Promise<Socket> => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
};

const bundled = async (folder: string): Promise<void> => {
  await build({
    entryPoints: ['bench/page.ts'],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    outfile: join(folder, 'main.js'),
    logLevel: 'warning',
  });
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html><title>bench</title><script type="module" src="main.js"></script>',
  );
};

const race = async (page: Page, name: string, cell: Cell, rounds: number, runs: number): Promise<Race> => {
  const ours: number[] = [];
  const stock: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(...(await page.evaluate(([to, n]) => window.ours(to, n), [cell, runs] as const)));
    stock.push(...(await page.evaluate(([to, n]) => window.stock(to, n), [cell, runs] as const)));
  }
  return { name, ours, stock };
};

export const invites = async (): Promise<readonly Race[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'callstream-bench-'));
  await bundled(folder);
  const server = await startServer({ port: 0, page: folder });
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: flags,
  });
  const stun = await deadStun();
  try {
    const page = await (await browser.newContext()).newPage();
    await page.goto(server.url);
    await page.waitForFunction('window.ours !== undefined');
    const { username, password, realm } = server.user('alice');
    const account = { wsUrl: server.wsUrl, username, password, realm };
    return [
      await race(page, 'no servers, warm microphone', { ...account, iceServers: [] }, 3, 7),
      await race(
        page,
        'dead STUN, warm microphone',
        { ...account, iceServers: [{ urls: `stun:127.0.0.1:${stun.address().port}` }] },
        2,
        2,
      ),
    ];
  } finally {
    stun.close();
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true });
  }
};
