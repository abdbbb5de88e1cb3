/** Busy lamps: who subscribes to `dialog` sees every call of that user. RFC 4235. */
import { exchange } from '../support/exchange.js';
import { house, invite, pickUp } from '../support/house.js';
import { backInDialog, cancelOf, inDialog, text, type Frame, type Phone } from '../support/phone.js';
import { subscribe, type Watch } from '../support/watching.js';

const home = house();

/** What a document says, in a line: version, state, and each dialog. */
function said({ body }: Frame): string {
  const of = (pattern: RegExp, from = body): string => pattern.exec(from)?.[1] ?? '?';
  const dialogs = [...body.matchAll(/<dialog [\s\S]*?<\/dialog>/g)].map(([one]) =>
    [of(/direction="(\w+)"/, one), of(/<state>(\w+)</, one), of(/<remote><identity[^>]*>sip:(\w+)@/, one)].join(' '),
  );
  return [of(/ version="(\d+)"/), of(/ state="(\w+)"/), ...dialogs].join(' ');
}

const next = async ({ notified }: Watch): Promise<string> => said(await notified());

async function watched(): Promise<{ alice: Phone; bob: Phone; carol: Phone; lamp: Watch }> {
  const { at } = home();
  const [alice, bob, carol] = [await at('alice'), await at('bob'), await at('carol')];
  const lamp = await subscribe(carol, 'bob', 'dialog');
  expect(await next(lamp)).toBe('0 full');
  return { alice, bob, carol, lamp };
}

describe('server dialog state', () => {
  it('follows a call from its first ring to its end', async () => {
    const { alice, bob, lamp } = await watched();
    const draft = await invite(alice, '102');
    expect(await next(lamp)).toBe('1 partial recipient trying 101');
    const arrived = await bob.expect('INVITE');
    bob.send(bob.answer(arrived, 180));
    expect(await next(lamp)).toBe('2 partial recipient early 101');
    bob.send(bob.answer(arrived, 200));
    const up = await lamp.notified();
    expect(said(up)).toBe('3 partial recipient confirmed 101');
    const tag = /tag=(\w+)/.exec(draft.from)?.[1] ?? '';
    expect(up.body).toContain(`call-id="${draft.callId}" local-tag="bob" remote-tag="${tag}"`);
    expect(up.body).toContain('<identity display="Alice">sip:101@callstream.test</identity>');
    const answered = await alice.expect('200 INVITE');
    alice.send(text(inDialog(draft, answered, 'ACK', draft.cseq), alice.host));
    alice.send(text(inDialog(draft, answered, 'BYE', draft.cseq + 1), alice.host));
    expect(await next(lamp)).toBe('4 partial recipient terminated 101');
  });

  it('shows who is called by whom it watches, and who answers', async () => {
    const { alice, bob, lamp } = await watched();
    const draft = await invite(bob, '101');
    expect(await next(lamp)).toBe('1 partial initiator trying 101');
    const arrived = await alice.expect('INVITE');
    const answer = alice.answer(arrived, 200);
    alice.send(answer);
    expect(await next(lamp)).toBe('2 partial initiator confirmed 101');
    const answered = await bob.expect('200 INVITE');
    bob.send(text(inDialog(draft, answered, 'ACK', draft.cseq), bob.host));
    alice.send(text(backInDialog(arrived, answer, 'BYE', 1), alice.host));
    expect(await next(lamp)).toBe('3 partial initiator terminated 101');
  });

  it.each([
    ['is refused', 486],
    ['is refused everywhere', 603],
  ])('goes out when a call %s', async (_, status) => {
    const { alice, bob, lamp } = await watched();
    await invite(alice, 'bob');
    await next(lamp);
    bob.send(bob.answer(await bob.expect('INVITE'), status));
    expect(await next(lamp)).toBe('2 partial recipient terminated 101');
  });

  it('goes out when the caller gives up, and when the phone that rings is gone', async () => {
    const { alice, bob, lamp } = await watched();
    const draft = await invite(alice, 'bob');
    await next(lamp);
    const arrived = await bob.expect('INVITE');
    bob.send(bob.answer(arrived, 180));
    expect(await next(lamp)).toBe('2 partial recipient early 101');
    alice.send(cancelOf(draft, alice.host));
    await bob.expect('CANCEL');
    bob.send(bob.answer(arrived, 487));
    expect(await next(lamp)).toBe('3 partial recipient terminated 101');
    await invite(alice, 'bob');
    expect(await next(lamp)).toBe('4 partial recipient trying 101');
    await bob.expect('INVITE');
    home().server.drop('bob');
    expect(await next(lamp)).toBe('5 partial recipient terminated 101');
  });

  it('counts every phone of a user, and keeps the one that answered', async () => {
    const { alice, bob, lamp } = await watched();
    const desk = await home().at('bob');
    await invite(alice, 'bob');
    expect([await next(lamp), await next(lamp)]).toEqual([
      '1 partial recipient trying 101',
      '2 partial recipient trying 101',
    ]);
    await bob.expect('INVITE');
    await pickUp(desk);
    expect([await next(lamp), await next(lamp)]).toEqual([
      '3 partial recipient confirmed 101',
      '4 partial recipient terminated 101',
    ]);
    const late = await subscribe(bob, '102', 'dialog');
    expect(await next(late)).toBe('0 full recipient confirmed 101');
  });

  it('goes out when a phone no longer knows the call', async () => {
    const { alice, bob, lamp } = await watched();
    const draft = await invite(alice, 'bob');
    await next(lamp);
    await pickUp(bob);
    await next(lamp);
    alice.send(text(inDialog(draft, await alice.expect('200 INVITE'), 'INFO', draft.cseq + 1), alice.host));
    bob.send(bob.answer(await bob.expect('INFO'), 481));
    expect(await next(lamp)).toBe('3 partial recipient terminated 101');
  });

  it('says nothing of a caller who asked to be private', async () => {
    const { alice, lamp } = await watched();
    await invite(alice, 'bob', {
      from: '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=x',
      headers: [`Contact: <${alice.contact}>`, 'Privacy: id'],
    });
    const ringing = await lamp.notified();
    expect(ringing.body).toContain('<identity display="Anonymous">sip:anonymous@anonymous.invalid</identity>');
    expect(ringing.body).not.toContain('101');
  });

  it('carries a name that is no XML', async () => {
    const { bob, lamp } = await watched();
    await invite(bob, 'echo', { to: `"<&\\"'>" <sip:echo@${bob.me.realm}>` });
    expect((await lamp.notified()).body).toContain('<identity display="&#60;&#38;&#34;&#39;&#62;">sip:echo@');
  });
});

describe('server dialog state of a user of the service', () => {
  const house = exchange();

  it('shows the calls that ring there, and those that come from there', async () => {
    const { at, signIn, rung, place } = house();
    signIn('dave');
    const alice = await at('alice');
    const lamp = await subscribe(alice, 'dave', 'dialog');
    expect(await next(lamp)).toBe('0 full');
    await invite(alice, 'dave', { headers: [`Contact: <${alice.contact}>`], body: 'offer' });
    expect(await next(lamp)).toBe('1 partial recipient trying 101');
    (await rung()).tell({ kind: 'refused', status: 486 });
    expect(await next(lamp)).toBe('2 partial recipient terminated 101');
    const placed = place('dave', 'alice');
    expect(await next(lamp)).toBe('3 partial initiator trying alice');
    alice.send(alice.answer(await alice.expect('INVITE'), 486));
    await placed.next('refused');
    expect(await next(lamp)).toBe('4 partial initiator terminated alice');
  });
});
