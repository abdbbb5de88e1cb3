import { firstValueFrom, filter } from 'rxjs';
import { isRight } from 'callstream';
import { provideMediaStream } from '../../../spec/support/wrtc.js';
import { caller, only } from '../support/caller.js';
import { at, town } from '../support/chatter.js';
import { invite } from '../support/house.js';
import { atService, onSip, type AtService, type Held, type OnSip } from '../support/people.js';
import { inDialog, phone, text, type Phone } from '../support/phone.js';

/** What is silent, and what is heard. */
const threshold = 0.01;
/** How the two sound. */
const [low, high] = [400, 700];

const home = town({ media: true });
const leaving: (() => unknown)[] = [];

beforeAll(provideMediaStream);
// Before the server closes: a client says goodbye and waits for the answer.
afterEach(async () => {
  await Promise.all(leaving.splice(0).map(leave => leave()));
});

async function sipUser(name: string): Promise<OnSip> {
  const one = await onSip(home().server, name, low);
  leaving.push(one.leave);
  return one;
}

async function serviceUser(name: string): Promise<AtService> {
  const one = await atService(home(), name, high);
  leaving.push(one.close);
  return one;
}

const hears = (one: AtService): Promise<void> => one.voice.hears(8, only([low]));
const hearsNothing = (one: AtService): Promise<void> => one.voice.hears(20, level => level(low) < 0.02);
const hungUp = async (one: AtService): Promise<unknown> => (await one.line.event('rtc:hangup')).body['reason'];

/** Bob at the service takes a call of Alice's from SIP. */
async function fromSip(): Promise<{ alice: OnSip; bob: AtService; id: string; held: Held }> {
  const [alice, bob] = [await sipUser('alice'), await serviceUser('bob')];
  const { id } = await alice.dial('bob');
  const held = await bob.invited();
  await bob.answer(held);
  await alice.call(({ status, media }) => status === 'active' && media === 'flowing');
  return { alice, bob, id, held };
}

/** Alice at SIP takes a call of Bob's from the service. */
async function fromService(): Promise<{ alice: OnSip; bob: AtService; id: string; held: Held }> {
  const [alice, bob] = [await sipUser('alice'), await serviceUser('bob')];
  const held = await bob.place({ callee: 'alice' });
  const { id } = await firstValueFrom(alice.client.incoming$);
  await firstValueFrom(alice.client.answer(id));
  await alice.call(({ status, media }) => status === 'active' && media === 'flowing');
  return { alice, bob, id, held };
}

describe.each([
  ['from SIP to the service', fromSip],
  ['from the service to SIP', fromService],
])('a call %s', (_way, connect) => {
  it('is heard on both sides, and not while it is muted', async () => {
    const { alice, bob, id, held } = await connect();
    await hears(bob);
    expect(await alice.level()).toBeGreaterThan(threshold);

    await firstValueFrom(alice.client.mute(id, true));
    await hearsNothing(bob);
    await firstValueFrom(alice.client.mute(id, false));
    await hears(bob);

    await bob.say(held, 'audio:mute:on', { rtc_id: held.leg });
    expect(await alice.level()).toBeLessThan(threshold);
    await bob.say(held, 'audio:mute:off', { rtc_id: held.leg });
    expect(await alice.level()).toBeGreaterThan(threshold);
  });

  it('is put on hold at SIP, which ends at the server', async () => {
    const { alice, bob, id } = await connect();
    await hears(bob);
    expect(isRight(await firstValueFrom(alice.client.hold(id)))).toBe(true);
    await hearsNothing(bob);
    expect(isRight(await firstValueFrom(alice.client.unhold(id)))).toBe(true);
    await hears(bob);
    expect(await alice.level()).toBeGreaterThan(threshold);
    expect(bob.line.heard('rtc:answer')).toEqual([]);
  });

  it('carries keys both ways', async () => {
    const { alice, bob, id, held } = await connect();
    const key = firstValueFrom(alice.client.callEvent$.pipe(filter(({ _tag }) => _tag === 'dtmf')));
    await bob.say(held, 'audio:dtmf', { digit: '7', channel: { id: held.leg, type: 'app' } });
    expect(await key).toMatchObject({ _tag: 'dtmf', tone: '7' });

    expect(isRight(await firstValueFrom(alice.client.dtmf(id, '5#')))).toBe(true);
    const pressed: unknown[] = [];
    while (!pressed.includes('#')) pressed.push((await bob.line.event('audio:dtmf')).body['digit']);
    expect(pressed.filter(digit => digit !== '7')).toEqual(['5', '#']);
  });

  it('ends when SIP hangs up', async () => {
    const { alice, bob, id, held } = await connect();
    await Promise.all([hears(bob), alice.level()]);
    await firstValueFrom(alice.client.hangup(id));
    const hangup = await bob.line.event('rtc:hangup');
    expect(hangup.body).toMatchObject({ rtc_id: held.leg, reason: { sip_code: 200 } });
    expect(Number(at(hangup.body, 'bandwidth', 'bytes_in'))).toBeGreaterThan(0);
  });

  it('ends when the service hangs up', async () => {
    const { alice, bob, id, held } = await connect();
    await bob.leave(held);
    const over = await alice.call(call => call.id === id && call.status === 'terminated');
    expect(over.end).toMatchObject({ by: 'remote', cause: 'hung_up' });
    expect(await hungUp(bob)).toMatchObject({ sip_code: 200 });
  });
});

