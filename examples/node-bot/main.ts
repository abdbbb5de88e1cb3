/**
 * A telephone in Node that answers every call and says back what it hears.
 *
 *     npm start                                   # in one terminal
 *     npx tsx examples/node-bot/main.ts dave      # in another; then call dave from the softphone
 */
import { distinctUntilChanged, filter, map, mergeMap, take } from 'rxjs';
import wrtc from '@roamhq/wrtc';
import WebSocket from 'ws';
import { createClient, isLeft } from 'callstream';
import { sip } from 'callstream/sip';
import { echo } from './echo.js';

type Account = {
  readonly username: string;
  readonly password: string;
  readonly realm: string;
  readonly domain: string;
  readonly port: number;
};

const post = async <A>(url: string, body: object): Promise<A> => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as A;
};

const [name = 'dave', base = 'http://127.0.0.1:8080'] = process.argv.slice(2);
const { token } = await post<{ readonly token: string }>(`${base}/dev/token`, { user: name });
const { data } = await post<{ readonly data: Account }>(`${base}/api/sdk/info`, { token, source: 'node-bot' });

// What a browser has by itself.
Object.assign(globalThis, { MediaStream: wrtc.MediaStream });

const line = sip({
  server: `ws://${data.domain}:${data.port}/ws`,
  aor: `sip:${data.username}@${data.realm}`,
  credentials: data,
  webSocket: (url, protocols) => new WebSocket(url, protocols),
  ...echo(),
});

const client = createClient({ calling: [line] });

const connection$ = client.session$.pipe(
  map(({ connection }) => connection),
  distinctUntilChanged(),
);
connection$.subscribe(connection => {
  console.log(`line: ${connection}`);
});
client.fault$.subscribe(({ code, message }) => {
  console.error(`fault: ${code}: ${message}`);
});
client.incoming$.pipe(mergeMap(({ id }) => client.answer(id))).subscribe(answered => {
  console.log(isLeft(answered) ? `not answered: ${answered.left.code}` : `talking to ${answered.right.phoneNumber}`);
});

const link = client.connect();
process.once('SIGINT', () => {
  link.unsubscribe();
  connection$
    .pipe(
      filter(connection => connection === 'disconnected'),
      take(1),
    )
    .subscribe(() => process.exit());
});
