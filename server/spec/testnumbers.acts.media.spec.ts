/** The test numbers that act by themselves once they are called: offers, transfers, timers. */
import { caller, type Caller } from './support/caller.js';
import { house, invite } from './support/house.js';
import { backInDialog, inDialog, text, type Draft, type Frame, type Phone } from './support/phone.js';

const home = house();
const voices: Caller[] = [];

afterEach(() => {
  for (const one of voices.splice(0)) one.close();
});

function talking(hertz: number): Caller {
  const one = caller(hertz);
  voices.push(one);
  return one;
}

const withSdp = (contact: string): string[] => [`Contact: <${contact}>`, 'Content-Type: application/sdp'];

interface Talk {
  readonly alice: Phone;
  readonly voice: Caller;
  readonly draft: Draft;
  readonly answered: Frame;
  /** Sends a request in the dialog. */
  readonly send: (method: string, headers?: readonly string[], body?: string) => void;
  readonly ack: () => void;
}

/** A call that is answered, but not acknowledged. */
async function answered(number: string, headers: readonly string[] = []): Promise<Talk> {
  const alice = await home().at('alice');
  const voice = talking(700);
  const body = await voice.offer();
  const draft = await invite(alice, number, { headers: [...withSdp(alice.contact), ...headers], body });
  const answer = await alice.expect(`200 INVITE ${draft.callId}`);
  await voice.accept(answer.body);
  let next = draft.cseq;
  const send: Talk['send'] = (method, more = [], content = '') => {
    next += 1;
    const request = inDialog(draft, answer, method, next);
    alice.send(text({ ...request, headers: [...request.headers, ...more], body: content }, alice.host));
  };
  const ack = (): void => {
    alice.send(text(inDialog(draft, answer, 'ACK', draft.cseq), alice.host));
  };
  return { alice, voice, draft, answered: answer, send, ack };
}

const key = ['Content-Type: application/dtmf-relay'];
const digit = 'Signal=1\r\nDuration=100\r\n';

describe('test numbers with one response', () => {
  it('move302 says where to go instead, and that can be called', async () => {
    const alice = await home().at('alice');
    await invite(alice, 'move302');
    const moved = await alice.expect(302);
    expect(moved.one('Contact')).toBe(`<sip:echo@${alice.me.realm}>`);
    await invite(alice, 'echo', { headers: withSdp(alice.contact), body: await talking(0).offer() });
    expect((await alice.expect('200 INVITE')).body).toContain('m=audio');
  });

  it('busy503 says when to come again', async () => {
    const alice = await home().at('alice');
    await invite(alice, 'busy503');
    expect((await alice.expect(503)).one('Retry-After')).toBe('7');
  });

  it.each(['timer9', 'timer12345', 'move', 'hold2'])('%s is no number', async name => {
    const alice = await home().at('alice');
    await invite(alice, name);
    expect((await alice.expect(404)).status).toBe(404);
  });
});

describe('test number fork', () => {
  it('is heard from one phone and answered by another', async () => {
    const alice = await home().at('alice');
    const [early, late] = [talking(0), talking(700)];
    // One offer for both, as a caller has it; each answer needs a connection of its own.
    const draft = await invite(alice, 'fork', { headers: withSdp(alice.contact), body: await early.offer() });
    const progress = await alice.expect(183);
    await early.accept(progress.body);
    await early.hears(20, level => level(440) > 0.1);
    const answer = await alice.expect(`200 INVITE ${draft.callId}`);
    expect(answer.one('To')).not.toBe(progress.one('To'));
    const print = (frame: Frame): string => /a=fingerprint:(.*)/.exec(frame.body)?.[1] ?? '';
    expect([print(answer) === '', print(answer) === print(progress)]).toEqual([false, false]);
    alice.send(text(inDialog(draft, answer, 'ACK', draft.cseq), alice.host));
    const again = inDialog(draft, answer, 'INVITE', draft.cseq + 1);
    const headers = [...again.headers, ...withSdp(alice.contact)];
    alice.send(text({ ...again, headers, body: await late.offer() }, alice.host));
    const mended = await alice.expect(`200 INVITE ${draft.callId} ${draft.cseq + 1}`);
    await late.accept(mended.body);
    await late.hears(20, level => level(700) > 0.1);
    alice.send(text(inDialog(draft, progress, 'BYE', draft.cseq + 2), alice.host));
    expect((await alice.expect('481 BYE')).one('Call-ID')).toBe(draft.callId);
  });
});

