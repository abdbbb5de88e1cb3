import { at, codeOf, idOf, joined, roomOf, say, town } from './support/chatter.js';

const home = town();
const join = { state: 'joined', channel: { type: 'app' } };

describe('server chat: invite and join', () => {
  it('is told with all that the existing client decodes', async () => {
    const here = home();
    const { line } = await here.login('bob');
    const { id, members } = await roomOf(here, 'alice');
    const [alice, bob] = [await here.ask('alice'), await here.ask('bob')];
    const [me, him] = [await alice('GET', '/v0.3/users/me'), await bob('GET', '/v0.3/users/me')];
    const path = `/v0.3/conversations/${id}/members`;
    const invited = await alice('POST', path, {
      originating_session: 'SES-1',
      state: 'invited',
      user: { name: 'bob' },
      channel: { type: 'app', from: { type: 'app' }, to: { type: 'app' } },
    });
    expect(invited).toMatchObject({
      status: 201,
      body: { state: 'INVITED', invited_by: 'alice', conversation_id: id },
    });
    const event = await line.event('member:invited');
    expect(event).toMatchObject({
      id: 2,
      cid: id,
      from: members[0],
      timestamp: expect.any(String) as string,
      body: {
        member_id: idOf(invited),
        user: { id: idOf(him), user_id: idOf(him), name: 'bob', display_name: 'Bob' },
        channel: { type: 'app' },
        media: { audio_settings: { enabled: false, earmuffed: false, muted: false }, audio: false },
        invited_by: 'alice',
        conversation: { conversation_id: id },
        cname: expect.any(String) as string,
        timestamp: { invited: expect.any(String) as string },
        initiator: { invited: { isSystem: false, user_id: idOf(me), member_id: members[0] } },
      },
      _embedded: {
        from_user: { id: idOf(me), name: 'alice', display_name: 'Alice' },
        from_member: { id: members[0] },
      },
    });
    expect(event.body).not.toHaveProperty('sdp');

    const taken = await bob('PUT', `${path}/${idOf(invited)}`, { ...join, from: idOf(invited) });
    expect(taken).toMatchObject({ status: 200, body: { id: idOf(invited), state: 'JOINED' } });
    expect(at(taken.body, 'timestamp')).toEqual({
      invited: at(invited.body, 'timestamp', 'invited'),
      joined: expect.any(String) as string,
    });
    expect(await line.event('member:joined')).toMatchObject({
      id: 3,
      from: idOf(invited),
      body: { member_id: idOf(invited), user: { name: 'bob' }, channel: { type: 'app' } },
    });
  });

  it('an invited member hears nothing else until they join', async () => {
    const here = home();
    const { line } = await here.login('bob');
    const { id, members } = await roomOf(here, 'alice', 'carol');
    const [alice, bob] = [await here.ask('alice'), await here.ask('bob')];
    await alice('POST', `/v0.3/conversations/${id}/members`, { state: 'invited', user: { name: 'bob' } });
    await say(alice, id, members[0]!, 'not for guests');
    await joined(bob, id);
    await say(alice, id, members[0]!, 'welcome');
    await line.event('message');
    expect([line.heard('member:invited'), line.heard('member:joined'), line.heard('message')]).toEqual([[3], [5], [6]]);
  });

  it('one may join without an invitation, by id or by name, but only oneself', async () => {
    const here = home();
    const [alice, bob] = [await here.ask('alice'), await here.ask('bob')];
    const id = idOf(await alice('POST', '/v0.3/conversations', { name: 'lobby' }));
    const other = await bob('POST', `/v0.3/conversations/${id}/members`, { ...join, user: { name: 'alice' } });
    expect([other.status, codeOf(other)]).toEqual([403, 'system:error:permission']);
    const mine = await bob('POST', '/v0.3/conversations/lobby/members', join);
    expect(mine).toMatchObject({ status: 201, body: { conversation_id: id, state: 'JOINED' } });
  });

  it('not twice', async () => {
    const here = home();
    const { id } = await roomOf(here, 'alice', 'bob');
    const alice = await here.ask('alice');
    const path = `/v0.3/conversations/${id}/members`;
    const invite = (name: string): ReturnType<typeof alice> =>
      alice('POST', path, { state: 'invited', user: { name } });
    const [again, present] = [await joined(alice, id), await invite('bob')];
    for (const refused of [again, present])
      expect([refused.status, codeOf(refused)]).toEqual([409, 'conversation:error:member-already-joined']);
    await invite('carol');
    const twice = await invite('carol');
    expect([twice.status, codeOf(twice)]).toEqual([409, 'conversation:error:member-already-invited']);
    const both = await Promise.all([joined(await here.ask('carol'), id), joined(await here.ask('carol'), id)]);
    expect(both.map(answer => answer.status).sort()).toEqual([201, 409]);
  });

  it.each([
    [{ state: 'invited' }, 400, 'http:error:validation-fail'],
    [{ state: 'here' }, 400, 'http:error:validation-fail'],
    [{ state: 'invited', user: { name: 'nobody' } }, 404, 'user:error:not-found'],
    [{ state: 'joined', channel: 'app' }, 400, 'http:error:validation-fail'],
  ])('not like %j', async (body, status, code) => {
    const here = home();
    const { id } = await roomOf(here, 'alice');
    const answer = await (await here.ask('alice'))('POST', `/v0.3/conversations/${id}/members`, body);
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
  });
});

