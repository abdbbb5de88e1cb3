import { isRight } from '../../lib/core/either.js';
import { startServer, type DevServer } from '../../server/lib/index.js';
import type { Frame, Phone } from '../../server/spec/support/phone.js';
import { established, registered } from './adapter/caller.js';
import { line, stopAll, type Line } from './adapter/line.js';
import { closeFar } from './adapter/platform.js';

const challenge = 'WWW-Authenticate: Digest realm="far", nonce="n1", algorithm=SHA-256, qop="auth"';
const number = (frame: Frame): number => Number.parseInt(frame.one('CSeq'));

describe('SIP adapter: challenges within a call', () => {
  let server: DevServer;
  let bob: Line;
  let alice: Phone;
  beforeEach(async () => {
    server = await startServer({ port: 0 });
    bob = line(server, 'bob', { dtmf: 'info' });
    await bob.up();
    alice = await registered(server, 'alice');
  });
  afterEach(async () => {
    alice.socket.terminate();
    closeFar();
    stopAll();
    await server.close();
  });

  /** Refuses the next request of this kind without credentials, and gives the one that comes with them. */
  const challenging = async (method: string): Promise<Frame> => {
    const first = await alice.expect(method);
    alice.send(alice.answer(first, 401, [challenge]));
    const second = await alice.expect(method);
    expect(second.one('Authorization')).toMatch(/realm="far".*nonce="n1"/);
    expect(number(second)).toBeGreaterThan(number(first));
    return second;
  };

  it('and is said again, a re-INVITE too, each under a number of its own', async () => {
    const { call, side } = await established(alice, bob, '102');
    const tone = bob.ask({ _tag: 'tone', call, tone: '1' });
    const info = await challenging('INFO');
    alice.send(alice.answer(info, 200));
    expect(isRight(await tone)).toBe(true);

    const held = bob.ask({ _tag: 'change', call, hold: true });
    const invite = await challenging('INVITE');
    expect(number(invite)).toBeGreaterThan(number(info) + 1);
    const headers = [`Contact: <${alice.contact}>`, 'Content-Type: application/sdp'];
    alice.send(alice.answer(invite, 200, headers, await side.answer(invite.body)));
    expect(isRight(await held)).toBe(true);

    const handed = bob.ask({ _tag: 'transfer', call, to: { target: '103' } });
    const refer = await challenging('REFER');
    expect(number(refer)).toBeGreaterThan(number(invite) + 1);
    alice.send(alice.answer(refer, 202));
    expect(isRight(await handed)).toBe(true);

    bob.perform({ _tag: 'end', call });
    const bye = await challenging('BYE');
    expect(number(bye)).toBeGreaterThan(number(refer) + 1);
  });
});
