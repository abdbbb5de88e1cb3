import { only } from '../support/caller.js';
import { at, idOf, town } from '../support/chatter.js';
import { accepted, lacking } from '../support/frames.js';
import { atService, type AtService } from '../support/people.js';

const home = town({ media: true, chat: { sessionLifetime: 600 } });
const leaving: (() => void)[] = [];
afterEach(() => {
  for (const leave of leaving.splice(0)) leave();
});

async function somebody(name: string, hertz: number): Promise<AtService> {
  const one = await atService(home(), name, hertz);
  leaving.push(one.close);
  return one;
}

const text = expect.any(String) as string;

describe('server voice: leg queries', () => {
  it('are there, also that of the callee, when the caller is told that they have joined', async () => {
    await somebody('bob', 700);
    const alice = await somebody('alice', 400);
    const call = await alice.place({ callee: 'bob' });
    const ask = await home().ask('alice');
    const page = await ask('GET', `/v0.3/conversations/${call.conversation}/legs`);
    const quiet = {
      mute: false,
      earmuff: false,
      play_stream: false,
      recording: false,
      transcribing: false,
      tts: false,
    };
    expect(page).toMatchObject({ status: 200, body: { page_size: 10, _links: { self: { href: text } } } });
    expect(at(page.body, '_embedded', 'legs')).toEqual([
      {
        id: call.leg,
        conversation_id: call.conversation,
        status: expect.stringMatching(/started|answered/) as string,
        start_time: text,
        end_time: '',
        direction: 'inbound',
        type: 'app',
        from: { type: 'app', user: 'alice' },
        to: { type: 'app', user: 'bob' },
        media_state: quiet,
      },
      {
        id: expect.stringMatching(/^LEG-/) as string,
        conversation_id: call.conversation,
        status: expect.stringMatching(/started|ringing/) as string,
        start_time: text,
        end_time: '',
        direction: 'outbound',
        type: 'app',
        from: { type: 'app', user: 'alice' },
        to: { type: 'app', user: 'bob' },
        media_state: quiet,
      },
    ]);
  });

  it('are listed in pages, both ways, and each alone, also when they are over', async () => {
    const alice = await somebody('alice', 400);
    const call = await alice.place({ callee: 'echo' });
    await alice.voice.hears(8, only([400]));
    await alice.say(call, 'audio:mute:on', { rtc_id: call.leg });
    const ask = await home().ask('alice');
    const path = `/v0.3/conversations/${call.conversation}/legs`;
    const first = await ask('GET', `${path}?order=ASC&page_size=1`);
    expect(at(first.body, '_embedded', 'legs')).toMatchObject([
      { id: call.leg, status: 'answered', media_state: { mute: true, earmuff: false } },
    ]);
    const second = await ask('GET', String(at(first.body, '_links', 'next', 'href')));
    const echo = at(second.body, '_embedded', 'legs', 0);
    expect(echo).toMatchObject({ type: 'phone', direction: 'outbound', to: { type: 'phone', number: 'echo' } });
    const down = await ask('GET', `${path}?order=DESC`);
    expect(at(down.body, '_embedded', 'legs', 0)).toEqual(echo);
    expect((await ask('GET', `${path}?order=sideways`)).status).toBe(400);

    await alice.leave(call);
    const over = await ask('GET', `/v0.3/legs/${call.leg}`);
    expect(over).toMatchObject({
      status: 200,
      body: { status: 'completed', end_time: expect.stringMatching(/Z$/) as string },
    });
    expect(at((await ask('GET', path)).body, '_embedded', 'legs')).toHaveLength(2);
  });

  it('are for those who are in the call', async () => {
    const bob = await somebody('bob', 700);
    const alice = await somebody('alice', 400);
    const call = await alice.place({ callee: 'bob' });
    const held = await bob.invited();
    const [his, hers] = [await home().ask('bob'), await home().ask('carol')];
    for (const leg of [call.leg, held.leg]) {
      expect((await his('GET', `/v0.3/legs/${leg}`)).status).toBe(200);
      expect((await hers('GET', `/v0.3/legs/${leg}`)).status).toBe(403);
    }
    expect((await hers('GET', `/v0.3/conversations/${call.conversation}/legs`)).status).toBe(403);
  });

  it('tell their statuses with all those before', async () => {
    const alice = await somebody('alice', 400);
    const call = await alice.place({ callee: 'echo' });
    const [own, other] = [await alice.line.event('leg:status:update'), await alice.line.event('leg:status:update')];
    expect(own).toMatchObject({
      cid: call.conversation,
      from: call.member,
      body: {
        leg_id: call.leg,
        status: 'answered',
        type: 'app',
        direction: 'inbound',
        statusHistory: [
          { status: 'started', date: text },
          { status: 'answered', date: text },
        ],
      },
    });
    expect(other).toMatchObject({ id: 3, body: { status: 'answered', type: 'phone', direction: 'outbound' } });
    // It comes from a member who is not the caller's, or the existing client would not listen.
    expect(other.from).toMatch(/^MEM-/);
    expect(other.from).not.toBe(call.member);
  });

  it('are over when the session of their client has run out', async () => {
    const bob = await somebody('bob', 700);
    const alice = await somebody('alice', 400);
    await alice.place({ callee: 'bob' });
    const held = await bob.invited();
    await bob.answer(held);
    home().server.chat.drop('alice');
    expect((await bob.line.event('rtc:hangup')).body).toMatchObject({ rtc_id: held.leg });
    expect(home().server.voice.legs()).toMatchObject([
      { user: 'alice', status: 'completed' },
      { id: held.leg, user: 'bob', status: 'completed', conversation: held.conversation },
    ]);
  });

  it('are over when their conversation is deleted', async () => {
    const alice = await somebody('alice', 400);
    const call = await alice.place({ callee: 'echo' });
    const ask = await home().ask('alice');
    expect((await ask('DELETE', `/v0.3/conversations/${call.conversation}`)).status).toBe(204);
    expect((await alice.line.event('rtc:hangup')).body).toMatchObject({ rtc_id: call.leg });
  });

  it('tell nothing that the existing client cannot bear in a page of history', async () => {
    const alice = await somebody('alice', 400);
    const call = await alice.place({ callee: 'echo' });
    await alice.say(call, 'audio:mute:on', { rtc_id: call.leg });
    await alice.say(call, 'audio:dtmf', { digit: '1', channel: { id: call.leg } });
    const ask = await home().ask('alice');
    const path = `/v0.3/conversations/${call.conversation}/events`;
    const types = async (query: string): Promise<readonly unknown[]> => {
      const events = at((await ask('GET', `${path}?${query}`)).body, '_embedded', 'events') as { type: string }[];
      return events.map(({ type }) => type);
    };
    expect(await types('filter_group_type=ChatEvents')).toEqual(['member:joined']);
    expect(await types('')).toEqual(expect.arrayContaining(['audio:mute:on', 'audio:dtmf', 'leg:status:update']));
  });

  it('leave what is no call as it is: a member who was invited without one joins', async () => {
    const [alice, bob] = [await home().ask('alice'), await home().ask('bob')];
    const id = idOf(await alice('POST', '/v0.3/conversations', {}));
    const path = `/v0.3/conversations/${id}/members`;
    const invited = idOf(await alice('POST', path, { state: 'invited', user: { name: 'bob' } }));
    const joined = await bob('PUT', `${path}/${invited}`, { state: 'joined', from: invited });
    expect(joined).toMatchObject({ status: 200, body: { state: 'JOINED' } });
  });
});

