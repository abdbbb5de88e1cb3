import type { DevServer } from '../../../server/lib/index.js';
import { invite } from '../../../server/spec/support/house.js';
import { inDialog, phone, text, type Draft, type Frame, type Phone } from '../../../server/spec/support/phone.js';
import type { Line } from './line.js';
import { farSide, type FarSide } from './platform.js';
import { prepare, type Incoming } from './talk.js';

/** A call that a hand-written phone has made to a line of ours, from its side. */
export type Far = {
  readonly phone: Phone;
  readonly draft: Draft;
  /** Our 200. */
  readonly ok: Frame;
  /** Our name for the call. */
  readonly call: string;
  readonly incoming: Incoming;
  readonly side: FarSide;
  /** Sends a request within the dialog; `next` counts from the INVITE. */
  readonly say: (method: string, next: number, headers?: readonly string[], body?: string) => void;
  readonly ack: (next: number, response: Frame, body?: string) => void;
};

const sdpType = 'Content-Type: application/sdp';

/** A phone that is registered. */
export const registered = async (server: DevServer, user: string): Promise<Phone> => {
  const made = await phone(server.wsUrl, server.user(user));
  await made.register();
  return made;
};

/** Calls the line, which answers. */
export const established = async (
  from: Phone,
  to: Line,
  target: string,
  headers: readonly string[] = [],
): Promise<Far> => {
  const side = farSide();
  const contact = `Contact: <${from.contact}>`;
  const draft = await invite(from, target, { headers: [contact, sdpType, ...headers], body: await side.offer() });
  const incoming = await to.take('incoming');
  const { call } = incoming;
  await prepare(to, call);
  await to.ask({ _tag: 'answer', call });
  const ok = await from.expect('200 INVITE');
  const send = (method: string, cseq: number, said: Frame, more: readonly string[], body: string): void => {
    const sent = inDialog(draft, said, method, cseq);
    from.send(text({ ...sent, headers: [...sent.headers, ...more], body }, from.host));
  };
  const typed = (body: string): readonly string[] => (body === '' ? [] : [sdpType]);
  const ack: Far['ack'] = (next, response, body = '') => {
    send('ACK', draft.cseq + next, response, typed(body), body);
  };
  ack(0, ok);
  await side.accept(ok.body);
  // A probe behind the ACK has passed it.
  await from.ask(from.request('OPTIONS', `sip:${target}@callstream.test`));
  await to.take('remote-hold');
  return {
    phone: from,
    draft,
    ok,
    call,
    incoming,
    side,
    ack,
    say: (method, next, more = [], body = '') => {
      send(method, draft.cseq + next, ok, [contact, ...more], body);
    },
  };
};
