import { exchange, type Placed, type Rung } from '../support/exchange.js';
import { invite, pickUp } from '../support/house.js';
import { backInDialog, cancelOf, inDialog, text, type Draft, type Frame, type Phone } from '../support/phone.js';

const home = exchange();
const elsewhere = 'SIP;cause=200;text="Call completed elsewhere"';
const digits = 'Content-Type: application/dtmf-relay';

/** A call that a phone has answered. */
async function answered(phone: Phone): Promise<{ placed: Placed; invite: Frame; answer: string }> {
  const placed = home().place('alice', phone.me.username);
  const request = await phone.expect('INVITE');
  const answer = phone.answer(request, 200, undefined, 'answer');
  phone.send(answer);
  await phone.expect('ACK');
  await placed.next('answered');
  return { placed, invite: request, answer };
}

/** A call from a phone that the service has answered. */
async function taken(phone: Phone): Promise<{ rung: Rung; draft: Draft; answer: Frame }> {
  home().signIn('bob');
  const draft = await offer(phone);
  const rung = await home().rung();
  rung.tell({ kind: 'answered', sdp: 'answer' });
  const answer = await phone.expect('200 INVITE');
  phone.send(text(inDialog(draft, answer, 'ACK', draft.cseq), phone.host));
  return { rung, draft, answer };
}

const offer = (phone: Phone, target = 'bob'): Promise<Draft> =>
  invite(phone, target, { body: 'offer', headers: [`Contact: <${phone.contact}>`] });