it('the existing client is told all that it was seen to need', async () => {
  const bob = await somebody('bob', 700);
  const alice = await somebody('alice', 400);
  const call = await alice.place({ callee: 'bob' });
  await bob.answer(await bob.invited());
  const ask = await home().ask('alice');
  const again = await ask('POST', `/v0.3/conversations/${call.conversation}/rtc/${call.leg}/offer`, {
    originating_session: sessionOf(alice),
    from: call.member,
    body: { offer: { sdp: await alice.voice.offer() } },
  });
  expect(again.status).toBe(200);
  await alice.line.event('rtc:answer');
  await alice.leave(call);
  await Promise.all([alice.line.event('member:left'), bob.line.event('member:left')]);
  const told = [...alice.line.frames, ...bob.line.frames].flatMap(frame => {
    const [, json] = /^42\d*(\[.*)$/s.exec(frame) ?? [];
    return json === undefined ? [] : [JSON.parse(json) as readonly [string, unknown]];
  });
  for (const [type, shape] of Object.entries(accepted)) {
    const frames = told.filter(([name]) => name === type);
    expect([type, frames.length > 0]).toEqual([type, true]);
    for (const [, payload] of frames) expect([type, lacking(shape, payload)]).toEqual([type, []]);
  }
});

function sessionOf({ line }: AtService): string {
  const success = line.frames.find(frame => frame.includes('session:success')) ?? '';
  return String(at(JSON.parse(success.slice(success.indexOf('['))), 1, 'body', 'id'));
}
