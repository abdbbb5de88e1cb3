/** A server for one spec file, and phones that are put down after each spec. */
import { startServer, type DevServer, type ServerOptions } from 'callstream-server';
import { ackTo, authorized, phone, text, type Draft, type Frame, type Phone } from './phone.js';

export interface House {
  readonly server: DevServer;
  /** A registered phone. */
  readonly at: (name: string, host?: string) => Promise<Phone>;
  /** A phone that has not said anything. */
  readonly silent: (name: string, host?: string) => Promise<Phone>;
}

export function house(options: ServerOptions = {}): () => House {
  let server: DevServer;
  const open = new Set<Phone>();
  const silent = async (name: string, host?: string): Promise<Phone> => {
    const one = await phone(server.wsUrl, server.user(name), host);
    open.add(one);
    return one;
  };
  const at = async (name: string, host?: string): Promise<Phone> => {
    const one = await silent(name, host);
    const answer = await one.register();
    if (answer.status !== 200) throw new Error(`REGISTER got ${answer.status}`);
    return one;
  };
  beforeEach(async () => {
    server = await startServer({ port: 0, ...options });
  });
  afterEach(async () => {
    for (const one of open) one.socket.terminate();
    open.clear();
    await server.close();
  });
  return () => ({ server, at, silent });
}

/** Sends an INVITE with credentials; what comes of it is the spec's to expect. */
export async function invite(from: Phone, target: string, more: Partial<Draft> = {}): Promise<Draft> {
  const draft = from.request('INVITE', `sip:${target}@${from.me.realm}`, more);
  from.send(text(draft, from.host));
  const challenge = await from.expect(`407 INVITE ${draft.callId}`);
  from.send(ackTo(draft, challenge, from.host));
  const again = authorized(draft, challenge, from.me, 'SHA-256');
  from.send(text(again, from.host));
  return again;
}

/** Lets `to` answer the INVITE that waits in its inbox. */
export async function pickUp(to: Phone): Promise<{ invite: Frame; answer: string }> {
  const request = await to.expect('INVITE');
  const answer = to.answer(request, 200);
  to.send(answer);
  return { invite: request, answer };
}
