import { firstValueFrom } from 'rxjs';
import { provideMediaStream } from '../../../spec/support/wrtc.js';
import { only } from '../support/caller.js';
import { at, roomOf, town } from '../support/chatter.js';
import { atService, onSip, type AtService, type Held } from '../support/people.js';

const home = town({ media: true, answerTimeout: 3000 });
const leaving: (() => void)[] = [];
beforeAll(provideMediaStream);
afterEach(() => {
  for (const leave of leaving.splice(0)) leave();
});

const [low, high] = [400, 700];

async function somebody(name: string, hertz: number): Promise<AtService> {
  const one = await atService(home(), name, hertz);
  leaving.push(one.close);
  return one;
}

const reasonOf = async (one: AtService): Promise<unknown> => (await one.line.event('rtc:hangup')).body['reason'];
const hears = (one: AtService, hertz: number): Promise<void> => one.voice.hears(8, only([hertz]));
const hearsNo = (one: AtService, hertz: number): Promise<void> => one.voice.hears(20, only([], [hertz]));

/** The statuses of the legs that are not one's own, as they were told. */
const statuses = (one: AtService, own: string): readonly unknown[] =>
  one.line.frames.flatMap(frame => {
    const [, json] = /^42\d*(\["leg:status:update".*)$/s.exec(frame) ?? [];
    if (json === undefined) return [];
    const body = at(JSON.parse(json), 1, 'body');
    return at(body, 'leg_id') === own ? [] : [at(body, 'status')];
  });

interface Pair {
  readonly alice: AtService;
  readonly bob: AtService;
  /** Alice's side. */
  readonly hers: Held;
  /** Bob's side. */
  readonly his: Awaited<ReturnType<AtService['invited']>>;
}

/** Alice calls Bob, whose client rings. */
async function ringing(): Promise<Pair> {
  const [alice, bob] = [await somebody('alice', low), await somebody('bob', high)];
  const hers = await alice.place({ callee: 'bob' });
  return { alice, bob, hers, his: await bob.invited() };
}

async function talking(): Promise<Pair> {
  const pair = await ringing();
  await pair.bob.answer(pair.his);
  await Promise.all([hears(pair.bob, low), hears(pair.alice, high)]);
  return pair;
}

describe('server voice: call to echo', () => {
  it('is answered, and what is said comes back, but not while one is muted', async () => {
    const alice = await somebody('alice', low);
    const call = await alice.place({ callee: 'echo' });
    await hears(alice, low);
    await alice.say(call, 'audio:mute:on', { rtc_id: call.leg });
    await hearsNo(alice, low);
    await alice.say(call, 'audio:mute:off', { rtc_id: call.leg });
    await hears(alice, low);
    await alice.leave(call);
    expect(await reasonOf(alice)).toEqual({ code: '', text: '', sip_code: 200 });
    expect(
      home()
        .server.voice.legs()
        .map(({ status }) => status),
    ).toEqual(['completed', 'completed']);
  });
});

describe('server voice: call between two clients', () => {
  it('rings with an offer, and is heard on both sides', async () => {
    const { alice, bob, hers, his } = await talking();
    expect(his).toMatchObject({
      conversation: hers.conversation,
      event: {
        cid: hers.conversation,
        from: his.member,
        body: {
          user: { name: 'bob' },
          channel: {
            id: his.leg,
            type: 'app',
            from: { type: 'app', user: 'alice' },
            to: { type: 'app', user: 'bob' },
            headers: {},
            preanswer: false,
            cpa: false,
          },
          media: { audio: true, audio_settings: { enabled: true, earmuffed: false, muted: false } },
          sdp: expect.stringContaining('m=audio') as string,
        },
      },
    });
    // Both hear who has joined; what was told of the callee's leg came in the order of the call.
    expect((await bob.line.event('member:joined')).body).toMatchObject({
      member_id: his.member,
      channel: { id: his.leg },
    });
    expect((await alice.line.event('member:joined')).body).toMatchObject({ member_id: his.member });
    await alice.line.settled();
    expect(statuses(alice, hers.leg)).toEqual(['ringing', 'answered']);
  });

  it('is silent where somebody is muted or earmuffed', async () => {
    const { alice, bob, hers, his } = await talking();
    await alice.say(hers, 'audio:mute:on', { rtc_id: hers.leg });
    await hearsNo(bob, low);
    expect((await bob.line.event('audio:mute:on')).body).toEqual({ rtc_id: hers.leg });
    await alice.say(hers, 'audio:mute:off', { rtc_id: hers.leg });
    await hears(bob, low);
    await bob.say(his, 'audio:earmuff:on', { rtc_id: his.leg });
    await hearsNo(bob, low);
    await hears(alice, high);
    await bob.say(his, 'audio:earmuff:off', { rtc_id: his.leg });
    await hears(bob, low);
    expect((await alice.line.event('audio:earmuff:off')).body).toEqual({ rtc_id: his.leg });
  });

  it('ends for both when one hangs up, with the reason and what was measured', async () => {
    const { alice, bob, hers, his } = await talking();
    await bob.leave(his, `?reason_code=ENOUGH&reason_text=${encodeURIComponent('that is all')}&from=${his.member}`);
    const [one, other] = [await alice.line.event('rtc:hangup'), await bob.line.event('rtc:hangup')];
    expect(one).toMatchObject({
      cid: hers.conversation,
      from: hers.member,
      body: {
        rtc_id: hers.leg,
        channel: { id: hers.leg, type: 'app' },
        direction: 'inbound',
        reason: { code: 'ENOUGH', text: 'that is all', sip_code: 200 },
      },
    });
    expect(other.body).toMatchObject({ rtc_id: his.leg, direction: 'outbound', reason: { code: 'ENOUGH' } });
    for (const { body } of [one, other]) {
      const numbers = Object.values({ ...Object(body['quality']), ...Object(body['bandwidth']) } as object);
      expect(numbers).toHaveLength(11);
      expect(numbers.every(Number.isFinite)).toBe(true);
      expect(Number(at(body, 'quality', 'packet_cnt'))).toBeGreaterThan(0);
      expect(Number(at(body, 'bandwidth', 'bytes_in'))).toBeGreaterThan(0);
    }
    const left = await alice.line.event('member:left');
    expect(left.body).toMatchObject({ member_id: his.member, reason: { code: 'ENOUGH', text: 'that is all' } });
    expect((await alice.line.event('member:left')).body).toMatchObject({ member_id: hers.member });
    expect(statuses(alice, hers.leg)).toEqual(['ringing', 'answered', 'completed']);
  });

  it('is not there any more where its caller has given up', async () => {
    const { alice, bob, hers, his } = await ringing();
    await alice.leave(hers);
    expect(await bob.line.event('rtc:hangup')).toMatchObject({
      body: { rtc_id: his.leg, reason: { code: '', text: '', sip_code: 200 } },
    });
    expect((await bob.line.event('member:left')).body).toMatchObject({
      channel: { id: his.leg },
      reason: { code: '' },
    });
    await expect(bob.answer(his)).rejects.toThrow(/404.*no_call_found/);
    expect(
      home()
        .server.voice.legs()
        .map(({ status }) => status),
    ).toEqual(['completed', 'cancelled']);
  });

  it('is refused for all sessions of the callee', async () => {
    const { alice, bob, his } = await ringing();
    const other = await somebody('bob', high);
    await bob.leave(his, `?reason_code=REMOTE_REJECT&reason_text=call-rejected-by-callee&from=${his.member}`);
    for (const one of [bob, other]) {
      expect((await one.line.event('rtc:hangup')).body).toMatchObject({ rtc_id: his.leg });
      expect((await one.line.event('member:left')).body['reason']).toEqual({
        code: 'REMOTE_REJECT',
        text: 'call-rejected-by-callee',
      });
    }
    expect(await reasonOf(alice)).toEqual({ code: 'REMOTE_REJECT', text: 'call-rejected-by-callee', sip_code: 486 });
    expect(
      home()
        .server.voice.legs()
        .map(({ status }) => status),
    ).toEqual(['completed', 'rejected']);
  });

  it('rings on at the phone of a callee who has refused at the service', async () => {
    const [alice, bob] = [await somebody('alice', low), await somebody('bob', high)];
    const phone = await onSip(home().server, 'bob', 900);
    try {
      const hers = await alice.place({ callee: 'bob' });
      const his = await bob.invited();
      const { id } = await firstValueFrom(phone.client.incoming$);
      await bob.leave(his, `?reason_code=REMOTE_REJECT&from=${his.member}`);
      expect((await bob.line.event('rtc:hangup')).body).toMatchObject({ rtc_id: his.leg });
      await bob.line.event('member:left');
      await firstValueFrom(phone.client.answer(id));
      await hears(alice, 900);
      expect([alice, bob].map(one => one.line.heard('rtc:hangup').length)).toEqual([0, 1]);
      await alice.leave(hers);
      await phone.call(({ status }) => status === 'terminated');
    } finally {
      await phone.leave();
    }
  });

  it('rings out', async () => {
    const { alice, bob } = await ringing();
    expect(await reasonOf(bob)).toMatchObject({ sip_code: 487 });
    expect(await reasonOf(alice)).toMatchObject({ sip_code: 480 });
    await bob.line.event('member:left');
    expect(
      home()
        .server.voice.legs()
        .map(({ status }) => status),
    ).toEqual(['completed', 'timeout']);
  });

  it('is of the session that answers first', async () => {
    const [alice, bob, other] = [await somebody('alice', low), await somebody('bob', high), await somebody('bob', 900)];
    await alice.place({ callee: '102' });
    const [here, there] = [await bob.invited(), await other.invited()];
    expect(there.leg).toBe(here.leg);
    await bob.answer(here);
    await hears(alice, high);
    expect((await other.line.event('member:joined')).body).toMatchObject({ member_id: here.member });
    await expect(other.answer(there)).rejects.toThrow(/409.*already-answered/);
    await hearsNo(alice, 900);
  });

  it('is of one session, also when two answer at once', async () => {
    const { bob, his } = await ringing();
    const other = await somebody('bob', 900);
    const both = await Promise.allSettled([bob, other].map(one => one.answer(his)));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(String(both.flatMap(one => (one.status === 'rejected' ? [String(one.reason)] : [])))).toMatch(/409/);
  });

  it('is over on both sides, however its end and its answer meet', async () => {
    const { alice, bob, hers, his } = await ringing();
    await Promise.allSettled([bob.answer(his), alice.leave(hers), bob.leave(his)]);
    const ends = [await alice.line.event('rtc:hangup'), await bob.line.event('rtc:hangup')];
    expect(ends.map(({ body }) => body['rtc_id'])).toEqual([hers.leg, his.leg]);
    await Promise.all([alice.line.settled(), bob.line.settled()]);
    expect([alice.line.heard('rtc:hangup').length, bob.line.heard('rtc:hangup').length]).toEqual([1, 1]);
    const { log } = home().server.chat;
    const left = (await log(hers.conversation)).filter(({ type }) => type === 'member:left');
    expect(left.map(({ from }) => from).sort()).toEqual([hers.member, his.member].sort());
  });

  it('goes on while a socket is away; what was told meanwhile comes with the session', async () => {
    const { alice, bob, hers, his } = await talking();
    const { connect, server } = home();
    await alice.line.settled();
    const session = sessionOf(alice);
    server.chat.drop('alice');
    await alice.line.closed;
    await hears(bob, low);
    await bob.leave(his);
    await bob.line.event('member:left');
    const again = connect({ token: await server.token('alice'), session_id: session });
    const pending = (await again.event('session:success')).body['pending_events'] as { type: string; body: unknown }[];
    const hangups = pending.filter(({ type }) => type === 'rtc:hangup');
    expect(hangups.map(({ body }) => at(body, 'rtc_id'))).toEqual([hers.leg]);
  });

  it('rings where the callee signs in while it rings, with the offer that is in no log', async () => {
    const { hers, his } = await ringing();
    const { connect, server } = home();
    const later = connect({ token: await server.token('bob') });
    const pending = (await later.event('session:success')).body['pending_events'] as { type: string; body: unknown }[];
    const invited = pending.filter(({ type }) => type === 'member:invited');
    expect(invited.map(({ body }) => [at(body, 'channel', 'id'), at(body, 'sdp')])).toEqual([
      [his.leg, expect.stringContaining('m=audio')],
    ]);
    expect(JSON.stringify(await server.chat.log(hers.conversation))).not.toContain('m=audio');
  });

  it('that has gone while the callee was away is told as gone', async () => {
    const { alice, bob, hers, his } = await ringing();
    const { connect, server } = home();
    await bob.line.settled();
    server.chat.drop('bob');
    await bob.line.closed;
    await alice.leave(hers);
    const again = connect({ token: await server.token('bob'), session_id: sessionOf(bob) });
    const pending = (await again.event('session:success')).body['pending_events'] as { type: string; body: unknown }[];
    expect(pending.map(({ type }) => type)).toEqual(expect.arrayContaining(['rtc:hangup', 'member:left']));
    expect(pending.flatMap(({ type, body }) => (type === 'rtc:hangup' ? [at(body, 'rtc_id')] : []))).toEqual([his.leg]);
  });

  it('ends when the session of one of them does', async () => {
    const { alice, bob, his } = await talking();
    alice.line.send('42["session:logout",{"tid":"1","body":{}}]');
    expect((await bob.line.event('rtc:hangup')).body).toMatchObject({ rtc_id: his.leg });
  });
});

function sessionOf({ line }: AtService): string {
  const success = line.frames.find(frame => frame.includes('session:success')) ?? '';
  return String(at(JSON.parse(success.slice(success.indexOf('['))), 1, 'body', 'id'));
}

describe('server voice: unreachable callee', () => {
  it.each([
    ['busy', 486],
    ['code603', 603],
    ['early486', 486],
    ['carol', 480],
    ['blackhole', 480],
    ['nobody', 404],
    [undefined, 404],
  ])('%s ends with %i', async (callee, status) => {
    const alice = await somebody('alice', low);
    await alice.place(callee === undefined ? {} : { callee });
    expect(await reasonOf(alice)).toMatchObject({ sip_code: status });
    await alice.line.event('member:left');
  });

  it('rings before it is answered by a tone', async () => {
    const alice = await somebody('alice', 900);
    const call = await alice.place({ callee: 'ring01' });
    await alice.voice.hears(8, only([440]));
    expect(statuses(alice, call.leg)).toEqual(['ringing', 'answered']);
    await alice.leave(call);
  });

  it('is heard before it is answered', async () => {
    const alice = await somebody('alice', 900);
    const call = await alice.place({ callee: 'early' });
    await alice.voice.hears(8, only([440]));
    expect(statuses(alice, call.leg)).toEqual(['ringing']);
  });
});

describe('server voice: events in a call', () => {
  it('keys are told as they are, and kept as stars', async () => {
    const { alice, bob, hers } = await talking();
    const answer = await alice.say(hers, 'audio:dtmf', { digit: '12#', channel: { id: hers.leg, type: 'app' } });
    expect(at(answer.body, 'body', 'digit')).toBe('***');
    for (const one of [alice, bob])
      expect((await one.line.event('audio:dtmf')).body).toEqual({
        digit: '12#',
        channel: { id: hers.leg, type: 'app' },
      });
    const log = await home().server.chat.log(hers.conversation);
    expect(log.find(({ type }) => type === 'audio:dtmf')?.body).toMatchObject({ digit: '***' });
    expect(JSON.stringify(log)).not.toContain('12#');
  });

  it('no description is ever in the log', async () => {
    const { alice, hers } = await talking();
    await alice.leave(hers);
    await alice.line.event('rtc:hangup');
    const log = JSON.stringify(await home().server.chat.log(hers.conversation));
    expect(log).toContain('member:invited');
    expect(log).not.toMatch(/m=audio|ice-pwd|sdp/);
  });

  it('a new offer is answered by socket, for a connection that is new', async () => {
    const { alice, bob, hers } = await talking();
    const again = await somebody('alice', 900);
    const ask = await home().ask('alice');
    const answer = await ask('POST', `/v0.3/conversations/${hers.conversation}/rtc/${hers.leg}/offer`, {
      originating_session: sessionOf(again),
      from: hers.member,
      body: { offer: { sdp: await again.voice.offer() } },
    });
    expect(answer).toMatchObject({ status: 200, body: { id: hers.leg } });
    const told = await again.line.event('rtc:answer');
    expect(told.body).toEqual({ rtc_id: hers.leg, answer: expect.stringContaining('m=audio') as string });
    await again.voice.accept(String(told.body['answer']));
    await hears(bob, 900);
    await hears(again, high);
    expect(JSON.stringify(await home().server.chat.log(hers.conversation))).not.toContain('m=audio');
    expect(bob.line.heard('rtc:answer')).toEqual([]);
    await alice.line.settled();
  });

  it('a leg is moved to another conversation, where it is heard', async () => {
    const { alice, bob, hers } = await talking();
    const { id } = await roomOf(home(), 'carol');
    const carol = await somebody('carol', 900);
    await home().server.voice.transfer(hers.leg, id);
    const told = await alice.line.event('rtc:transfer');
    expect(told).toMatchObject({
      cid: id,
      body: {
        transferred_from: hers.conversation,
        transferred_to: id,
        rtc_id: hers.leg,
        was_member: hers.member,
        user_id: expect.stringMatching(/^USR-/) as string,
        channel: { id: hers.leg, type: 'app' },
      },
    });
    await hearsNo(bob, low);
    expect((await carol.line.event('member:joined')).body).toMatchObject({ channel: { id: hers.leg } });
    expect((await bob.line.event('member:left')).body).toMatchObject({ member_id: hers.member });
    const hangUp = { leg: hers.leg, conversation: id, member: String(told.from) };
    await alice.leave(hangUp);
    expect(await alice.line.event('rtc:hangup')).toMatchObject({ cid: id });
    await expect(home().server.voice.transfer(hers.leg, id)).rejects.toThrow(RangeError);
  });

  it('words are told when they are said and when they are done', async () => {
    const { alice, bob, hers } = await talking();
    const words = { text: 'hello', level: 0, loop: 1, queue: true, voice_name: 'amy', ssml: true };
    const answer = await alice.say(hers, 'audio:say', words);
    const said = at(answer.body, 'body', 'say_id');
    expect(at(answer.body, 'body')).toEqual({ say_id: expect.stringMatching(/^SAY-/) as string, ...words });
    for (const one of [alice, bob]) {
      expect((await one.line.event('audio:say')).body).toMatchObject({ say_id: said, text: 'hello' });
      expect((await one.line.event('audio:say:done')).body).toEqual({ say_id: said });
    }
  });

  it('words that do not wait cut those before them', async () => {
    const { alice, hers } = await talking();
    const first = await alice.say(hers, 'audio:say', { text: 'again and again', loop: 0 });
    const second = await alice.say(hers, 'audio:say', { text: 'hello', queue: false });
    const done = [await alice.line.event('audio:say:done'), await alice.line.event('audio:say:done')];
    expect(done.map(({ body }) => body['say_id'])).toEqual(
      [first, second].map(({ body }) => at(body, 'body', 'say_id')),
    );
  });
});