describe('test number reinvite', () => {
  it('offers anew as soon as it is acknowledged, in the same session', async () => {
    const { alice, voice, ack, answered: first } = await answered('reinvite');
    ack();
    const offered = await alice.expect('INVITE');
    const origin = (body: string): readonly string[] => /o=- (\d+) (\d+)/.exec(body)?.slice(1) ?? [];
    const [[id, version], [sameId, later]] = [origin(first.body), origin(offered.body)];
    expect([sameId, Number(later) > Number(version)]).toEqual([id, true]);
    const answer = alice.answer(offered, 200, withSdp(alice.contact), await voice.answer(offered.body));
    alice.send(answer);
    expect((await alice.expect('ACK')).one('CSeq')).toBe('1 ACK');
    await voice.hears(20, level => level(700) > 0.1);
  });

  it('gives way to an offer that crosses its own, and comes again', async () => {
    const { alice, voice, ack, send } = await answered('reinvite');
    ack();
    const offered = await alice.expect('INVITE');
    send('INVITE', withSdp(alice.contact), await voice.offer());
    await alice.expect('491 INVITE');
    alice.send(alice.answer(offered, 491));
    await alice.expect('ACK');
    const again = await alice.expect('INVITE');
    expect(again.one('CSeq')).toBe('2 INVITE');
    // The crossing offer is taken back before theirs is answered.
    await voice.connection.setLocalDescription({ type: 'rollback' });
    alice.send(alice.answer(again, 200, withSdp(alice.contact), await voice.answer(again.body)));
    expect((await alice.expect('ACK')).one('CSeq')).toBe('2 ACK');
  });

  it('is over when the caller knows of no such call', async () => {
    const { alice, ack, send } = await answered('reinvite');
    ack();
    alice.send(alice.answer(await alice.expect('INVITE'), 481));
    await alice.expect('ACK');
    send('INFO', key, digit);
    expect((await alice.expect('481 INFO')).status).toBe(481);
  });
});

describe('test number hold', () => {
  it('holds its caller, and each key changes that', async () => {
    const { alice, voice, ack, send } = await answered('hold');
    const taken = async (): Promise<string> => {
      const offered = await alice.expect('INVITE');
      const answer = await voice.answer(offered.body);
      alice.send(alice.answer(offered, 200, withSdp(alice.contact), answer));
      await alice.expect('ACK');
      return `${/a=(send\w+)/.exec(offered.body)?.[1] ?? ''} ${/a=(sendrecv|recvonly)/.exec(answer)?.[1] ?? ''}`;
    };
    ack();
    expect(await taken()).toBe('sendonly recvonly');
    send('INFO', key, digit);
    await alice.expect('200 INFO');
    expect(await taken()).toBe('sendrecv sendrecv');
    await voice.hears(20, level => level(700) > 0.1);
    send('INFO', key, digit);
    expect(await taken()).toBe('sendonly recvonly');
  });
});

describe('test number refer', () => {
  async function referred(): Promise<Talk & { readonly notify: (fragment: string) => void }> {
    const talk = await answered('refer');
    const { alice, draft } = talk;
    talk.ack();
    const refer = await alice.expect('REFER');
    expect(refer.one('Refer-To')).toBe(`<sip:echo@${alice.me.realm}>`);
    alice.send(alice.answer(refer, 202));
    const headers = ['Event: refer', 'Subscription-State: active', 'Content-Type: message/sipfrag'];
    expect(refer.one('Call-ID')).toBe(draft.callId);
    return {
      ...talk,
      notify: fragment => {
        talk.send('NOTIFY', headers, `SIP/2.0 ${fragment}\r\n`);
      },
    };
  }

  it('sends its caller elsewhere, and hangs up once they are there', async () => {
    const { alice, notify } = await referred();
    notify('100 Trying');
    await alice.expect('200 NOTIFY');
    notify('200 OK');
    await alice.expect('200 NOTIFY');
    alice.send(alice.answer(await alice.expect('BYE'), 200));
  });

  it('stays when they do not get there', async () => {
    const { alice, notify, send, voice } = await referred();
    notify('486 Busy Here');
    await alice.expect('200 NOTIFY');
    await voice.hears(20, level => level(440) > 0.1);
    send('BYE');
    expect((await alice.expect('200 BYE')).status).toBe(200);
    expect(alice.inbox.some(frame => frame.method === 'BYE')).toBe(false);
  });
});

