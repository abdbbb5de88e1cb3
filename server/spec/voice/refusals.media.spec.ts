import { caller } from '../support/caller.js';
import { at, codeOf, roomOf, town, type Answer, type Ask } from '../support/chatter.js';
import { atService, type AtService, type Held } from '../support/people.js';

const home = town({ media: true });
const leaving: (() => void)[] = [];
afterEach(() => {
  for (const leave of leaving.splice(0)) leave();
});

async function somebody(name: string, hertz: number): Promise<AtService> {
  const one = await atService(home(), name, hertz);
  leaving.push(one.close);
  return one;
}

const told = (answer: Answer): readonly unknown[] => [answer.status, codeOf(answer)];
const invalidIn = (answer: Answer): unknown => at(answer.body, 'invalid_parameters', 0, 'name');
const validation = [400, 'http:error:validation-fail'];
const noLeg = [404, 'voice:error:no_leg_found'];
const noCall = [404, 'voice:error:no_call_found'];

/** Somebody with a session who says each request by hand. */
async function byHand(name: string): Promise<{ readonly ask: Ask; readonly session: string }> {
  const { login, ask } = home();
  const { session } = await login(name);
  return { session, ask: await ask(name) };
}

async function offerOf(): Promise<string> {
  const one = caller(400);
  leaving.push(one.close);
  return one.offer();
}

const legWith = (sdp: unknown, session: string): unknown => ({
  originating_session: session,
  body: { offer: { type: 'offer', sdp } },
});

const knockOf = (id: string, session: string, custom_data: unknown = {}): unknown => ({
  originating_session: session,
  channel: { type: 'app', id, from: { type: 'app' }, to: { type: 'phone', number: '' } },
  properties: { custom_data },
});

describe('server voice: refused leg', () => {
  it.each([[undefined], [''], [7], ['v=0'], ['nonsense']])('with the description %j', async sdp => {
    const { ask, session } = await byHand('alice');
    const answer = await ask('POST', '/v0.3/legs', legWith(sdp, session));
    expect(told(answer)).toEqual(validation);
    expect(invalidIn(answer)).toBe('body.offer.sdp');
  });

  it('for a session that there is not, or that is somebody else’s', async () => {
    const [alice, bob] = [await byHand('alice'), await byHand('bob')];
    const sdp = await offerOf();
    expect(told(await alice.ask('POST', '/v0.3/legs', legWith(sdp, 'SES-0')))).toEqual([
      404,
      'session:error:not-found',
    ]);
    expect(told(await alice.ask('POST', '/v0.3/legs', legWith(sdp, bob.session)))).toEqual([
      403,
      'system:error:permission',
    ]);
  });
});

