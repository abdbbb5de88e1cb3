import { createClient, type Client, type Messaging, type Notice } from 'callstream';
import { browser, indexedDbOutbox, type Words } from 'callstream/browser';
import { service } from 'callstream/service';
import { sip } from 'callstream/sip';
import { defer, from, map, type Observable } from 'rxjs';
import { serviceLine, sipLine } from './lines.js';

/** What `/api/sdk/info` tells of a user: the name that registers, and the extension. */
type Info = { readonly username: string; readonly password: string; readonly realm: string; readonly pid: string };

export type Account = {
  readonly name: string;
  readonly extension: string;
  readonly client: Client & Messaging;
  /** A new one each time: they last an hour. */
  readonly token: () => Promise<string>;
};

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

const tokenOf = async (user: string): Promise<string> => {
  const { token } = await post('/dev/token', { user });
  if (typeof token !== 'string') throw new Error('The server gave no token.');
  return token;
};

const infoOf = async (user: string): Promise<Info> => {
  const { data } = await post('/api/sdk/info', { token: await tokenOf(user), source: 'Website-SDK' });
  if (!isInfo(data)) throw new Error('The server does not know this user.');
  return data;
};

const server = (): string => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`;

const noticeOf = ({ displayName, phoneNumber }: Notice): Words => ({
  title: `${displayName ?? phoneNumber} is calling`,
  body: displayName === undefined ? '' : phoneNumber,
});

/** One client for all: calls over SIP and over the service of the same server, and the conversations of the service. */
const clientOf = ({ username, password, realm }: Info): Client & Messaging => {
  const served = service({
    id: serviceLine,
    apiUrl: location.origin,
    token: () => tokenOf(username),
    // What is written without a line is sent later, also by a page that was loaded again.
    outbox: indexedDbOutbox(),
  });
  const dialled = sip({
    id: sipLine,
    server: server(),
    aor: `sip:${username}@${realm}`,
    credentials: { username, password },
  });
  return createClient({
    calling: [dialled, served],
    conversations: served,
    // An incoming call rings here, and is shown where nobody looks at the page, if the person allows that.
    devices: browser({ ring: true, notify: noticeOf }),
    onAnswer: 'hold-others',
  });
};

/** Signs in a development user: asks the local server for a token and an account, and makes a client of them. */
export const account = (user: string): Observable<Account> =>
  defer(() => from(infoOf(user))).pipe(
    map(info => ({
      name: info.username,
      extension: info.pid,
      client: clientOf(info),
      token: () => tokenOf(info.username),
    })),
  );
