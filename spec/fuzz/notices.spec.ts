import * as fc from 'fast-check';
import { closeFar, offer } from '../sip/adapter/platform.js';
import { headerOf, liveClient, request, unique, type Live } from '../support/fuzz.js';
import { notices, types } from './notices.js';
import { runs } from '../support/runs.js';
import { answer, finalTo, inDialog, outcome, prepare, response } from './talk.js';

type Notice = { readonly type: string; readonly event: string; readonly state: string; readonly body: string };

const notice: fc.Arbitrary<Notice> = fc.record({
  type: types,
  event: fc.constantFrom('dialog', 'dialog', 'refer', 'refer', 'refer;id=2', 'message-summary', 'presence', ';', ''),
  state: fc.constantFrom('active;expires=60', 'active', 'pending;expires=-1', 'terminated;reason=x', 'x', '', ';;='),
  body: notices,
});

/** One that says something, so that chance need not find it. */
const sound = (event: string, type: string, body: string): Notice => ({
  type,
  event,
  state: 'active;expires=60',
  body,
});
const arrived = sound('refer', 'message/sipfrag', 'SIP/2.0 180 Ringing\r\n');
const idle = sound(
  'dialog',
  'application/dialog-info+xml',
  '<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="0" state="full" entity="sip:eve@example.org"/>',
);

const isAnswer = /^SIP\/2\.0 (?:200|400|415|481|489|500) /;

describe('fuzz: NOTIFYs to a live client', () => {
  let live: Live;
  beforeEach(async () => {
    live = await liveClient();
  });
  afterEach(async () => {
    closeFar();
    await live.close();
  });

  const worded = (notify: string, { type, event, state }: Notice): string => {
    const lines = [`Event: ${event}`, `Subscription-State: ${state}`, `Content-Type: ${type}`];
    return notify.replace(/(?:Content-Type: .*\r\n)?(?=Content-Length)/, `${lines.join('\r\n')}\r\n`);
  };

  /** Each is answered, whatever it says; nothing behind the gate throws. */
  const tell = async (notify: string): Promise<readonly string[]> => {
    live.send(notify);
    expect(await finalTo(live, notify)).toMatch(isAnswer);
    const { reported } = await live.react();
    const codes = reported.flatMap(report => (report._tag === 'fault' ? [report.fault.code] : []));
    expect(codes.filter(code => code !== 'malformed-frame')).toEqual([]);
    expect(live.end()).toBeUndefined();
    expect(JSON.stringify(reported)).not.toMatch(/"cause"/);
    return reported.map(({ _tag }) => _tag);
  };

  it('of those whom it watches is taken or refused', async () => {
    const tags = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(notice, { minLength: 1, maxLength: 4 }), async all => {
        const watch = unique();
        const [ref, uri] = [unique(), 'sip:eve@example.org'];
        live.perform({ _tag: 'watch', ref, watch, uri, package: 'dialog', expires: 60, anew: true });
        const subscribe = await live.sent.take(text => text.startsWith('SUBSCRIBE '));
        live.send(response(subscribe, '200 OK'));
        await outcome(live, ref);
        const headers = {
          From: `${headerOf(subscribe, 'To')};tag=far`,
          To: headerOf(subscribe, 'From'),
          'Call-ID': headerOf(subscribe, 'Call-ID'),
        };
        for (const [index, one] of all.entries()) {
          const told = { headers: { ...headers, CSeq: `${index + 1} NOTIFY` }, body: one.body };
          for (const tag of await tell(worded(request('NOTIFY', told), one))) tags.add(tag);
        }
      }),
      { ...runs(0.02), timeout: 20_000, examples: [[[idle]]] },
    );
    expect([...tags]).toContain('notified');
  }, 600_000);

  it('of a call that it has handed over is taken or refused', async () => {
    const tags = new Set<string>();
    const invite = request('INVITE', { body: await offer() });
    const { reported } = await live.react(invite);
    const incoming = reported.find(report => report._tag === 'incoming');
    if (incoming?._tag !== 'incoming') throw new Error('It does not ring.');
    const { call } = incoming;
    await prepare(live, call);
    const ok = await answer(live, call, invite);
    await live.react(inDialog('ACK', invite, ok, 1));
    let cseq = 1;
    await fc.assert(
      fc.asyncProperty(notice, async one => {
        const ref = unique();
        live.perform({ _tag: 'transfer', ref, call, to: { target: 'carol' } });
        const refer = await live.sent.take(text => text.startsWith('REFER '));
        live.send(response(refer, '202 Accepted').replace(/^To: .*$/m, `To: ${headerOf(refer, 'To')}`));
        await outcome(live, ref);
        const notify = inDialog('NOTIFY', invite, ok, ++cseq, one.body);
        for (const tag of await tell(worded(notify, one))) tags.add(tag);
      }),
      { ...runs(0.02), timeout: 20_000, examples: [[arrived]] },
    );
    expect([...tags]).toContain('transfer-progress');
  }, 600_000);
});