describe('server voice: call from the service to SIP', () => {
  it('rings as the user it is from, is answered, and ends', async () => {
    const { at, place, realm } = home();
    const bob = await at('bob');
    const placed = place('alice', '102');
    const arrived = await bob.expect('INVITE');
    expect([arrived.uri, arrived.body, arrived.one('Content-Type')]).toEqual([bob.contact, 'offer', 'application/sdp']);
    expect(arrived.one('From')).toMatch(`"ALICE" <sip:alice@${realm}>;tag=`);
    expect(arrived.one('P-Asserted-Identity')).toBe(`"Alice" <sip:101@${realm}>`);
    expect(arrived.one('Contact')).toBe('<sip:alice@voice.invalid;transport=ws>');
    expect(arrived.one('Allow')).toContain('INFO');
    bob.send(bob.answer(arrived, 180));
    await placed.next('ringing');
    bob.send(bob.answer(arrived, 180));
    bob.send(bob.answer(arrived, 200, undefined, 'answer'));
    expect(await placed.next('answered')).toEqual({ kind: 'answered', sdp: 'answer', user: 'bob' });
    const ack = await bob.expect('ACK');
    expect([ack.uri, ack.one('CSeq'), ack.one('To')]).toEqual([bob.contact, '1 ACK', `<sip:102@${realm}>;tag=bob`]);

    placed.across.end({ reason: 'all "said"' });
    const bye = await bob.expect('BYE');
    expect([bye.uri, bye.one('CSeq')]).toEqual([bob.contact, '2 BYE']);
    expect(bye.one('Reason')).toBe('Q.850;cause=16;text="all \\"said\\""');
    bob.send(bob.answer(bye, 200));
    expect(placed.told.map(({ kind }) => kind)).toEqual(['ringing', 'answered']);
  });

  it('hears what a phone plays before it answers', async () => {
    const { at, place } = home();
    const bob = await at('bob');
    const placed = place('alice', 'bob');
    bob.send(bob.answer(await bob.expect('INVITE'), 183, undefined, 'tone'));
    expect(await placed.next('early')).toEqual({ kind: 'early', sdp: 'tone' });
    expect(placed.told).toHaveLength(1);
  });

  it.each([
    ['busy', 486, 'Busy Here'],
    ['code603', 603, 'Decline'],
    ['nobody', 404, 'Not Found'],
    ['carol', 480, 'Temporarily Unavailable'],
    ['', 484, 'Address Incomplete'],
    ['mailto:bob@example.com', 404, 'Not Found'],
    ['sip:bob@other.example', 404, 'Not Found'],
    ['sip:bob@a b', 416, 'not an address'],
    ['bob>\r\nX: y', 404, 'Not Found'],
    ['\ud800', 416, 'not an address'],
  ])('to %j is refused with %i', async (target, status, reason) => {
    expect(await home().place('alice', target).next('refused')).toEqual({ kind: 'refused', status, reason });
  });

  it('from nobody we know is refused', async () => {
    expect(await home().place('mallory', 'bob').next('refused')).toMatchObject({ status: 403 });
  });

  it('is refused in the words of the phone', async () => {
    const { at, place } = home();
    const bob = await at('bob');
    const placed = place('alice', 'bob');
    bob.send(bob.answer(await bob.expect('INVITE'), 603, ['Reason: Q.850;cause=21;text="not today"']));
    expect(await placed.next('refused')).toEqual({ kind: 'refused', status: 603, reason: 'not today' });
    await bob.expect('ACK');
  });

  it('is cancelled while it rings, and says that somebody else has it', async () => {
    const { at, place } = home();
    const bob = await at('bob');
    const placed = place('alice', 'bob');
    const arrived = await bob.expect('INVITE');
    bob.send(bob.answer(arrived, 180));
    await placed.next('ringing');
    placed.across.end({ elsewhere: true });
    expect((await bob.expect('CANCEL')).one('Reason')).toBe(elsewhere);
    bob.send(bob.answer(arrived, 487));
    await bob.expect('ACK');
    expect(placed.told).toEqual([{ kind: 'ringing' }]);
  });

  it('is cancelled before anything came back', async () => {
    const { at, place } = home();
    const bob = await at('bob');
    const placed = place('alice', 'bob');
    placed.across.end();
    const arrived = await bob.expect('INVITE');
    bob.send(bob.answer(arrived, 100));
    expect((await bob.expect('CANCEL')).one('CSeq')).toBe('1 CANCEL');
    bob.send(bob.answer(arrived, 487));
    await bob.expect('ACK');
    expect(placed.told).toEqual([]);
  });

  it('that was answered in spite of its cancel is hung up', async () => {
    const { at, place } = home();
    const bob = await at('bob');
    const placed = place('alice', 'bob');
    const arrived = await bob.expect('INVITE');
    bob.send(bob.answer(arrived, 180));
    await placed.next('ringing');
    placed.across.end();
    await bob.expect('CANCEL');
    bob.send(bob.answer(arrived, 200, undefined, 'answer'));
    await bob.expect('ACK');
    bob.send(bob.answer(await bob.expect('BYE'), 200));
    expect(placed.told).toEqual([{ kind: 'ringing' }]);
  });

  it('rings two phones: the slower one is told that the call was answered elsewhere', async () => {
    const { at, place } = home();
    const [desk, pocket] = [await at('bob'), await at('bob')];
    const placed = place('alice', 'bob');
    const atPocket = await pocket.expect('INVITE');
    pocket.send(pocket.answer(atPocket, 180));
    await placed.next('ringing');
    desk.send(desk.answer(await desk.expect('INVITE'), 200, undefined, 'answer'));
    await placed.next('answered');
    expect((await pocket.expect('CANCEL')).one('Reason')).toBe(elsewhere);
    pocket.send(pocket.answer(atPocket, 487));
    await pocket.expect('ACK');
  });

  it('hangs up on a second phone that answers too', async () => {
    const { at, place } = home();
    const [desk, pocket] = [await at('bob'), await at('bob')];
    const placed = place('alice', 'bob');
    const atPocket = await pocket.expect('INVITE');
    pocket.send(pocket.answer(atPocket, 180).replace('tag=bob', 'tag=pocket'));
    await placed.next('ringing');
    desk.send(desk.answer(await desk.expect('INVITE'), 200, undefined, 'answer'));
    await placed.next('answered');
    pocket.send(pocket.answer(atPocket, 200, undefined, 'late').replace('tag=bob', 'tag=pocket'));
    expect((await pocket.expect('ACK')).one('To')).toContain('tag=pocket');
    expect((await pocket.expect('BYE')).one('Reason')).toBe(elsewhere);
    placed.across.digit('1');
    expect((await desk.expect('INFO')).one('To')).toContain('tag=bob');
    expect(placed.told.map(({ kind }) => kind)).toEqual(['ringing', 'answered']);
  });

  it('without a description in the answer is no call', async () => {
    const { at, place } = home();
    const bob = await at('bob');
    const placed = place('alice', 'bob');
    await pickUp(bob);
    expect(await placed.next('refused')).toMatchObject({ status: 488 });
    await bob.expect('ACK');
    await bob.expect('BYE');
  });

  it('carries keys both ways', async () => {
    const bob = await home().at('bob');
    const { placed, invite: request, answer } = await answered(bob);
    placed.across.digit('x');
    placed.across.digit('#');
    const info = await bob.expect('INFO');
    expect([info.one('Content-Type'), info.body]).toEqual(['application/dtmf-relay', 'Signal=#\r\nDuration=100\r\n']);
    bob.send(bob.answer(info, 200));
    const bodies: readonly (readonly [string, string, number])[] = [
      [digits, 'Signal= 5\r\nDuration=160', 200],
      ['Content-Type: application/dtmf', 'd', 200],
      ['Content-Type: application/dtmf', '10', 200],
      [digits, 'Signal=constructor', 400],
      ['Content-Type: text/plain', '7', 469],
    ];
    for (const [at, [type, body, status]] of bodies.entries()) {
      const sent = backInDialog(request, answer, 'INFO', at + 1);
      bob.send(text({ ...sent, headers: [...sent.headers, type], body }, bob.host));
      expect((await bob.expect(`* INFO ${sent.callId} ${sent.cseq}`)).status).toBe(status);
    }
    expect(placed.told.flatMap(news => (news.kind === 'digit' ? [news.digit] : []))).toEqual(['5', 'D', '*']);
  });

  it.each(['INVITE', 'UPDATE'])('has the service answer a later offer by %s, one at a time', async method => {
    const bob = await home().at('bob');
    const { placed, invite: request, answer } = await answered(bob);
    const ask = (cseq: number, body: string): Draft => {
      const draft = backInDialog(request, answer, method, cseq);
      bob.send(text({ ...draft, headers: [...draft.headers, `Contact: <${bob.contact}>`], body }, bob.host));
      return draft;
    };
    const first = ask(1, 'hold');
    const offered = await placed.next('offered');
    expect(offered.sdp).toBe('hold');
    const second = ask(2, 'again');
    expect((await bob.expect(`491 ${method} ${second.callId} 2`)).status).toBe(491);
    await expect(placed.across.change('ours')).rejects.toThrow('491');
    offered.answer('held');
    const held = await bob.expect(`200 ${method} ${first.callId} 1`);
    expect([held.body, held.one('Content-Type')]).toEqual(['held', 'application/sdp']);
    ask(3, 'nonsense');
    (await placed.next('offered')).answer(undefined);
    expect((await bob.expect(`488 ${method}`)).status).toBe(488);
  });

  it('makes an offer when a phone asks for one', async () => {
    const bob = await home().at('bob');
    const { placed, invite: request, answer } = await answered(bob);
    const draft = backInDialog(request, answer, 'INVITE', 1);
    bob.send(text({ ...draft, headers: [...draft.headers, `Contact: <${bob.contact}>`] }, bob.host));
    const offered = await placed.next('offered');
    const taken = new Promise(resolve => {
      offered.answer('ours', resolve);
    });
    expect(offered.sdp).toBe('');
    expect((await bob.expect('200 INVITE')).body).toBe('ours');
    bob.send(text({ ...backInDialog(request, answer, 'ACK', 1), body: 'theirs' }, bob.host));
    expect(await taken).toBe('theirs');
  });

  it('asks a phone to change', async () => {
    const bob = await home().at('bob');
    const { placed } = await answered(bob);
    const change = placed.across.change('later');
    await expect(placed.across.change('twice')).rejects.toThrow('491');
    const request = await bob.expect('INVITE');
    expect([request.body, request.one('CSeq'), request.one('Contact')]).toEqual([
      'later',
      '2 INVITE',
      '<sip:alice@voice.invalid;transport=ws>',
    ]);
    bob.send(bob.answer(request, 200, undefined, 'agreed'));
    expect(await change).toBe('agreed');
    expect((await bob.expect('ACK')).one('CSeq')).toBe('2 ACK');
    const refused = placed.across.change('no');
    bob.send(bob.answer(await bob.expect('INVITE'), 488));
    await expect(refused).rejects.toThrow('488');
  });

  it('ends when the phone hangs up, with its reason', async () => {
    const bob = await home().at('bob');
    const { placed, invite: request, answer } = await answered(bob);
    const sent = backInDialog(request, answer, 'BYE', 1);
    const why = 'Reason: Q.850;cause=16;text="lunch"';
    bob.send(text({ ...sent, headers: [...sent.headers, why] }, bob.host));
    await bob.expect('200 BYE');
    expect(await placed.next('ended')).toEqual({ kind: 'ended', reason: 'lunch' });
    bob.send(text(backInDialog(request, answer, 'OPTIONS', 2), bob.host));
    await bob.expect('481 OPTIONS');
    await expect(placed.across.change('late')).rejects.toThrow('481');
  });

  it('ends when the phone knows of no such call', async () => {
    const bob = await home().at('bob');
    const { placed } = await answered(bob);
    placed.across.digit('1');
    bob.send(bob.answer(await bob.expect('INFO'), 481));
    expect(await placed.next('ended')).toEqual({ kind: 'ended' });
  });

  it('answers what it does not do', async () => {
    const bob = await home().at('bob');
    const { invite: request, answer } = await answered(bob);
    for (const [method, cseq, status] of [
      ['OPTIONS', 5, 200],
      ['REFER', 6, 405],
      ['constructor', 7, 405],
      ['OPTIONS', 4, 500],
    ] as const) {
      bob.send(text(backInDialog(request, answer, method, cseq), bob.host));
      expect((await bob.expect(`* ${method} ${request.one('Call-ID')} ${cseq}`)).status).toBe(status);
    }
  });

  it('ends with the server', async () => {
    const bob = await home().at('bob');
    await answered(bob);
    home().shut();
    expect((await bob.expect('BYE')).all('Reason')).toEqual([]);
  });
});

