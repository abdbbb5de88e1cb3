import type { CallReport } from '../../../lib/call/port.js';
import { held, json, type Far, type Seen } from '../adapter/far.js';
import type { Line } from '../adapter/line.js';
import { answerTo, peerConnection } from '../../sip/adapter/platform.js';
import {
  asked,
  atService,
  dial,
  emit,
  faults,
  heard,
  leave,
  leg,
  member,
  page,
  paths,
  phone,
  prepare,
  sdpIn,
  settings,
  story,
  talk,
} from '../adapter/phone.js';

const shown = ({ method, path, query, body }: Seen): readonly unknown[] => [method, path, query, body];

describe('service calls: an outgoing call', () => {
  let far: Far;
  let alice: Line;
  beforeEach(async () => {
    ({ far, alice } = await atService());
  });
  afterEach(async () => {
    await leave(far);
  });

  it('is a leg, a knock, and the legs of the conversation that we are let into', async () => {
    await prepare(alice, 'call-1', { context: { topic: 'tea', deep: [1, { a: null }] } });
    const { localDescription } = alice.peerConnectionOf('call-1')!;
    alice.perform({ _tag: 'place', call: 'call-1' });
    const placed = await far.asked(paths.legs);
    const sdp = localDescription!.sdp.replace(/^a=ice-options:trickle\r\n/m, '');
    expect(shown(placed)).toEqual([
      'POST',
      '/v0.3/legs',
      {},
      { originating_session: 'SES-1', body: { offer: { type: 'offer', sdp } } },
    ]);
    expect(sdp).toMatch(/^a=candidate:/m);
    expect(shown(await far.asked(paths.knocking))).toEqual([
      'POST',
      '/v0.3/knocking',
      {},
      {
        originating_session: 'SES-1',
        channel: { type: 'app', to: { type: 'phone', number: '' }, from: { type: 'app', user: 'alice' }, id: 'LEG-1' },
        properties: { custom_data: { callee: 'bob', topic: 'tea', deep: [1, { a: null }] } },
      },
    ]);
    emit(far, 'member:joined', member());
    expect(shown(await far.asked(paths.list))).toEqual([
      'GET',
      '/v0.3/conversations/CON-CALL/legs',
      { page_size: '100' },
      undefined,
    ]);
    await alice.next('accepted');
    expect(story(alice)).toEqual([
      { _tag: 'placed', call: 'call-1', ref: 'LEG-1' },
      { _tag: 'conversation-changed', call: 'call-1', conversation: 'CON-CALL' },
      {
        _tag: 'leg',
        call: 'call-1',
        leg: { id: 'LEG-1', mine: true, status: 'answered', type: 'app', party: 'alice' },
      },
      { _tag: 'accepted', call: 'call-1' },
    ]);
    await alice.next('media', ({ media }) => media === 'flowing');
  });

  it.each<[context: object | undefined, told: object]>([
    [undefined, { callee: 'bob' }],
    [
      { callee: 'carol', n: 1 },
      { callee: 'carol', n: 1 },
    ],
    [{ callee: undefined, n: 1 }, { n: 1 }],
    [JSON.parse('{"__proto__":{"a":1}}') as object, JSON.parse('{"callee":"bob","__proto__":{"a":1}}') as object],
  ])('tells %j', async (context, told) => {
    await prepare(alice, 'call-1', context === undefined ? {} : { context });
    alice.perform({ _tag: 'place', call: 'call-1' });
    const { body } = await far.asked(paths.knocking);
    expect((body as { readonly properties: unknown }).properties).toEqual({ custom_data: told });
  });

  const circle: Record<string, unknown> = {};
  circle['circle'] = circle;
  const line = 'not a phone line';
  it.each<[what: string, place: object, code: string]>([
    ['a circle', { context: circle }, 'invalid-argument'],
    ['a number that is none in JSON', { context: { a: 1n } }, 'invalid-argument'],
    ['a list', { context: [1] }, 'invalid-argument'],
    ['more than may be sent', { context: { a: 'x'.repeat(2 ** 21) } }, 'too-large'],
    ['a header', { headers: { 'X-Line': line } }, 'unsupported'],
    ['a leg that is none', { rejoin: '..' }, 'invalid-target'],
    ['a leg without a name', { rejoin: '' }, 'invalid-target'],
  ])('refuses %s, and has forgotten the call', async (_, place, code) => {
    const order = { _tag: 'prepare', call: 'call-1', ...settings } as const;
    const result = await alice.order({ ...order, place: { target: 'bob', headers: {}, ...place } });
    expect(result).toMatchObject({ left: { fault: { code } } });
    expect(await alice.order({ _tag: 'stats', call: 'call-1' })).toMatchObject({
      left: { fault: { code: 'no-such-call' } },
    });
    expect(asked(far)).toEqual([]);
  });

  it('refuses to be prepared twice', async () => {
    await prepare(alice, 'call-1');
    await expect(prepare(alice, 'call-1')).rejects.toThrow('wrong-state');
    const again = await alice.order({ _tag: 'prepare', call: 'call-1', ...settings });
    expect(again).toMatchObject({ left: { fault: { code: 'wrong-state' } } });
  });

  it('rings while others are called and nobody has answered', async () => {
    far.on(paths.list, page(leg('LEG-1'), leg('LEG-2', { status: 'started', direction: 'outbound', type: 'phone' })));
    await dial(far, alice);
    emit(far, 'member:joined', member());
    await alice.next('leg', ({ leg: { id } }) => id === 'LEG-2');
    // Nobody rings yet.
    expect(alice.reports.some(({ _tag }) => _tag === 'progress')).toBe(false);
    emit(far, 'leg:status:update', { leg_id: 'LEG-2', status: 'ringing', type: 'phone' }, { from: 'MEM-BOB' });
    emit(far, 'leg:status:update', { leg_id: 'LEG-2', status: 'ringing', type: 'phone' }, { from: 'MEM-BOB' });
    expect(await alice.next('progress')).toEqual({
      _tag: 'progress',
      call: 'call-1',
      body: '',
      early: true,
      statusCode: 180,
      reasonPhrase: 'Ringing',
    });
    emit(far, 'leg:status:update', { leg_id: 'LEG-3', status: 'started', type: 'sip' }, { from: 'MEM-CAROL' });
    emit(far, 'leg:status:update', { leg_id: 'LEG-3', status: 'answered', type: 'sip' }, { from: 'MEM-CAROL' });
    await alice.next('accepted');
    const legs = story(alice).filter(report => (report as CallReport)._tag === 'leg');
    expect(legs.map(report => (report as { readonly leg: object }).leg)).toEqual([
      { id: 'LEG-1', mine: true, status: 'answered', type: 'app', party: 'alice' },
      { id: 'LEG-2', mine: false, status: 'started', type: 'phone', party: '447' },
      { id: 'LEG-2', mine: false, status: 'ringing', type: 'phone' },
      { id: 'LEG-2', mine: false, status: 'ringing', type: 'phone' },
      { id: 'LEG-3', mine: false, status: 'started', type: 'sip' },
      { id: 'LEG-3', mine: false, status: 'answered', type: 'sip' },
    ]);
    await heard(far, alice);
    expect(alice.reports.filter(({ _tag }) => _tag === 'progress')).toHaveLength(1);
  });

  it('loses and undoes no change of a leg while the legs are asked for', async () => {
    const silent = { mute: false, earmuff: false };
    const state = { ...silent, play_stream: false, recording: false, transcribing: false, tts: false };
    const list = held(
      page(leg('LEG-2', { status: 'started', media_state: state }), leg('LEG-3', { status: 'answered' }), {}),
    );
    far.on(paths.list, list.reply);
    await dial(far, alice);
    emit(far, 'member:joined', member());
    await far.asked(paths.list);
    emit(far, 'leg:status:update', { leg_id: 'LEG-2', status: 'ringing' }, { from: 'MEM-BOB' });
    emit(far, 'audio:mute:on', { rtc_id: 'LEG-2' }, { from: 'MEM-BOB' });
    emit(far, 'leg:status:update', { leg_id: 'LEG-3', status: 'ringing' }, { from: 'MEM-CAROL' });
    await heard(far, alice);
    expect(alice.reports.map(({ _tag }) => _tag)).not.toContain('progress');
    list.release();
    await alice.next('accepted');
    const told = await Promise.all(Array.from({ length: 5 }, () => alice.next('leg')));
    expect(told.slice(3).map(report => report.leg)).toEqual([
      { id: 'LEG-2', mine: false, status: 'ringing', type: 'app', party: 'alice', muted: true, earmuffed: false },
      { id: 'LEG-3', mine: false, status: 'answered', type: 'app', party: 'alice' },
    ]);
    expect(faults(alice)).toEqual(['bad-answer']);
  });

  it('is answered as soon as the socket says so, whatever the list says later', async () => {
    const list = held(page(leg('LEG-2', { status: 'ringing' })));
    far.on(paths.list, list.reply);
    await dial(far, alice);
    emit(far, 'member:joined', member());
    await far.asked(paths.list);
    emit(far, 'leg:status:update', { leg_id: 'LEG-2', status: 'answered' }, { from: 'MEM-BOB' });
    await alice.next('accepted');
    list.release();
    const [, listed] = [await alice.next('leg'), await alice.next('leg')];
    expect(listed.leg.status).toBe('answered');
    expect(story(alice).filter(report => (report as CallReport)._tag === 'progress')).toEqual([]);
  });

  it('is answered where the legs can not be had, and says why', async () => {
    far.on(paths.list, json({}, 500));
    await talk(far, alice);
    expect(faults(alice)).toEqual(['server-error']);
  });

  it('may be let in before the reply to its knock', async () => {
    const knock = held(json({ id: 'KNK-1' }));
    far.on(paths.knocking, knock.reply);
    await dial(far, alice);
    emit(far, 'member:joined', member());
    await alice.next('accepted');
    knock.release();
    await heard(far, alice);
    expect(faults(alice)).toEqual([]);
  });

  it('may be let in, by a server in a hurry, before its description was applied', async () => {
    let apply = (): void => undefined;
    const applied = new Promise<void>(resolve => {
      apply = resolve;
    });
    const slow = phone(far, {
      peerConnection: configuration => {
        const made = peerConnection(configuration);
        const take = Reflect.get(made, 'setRemoteDescription') as (...args: unknown[]) => Promise<void>;
        const slowly = async (description: unknown): Promise<void> => {
          await applied;
          await Reflect.apply(take, made, [description]);
        };
        return Object.assign(made, { setRemoteDescription: slowly });
      },
    });
    await slow.up();
    await prepare(slow, 'call-1');
    slow.perform({ _tag: 'place', call: 'call-1' });
    await slow.next('placed');
    emit(far, 'member:joined', member());
    await slow.next('conversation-changed');
    await heard(far, slow);
    expect(asked(far)).toEqual([paths.legs]);
    apply();
    await slow.next('accepted');
    expect(asked(far).filter(what => what === paths.list)).toHaveLength(1);
  });

  type Ending = readonly [status: number, cause: string];
  const endings: readonly Ending[] = [
    [400, 'bad_request'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [409, 'client_error'],
    [500, 'server_error'],
    [503, 'service_unavailable'],
  ];
  it.each(endings)('ends when a leg is refused with %i: %s', async (status, cause) => {
    far.on(paths.legs, json({ detail: 'No.' }, status));
    await prepare(alice, 'call-1');
    alice.perform({ _tag: 'place', call: 'call-1' });
    expect(await alice.next('ended')).toEqual({
      _tag: 'ended',
      call: 'call-1',
      by: 'remote',
      cause,
      statusCode: status,
      reason: 'No.',
    });
  });
  it.each(endings)('ends when a knock is refused with %i: %s', async (statusCode, cause) => {
    far.on(paths.knocking, json({ detail: 'No.' }, statusCode));
    await dial(far, alice);
    expect(await alice.next('ended')).toMatchObject({ by: 'remote', cause, statusCode });
    // Should it be let in all the same, it goes again.
    emit(far, 'member:joined', member());
    await far.asked(paths.leave);
  });
  it('ends when the network is gone', async () => {
    far.on(paths.legs, (_, response) => {
      response.destroy();
    });
    await prepare(alice, 'call-1');
    alice.perform({ _tag: 'place', call: 'call-1' });
    expect(await alice.next('ended')).toEqual({ _tag: 'ended', call: 'call-1', by: 'network', cause: 'line_lost' });
  });

  it.each<[what: string, answer: unknown]>([
    ['nothing', undefined],
    ['a leg without a name', { rtc_id: '', sdp: 'v=0' }],
    ['a leg that is no path', { rtc_id: '..', sdp: 'v=0' }],
    ['a number for a leg', { rtc_id: 1, sdp: 'v=0' }],
    ['no description', { rtc_id: 'LEG-1' }],
    ['a description that is an object', { rtc_id: 'LEG-1', sdp: { type: 'answer' } }],
  ])('ends when it is answered %s', async (_, answer) => {
    far.on(paths.legs, json(answer));
    await prepare(alice, 'call-1');
    alice.perform({ _tag: 'place', call: 'call-1' });
    expect(await alice.next('ended')).toEqual({ _tag: 'ended', call: 'call-1', by: 'remote', cause: 'server_error' });
    expect(faults(alice)).toEqual(['bad-answer']);
  });
  it('ends when the description is none, and never knocks', async () => {
    far.on(paths.legs, json({ rtc_id: 'LEG-1', sdp: 'v=0\r\na=ice-pwd:secret\r\n' }));
    await prepare(alice, 'call-1');
    alice.perform({ _tag: 'place', call: 'call-1' });
    expect(await alice.next('ended')).toEqual({ _tag: 'ended', call: 'call-1', by: 'local', cause: 'media_failed' });
    await heard(far, alice);
    expect(asked(far)).toEqual([paths.legs]);
  });
  it('ends when its leg is that of another call', async () => {
    await talk(far, alice);
    await prepare(alice, 'call-2');
    alice.perform({ _tag: 'place', call: 'call-2' });
    expect(await alice.next('ended')).toMatchObject({ call: 'call-2', by: 'remote', cause: 'server_error' });
    expect(await alice.order({ _tag: 'tone', call: 'call-1', tone: '1' })).toMatchObject({ _tag: 'Right' });
  });

  describe('is given up', () => {
    it('before it was placed: nothing is said', async () => {
      await prepare(alice, 'call-1');
      alice.perform({ _tag: 'end', call: 'call-1' });
      await heard(far, alice);
      expect(asked(far)).toEqual([]);
      expect(alice.peerConnectionOf('call-1')).toBeUndefined();
    });

    it('while its leg is made: that never knocks', async () => {
      const legs = held(json({ rtc_id: 'LEG-1', sdp: 'v=0' }));
      far.on(paths.legs, legs.reply);
      await prepare(alice, 'call-1');
      alice.perform({ _tag: 'place', call: 'call-1' });
      await far.asked(paths.legs);
      alice.perform({ _tag: 'end', call: 'call-1' });
      legs.release();
      await alice.ask({ verb: 'getUser', args: { user: 'me' } });
      await heard(far, alice);
      expect(asked(far)).toEqual([paths.legs, 'GET /v0.3/users/me']);
      // It is let in even so: that is undone.
      emit(far, 'member:joined', member());
      await far.asked(paths.leave);
    });

    it.each<[what: string, knock: ReturnType<typeof json>]>([
      ['once it has knocked', json({ id: 'KNK-1' })],
      ['while it knocks', () => undefined],
    ])('%s: it goes when it is let in, once', async (_, knock) => {
      far.on(paths.knocking, knock);
      await dial(far, alice);
      alice.perform({ _tag: 'end', call: 'call-1', reason: 'changed my mind', reasonCode: 'X' });
      await heard(far, alice);
      expect(asked(far)).not.toContain(paths.leave);
      emit(far, 'member:joined', member());
      const query = { reason_code: 'X', reason_text: 'changed%20my%20mind', from: 'MEM-ME' };
      expect(await far.asked(paths.leave)).toMatchObject({ query });
      emit(far, 'member:joined', member());
      await heard(far, alice);
      expect(asked(far).filter(what => what === paths.leave)).toHaveLength(1);
      expect(story(alice)).toEqual([{ _tag: 'placed', call: 'call-1', ref: 'LEG-1' }]);
    });

    it('while the legs are asked for', async () => {
      far.on(paths.list, () => undefined);
      await dial(far, alice);
      emit(far, 'member:joined', member());
      await far.asked(paths.list);
      alice.perform({ _tag: 'end', call: 'call-1' });
      expect(await far.asked(paths.leave)).toMatchObject({ query: {} });
    });

    it('and hears all the same how it was, once', async () => {
      await talk(far, alice);
      alice.perform({ _tag: 'end', call: 'call-1' });
      await far.asked(paths.leave);
      const body = { rtc_id: 'LEG-1', reason: { sip_code: 200 }, quality: { mos_score: 4.5 } };
      emit(far, 'rtc:hangup', body);
      emit(far, 'rtc:hangup', body);
      expect(await alice.next('leg-hung-up')).toEqual({
        _tag: 'leg-hung-up',
        call: 'call-1',
        statusCode: 200,
        quality: { mos: 4.5 },
      });
      await heard(far, alice);
      expect(alice.reports.filter(({ _tag }) => _tag === 'leg-hung-up')).toHaveLength(1);
    });

    it('by its line: nothing is said', async () => {
      await talk(far, alice);
      alice.perform({ _tag: 'forget', call: 'call-1' });
      emit(far, 'rtc:hangup', { rtc_id: 'LEG-1' });
      await heard(far, alice);
      expect(asked(far)).not.toContain(paths.leave);
      expect(alice.reports.map(({ _tag }) => _tag)).not.toContain('leg-hung-up');
    });

    it('though nobody hears it', async () => {
      far.on(paths.leave, json({}, 500));
      await talk(far, alice);
      alice.perform({ _tag: 'end', call: 'call-1' });
      expect(await alice.next('fault')).toMatchObject({ call: 'call-1', fault: { code: 'server-error' } });
    });

    it('by the service, which hangs up before it lets us in', async () => {
      await dial(far, alice);
      emit(far, 'rtc:hangup', { rtc_id: 'LEG-1', reason: { sip_code: 486, code: 'busy', text: 'Busy' } });
      expect(await alice.next('leg-hung-up')).toEqual({
        _tag: 'leg-hung-up',
        call: 'call-1',
        statusCode: 486,
        reasonCode: 'busy',
        reason: 'Busy',
      });
      emit(far, 'member:joined', member());
      await heard(far, alice);
      expect(asked(far)).toEqual([paths.legs, paths.knocking]);
    });
  });

  describe('is there already', () => {
    const place = { rejoin: 'LEG-1', target: '447' };

    it('and is taken up again', async () => {
      const media = {
        mute: true,
        earmuff: false,
        play_stream: false,
        recording: false,
        transcribing: false,
        tts: false,
      };
      far.on(paths.leg, json(leg('LEG-1', { media_state: media })));
      await prepare(alice, 'call-1', place);
      expect(asked(far)).toEqual([paths.leg, paths.me]);
      alice.perform({ _tag: 'place', call: 'call-1' });
      const offer = await far.asked(paths.offer);
      expect(shown(offer)).toEqual([
        'POST',
        '/v0.3/conversations/CON-CALL/rtc/LEG-1/offer',
        {},
        { originating_session: 'SES-1', from: 'MEM-ME', body: { offer: { sdp: expect.any(String) as string } } },
      ]);
      const sdp = await answerTo(sdpIn(offer));
      emit(far, 'rtc:answer', { rtc_id: 'LEG-OTHER', answer: 'v=0' });
      emit(far, 'rtc:answer', { rtc_id: 'LEG-1', answer: sdp });
      await alice.next('accepted');
      await far.asked(paths.list);
      // It was muted, and is not any more.
      expect((await far.asked(paths.events)).body).toMatchObject({ type: 'audio:mute:off' });
      await alice.next('leg');
      expect(story(alice).filter(report => (report as CallReport)._tag !== 'done')).toEqual([
        { _tag: 'identified', call: 'call-1', identity: { phoneNumber: '447', anonymous: false } },
        { _tag: 'conversation-changed', call: 'call-1', conversation: 'CON-CALL' },
        { _tag: 'placed', call: 'call-1', ref: 'LEG-1' },
        { _tag: 'accepted', call: 'call-1' },
        {
          _tag: 'leg',
          call: 'call-1',
          leg: { id: 'LEG-1', mine: true, status: 'answered', type: 'app', party: 'alice' },
        },
      ]);
    });

    it.each<[what: string, path: keyof typeof paths, status: number, answer: unknown, code: string]>([
      ['is unknown', 'leg', 404, {}, 'call-ended'],
      ['is over', 'leg', 200, leg('LEG-1', { status: 'completed' }), 'call-ended'],
      ['was never answered', 'leg', 200, leg('LEG-1', { status: 'busy' }), 'call-ended'],
      ['is not ours', 'leg', 403, {}, 'forbidden'],
      ['is where we are not', 'me', 404, {}, 'not-found'],
      ['can not be understood', 'leg', 200, { id: 'LEG-1' }, 'bad-answer'],
    ])('unless it %s', async (_, path, status, answer, code) => {
      far.on(paths[path], json(answer, status));
      await expect(prepare(alice, 'call-1', place)).rejects.toThrow(code);
      expect(asked(far)).not.toContain(paths.leave);
      expect(await alice.order({ _tag: 'stats', call: 'call-1' })).toMatchObject({
        left: { fault: { code: 'no-such-call' } },
      });
    });

    it('and is refused when it is offered a description', async () => {
      far.on(paths.offer, json({}, 404));
      await prepare(alice, 'call-1', place);
      alice.perform({ _tag: 'place', call: 'call-1' });
      expect(await alice.next('ended')).toMatchObject({ by: 'remote', cause: 'not_found' });
    });

    it('and is hung up while it is looked for', async () => {
      far.on(paths.leg, () => undefined);
      const preparing = prepare(alice, 'call-1', place);
      await far.asked(paths.leg);
      alice.perform({ _tag: 'end', call: 'call-1' });
      await expect(preparing).rejects.toThrow('call-ended');
    });

    it('and is ours already', async () => {
      await talk(far, alice);
      await expect(prepare(alice, 'call-2', place)).rejects.toThrow('wrong-state');
    });
  });
});
