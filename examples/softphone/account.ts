import { sip } from 'callstream/sip';
import { browser } from 'callstream/browser';
import { createClient, type Client } from 'callstream';
import { defer, from, map, type Observable } from 'rxjs';

/** What `/api/sdk/info` tells of a user: the name that registers, and the extension. */
type Info = { readonly username: string; readonly password: string; readonly realm: string; readonly pid: string };

export type Account = { readonly name: string; readonly extension: string; readonly client: Client };

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

const isInfo = (value: unknown): value is Info => {
  const { username, password, realm, pid } = fieldsOf(value);
  return [username, password, realm, pid].every(field => typeof field === 'string');
};

const post = async (path: string, body: unknown): Promise<Readonly<Record<string, unknown>>> => {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const fields = fieldsOf(await answer.json().catch(() => undefined));
  if (answer.ok) return fields;
  const { message } = fields;
  throw new Error(typeof message === 'string' ? message : `The server answered ${answer.status}.`);
};

const infoOf = async (user: string): Promise<Info> => {
  const { token } = await post('/dev/token', { user });
  const { data } = await post('/api/sdk/info', { token, source: 'Website-SDK' });
  if (!isInfo(data)) throw new Error('The server does not know this user.');
  return data;
};

const server = (): string => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`;

/** Signs in a development user: asks the local server for a token and an account, and makes a client of them. */
export const account = (user: string): Observable<Account> =>
  defer(() => from(infoOf(user))).pipe(
    map(({ username, password, realm, pid }) => ({
      name: username,
      extension: pid,
      client: createClient({
        calling: [sip({ server: server(), aor: `sip:${username}@${realm}`, credentials: { username, password } })],
        devices: browser(),
      }),
    })),
  );