describe('server voice: refused knocking', () => {
  it('of a leg that there is not, that is another’s, or that has knocked', async () => {
    const [alice, bob] = [await byHand('alice'), await byHand('bob')];
    const knock = ({ ask, session }: typeof alice, id: string): Promise<Answer> =>
      ask('POST', '/v0.3/knocking', knockOf(id, session));
    const made = await alice.ask('POST', '/v0.3/legs', legWith(await offerOf(), alice.session));
    const leg = String(at(made.body, 'rtc_id'));
    expect(told(await knock(alice, 'LEG-0'))).toEqual(noLeg);
    expect(told(await knock(bob, leg))).toEqual(noLeg);
    expect((await knock(alice, leg)).status).toBe(200);
    expect(told(await knock(alice, leg))).toEqual([409, 'voice:error:already-knocked']);
  });

  it('twice at once', async () => {
    const { ask, session } = await byHand('alice');
    const made = await ask('POST', '/v0.3/legs', legWith(await offerOf(), session));
    const knock = knockOf(String(at(made.body, 'rtc_id')), session, { callee: 'echo' });
    const both = await Promise.all([ask('POST', '/v0.3/knocking', knock), ask('POST', '/v0.3/knocking', knock)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(both.map(codeOf)).toContain('voice:error:already-knocked');
  });

  it('with a context that is no object', async () => {
    const { ask, session } = await byHand('alice');
    expect(told(await ask('POST', '/v0.3/knocking', knockOf('LEG-0', session, 'bob')))).toEqual(validation);
  });
});

describe('server voice: refused answer', () => {
  async function rung(): Promise<{
    alice: AtService;
    bob: AtService;
    held: Awaited<ReturnType<AtService['invited']>>;
    hers: Held;
    /** Bob's answer by hand. */
    answer: (sdp: unknown, leg?: string) => Promise<Answer>;
  }> {
    const [alice, bob] = [await somebody('alice', 400), await somebody('bob', 700)];
    const { ask, session } = await byHand('bob');
    const hers = await alice.place({ callee: 'bob' });
    const held = await bob.invited();
    const answer = (sdp: unknown, leg = held.leg): Promise<Answer> =>
      ask('POST', `/v0.3/conversations/${held.conversation}/rtc/${leg}/answer`, {
        originating_session: session,
        from: held.member,
        body: { answer: sdp },
      });
    return { alice, bob, held, hers, answer };
  }

  it('that is none, and the leg rings on', async () => {
    const { bob, held, answer } = await rung();
    for (const sdp of [undefined, 'nonsense', 'v=0']) expect(told(await answer(sdp))).toEqual(validation);
    await bob.answer(held);
    expect((await bob.line.event('member:joined')).body).toMatchObject({ channel: { id: held.leg } });
  });

  it('the second time', async () => {
    const { bob, held, answer } = await rung();
    await bob.answer(held);
    expect(told(await answer('v=0'))).toEqual([409, 'voice:error:already-answered']);
  });

  it('to what is not there any more, or never was', async () => {
    const { alice, bob, held, hers, answer } = await rung();
    expect(told(await answer('v=0', 'LEG-0'))).toEqual(noCall);
    await alice.leave(hers);
    await bob.line.event('member:left');
    expect(told(await answer('v=0'))).toEqual(noCall);
    const taken = await (
      await home().ask('bob')
    )('PUT', `/v0.3/conversations/${held.conversation}/members/${held.member}`, { state: 'joined', from: held.member });
    expect(told(taken)).toEqual(noCall);
  });

  it('for somebody else', async () => {
    const { held } = await rung();
    const { ask, session } = await byHand('carol');
    const path = `/v0.3/conversations/${held.conversation}`;
    const about = { originating_session: session, from: held.member };
    const answer = await ask('POST', `${path}/rtc/${held.leg}/answer`, { ...about, body: { answer: 'v=0' } });
    expect(told(answer)).toEqual(noCall);
    const taken = await ask('PUT', `${path}/members/${held.member}`, { ...about, state: 'joined' });
    expect(taken.status).toBe(403);
    const gone = await ask('DELETE', `/v0.2/conversations/${held.conversation}/members/${held.member}`);
    expect(gone.status).toBe(403);
  });
});

describe('server voice: refused event in a call', () => {
  const post = async (name: string, { conversation, member }: Held, type: string, body: unknown): Promise<Answer> =>
    (await home().ask(name))('POST', `/v0.3/conversations/${conversation}/events`, { type, from: member, body });

  it.each([
    ['audio:mute:on', { rtc_id: 'LEG-0' }, noLeg],
    ['audio:mute:on', {}, validation],
    ['audio:earmuff:off', { rtc_id: 7 }, validation],
    ['audio:dtmf', {}, validation],
    ['audio:dtmf', { digit: '' }, validation],
    ['audio:dtmf', { digit: '12x' }, validation],
    ['audio:dtmf', { digit: 7 }, validation],
    ['audio:say', {}, validation],
    ['audio:say', { text: '' }, validation],
    ['audio:say', { text: 'x', level: 1.5 }, validation],
    ['audio:say', { text: 'x', level: '1' }, validation],
    ['audio:say', { text: 'x', loop: -1 }, validation],
    ['audio:say', { text: 'x', queue: 'no' }, validation],
    ['audio:say', { text: '<speak>x', ssml: true }, [400, 'voice:error:invalid-ssml']],
    ['audio:say', { text: '<p>x</p>', ssml: true }, [400, 'voice:error:invalid-ssml']],
    ['audio:play', { url: 'https://x.test' }, validation],
  ] as const)('%s %j', async (type, body, expected) => {
    const alice = await somebody('alice', 400);
    const call = await alice.place({ callee: 'echo' });
    const channel = type === 'audio:dtmf' ? { channel: { id: call.leg, type: 'app' } } : {};
    expect(told(await post('alice', call, type, { ...body, ...channel }))).toEqual(expected);
    expect((await home().server.chat.log(call.conversation)).map(event => event.type)).not.toContain(type);
  });

  it('a text that is too long', async () => {
    const alice = await somebody('alice', 400);
    const call = await alice.place({ callee: 'echo' });
    const answer = await post('alice', call, 'audio:say', { text: 'x'.repeat(1501) });
    expect([told(answer), invalidIn(answer)]).toEqual([validation, 'body.text']);
  });

  it('what is about the leg of somebody else', async () => {
    const [alice, bob] = [await somebody('alice', 400), await somebody('bob', 700)];
    const hers = await alice.place({ callee: 'bob' });
    const his = await bob.invited();
    await bob.answer(his);
    const foreign = await post('alice', hers, 'audio:mute:on', { rtc_id: his.leg });
    expect(foreign.status).toBe(403);
    expect((await post('alice', { ...hers, member: his.member }, 'audio:say', { text: 'x' })).status).toBe(403);
    expect((await post('carol', hers, 'audio:say', { text: 'x' })).status).toBe(403);
  });

  it('what needs a leg where there is none', async () => {
    const { id, members } = await roomOf(home(), 'alice');
    const nowhere = { leg: '', conversation: id, member: members[0]! };
    expect(told(await post('alice', nowhere, 'audio:say', { text: 'x' }))).toEqual(noLeg);
  });

  it('an offer that is none, or of a leg that there is not', async () => {
    const alice = await somebody('alice', 400);
    const { ask, session } = await byHand('alice');
    const call = await alice.place({ callee: 'echo' });
    const offer = (leg: string, sdp: unknown): Promise<Answer> =>
      ask('POST', `/v0.3/conversations/${call.conversation}/rtc/${leg}/offer`, {
        originating_session: session,
        from: call.member,
        body: { offer: { sdp } },
      });
    expect(told(await offer('LEG-0', await offerOf()))).toEqual(noLeg);
    expect(told(await offer(call.leg, 'nonsense'))).toEqual(validation);
    // What could not be understood has changed nothing.
    await alice.voice.hears(10, level => level(400) > 0.1);
  });

  it('a leg that nobody knows', async () => {
    const { ask } = await byHand('alice');
    expect(told(await ask('GET', '/v0.3/legs/LEG-0'))).toEqual(noLeg);
    expect((await ask('GET', '/v0.3/conversations/CON-0/legs')).status).toBe(404);
  });
});

describe('server voice: without media', () => {
  const lines: string[] = [];
  const silent = town({ media: false, log: line => lines.push(line) });

  it('a call is refused, and the log says why, once', async () => {
    const here = silent();
    const { session } = await here.login('alice');
    const ask = await here.ask('alice');
    const sdp = await offerOf();
    for (let i = 0; i < 2; i += 1)
      expect(told(await ask('POST', '/v0.3/legs', legWith(sdp, session)))).toEqual([
        503,
        'voice:error:media-unavailable',
      ]);
    expect(lines.filter(line => line.includes('@roamhq/wrtc'))).toHaveLength(1);
  });
});
