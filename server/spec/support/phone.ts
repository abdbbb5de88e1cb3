/** A phone made of hand-written SIP: one socket, one inbox, no state machine. Specs say every message themselves. */
import { createHash, randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import type { Credentials } from 'callstream-server';

export interface Frame {
  /** The method of a request, `''` for a response. */
  readonly method: string;
  /** The status of a response, 0 for a request. */
  readonly status: number;
  readonly uri: string;
  readonly raw: string;
  readonly body: string;
  /** All values of a header, one per line. */
  readonly all: (name: string) => readonly string[];
  readonly one: (name: string) => string;
}

export interface Phone {
  readonly me: Credentials;
  readonly host: string;
  readonly contact: string;
  readonly socket: WebSocket;
  readonly inbox: readonly Frame[];
  readonly send: (text: string) => void;
  readonly request: (method: string, uri: string, more?: Partial<Draft>) => Draft;
  readonly answer: (request: Frame, status: number, headers?: readonly string[], body?: string) => string;
  /** The next frame not yet taken that fits: a method, a status, or both as `'200 INVITE'`; `'NOTIFY of 7'` is of that Call-ID. */
  readonly expect: (what: string | number) => Promise<Frame>;
  /** Sends, and repeats once with credentials when it is challenged. Returns the first final response. */
  readonly ask: (draft: Draft, algorithm?: 'SHA-256' | 'MD5', password?: string) => Promise<Frame>;
  readonly register: (headers?: readonly string[]) => Promise<Frame>;
  /** Settles with the close code. */
  readonly closed: Promise<number>;
}

export interface Draft {
  readonly method: string;
  readonly uri: string;
  readonly callId: string;
  readonly cseq: number;
  readonly branch: string;
  readonly from: string;
  readonly to: string;
  readonly maxForwards: number;
  readonly headers: readonly string[];
  readonly body: string;
}

export const id = (): string => randomBytes(6).toString('hex');

export async function phone(wsUrl: string, me: Credentials, host = `${id()}.invalid`): Promise<Phone> {
  const socket = new WebSocket(wsUrl, 'sip');
  const inbox: Frame[] = [];
  const taken = new Set<Frame>();
  const arrivals = new Set<() => void>();
  const closed = new Promise<number>(resolve => socket.once('close', resolve));
  socket.on('message', data => {
    inbox.push(frameOf((data as Buffer).toString()));
    for (const arrival of [...arrivals]) arrival();
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });

  const contact = `sip:${me.username}@${host};transport=ws`;
  const send = (text: string): void => {
    socket.send(text);
  };

  const request: Phone['request'] = (method, uri, more = {}) => ({
    method,
    uri,
    callId: id(),
    cseq: 1,
    branch: `z9hG4bK${id()}`,
    from: `<sip:${me.username}@${me.realm}>;tag=${id()}`,
    to: `<${uri}>`,
    maxForwards: 70,
    headers: method === 'INVITE' ? [`Contact: <${contact}>`] : [],
    body: '',
    ...more,
  });

  function expectFrame(what: string | number): Promise<Frame> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        arrivals.delete(look);
        reject(new Error(`${me.username} waited for ${what}, inbox: ${inbox.map(brief).join(' | ')}`));
      }, 100_000);
      const look = (): void => {
        const found = inbox.find(frame => !taken.has(frame) && fits(frame, what));
        if (!found) return;
        taken.add(found);
        arrivals.delete(look);
        clearTimeout(late);
        resolve(found);
      };
      arrivals.add(look);
      look();
    });
  }

  async function final(draft: Draft): Promise<Frame> {
    for (;;) {
      const found = await expectFrame(`* ${draft.method} ${draft.callId} ${draft.cseq}`);
      if (found.status >= 200) return found;
    }
  }

  async function ask(draft: Draft, algorithm: 'SHA-256' | 'MD5' = 'SHA-256', password = me.password): Promise<Frame> {
    send(text(draft, host));
    const first = await final(draft);
    if (first.status !== 401 && first.status !== 407) return first;
    if (draft.method === 'INVITE') send(ackTo(draft, first, host));
    const again = authorized(draft, first, { ...me, password }, algorithm);
    send(text(again, host));
    return final(again);
  }

  const register: Phone['register'] = (headers = [`Contact: <${contact}>`, 'Expires: 300']) =>
    ask(request('REGISTER', `sip:${me.realm}`, { to: `<sip:${me.username}@${me.realm}>`, headers }));

  return {
    me,
    host,
    contact,
    socket,
    inbox,
    closed,
    send,
    request,
    ask,
    register,
    expect: expectFrame,
    answer: (frame, status, headers = [`Contact: <${contact}>`], body = '') =>
      answerText(frame, status, headers, body, me.username),
  };
}

