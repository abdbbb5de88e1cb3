#!/usr/bin/env node
/** `callstream-server`: the development server until it is interrupted. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openStorage, startServer } from './index.js';

const usage = `callstream-server [--port 8080] [--page DIR] [--sdk DIR] [--data DIR | --database URL] [--answer-url URL] [--answer-post]
                  [--allow-origin ORIGIN] [--verbose]

Starts the development server on 127.0.0.1 and ::1: SIP over WebSocket at /ws, the softphone at /.
For development and tests only. Users are made up as they sign in and forgotten when it ends, and so are
conversations unless they are kept.
  --port      8080 unless told; 0 takes a free one
  --page      the folder of a built page to show instead of the softphone
  --sdk       the folder of the two faces as single files, which are under /sdk/
  --data      keeps conversations in that directory (npm install @electric-sql/pglite)
  --database  keeps them in PostgreSQL, postgres://user@host/name (npm install pg)
  --answer-url  where calls of the service ask what is to be done, answered with a list of actions
  --answer-post  they ask by POST, not by GET
  --allow-origin  a page that may speak to it besides those of this machine: https://app.example.com; may be repeated
  --verbose   a line for every SIP message
`;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A folder that the build has put into `dist`, as seen from `dist/esm/server/lib` and from `lib`. */
function shipped(name: string): string | undefined {
  return [`../../../${name}/`, `../dist/${name}/`]
    .map(path => fileURLToPath(new URL(path, import.meta.url)))
    .find(folder => existsSync(folder));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8080' },
      page: { type: 'string' },
      sdk: { type: 'string' },
      data: { type: 'string' },
      database: { type: 'string' },
      'answer-url': { type: 'string' },
      'answer-post': { type: 'boolean', default: false },
      'allow-origin': { type: 'string', multiple: true, default: [] },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const port = Number(values.port);
  if (values.help || !Number.isInteger(port) || port < 0 || port > 65_535) {
    print(usage);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const page = values.page ?? shipped('softphone');
  const sdk = values.sdk ?? shipped('sdk');
  const storage = await openStorage({ data: values.data, database: values.database });
  const log = (line: string): void => {
    if (values.verbose || !/ [→←] /.test(line)) print(line);
  };
  const answerUrl = values['answer-url'];
  const server = await startServer({
    port,
    storage,
    log,
    allowOrigins: values['allow-origin'],
    answerMethod: values['answer-post'] ? 'POST' : 'GET',
    ...(page === undefined ? {} : { page }),
    ...(sdk === undefined ? {} : { sdk }),
    ...(answerUrl === undefined ? {} : { answerUrl }),
  }).catch(async (error: unknown) => {
    await storage.close();
    throw error;
  });
  print(`callstream development server: ${server.url}   (SIP: ${server.wsUrl})`);
  print('For development and tests only. Ctrl-C ends it.');
  const stop = (): void => {
    void server.close();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

main().catch((error: unknown) => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const misused = code.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(code === 'EADDRINUSE' ? 'That port is in use: try --port 0\n' : `${String(error)}\n`);
  if (misused) print(usage);
  process.exitCode = misused ? 2 : 1;
});