describe('server chat: leave', () => {
  it('is told with its reason; who comes back is a new member', async () => {
    const here = home();
    const { line } = await here.login('bob');
    const { id, members } = await roomOf(here, 'alice', 'bob');
    const bob = await here.ask('bob');
    const reason = 'reason_code=REMOTE_REJECT&reason_text=call-rejected-by-callee';
    const left = await bob('DELETE', `/v0.2/conversations/${id}/members/${members[1]!}?${reason}&from=${members[1]!}`);
    expect([left.status, left.body]).toEqual([204, undefined]);
    expect(await line.event('member:left')).toMatchObject({
      id: 3,
      from: members[1],
      body: {
        member_id: members[1],
        reason: { code: 'REMOTE_REJECT', text: 'call-rejected-by-callee' },
        timestamp: { left: expect.any(String) as string },
      },
    });
    expect(codeOf(await bob('GET', `/v0.3/conversations/${id}/members/me`))).toBe(
      'conversation:error:member-not-found',
    );
    expect((await bob('GET', `/v0.3/conversations/${id}`)).status).toBe(403);
    const again = await joined(bob, id);
    expect(again.status).toBe(201);
    expect(members).not.toContain(idOf(again));
  });

  it('leaves one what there was up to then to read, and nothing of what comes', async () => {
    const here = home();
    const { id, members } = await roomOf(here, 'alice', 'bob');
    const bob = await here.ask('bob');
    await bob('DELETE', `/v0.2/conversations/${id}/members/${members[1]!}`);
    await (
      await here.ask('alice')
    )('POST', `/v0.3/conversations/${id}/events`, {
      from: members[0],
      type: 'message',
      body: { message_type: 'text', text: 'gone' },
    });
    const read = async (query: string): Promise<unknown> => {
      const { body } = await bob('GET', `/v0.3/conversations/${id}/events?${query}`);
      return [
        (at(body, '_embedded', 'events') as { id: number }[]).map(event => event.id),
        at(body, '_links', 'next') !== undefined,
      ];
    };
    expect(await read('order=asc&page_size=2')).toEqual([[1, 2], true]);
    expect(await read('order=asc&start_id=3')).toEqual([[3], false]);
    expect(await read('order=desc&page_size=2')).toEqual([[3, 2], true]);
    expect(await read('order=desc&start_id=4')).toEqual([[3, 2, 1], false]);
    expect((await bob('GET', `/v0.3/conversations/${id}/members`)).status).toBe(403);
  });

  it('an invitation is turned down in the same way, or by PUT', async () => {
    const here = home();
    const { id } = await roomOf(here, 'alice');
    const [alice, bob] = [await here.ask('alice'), await here.ask('bob')];
    const path = `/v0.3/conversations/${id}/members`;
    const invitation = async (): Promise<string> =>
      idOf(await alice('POST', path, { state: 'invited', user: { name: 'bob' } }));
    expect((await bob('DELETE', `/v0.2/conversations/${id}/members/${await invitation()}`)).status).toBe(204);
    const second = await bob('PUT', `${path}/${await invitation()}`, {
      state: 'left',
      reason: { code: 'x', text: 'y' },
    });
    expect(second).toMatchObject({ status: 200, body: { state: 'LEFT' } });
    expect((await here.server.chat.log(id)).map(({ type }) => type)).toEqual([
      'member:joined',
      'member:invited',
      'member:left',
      'member:invited',
      'member:left',
    ]);
  });

  it('and whoever was removed comes back by invitation only, whoever has left by himself', async () => {
    const here = home();
    const { id, members } = await roomOf(here, 'alice', 'bob', 'carol');
    const [alice, bob, carol] = [await here.ask('alice'), await here.ask('bob'), await here.ask('carol')];
    const path = `/v0.3/conversations/${id}/members`;
    await alice('DELETE', `/v0.2/conversations/${id}/members/${members[1]!}`);
    await carol('DELETE', `/v0.2/conversations/${id}/members/${members[2]!}`);
    const back = async (ask: typeof alice): Promise<number> => (await ask('POST', path, join)).status;
    expect([await back(bob), await back(carol)]).toEqual([403, 201]);
    await carol('POST', path, { state: 'invited', user: { name: 'bob' } });
    expect(await back(bob)).toBe(201);
  });

  it('for others only whoever made the conversation', async () => {
    const here = home();
    const { id, members } = await roomOf(here, 'alice', 'bob', 'carol');
    const [alice, bob] = [await here.ask('alice'), await here.ask('bob')];
    const remove = (ask: typeof alice, member: string): ReturnType<typeof alice> =>
      ask('DELETE', `/v0.2/conversations/${id}/members/${member}`);
    expect((await remove(bob, members[2]!)).status).toBe(403);
    expect((await remove(alice, members[2]!)).status).toBe(204);
    const [gone, none] = [await remove(alice, members[2]!), await remove(alice, 'MEM-0')];
    expect([gone.status, none.status, codeOf(none)]).toEqual([404, 404, 'conversation:error:member-not-found']);
    const foreign = await bob('PUT', `/v0.3/conversations/${id}/members/${members[0]!}`, join);
    expect(foreign.status).toBe(403);
  });
});