describe('server voice: call from SIP to a user of the service', () => {
  it('rings there as the caller, is answered, and ends', async () => {
    const { at, signIn, rung, realm } = home();
    signIn('bob');
    const alice = await at('alice');
    const draft = await offer(alice, '102');
    const call = await rung();
    const from = { user: 'alice', displayName: 'Alice' };
    expect(call.call).toEqual({ from, to: 'bob', offer: 'offer', contacts: [] });
    call.tell({ kind: 'ringing' });
    const ringing = await alice.expect(180);
    expect(ringing.one('P-Asserted-Identity')).toBe(`"Bob" <sip:102@${realm}>`);
    call.tell({ kind: 'answered', sdp: 'answer' });
    const answer = await alice.expect('200 INVITE');
    expect([answer.body, answer.one('Content-Type')]).toEqual(['answer', 'application/sdp']);
    expect(answer.one('Contact')).toBe('<sip:bob@voice.invalid;transport=ws>');
    expect(answer.one('To')).toBe(ringing.one('To'));
    expect(answer.one('P-Asserted-Identity')).toBe(`"Bob" <sip:102@${realm}>`);
    alice.send(text(inDialog(draft, answer, 'ACK', draft.cseq), alice.host));
    const bye = inDialog(draft, answer, 'BYE', draft.cseq + 1);
    alice.send(text({ ...bye, headers: [...bye.headers, 'Reason: Q.850;cause=16;text="bye"'] }, alice.host));
    await alice.expect('200 BYE');
    expect(await call.next('end')).toEqual({ kind: 'end', reason: 'bye' });
  });

  it('is hung up by the service', async () => {
    const alice = await home().at('alice');
    const { rung } = await taken(alice);
    rung.tell({ kind: 'ended', reason: 'enough' });
    const bye = await alice.expect('BYE');
    expect([bye.uri, bye.one('Reason')]).toEqual([alice.contact, 'Q.850;cause=16;text="enough"']);
    expect(rung.done).toEqual([]);
  });

  it.each([
    [486, undefined],
    [603, 'not\r\nnow'],
  ])('is refused with %i', async (status, reason) => {
    const { at, signIn, rung } = home();
    signIn('bob');
    const alice = await at('alice');
    await offer(alice);
    (await rung()).tell({ kind: 'refused', status, ...(reason === undefined ? {} : { reason }) });
    const refusal = await alice.expect(`${status} INVITE`);
    expect(refusal.raw.split('\r\n')[0]).toBe(`SIP/2.0 ${status} ${reason === undefined ? 'Busy Here' : 'not now'}`);
  });

  it('that the caller gives up is over', async () => {
    const { at, signIn, rung } = home();
    signIn('bob');
    const alice = await at('alice');
    const draft = await offer(alice);
    const call = await rung();
    call.tell({ kind: 'ringing' });
    await alice.expect(180);
    alice.send(cancelOf(draft, alice.host));
    await alice.expect('487 INVITE');
    expect(await call.next('end')).toEqual({ kind: 'end' });
    call.tell({ kind: 'answered', sdp: 'too late' });
    await alice.ask(alice.request('OPTIONS', `sip:${home().realm}`));
    expect(alice.inbox.filter(frame => frame.status === 200 && frame.one('CSeq').endsWith('INVITE'))).toEqual([]);
  });

  it('rings the phones too: when one answers, the service is told', async () => {
    const { at, signIn, rung } = home();
    signIn('bob');
    const [alice, bob] = [await at('alice'), await at('bob')];
    await offer(alice);
    const call = await rung();
    call.tell({ kind: 'ringing' });
    await alice.expect(180);
    await pickUp(bob);
    await alice.expect('200 INVITE');
    expect(await call.next('end')).toEqual({ kind: 'end', elsewhere: true, reason: 'Call completed elsewhere' });
  });

  it('rings the phones too: when the service answers, they stop', async () => {
    const { at, signIn, rung } = home();
    signIn('bob');
    const [alice, bob] = [await at('alice'), await at('bob')];
    await offer(alice);
    const arrived = await bob.expect('INVITE');
    bob.send(bob.answer(arrived, 180));
    await alice.expect(180);
    (await rung()).tell({ kind: 'answered', sdp: 'answer' });
    expect((await alice.expect('200 INVITE')).one('Contact')).toContain('voice.invalid');
    expect((await bob.expect('CANCEL')).one('Reason')).toBe(elsewhere);
  });

  it('shows a hotline, and nothing of who asks to be private', async () => {
    const { at, signIn, rung } = home();
    signIn('bob');
    const alice = await at('alice');
    await offer(alice, '19001000*101*102');
    expect((await rung()).call.from).toEqual({ user: '19001000', displayName: 'Sales' });
    await invite(alice, 'bob', {
      body: 'offer',
      from: '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1',
      headers: [`Contact: <${alice.contact}>`, 'Privacy: id'],
    });
    expect((await rung()).call.from).toEqual({ user: 'anonymous', displayName: 'Anonymous' });
  });

  it('carries keys both ways', async () => {
    const alice = await home().at('alice');
    const { rung, draft, answer } = await taken(alice);
    const info = inDialog(draft, answer, 'INFO', draft.cseq + 1);
    alice.send(text({ ...info, headers: [...info.headers, digits], body: 'Signal=9' }, alice.host));
    expect(await rung.next('digit')).toEqual({ kind: 'digit', digit: '9' });
    await alice.expect('200 INFO');
    rung.tell({ kind: 'digit', digit: '*' });
    expect((await alice.expect('INFO')).body).toBe('Signal=*\r\nDuration=100\r\n');
  });

  it('has the service answer a later offer, one at a time', async () => {
    const alice = await home().at('alice');
    const { rung, draft, answer } = await taken(alice);
    const ask = (step: number, body: string): void => {
      const again = inDialog(draft, answer, 'INVITE', draft.cseq + step);
      alice.send(text({ ...again, headers: [...again.headers, `Contact: <${alice.contact}>`], body }, alice.host));
    };
    ask(1, 'hold');
    const first = await rung.next('change');
    expect(first.offer).toBe('hold');
    ask(2, 'again');
    await alice.expect('491 INVITE');
    first.accept('held');
    expect((await alice.expect(`200 INVITE ${draft.callId} ${draft.cseq + 1}`)).body).toBe('held');
    ask(3, 'nonsense');
    (await rung.next('change')).refuse();
    await alice.expect(`488 INVITE ${draft.callId} ${draft.cseq + 3}`);
    ask(4, '');
    await alice.expect(`488 INVITE ${draft.callId} ${draft.cseq + 4}`);
  });

  it('leaves no later offer without an answer when the call ends', async () => {
    const alice = await home().at('alice');
    const { rung, draft, answer } = await taken(alice);
    const again = inDialog(draft, answer, 'INVITE', draft.cseq + 1);
    alice.send(
      text({ ...again, headers: [...again.headers, `Contact: <${alice.contact}>`], body: 'hold' }, alice.host),
    );
    const change = await rung.next('change');
    alice.send(text(inDialog(draft, answer, 'BYE', draft.cseq + 2), alice.host));
    await alice.expect(`487 INVITE ${draft.callId} ${draft.cseq + 1}`);
    await rung.next('end');
    change.accept('too late');
    alice.send(text(inDialog(draft, answer, 'OPTIONS', draft.cseq + 3), alice.host));
    await alice.expect('481 OPTIONS');
    expect(alice.inbox.filter(frame => frame.body === 'too late')).toEqual([]);
  });

  it('offers the caller what the service wants to change', async () => {
    const alice = await home().at('alice');
    const { rung } = await taken(alice);
    const agreed = new Promise(answer => {
      rung.tell({ kind: 'offered', sdp: 'later', answer });
    });
    const request = await alice.expect('INVITE');
    expect(request.body).toBe('later');
    alice.send(alice.answer(request, 200, undefined, 'agreed'));
    expect(await agreed).toBe('agreed');
    const refused = new Promise(answer => {
      rung.tell({ kind: 'offered', sdp: 'more', answer });
    });
    alice.send(alice.answer(await alice.expect('INVITE'), 488));
    expect(await refused).toBeUndefined();
  });

  it('needs an offer in its INVITE, and no extension', async () => {
    const { at, signIn } = home();
    signIn('bob');
    const alice = await at('alice');
    await invite(alice, 'bob');
    await alice.expect('488 INVITE');
    const contact = `Contact: <${alice.contact}>`;
    await invite(alice, 'bob', { body: 'offer', headers: [contact, 'Content-Type: text/plain'] });
    expect((await alice.expect('415 INVITE')).one('Accept')).toBe('application/sdp');
    await invite(alice, 'bob', { body: 'offer', headers: [contact, 'Require: replaces'] });
    expect((await alice.expect('420 INVITE')).one('Unsupported')).toBe('replaces');
  });

  it('reaches nobody who is not signed in', async () => {
    const alice = await home().at('alice');
    await offer(alice);
    await alice.expect('480 INVITE');
    expect((await alice.ask(alice.request('OPTIONS', 'sip:bob@voice.invalid'))).status).toBe(200);
    const direct = alice.request('MESSAGE', 'sip:bob@voice.invalid');
    expect((await alice.ask(direct)).status).toBe(405);
  });

  it('a message does not ring', async () => {
    const { at, signIn } = home();
    signIn('bob');
    const alice = await at('alice');
    expect((await alice.ask(alice.request('MESSAGE', `sip:bob@${home().realm}`))).status).toBe(480);
  });

  it('never comes back to the service that placed it', async () => {
    const { at, signIn, place, rung } = home();
    signIn('bob');
    expect(await place('alice', 'bob').next('refused')).toMatchObject({ status: 480 });
    const carol = await at('carol');
    await offer(carol);
    expect((await rung()).call.from.user).toBe('carol');
  });

  it('ends with the server', async () => {
    const alice = await home().at('alice');
    const { rung } = await taken(alice);
    home().shut();
    await alice.expect('BYE');
    expect(await rung.next('end')).toEqual({ kind: 'end' });
  });
});