describe('server voice bridge: unanswered call', () => {
  it('is cancelled at SIP', async () => {
    const [alice, bob] = [await sipUser('alice'), await serviceUser('bob')];
    const { id } = await alice.dial('bob');
    const { leg } = await bob.invited();
    await alice.call(({ status }) => status === 'ringing');
    await firstValueFrom(alice.client.hangup(id));
    const hangup = await bob.line.event('rtc:hangup');
    expect(hangup.body).toMatchObject({ rtc_id: leg, reason: { sip_code: 200 } });
    await bob.line.event('member:left');
  });

  it('is cancelled at the service', async () => {
    const [alice, bob] = [await sipUser('alice'), await serviceUser('bob')];
    const held = await bob.place({ callee: 'alice' });
    const { id } = await firstValueFrom(alice.client.incoming$);
    await bob.leave(held);
    const over = await alice.call(call => call.id === id && call.status === 'terminated');
    expect(over.end).toMatchObject({ by: 'remote', cause: 'cancelled' });
  });

  it('is refused at the service', async () => {
    const [alice, bob] = [await sipUser('alice'), await serviceUser('bob')];
    await alice.dial('bob');
    const held = await bob.invited();
    await bob.leave(held, `?reason_code=REMOTE_REJECT&reason_text=no&from=${held.member}`);
    const over = await alice.call(({ status }) => status === 'terminated');
    expect(over.end).toMatchObject({ by: 'remote', cause: 'busy', statusCode: 486 });
  });

  it('is refused at SIP', async () => {
    const [alice, bob] = [await sipUser('alice'), await serviceUser('bob')];
    await bob.place({ callee: 'alice' });
    const { id } = await firstValueFrom(alice.client.incoming$);
    await firstValueFrom(alice.client.reject(id, { statusCode: 603 }));
    expect(await hungUp(bob)).toMatchObject({ sip_code: 603 });
  });
});

describe('server voice bridge: hand-written SIP phone', () => {
  async function byHand(): Promise<Phone> {
    const { server } = home();
    const one = await phone(server.wsUrl, server.user('alice'));
    leaving.push(() => {
      one.socket.terminate();
    });
    await one.register();
    return one;
  }

  it('is told that its description is none', async () => {
    const [alice, bob] = [await byHand(), await serviceUser('bob')];
    await invite(alice, 'bob', { body: 'nonsense', headers: [`Contact: <${alice.contact}>`] });
    expect((await alice.expect('488 INVITE')).status).toBe(488);
    await bob.line.settled();
    expect(bob.line.heard('member:invited')).toEqual([]);
  });

  it('gets an answer to a later description that is none, and the call goes on', async () => {
    const [alice, bob] = [await byHand(), await serviceUser('bob')];
    const headers = [`Contact: <${alice.contact}>`];
    const voice = caller(low);
    leaving.push(voice.close);
    const draft = await invite(alice, 'bob', { body: await voice.offer(), headers });
    await bob.answer(await bob.invited());
    const answer = await alice.expect('200 INVITE');
    expect(answer.body).not.toContain('telephone-event');
    await voice.accept(answer.body);
    alice.send(text(inDialog(draft, answer, 'ACK', draft.cseq), alice.host));
    await voice.hears(8, only([high]));

    const later = inDialog(draft, answer, 'INVITE', draft.cseq + 1);
    alice.send(text({ ...later, headers: [...later.headers, ...headers], body: 'nonsense' }, alice.host));
    await alice.expect(`488 INVITE ${draft.callId} ${later.cseq}`);
    await hears(bob);
    await voice.hears(8, only([high]));
  });
});

describe('server voice bridge: user with SIP contact and session', () => {
  it('takes a call from SIP at the service: the phone stops', async () => {
    const [carol, phone, bob] = [await sipUser('carol'), await sipUser('bob'), await serviceUser('bob')];
    await carol.dial('bob');
    const held = await bob.invited();
    const { id } = await firstValueFrom(phone.client.incoming$);
    await bob.answer(held);
    const over = await phone.call(call => call.id === id && call.status === 'terminated');
    expect(over.end).toMatchObject({ cause: 'answered_elsewhere' });
    await carol.call(({ status, media }) => status === 'active' && media === 'flowing');
    await hears(bob);
  });

  it('takes a call from SIP at the phone: the service stops', async () => {
    const [carol, phone, bob] = [await sipUser('carol'), await sipUser('bob'), await serviceUser('bob')];
    await carol.dial('bob');
    const { leg } = await bob.invited();
    const { id } = await firstValueFrom(phone.client.incoming$);
    await firstValueFrom(phone.client.answer(id));
    await carol.call(({ status, media }) => status === 'active' && media === 'flowing');
    expect(at((await bob.line.event('member:joined')).body, 'channel', 'id')).toBe(leg);
    expect((await bob.line.event('member:left')).body['reason']).toMatchObject({ text: 'answered elsewhere' });
  });

  it('takes a call from the service at the phone: the session learns of it', async () => {
    const [phone, alice, bob] = [await sipUser('bob'), await serviceUser('alice'), await serviceUser('bob')];
    await alice.place({ callee: 'bob' });
    const { leg } = await bob.invited();
    const { id } = await firstValueFrom(phone.client.incoming$);
    await firstValueFrom(phone.client.answer(id));
    await hears(alice);
    expect(at((await bob.line.event('member:joined')).body, 'channel', 'id')).toBe(leg);
  });

  it('takes a call from the service in the session: the phone stops', async () => {
    const [phone, alice, bob] = [await sipUser('bob'), await serviceUser('alice'), await serviceUser('bob')];
    await alice.place({ callee: 'bob' });
    const held = await bob.invited();
    const { id } = await firstValueFrom(phone.client.incoming$);
    await bob.answer(held);
    const over = await phone.call(call => call.id === id && call.status === 'terminated');
    expect(over.end).toMatchObject({ cause: 'answered_elsewhere' });
    await alice.voice.hears(8, only([high]));
  });
});