describe('server chat: members', () => {
  it('are listed in pages, each alone too, and oneself as "me"', async () => {
    const here = home();
    const { id, members } = await roomOf(here, 'alice', 'bob');
    const alice = await here.ask('alice');
    const path = `/v0.3/conversations/${id}/members`;
    const invited = idOf(await alice('POST', path, { state: 'invited', user: { name: 'carol' } }));
    const page = await alice('GET', `${path}?order=ASC&page_size=2`);
    expect(page).toMatchObject({
      status: 200,
      body: {
        page_size: 2,
        _embedded: {
          members: [
            { id: members[0], state: 'JOINED', _embedded: { user: { name: 'alice', display_name: 'Alice' } } },
            { id: members[1], state: 'JOINED', _embedded: { user: { name: 'bob' } }, channel: { type: 'app' } },
          ],
        },
      },
    });
    const rest = await alice('GET', String(at(page.body, '_links', 'next', 'href')));
    expect(at(rest.body, '_embedded', 'members')).toMatchObject([{ id: invited, state: 'INVITED' }]);
    expect((await alice('GET', `${path}/${members[1]!}`)).body).toEqual(at(page.body, '_embedded', 'members', 1));
    expect((await alice('GET', `${path}/me`)).body).toEqual(at(page.body, '_embedded', 'members', 0));
    const none = await alice('GET', `${path}/MEM-0`);
    expect([none.status, codeOf(none)]).toEqual([404, 'conversation:error:member-not-found']);
  });
});