function fits(frame: Frame, what: string | number): boolean {
  if (typeof what === 'number') return frame.status === what;
  const [first = '', method, callId, cseq] = what.split(' ');
  if (method === undefined) return frame.method === first;
  if (method === 'of') return frame.method === first && frame.one('Call-ID') === callId;
  const [number, answered] = frame.one('CSeq').split(' ');
  return (
    frame.status > 0 &&
    (first === '*' || frame.status === Number(first)) &&
    answered === method &&
    (callId === undefined || frame.one('Call-ID') === callId) &&
    (cseq === undefined || number === cseq)
  );
}

const brief = (frame: Frame): string => (frame.status ? `${frame.status} ${frame.one('CSeq')}` : frame.method);

export function frameOf(raw: string): Frame {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const [a = '', b = ''] = first.split(' ');
  const response = a === 'SIP/2.0';
  const all = (name: string): readonly string[] =>
    lines
      .filter(line => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
      .map(line => line.slice(name.length + 1).trim());
  return {
    method: response ? '' : a,
    status: response ? Number(b) : 0,
    uri: response ? '' : b,
    raw,
    body: rest.join('\r\n\r\n'),
    all,
    one: name => all(name)[0] ?? '',
  };
}

export function text(draft: Draft, host: string): string {
  return [
    `${draft.method} ${draft.uri} SIP/2.0`,
    `Via: SIP/2.0/WS ${host};branch=${draft.branch}`,
    `Max-Forwards: ${draft.maxForwards}`,
    `From: ${draft.from}`,
    `To: ${draft.to}`,
    `Call-ID: ${draft.callId}`,
    `CSeq: ${draft.cseq} ${draft.method}`,
    ...draft.headers,
    `Content-Length: ${Buffer.byteLength(draft.body)}`,
    '',
    draft.body,
  ].join('\r\n');
}

/** The ACK to a refusal, or the CANCEL of a request: the same branch. */
export function ackTo(draft: Draft, response: Frame, host: string): string {
  return text({ ...draft, method: 'ACK', to: response.one('To'), headers: [], body: '' }, host);
}

export function cancelOf(draft: Draft, host: string, headers: readonly string[] = []): string {
  return text({ ...draft, method: 'CANCEL', headers, body: '' }, host);
}

/** A request inside the dialog that a 2xx made, from the caller's side. */
export function inDialog(draft: Draft, answer: Frame, method: string, cseq: number): Draft {
  return {
    ...draft,
    method,
    cseq,
    uri: /<([^>]+)>/.exec(answer.one('Contact'))?.[1] ?? '',
    branch: `z9hG4bK${id()}`,
    to: answer.one('To'),
    headers: [...answer.all('Record-Route')].reverse().map(route => `Route: ${route}`),
    body: '',
  };
}

/** A request inside the dialog, from the side that answered. */
export function backInDialog(invite: Frame, answer: string, method: string, cseq: number): Draft {
  const mine = frameOf(answer);
  return {
    method,
    uri: /<([^>]+)>/.exec(invite.one('Contact'))?.[1] ?? '',
    callId: invite.one('Call-ID'),
    cseq,
    branch: `z9hG4bK${id()}`,
    from: mine.one('To'),
    to: invite.one('From'),
    maxForwards: 70,
    headers: invite.all('Record-Route').map(route => `Route: ${route}`),
    body: '',
  };
}

function answerText(request: Frame, status: number, headers: readonly string[], body: string, tag: string): string {
  const to = request.one('To');
  const copied = ['Via', 'From', 'Call-ID', 'CSeq', 'Record-Route'].flatMap(name =>
    request.all(name).map(value => `${name}: ${value}`),
  );
  return [
    `SIP/2.0 ${status} Because`,
    ...copied,
    `To: ${to.includes('tag=') ? to : `${to};tag=${tag}`}`,
    ...headers,
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}

/** The draft with credentials for a challenge, as a new transaction. RFC 7616. */
export function authorized(draft: Draft, challenge: Frame, who: Credentials, algorithm: 'SHA-256' | 'MD5'): Draft {
  const proxy = challenge.status === 407;
  const offered = challenge.all(proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate');
  const chosen = offered.find(line => line.includes(`algorithm=${algorithm}`)) ?? '';
  const nonce = /nonce="([^"]+)"/.exec(chosen)?.[1] ?? '';
  const realm = /realm="([^"]+)"/.exec(chosen)?.[1] ?? '';
  const hash = (value: string): string =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(value)
      .digest('hex');
  const cnonce = id();
  const a1 = hash(`${who.username}:${realm}:${who.password}`);
  const response = hash(`${a1}:${nonce}:00000001:${cnonce}:auth:${hash(`${draft.method}:${draft.uri}`)}`);
  const fields = [
    `username="${who.username}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${draft.uri}"`,
    `algorithm=${algorithm}`,
    'qop=auth',
    'nc=00000001',
    `cnonce="${cnonce}"`,
    `response="${response}"`,
  ];
  const line = `${proxy ? 'Proxy-Authorization' : 'Authorization'}: Digest ${fields.join(', ')}`;
  return { ...draft, cseq: draft.cseq + 1, branch: `z9hG4bK${id()}`, headers: [...draft.headers, line] };
}
