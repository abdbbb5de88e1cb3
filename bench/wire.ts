import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';

/** Events that reach a subscriber for each second of the client's CPU. */
export type Wire = { readonly name: string; readonly perCpuSecond: number };

const event = (id: number, conversation: number): string =>
  `42${JSON.stringify([
    'message',
    {
      id,
      cid: `CON-${conversation}`,
      from: 'MEM-2',
      timestamp: '2026-01-03T00:00:00.000Z',
      body: { message_type: 'text', text: `this is message number ${id}` },
      _embedded: { from_user: { id: 'USR-2', name: 'bob', display_name: 'Bob' }, from_member: { id: 'MEM-2' } },
    },
  ])}`;

const login = '42["session:success",{"body":{"id":"SES-1","user_id":"USR-1","name":"alice","api_key":"k"}}]';

/** As many as the socket takes at a time, in a hundred conversations by turns. */
const flood = async (socket: WebSocket, count: number): Promise<void> => {
  for (let sent = 0; sent < count; sent += 100) {
    const room = new Promise<void>(resolve => {
      socket.send(event(sent / 100 + 1, 99), () => {
        resolve();
      });
    });
    for (let conversation = 0; conversation < 99; conversation += 1) socket.send(event(sent / 100 + 1, conversation));
    await room;
  }
};

/** What the clients ask for beside the socket. */
const answer = ({ method, url = '' }: IncomingMessage, response: ServerResponse): void => {
  const [, id = ''] = /conversations\/([^/?]+)/.exec(url) ?? [];
  const page = { _embedded: { events: [], members: [] }, _links: {} };
  const member = { id: 'MEM-1', state: 'JOINED' };
  const one = { id, name: id, timestamp: {}, state: 'ACTIVE' };
  const sent = { timestamp: '2026-01-03T00:00:00.000Z' };
  const body =
    method === 'POST' ? sent : /\/members\/me/.test(url) ? member : /\/(?:events|members)/.test(url) ? page : one;
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(body));
};

const serve = async (count: number): Promise<Server> => {
  const server = createServer(answer);
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', socket => {
    socket.on('error', () => undefined);
    socket.send('0{"sid":"e","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}');
    socket.on('message', (data: Buffer) => {
      if (data.toString() !== '40') return;
      socket.send('40{"sid":"s"}');
      socket.send(login);
      // Whatever a client does on being signed in, it has done by then.
      setTimeout(() => void flood(socket, count), 1_000);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return server;
};

const run = async (kind: string, count: number, folder = ''): Promise<number> => {
  const server = await serve(count);
  const { port } = server.address() as AddressInfo;
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'bench/listener.ts', kind, `http://127.0.0.1:${port}`, String(count), folder],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await new Promise(resolve => child.once('close', resolve));
  server.closeAllConnections();
  server.close();
  const line = said.split('\n').find(text => text.startsWith('{"perCpuSecond"'));
  if (line === undefined) throw new Error(`${kind} has not heard everything`);
  return (JSON.parse(line) as Wire).perCpuSecond;
};

/** The existing client, installed beside us for as long as we compare; nowhere, where it can't be had. */
const vonage = (): string | undefined => {
  const folder = mkdtempSync(join(tmpdir(), 'callstream-bench-'));
  try {
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, '@vonage/client-sdk@2.3.1'], {
      stdio: 'ignore',
    });
    const root = join(folder, 'node_modules/@vonage/client-sdk');
    const { exports, module, main } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly exports?: { readonly '.'?: { readonly import?: string | { readonly default?: string } } };
      readonly module?: string;
      readonly main?: string;
    };
    const entry = exports?.['.']?.import;
    return join(root, (typeof entry === 'string' ? entry : entry?.default) ?? module ?? main ?? 'index.js');
  } catch {
    return undefined;
  }
};

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

export const wires = async (rounds = 3): Promise<readonly Wire[]> => {
  const limit: number[] = [];
  const ours: number[] = [];
  const theirs: number[] = [];
  const existing = vonage();
  for (let round = 0; round < rounds; round += 1) {
    limit.push(await run('ws', 200_000));
    ours.push(await run('ours', 200_000));
    if (existing !== undefined) theirs.push(await run('vonage', 5_000, existing));
  }
  return [
    { name: 'ws + JSON.parse', perCpuSecond: median(limit) },
    { name: 'callstream/service', perCpuSecond: median(ours) },
    ...(theirs.length === 0 ? [] : [{ name: '@vonage/client-sdk 2.3.1', perCpuSecond: median(theirs) }]),
  ];
};
