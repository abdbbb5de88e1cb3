import { WebSocketServer, type WebSocket } from 'ws';
import { headerValue, headerValues, parseMessage, type SipMessage } from '../../../lib/sip/message.js';
import { id } from '../../../server/spec/support/phone.js';

/** A message as it came over the socket. */
export type Heard = SipMessage & { readonly raw: string };

export type Said = { readonly headers?: readonly string[]; readonly body?: string };

/** Another end made of hand-written SIP, which a line connects to: it lets everybody in, and says nothing else by itself. */
export type Far = {
  readonly url: string;
  /** The first message of this kind that was not taken yet, or the next to come: a method, or `200 NOTIFY`. */
  readonly next: (what: string) => Promise<Heard>;
  /** What has come and was not taken. */
  readonly left: () => readonly string[];
  readonly answer: (request: Heard, status: number, more?: Said & { readonly tag?: string }) => void;
  /** A request within the dialog that this request of the line begins, or outside of any. */
  readonly request: (
    method: string,
    cseq: number,
    more?: Said & { readonly within?: Heard; readonly tag?: string },
  ) => void;
  readonly cut: () => void;
  readonly close: () => Promise<void>;
};

const kindOf = (message: SipMessage): string => {
  const [, status] = /^SIP\/2\.0 (\d{3})/.exec(message.startLine) ?? [];
  const [, method = ''] = (headerValue(message, 'cseq') ?? '').split(' ');
  return status === undefined ? method : `${status} ${method}`;
};

const compose = (startLine: string, headers: readonly string[], body = ''): string =>
  [startLine, ...headers, `Content-Length: ${String(Buffer.byteLength(body))}`, '', body].join('\r\n');

export const far = async (): Promise<Far> => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => 'sip' });
  await new Promise(resolve => server.once('listening', resolve));
  const { port } = server.address() as { readonly port: number };
  const inbox: Heard[] = [];
  const wanted: { readonly what: string; readonly give: (heard: Heard) => void }[] = [];
  let socket: WebSocket | undefined;

  const answer: Far['answer'] = (request, status, { headers = [], body = '', tag = 'far' } = {}) => {
    const to = headerValue(request, 'to') ?? '';
    socket?.send(
      compose(
        `SIP/2.0 ${String(status)} Said`,
        [
          ...headerValues(request, 'via').map(via => `Via: ${via}`),
          `From: ${headerValue(request, 'from') ?? ''}`,
          `To: ${to.includes(';tag=') ? to : `${to};tag=${tag}`}`,
          `Call-ID: ${headerValue(request, 'call-id') ?? ''}`,
          `CSeq: ${headerValue(request, 'cseq') ?? ''}`,
          ...headers,
        ],
        body,
      ),
    );
  };

  const hear = (raw: string): void => {
    const heard = { ...parseMessage(raw), raw };
    if (kindOf(heard) === 'REGISTER') {
      answer(heard, 200, { headers: ['Expires: 600'] });
      return;
    }
    const at = wanted.findIndex(({ what }) => what === kindOf(heard));
    if (at === -1) inbox.push(heard);
    else wanted.splice(at, 1)[0]?.give(heard);
  };

  server.on('connection', one => {
    socket = one;
    one.on('message', data => {
      hear((data as Buffer).toString());
    });
  });

  return {
    url: `ws://127.0.0.1:${String(port)}`,
    next: what => {
      const at = inbox.findIndex(heard => kindOf(heard) === what);
      const [found] = at === -1 ? [] : inbox.splice(at, 1);
      return found === undefined ? new Promise(give => wanted.push({ what, give })) : Promise.resolve(found);
    },
    left: () => inbox.map(kindOf),
    answer,
    request: (method, cseq, { headers = [], body = '', within, tag = 'far' } = {}) => {
      const contact = /<([^>]+)>/.exec((within && headerValue(within, 'contact')) ?? '')?.[1] ?? 'sip:alice@x.invalid';
      const ours = (within && headerValue(within, 'from')) ?? '<sip:alice@callstream.test>';
      const theirs = (within && headerValue(within, 'to')) ?? '"Bob" <sip:bob@callstream.test>';
      socket?.send(
        compose(
          `${method} ${contact} SIP/2.0`,
          [
            `Via: SIP/2.0/WS far.invalid;branch=z9hG4bK${id()}`,
            `From: ${theirs};tag=${tag}`,
            `To: ${ours}`,
            `Call-ID: ${(within && headerValue(within, 'call-id')) ?? id()}`,
            `CSeq: ${String(cseq)} ${method}`,
            'Max-Forwards: 70',
            ...headers,
          ],
          body,
        ),
      );
    },
    cut: () => socket?.terminate(),
    close: () =>
      new Promise(resolve => {
        for (const one of server.clients) one.terminate();
        server.close(() => {
          resolve();
        });
      }),
  };
};