describe('test number replace', () => {
  it('has another phone take over at the first key', async () => {
    const { alice, voice, ack, send, draft, answered: first } = await answered('replace');
    ack();
    await voice.hears(20, level => level(440) > 0.1);
    send('INFO', key, digit);
    await alice.expect('200 INFO');
    const taking = await alice.expect('INVITE');
    const tag = (value: string): string => /tag=([^;]+)/.exec(value)?.[1] ?? '';
    expect(taking.one('Replaces')).toBe(`${draft.callId};to-tag=${tag(draft.from)};from-tag=${tag(first.one('To'))}`);
    expect([taking.uri, taking.one('P-Asserted-Identity')]).toEqual([
      alice.contact,
      `"echo" <sip:echo@${alice.me.realm}>`,
    ]);
    const other = talking(900);
    const taken = alice.answer(taking, 200, withSdp(alice.contact), await other.answer(taking.body));
    alice.send(taken);
    await alice.expect('ACK');
    send('BYE');
    await alice.expect('200 BYE');
    await other.hears(20, level => level(900) > 0.1);
    alice.send(text(backInDialog(taking, taken, 'BYE', 1), alice.host));
    expect((await alice.expect(`200 BYE ${taking.one('Call-ID')}`)).status).toBe(200);
  });

  it('stays when nobody takes the other call', async () => {
    const { alice, voice, ack, send } = await answered('replace');
    ack();
    send('INFO', key, digit);
    alice.send(alice.answer(await alice.expect('INVITE'), 603));
    await alice.expect('ACK');
    await voice.hears(20, level => level(440) > 0.1);
  });
});

describe('test number timerNN', () => {
  it('asks a caller who can to refresh', async () => {
    const { answered: answer } = await answered('timer90', ['Supported: timer']);
    expect([answer.one('Session-Expires'), answer.one('Require')]).toEqual(['90;refresher=uac', 'timer']);
  });

  it('takes the caller’s own interval, and refreshes itself when asked to', async () => {
    const asked = ['Supported: timer', 'Session-Expires: 120;refresher=uas'];
    const { answered: answer } = await answered('timer90', asked);
    expect([answer.one('Session-Expires'), answer.all('Require')]).toEqual(['120;refresher=uas', []]);
  });

  it('refuses less than its own', async () => {
    const alice = await home().at('alice');
    await invite(alice, 'timer90', { headers: [`Contact: <${alice.contact}>`, 'Session-Expires: 89'] });
    expect((await alice.expect(422)).one('Min-SE')).toBe('90');
  });

  it('knows of no other extension', async () => {
    const alice = await home().at('alice');
    await invite(alice, 'timer90', { headers: [`Contact: <${alice.contact}>`, 'Require: timer, 100rel'] });
    expect((await alice.expect(420)).one('Unsupported')).toBe('100rel');
  });

  it('refreshes at half time for a caller who cannot', async () => {
    const { alice, ack, answered: answer } = await answered('timer02');
    expect([answer.one('Session-Expires'), answer.all('Require')]).toEqual(['2;refresher=uas', []]);
    ack();
    for (const number of [1, 2]) {
      const refresh = await alice.expect('UPDATE');
      expect([refresh.one('CSeq'), refresh.one('Session-Expires'), refresh.body]).toEqual([
        `${number} UPDATE`,
        '2;refresher=uac',
        '',
      ]);
      alice.send(alice.answer(refresh, 200));
    }
  });

  it('hangs up on a caller who does not refresh, and says why', async () => {
    const { alice, ack, send } = await answered('timer03', ['Supported: timer']);
    ack();
    send('UPDATE', [`Contact: <${alice.contact}>`, 'Require: timer', 'Session-Expires: 3;refresher=uac']);
    expect((await alice.expect('200 UPDATE')).one('Session-Expires')).toBe('3;refresher=uac');
    const bye = await alice.expect('BYE');
    expect(bye.one('Reason')).toBe('SIP;cause=408;text="Session expired"');
    alice.send(alice.answer(bye, 200));
  });
});
