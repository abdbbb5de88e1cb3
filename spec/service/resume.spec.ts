import type { AddressInfo } from 'node:net';
import { distinctUntilChanged, filter, firstValueFrom, map, type Observable } from 'rxjs';
import WebSocket, { WebSocketServer } from 'ws';
import { createClient } from '../../lib/client/client.js';
import type { Client } from '../../lib/client/model.js';
import { service } from '../../lib/service/index.js';
import type { Messaging } from '../../lib/conversation/port.js';

const greeting = '42["session:success",{"body":{"id":"SES-1","user_id":"USR-1","name":"alice","api_key":"k"}}]';
const missed =
  '42["session:success",{"body":{"id":"SES-1","user_id":"USR-1","name":"alice","api_key":"k","pending_events":' +
  '[{"type":"custom:late","id":1,"cid":"CON-1","timestamp":"t","body":{}}]}}]';

describe('service: session resumption', () => {
  let server: WebSocketServer;
  const sessions: (string | null)[] = [];
  let leave: () => void = () => undefined;

  /** A server that says these things, one list for each socket, after it has let it into the namespace. */
  const serve = async (
    ...says: readonly (readonly string[])[]
  ): Promise<Client & Messaging & { readonly kinds: string[] }> => {
    server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await new Promise(resolve => server.once('listening', resolve));
    sessions.length = 0;
    server.on('connection', (socket, { url }) => {
      const words = says[sessions.length] ?? [];
      sessions.push(new URL(url ?? '', 'http://x').searchParams.get('session_id'));
      socket.send('0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}');
      socket.on('message', data => {
        if ((data as Buffer).toString() !== '40') return;
        ['40{"sid":"n"}', ...words].forEach(word => {
          socket.send(word);
        });
      });
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = createClient({
      conversations: service({
        apiUrl: url,
        websocketUrl: url,
        token: () => 'token',
        webSocket: address => new WebSocket(address),
      }),
      random: () => 0,
    });
    const kinds: string[] = [];
    const heard = client.event$.subscribe(({ kind }) => kinds.push(kind));
    const link = client.connect();
    leave = () => {
      heard.unsubscribe();
      link.unsubscribe();
    };
    return Object.assign(client, { kinds });
  };

  const until = (client: Client, wished: string): Promise<string> =>
    firstValueFrom(connection(client).pipe(filter(one => one === wished)));
  const connection = ({ session$ }: Client): Observable<string> =>
    session$.pipe(
      map(session => session.connection),
      distinctUntilChanged(),
    );
  const drop = (): void => {
    server.clients.forEach(socket => {
      socket.terminate();
    });
  };

  afterEach(async () => {
    leave();
    drop();
    await new Promise(resolve => {
      server.close(resolve);
    });
  });

  it('needs no other greeting: the namespace is enough', async () => {
    const client = await serve([greeting], []);
    await until(client, 'connected');
    drop();
    await until(client, 'recovering');
    await until(client, 'connected');
    expect(sessions).toEqual([null, 'SES-1']);
  });

  it('takes what was missed from a greeting that comes all the same', async () => {
    const client = await serve([greeting], [missed]);
    await until(client, 'connected');
    const late = firstValueFrom(client.event$);
    drop();
    expect(await late).toMatchObject({ kind: 'custom', eventType: 'custom:late', id: 1 });
    expect(client.kinds).toEqual(['custom']);
  });

  it('begins anew where the server says afterwards that it has gone', async () => {
    const client = await serve([greeting], ['42["session:invalid",{"body":{}}]'], [greeting]);
    await until(client, 'connected');
    drop();
    await firstValueFrom(client.fault$.pipe(filter(({ code }) => code === 'invalid-session')));
    await until(client, 'connected');
    expect(sessions).toEqual([null, 'SES-1', null]);
  });

  it('is waited for once it has been refused, so that a line that is not let in does not flap', async () => {
    const expired = '42["system:error:expired-token",{"body":{}}]';
    const client = await serve([greeting], [expired], [expired]);
    await until(client, 'connected');
    drop();
    await until(client, 'disconnected');
    expect(sessions).toEqual([null, 'SES-1', 'SES-1']);
  });
});
