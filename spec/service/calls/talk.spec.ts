import type { CallingReport } from '../../../lib/call/calling.js';
import { breakable, farSide, peerConnection } from '../../sip/adapter/platform.js';
import { toneMicrophone } from '../../support/wrtc.js';
import { held, json, type Far, type Seen } from '../adapter/far.js';
import { secret, type Line } from '../adapter/line.js';
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
  sdpIn,
  settings,
  story,
  talk,
} from '../adapter/phone.js';

const ok = { _tag: 'Right', right: undefined };
const failed = (code: string): object => ({ left: { fault: { code } } });

describe('service calls: an answered call', () => {
  let far: Far;
  let alice: Line;
  beforeEach(async () => {
    ({ far, alice } = await atService());
  });
  afterEach(async () => {
    await leave(far);
  });

  const call = 'call-1';
  const events = ({ seen }: Far): readonly unknown[] =>
    seen.filter(({ method, path }) => `${method} ${path}` === paths.events).map(({ body }) => body);
  const posted = (type: string, body: object = { rtc_id: 'LEG-1' }, to: object = { to: 'MEM-ME' }): object => ({
    type,
    from: 'MEM-ME',
    ...to,
    originating_session: 'SES-1',
    body,
  });
  const voice = (live: boolean): void => {
    alice.perform({ _tag: 'voice', call, live });
  };
  const hold = (on: boolean): ReturnType<Line['order']> => alice.order({ _tag: 'change', call, hold: on });
  const tone = (keys: string): ReturnType<Line['order']> => alice.order({ _tag: 'tone', call, tone: keys });
  const output = (muted: boolean): ReturnType<Line['order']> =>
    alice.order({ _tag: 'output', call, output: { volume: 1, muted } });

  it('muting is told, and only where that is news', async () => {
    await talk(far, alice);
    voice(true);
    voice(false);
    voice(false);
    voice(true);
    expect(await tone('1')).toEqual(ok);
    expect(events(far).slice(0, 2)).toEqual([posted('audio:mute:on'), posted('audio:mute:off')]);
    expect(events(far)).toHaveLength(3);
    expect((await far.asked(paths.events)).query).toEqual({});
  });

  it('a hold is silence in both directions: what was silenced for another reason stays so', async () => {
    await talk(far, alice);
    expect(await output(true)).toEqual(ok);
    voice(false);
    expect(await hold(true)).toEqual(ok);
    expect(await output(false)).toEqual(ok);
    expect(await hold(false)).toEqual(ok);
    voice(true);
    await tone('1');
    expect(events(far).slice(0, 4)).toEqual([
      posted('audio:earmuff:on'),
      posted('audio:mute:on'),
      posted('audio:earmuff:off'),
      posted('audio:mute:off'),
    ]);
  });

  it('a hold that is refused is none, and is asked for again', async () => {
    await talk(far, alice);
    far.on(paths.events, json({}, 500));
    expect(await hold(true)).toMatchObject(failed('server-error'));
    expect(await output(false)).toEqual(ok);
    far.on(paths.events, json({}));
    expect(await hold(true)).toEqual(ok);
    expect(await hold(false)).toEqual(ok);
    expect(events(far)).toEqual(['on', 'off', 'on', 'off'].map(state => posted(`audio:earmuff:${state}`)));
  });

  it('what nobody waits for fails in a fault', async () => {
    await talk(far, alice);
    far.on(paths.events, json({ detail: 'no' }, 403));
    voice(false);
    expect(await alice.next('fault')).toMatchObject({ call, fault: { code: 'forbidden', message: 'no' } });
  });

  it('requests leave one after the other, in the order in which they were asked for', async () => {
    await talk(far, alice);
    const first = held(json({}));
    far.on(paths.events, first.reply);
    const tones = Promise.all(['1', '2', '3'].map(tone));
    voice(false);
    await far.asked(paths.events);
    await heard(far, alice);
    expect(events(far)).toHaveLength(1);
    far.on(paths.events, json({}));
    first.release();
    expect(await tones).toEqual([ok, ok, ok]);
    await far.asked(paths.events);
    expect(events(far).slice(0, 3)).toEqual(
      ['1', '2', '3'].map(digit => posted('audio:dtmf', { digit, channel: { id: 'LEG-1', type: 'app' } }, {})),
    );
  });

  it('keys are sent together, and are told to nobody else', async () => {
    await talk(far, alice);
    expect(await tone('12#')).toEqual(ok);
    expect(events(far)).toEqual([posted('audio:dtmf', { digit: '12#', channel: { id: 'LEG-1', type: 'app' } }, {})]);
    far.on(paths.events, json({ detail: 'not 4711', title: '4711', code: '4711' }, 400));
    const refused = await tone('4711');
    expect(refused).toMatchObject(failed('invalid-argument'));
    expect(JSON.stringify(refused)).not.toContain('4711');
  });

  it.each<[speech: object, body: object]>([
    [{ text: 'x' }, { text: 'x', level: 1, loop: 1, queue: true, voice_name: 'amy', ssml: false }],
    [
      { text: '<speak>x</speak>', level: -1, loop: 0, queue: false, voiceName: 'Joey', ssml: true },
      { text: '<speak>x</speak>', level: -1, loop: 0, queue: false, voice_name: 'Joey', ssml: true },
    ],
  ])('says %j', async (speech, body) => {
    await talk(far, alice);
    expect(await alice.order({ _tag: 'say', call, speech: speech as { text: string } })).toEqual(ok);
    expect(events(far)).toEqual([posted('audio:say', body, {})]);
    far.on(paths.events, json({ id: 1 }));
    expect(await alice.order({ _tag: 'say', call, speech: { text: 'y' } })).toMatchObject(failed('bad-answer'));
  });

  it('what needs the conversation is not possible before', async () => {
    await dial(far, alice);
    for (const result of [
      await tone('1'),
      await hold(true),
      await alice.order({ _tag: 'say', call, speech: { text: 'x' } }),
      await alice.order({ _tag: 'restart', how: 'ice', hold: false, call }),
    ])
      expect(result).toMatchObject(failed('wrong-state'));
    voice(false);
    expect(await output(true)).toEqual(ok);
    expect(events(far)).toEqual([]);
    emit(far, 'member:joined', member());
    await far.asked(paths.events);
    await far.asked(paths.events);
    expect(events(far)).toEqual([posted('audio:mute:on'), posted('audio:earmuff:on')]);
  });

  it('the service has no word for a transfer, nor for an offer', async () => {
    await talk(far, alice);
    expect(await alice.order({ _tag: 'transfer', call, to: { target: '447' } })).toMatchObject(failed('unsupported'));
    alice.perform({ _tag: 'accept-offer', ref: 'offer-1', call, hold: false });
    expect(await alice.outcome('offer-1')).toMatchObject(failed('unsupported'));
    alice.perform({ _tag: 'ring', call });
    alice.perform({ _tag: 'decline-offer', call, offer: 'offer-2', statusCode: 488 });
  });

  it('a microphone can be changed, and what was counted be asked for', async () => {
    await talk(far, alice);
    expect(await alice.order({ _tag: 'input', call, input: { volume: 1, processing: false } })).toMatchObject({
      _tag: 'Right',
    });
    const flow = { packets: expect.any(Number) as number, bytes: expect.any(Number) as number };
    expect(await alice.order({ _tag: 'stats', call })).toMatchObject({ right: { received: flow, sent: flow } });
  });

  it('the far side plays where it was asked to, when there are no devices', async () => {
    const player = { srcObject: null as unknown, volume: 0, muted: true, paused: true, play: () => Promise.resolve() };
    const element = { ...player, pause: () => undefined };
    const microphone = toneMicrophone(440);
    const { userMedia } = microphone;
    const bob = phone(far, { userMedia, audioElement: () => element as never }, { media: undefined as never });
    await bob.up();
    await talk(far, bob);
    expect(element).toMatchObject({ srcObject: expect.anything() as unknown, volume: 1, muted: false });
    bob.perform({ _tag: 'end', call });
    expect(element.srcObject).toBeNull();
    microphone.stop();
  });

  it('what is still owed is settled when the call is over', async () => {
    await talk(far, alice);
    far.on(paths.events, () => undefined);
    const waiting = Promise.all([tone('1'), tone('2'), hold(true)]);
    await far.asked(paths.events);
    alice.perform({ _tag: 'end', call });
    for (const result of await waiting) expect(result).toMatchObject(failed('call-ended'));
    await far.asked(paths.leave);
    expect(events(far)).toHaveLength(1);
  });

  describe('a token that was refused', () => {
    const refresh = 'PUT /v0.2/sessions/SES-1';
    it('is replaced, once for all who wait, and the request is made once more', async () => {
      let tokens = 0;
      const bob = phone(far, { token: () => `${secret}-${String((tokens += 1))}` });
      await bob.up();
      await talk(far, bob);
      far.on(refresh, json({ session_id: 'SES-1' }));
      far.on(paths.events, (request, response) => {
        const isNew = request.headers.authorization === `bearer ${secret}-2`;
        json({}, isNew ? 200 : 401)(request, response);
      });
      expect(await bob.order({ _tag: 'tone', call, tone: '1' })).toEqual(ok);
      expect(asked(far).filter(what => what === refresh)).toHaveLength(1);
      expect(events(far)).toHaveLength(2);
    });

    it('twice is refused', async () => {
      await talk(far, alice);
      far.on(refresh, json({ session_id: 'SES-1' }));
      far.on(paths.events, json({ detail: `bearer ${secret} is too old` }, 401));
      expect(await tone('1')).toMatchObject(failed('unauthorized'));
      expect(events(far)).toHaveLength(2);
    });

    it('and can not be replaced is refused', async () => {
      await talk(far, alice);
      far.on(refresh, json({}, 500));
      far.on(paths.events, json({}, 401));
      expect(await hold(true)).toMatchObject(failed('unauthorized'));
      expect(events(far)).toHaveLength(1);
    });
  });

  describe('the socket tells', () => {
    type Row = readonly [type: string, body: object, around: object, told: object];
    const other = { from: 'MEM-BOB' };
    it.each<Row>([
      [
        'leg:status:update',
        { leg_id: 'LEG-2', status: 'answered', type: 'phone', direction: 'outbound', statusHistory: [] },
        other,
        { _tag: 'leg', leg: { id: 'LEG-2', mine: false, status: 'answered', type: 'phone' } },
      ],
      [
        'leg:status:update',
        { leg_id: 'LEG-1', status: 'completed' },
        other,
        { _tag: 'leg', leg: { id: 'LEG-1', mine: true, status: 'completed' } },
      ],
      [
        'leg:status:update',
        { leg_id: 'LEG-2', status: 'busy', type: 'phone' },
        {},
        { _tag: 'leg', leg: { id: 'LEG-2', mine: true, status: 'busy', type: 'phone' } },
      ],
      ['audio:mute:on', { rtc_id: 'LEG-2' }, other, { _tag: 'leg', leg: { id: 'LEG-2', mine: false, muted: true } }],
      ['audio:mute:off', { rtc_id: 'LEG-1' }, {}, { _tag: 'leg', leg: { id: 'LEG-1', mine: true, muted: false } }],
      [
        'audio:earmuff:on',
        { rtc_id: 'LEG-2' },
        other,
        { _tag: 'leg', leg: { id: 'LEG-2', mine: false, earmuffed: true } },
      ],
      [
        'audio:earmuff:off',
        { rtc_id: 'LEG-2' },
        other,
        { _tag: 'leg', leg: { id: 'LEG-2', mine: false, earmuffed: false } },
      ],
      [
        'audio:dtmf',
        { digit: '12#', channel: { id: 'LEG-2', type: 'phone' } },
        other,
        { _tag: 'tone-received', tone: '12#', leg: 'LEG-2' },
      ],
      ['rtc:transfer', { rtc_id: 'LEG-1' }, { cid: 'CON-2' }, { _tag: 'conversation-changed', conversation: 'CON-2' }],
      ['member:left', member(), {}, { _tag: 'member-left' }],
      [
        'member:left',
        member({ reason: { code: 'X', text: 'y' } }),
        {},
        { _tag: 'member-left', reasonCode: 'X', reason: 'y' },
      ],
      [
        'rtc:hangup',
        {
          rtc_id: 'LEG-1',
          channel: { id: 'LEG-1', type: 'app' },
          direction: 'inbound',
          bandwidth: { bytes_in: 1, bytes_out: 2 },
          reason: { text: 'bye', code: 'X', sip_code: 200 },
          quality: {
            mos_score: 4.5,
            quality_percentage: 99,
            jitter_min_var: 1,
            jitter_max_var: 2,
            jitter_loss_rate: 3,
            jitter_burst_rate: 4,
            flaw_total: 5,
            packet_cnt: 6,
            packet_loss_perc: 7,
          },
        },
        {},
        {
          _tag: 'leg-hung-up',
          statusCode: 200,
          reasonCode: 'X',
          reason: 'bye',
          quality: {
            mos: 4.5,
            percentage: 99,
            jitter: { min: 1, max: 2, lossRate: 3, burstRate: 4 },
            flaws: 5,
            packets: 6,
            loss: 7,
          },
        },
      ],
      [
        'rtc:hangup',
        { rtc_id: 'LEG-1', reason: 'none', quality: { mos_score: '5', packet_cnt: 3, jitter_min_var: 1 } },
        {},
        { _tag: 'leg-hung-up', quality: { packets: 3 } },
      ],
    ])('%s %j %j', async (type, body, around, told) => {
      await talk(far, alice);
      const before = story(alice).length;
      emit(far, type, body, around);
      await heard(far, alice);
      expect(story(alice).slice(before)).toEqual([{ call, ...told }]);
      expect(faults(alice)).toEqual([]);
    });

    it.each<[type: string, body: object, around?: object]>([
      ['leg:status:update', { leg_id: 'LEG-9', status: 'ringing' }, { cid: 'CON-9' }],
      ['audio:mute:on', { rtc_id: 'LEG-9' }, { cid: 'CON-9' }],
      ['audio:dtmf', { digit: '1', channel: { id: 'LEG-1' } }],
      ['audio:dtmf', { digit: '1', channel: { id: 'LEG-2' } }],
      ['rtc:hangup', { rtc_id: 'LEG-9' }],
      ['rtc:transfer', { rtc_id: 'LEG-9' }, { cid: 'CON-9' }],
      ['rtc:transfer', { rtc_id: 'LEG-1' }],
      ['rtc:answer', { rtc_id: 'LEG-9', answer: 'v=0' }],
      ['rtc:answer', { rtc_id: 'LEG-1', answer: 'v=0' }],
      ['rtc:terminate', { rtc_id: 'LEG-1' }],
      ['member:left', member({ channel: { id: 'LEG-9' } })],
      ['member:left', member({ channel: undefined })],
      ['member:joined', member()],
      ['member:joined', member({ channel: { id: 'LEG-9' } }), { cid: 'CON-9' }],
      ['audio:say', { say_id: 'SAY-1' }],
    ])('nothing of this call: %s %j', async (type, body, around = {}) => {
      await talk(far, alice);
      const before = story(alice).length;
      emit(far, type, body, around);
      await heard(far, alice);
      expect(story(alice).slice(before)).toEqual([]);
      expect(faults(alice)).toEqual([]);
    });
  });

  it('after a transfer, it is found out first who we are there', async () => {
    const room = '/v0.3/conversations/CON-2';
    far.on(`GET ${room}/members/me`, json({ id: 'MEM-2' }));
    far.on(`POST ${room}/events`, json({}));
    far.on('DELETE /v0.2/conversations/CON-2/members/MEM-2', json(undefined, 204));
    await talk(far, alice);
    emit(far, 'rtc:transfer', { rtc_id: 'LEG-1', transferred_to: 'CON-2' }, { cid: 'CON-2' });
    await alice.next('conversation-changed', ({ conversation }) => conversation === 'CON-2');
    expect(asked(far)).not.toContain(`GET ${room}/members/me`);
    await Promise.all([tone('1'), tone('2')]);
    const first = await far.asked(`POST ${room}/events`);
    expect(first.body).toMatchObject({ from: 'MEM-2', body: { digit: '1' } });
    expect(asked(far).filter(what => what === `GET ${room}/members/me`)).toHaveLength(1);
    alice.perform({ _tag: 'end', call });
    await far.asked('DELETE /v0.2/conversations/CON-2/members/MEM-2');
  });

  it('after a transfer, it is hung up there, though nobody has told who we are', async () => {
    far.on('GET /v0.3/conversations/CON-2/members/me', json({ id: 'MEM-2' }));
    await talk(far, alice);
    emit(far, 'rtc:transfer', { rtc_id: 'LEG-1' }, { cid: 'CON-2' });
    await alice.next('conversation-changed', ({ conversation }) => conversation === 'CON-2');
    alice.perform({ _tag: 'end', call });
    await far.asked('DELETE /v0.2/conversations/CON-2/members/MEM-2');
  });

  describe('the line has been away', () => {
    const recover = (): ReturnType<Line['order']> =>
      alice.order({ _tag: 'recover', hold: false, restart: false, call });

    it('and the call still is: its legs are told', async () => {
      await talk(far, alice);
      far.on(paths.list, page(leg('LEG-1'), leg('LEG-2', { status: 'completed' })));
      expect(await recover()).toEqual(ok);
      await alice.next('leg', report => report.leg.id === 'LEG-2');
      expect(faults(alice)).toEqual([]);
    });

    it.each<[what: string, status: number, answer: unknown]>([
      ['unknown', 404, {}],
      ['over', 200, leg('LEG-1', { status: 'completed' })],
    ])('and the call is %s', async (_, status, answer) => {
      far.on(paths.leg, json(answer, status));
      await talk(far, alice);
      expect(await recover()).toMatchObject(failed('call-ended'));
      expect(story(alice).at(-1)).toEqual({ _tag: 'leg-hung-up', call });
      expect(await recover()).toMatchObject(failed('no-such-call'));
      expect(asked(far)).not.toContain(paths.leave);
    });

    it('and still is, as far as the call goes', async () => {
      far.on(paths.leg, (_, response) => {
        response.destroy();
      });
      await talk(far, alice);
      expect(await recover()).toMatchObject(failed('line-lost'));
      far.on(paths.leg, json({}, 500));
      expect(await recover()).toMatchObject(failed('server-error'));
      expect(await tone('1')).toEqual(ok);
    });

    it('while we were let in', async () => {
      await dial(far, alice);
      expect(await recover()).toEqual(ok);
      await alice.next('accepted');
      expect(asked(far).slice(2)).toEqual([paths.leg, paths.me, paths.list]);
    });

    it('before there was a leg', async () => {
      far.on(paths.legs, () => undefined);
      await alice.order({ _tag: 'prepare', call, ...settings, place: { target: 'bob', headers: {} } });
      alice.perform({ _tag: 'place', call });
      await far.asked(paths.legs);
      expect(await recover()).toEqual(ok);
    });
  });

  describe('media that broke', () => {
    const breaking = async (): Promise<{ readonly one: Line; readonly fail: () => void }> => {
      const made: ReturnType<typeof breakable>[] = [];
      const one = phone(far, {
        peerConnection: configuration => {
          const broken = breakable(peerConnection(configuration));
          made.push(broken);
          return broken.connection;
        },
      });
      await one.up();
      return {
        one,
        fail: () => {
          made[0]!.fail();
        },
      };
    };

    it('end a call that nobody has answered', async () => {
      const { one, fail } = await breaking();
      far.on(paths.list, page(leg('LEG-2', { status: 'ringing' })));
      await dial(far, one);
      emit(far, 'member:joined', member());
      await one.next('progress');
      fail();
      expect(await one.next('ended')).toEqual({ _tag: 'ended', call, by: 'network', cause: 'media_failed' });
      await far.asked(paths.leave);
    });

    it('are told of a call that is answered, which goes on', async () => {
      const { one, fail } = await breaking();
      await talk(far, one);
      fail();
      expect(await one.next('media-failed')).toEqual({ _tag: 'media-failed', call });
      expect(await one.order({ _tag: 'tone', call, tone: '1' })).toEqual(ok);
    });

    /** A call whose far side is one that can be offered other credentials. */
    const talking = async (): Promise<(request: Seen) => Promise<string>> => {
      const other = farSide();
      far.on(paths.legs, (request, response) => {
        void other.answer(sdpIn(request)).then(sdp => {
          json({ rtc_id: 'LEG-1', sdp })(request, response);
        });
      });
      await talk(far, alice);
      await alice.next('media', ({ media }) => media === 'flowing');
      return request => other.answer(sdpIn(request));
    };
    const ufrag = (sdp: string): string => /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1] ?? '';

    it('are made anew, the answer may come before the reply', async () => {
      const answerTo = await talking();
      const before = ufrag(sdpIn(await far.asked(paths.legs)));
      const reply = held(json({ id: 'LEG-1' }));
      far.on(paths.offer, reply.reply);
      const restarted = alice.order({ _tag: 'restart', how: 'ice', hold: false, call });
      const offer = await far.asked(paths.offer);
      expect(offer.body).toEqual({
        originating_session: 'SES-1',
        from: 'MEM-ME',
        body: { offer: { sdp: expect.stringMatching(/^a=candidate:/m) as string } },
      });
      expect(ufrag(sdpIn(offer))).not.toBe(before);
      emit(far, 'rtc:answer', { rtc_id: 'LEG-1', answer: await answerTo(offer) });
      await heard(far, alice);
      reply.release();
      expect(await restarted).toEqual(ok);
      expect(alice.peerConnectionOf(call)!.signalingState).toBe('stable');
    });

    it('are left as they were where the offer is refused, or its answer is none; and can be made anew then', async () => {
      const answerTo = await talking();
      far.on(paths.offer, json({}, 500));
      expect(await alice.order({ _tag: 'restart', how: 'ice', hold: false, call })).toMatchObject(
        failed('server-error'),
      );
      await far.asked(paths.offer);
      far.on(paths.offer, json({ id: 'LEG-1' }));
      const garbled = alice.order({ _tag: 'restart', how: 'ice', hold: false, call });
      await far.asked(paths.offer);
      emit(far, 'rtc:answer', { rtc_id: 'LEG-1', answer: 'v=0\r\na=ice-pwd:hidden' });
      const result = await garbled;
      expect(result).toMatchObject(failed('media-failed'));
      expect(JSON.stringify(result)).not.toContain('hidden');
      const again = alice.order({ _tag: 'restart', how: 'ice', hold: false, call });
      const offer = await far.asked(paths.offer);
      emit(far, 'rtc:answer', { rtc_id: 'LEG-1', answer: await answerTo(offer) });
      expect(await again).toEqual(ok);
    });

    it('are made anew once at a time: the latest attempt counts', async () => {
      const answerTo = await talking();
      const first = alice.order({ _tag: 'restart', how: 'ice', hold: false, call });
      await far.asked(paths.offer);
      const second = alice.order({ _tag: 'restart', how: 'ice', hold: false, call });
      expect(await first).toMatchObject(failed('cancelled'));
      const offer = await far.asked(paths.offer);
      emit(far, 'rtc:answer', { rtc_id: 'LEG-1', answer: await answerTo(offer) });
      expect(await second).toEqual(ok);
    });

    it('are given up with the call', async () => {
      await talking();
      const restarted = alice.order({ _tag: 'restart', how: 'ice', hold: false, call });
      await far.asked(paths.offer);
      alice.perform({ _tag: 'end', call });
      expect(await restarted).toMatchObject(failed('call-ended'));
    });
  });

  it('every order has one outcome, and what the media do is told', async () => {
    await talk(far, alice);
    await Promise.all([tone('1'), hold(true), output(true), alice.order({ _tag: 'stats', call })]);
    alice.perform({ _tag: 'end', call });
    await far.asked(paths.leave);
    await heard(far, alice);
    const done = alice.reports.flatMap(report => (report._tag === 'done' ? [report.ref] : []));
    expect(new Set(done).size).toBe(done.length);
    const tags = alice.reports.map(({ _tag }) => _tag);
    const media: readonly CallingReport['_tag'][] = ['gathering', 'candidate', 'gathered', 'media'];
    for (const tag of media) expect(tags).toContain(tag);
  });
});
