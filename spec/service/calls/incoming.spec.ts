import { held, json, type Far, type Reply, type Seen } from '../adapter/far.js';
import { line, type Line } from '../adapter/line.js';
import {
  asked,
  atService,
  emit,
  faults,
  heard,
  leave,
  member,
  paths,
  phone,
  settings,
  story,
} from '../adapter/phone.js';
import { farSide, type FarSide } from '../../sip/adapter/platform.js';
import { toneMicrophone } from '../../support/wrtc.js';

const shown = ({ method, path, query, body }: Seen): readonly unknown[] => [method, path, query, body];

describe('service calls: an incoming call', () => {
  let far: Far;
  let alice: Line;
  let caller: FarSide;
  let sdp: string;
  beforeEach(async () => {
    ({ far, alice } = await atService());
    caller = farSide();
    sdp = await caller.offer();
  });
  afterEach(async () => {
    await leave(far);
  });

  const invite = (fields: object = {}, around: object = {}): void => {
    emit(far, 'member:invited', member({ sdp, ...fields }), around);
  };
  const incoming = async (): Promise<string> => {
    invite();
    return (await alice.next('incoming')).call;
  };
  const prepare = async (call: string): Promise<void> => {
    expect(await alice.order({ _tag: 'prepare', call, ...settings })).toMatchObject({ _tag: 'Right' });
    await alice.next('gathered', report => report.call === call);
  };
  const answer = (call: string): ReturnType<Line['order']> => alice.order({ _tag: 'answer', call });
  /** A call that was answered here. */
  const talk = async (): Promise<string> => {
    const call = await incoming();
    await prepare(call);
    expect(await answer(call)).toEqual({ _tag: 'Right', right: undefined });
    return call;
  };
  const answerOf = async (): Promise<string> => {
    const { body } = await far.asked(paths.answer);
    return (body as { readonly body: { readonly answer: string } }).body.answer;
  };

  it('rings, and is answered: joined first, then described', async () => {
    const call = await incoming();
    alice.perform({ _tag: 'ring', call });
    await prepare(call);
    expect(await answer(call)).toEqual({ _tag: 'Right', right: undefined });
    expect(shown(await far.asked(paths.join))).toEqual([
      'PUT',
      '/v0.3/conversations/CON-CALL/members/MEM-ME',
      {},
      { originating_session: 'SES-1', channel: { type: 'app' }, from: 'MEM-ME', state: 'joined' },
    ]);
    const described = await far.asked(paths.answer);
    expect(shown(described)).toEqual([
      'POST',
      '/v0.3/conversations/CON-CALL/rtc/LEG-1/answer',
      {},
      { originating_session: 'SES-1', from: 'MEM-ME', body: { answer: expect.stringMatching(/^v=0/) as string } },
    ]);
    const { body } = described.body as { readonly body: { readonly answer: string } };
    await caller.accept(body.answer);
    await alice.next('media', ({ media }) => media === 'flowing');
    emit(far, 'member:joined', member());
    await alice.next('leg');
    await heard(far, alice);
    expect(story(alice)).toEqual([
      {
        _tag: 'incoming',
        call,
        ref: 'LEG-1',
        identity: { phoneNumber: '447700900000', anonymous: false },
        autoAnswer: false,
        conversation: 'CON-CALL',
        channel: 'phone',
      },
      { _tag: 'leg', call, leg: { id: 'LEG-1', mine: true, status: 'answered', type: 'app', party: 'alice' } },
    ]);
  });

  it.each<[from: unknown, phoneNumber: string]>([
    [{ type: 'phone', number: '447' }, '447'],
    [{ type: 'app', user: 'bob' }, 'bob'],
    [{ type: 'sip', uri: 'sip:bob@x' }, 'sip:bob@x'],
    [{ type: 'phone', number: '', user: 'bob' }, 'bob'],
    [{ type: 'phone', number: 447 }, ''],
    [{ type: 'phone' }, ''],
    ['bob', ''],
    [undefined, ''],
  ])('is from %j', async (from, phoneNumber) => {
    invite({ channel: { id: 'LEG-1', type: 'app', from } });
    expect((await alice.next('incoming')).identity).toEqual({ phoneNumber, anonymous: phoneNumber === '' });
  });

  it('rings once, however often it is told; nor again when it is over', async () => {
    const call = await incoming();
    invite();
    await heard(far, alice);
    alice.perform({ _tag: 'refuse', call, statusCode: 486 });
    invite();
    await heard(far, alice);
    expect(alice.reports.filter(({ _tag }) => _tag === 'incoming')).toHaveLength(1);
  });

  it('is nothing but an invitation where it has no offer, or is for somebody else', async () => {
    invite({ sdp: undefined });
    invite({ sdp: null });
    invite({ user: { id: 'USR-2', name: 'bob' } });
    await heard(far, alice);
    expect(story(alice)).toEqual([]);
    expect(alice.reports.filter(({ _tag }) => _tag === 'event')).toHaveLength(4);
  });

  it('is told to the room first, as any event', async () => {
    await incoming();
    expect(alice.reports.map(({ _tag }) => _tag).slice(-2)).toEqual(['event', 'incoming']);
  });

  it('that was missed comes with the login', async () => {
    const missed = { type: 'member:invited', id: 7, cid: 'CON-CALL', timestamp: 't', body: member({ sdp }) };
    far.io.removeAllListeners('connection');
    far.io.on('connection', socket => {
      const body = { id: 'SES-1', user_id: 'USR-1', name: 'alice', pending_events: [missed] };
      socket.emit('session:success', { body });
    });
    const late = line({ apiUrl: far.url });
    await late.up();
    expect(await late.next('incoming')).toMatchObject({ ref: 'LEG-1' });
  });

  it('is refused, whatever the status', async () => {
    const call = await incoming();
    alice.perform({ _tag: 'refuse', call, statusCode: 603 });
    expect(shown(await far.asked(paths.leave))).toEqual([
      'DELETE',
      '/v0.2/conversations/CON-CALL/members/MEM-ME',
      { reason_code: 'REMOTE_REJECT', reason_text: 'call-rejected-by-callee', from: 'MEM-ME' },
      undefined,
    ]);
  });

  it('is hung up, without a word or with one', async () => {
    alice.perform({ _tag: 'end', call: await talk() });
    expect(await far.asked(paths.leave)).toMatchObject({ query: {} });
    invite({ channel: { id: 'LEG-2', type: 'app' } });
    const { call } = await alice.next('incoming');
    alice.perform({ _tag: 'end', call, reason: 'só' });
    const query = { reason_text: 's%C3%B3', from: 'MEM-ME' };
    expect(await far.asked(paths.leave)).toMatchObject({ query });
  });

  it('releases its media before it says that it goes', async () => {
    const call = await talk();
    const connection = alice.peerConnectionOf(call)!;
    alice.perform({ _tag: 'end', call });
    expect(connection.signalingState).toBe('closed');
    expect(alice.peerConnectionOf(call)).toBeUndefined();
    expect(asked(far)).not.toContain(paths.leave);
    await far.asked(paths.leave);
  });

  it('can be answered again when the microphone was refused', async () => {
    let isRefused = true;
    const microphone = toneMicrophone(440);
    const bob = phone(
      far,
      {
        userMedia: async constraints => {
          if (isRefused) throw Object.assign(new Error('no'), { name: 'NotAllowedError' });
          return microphone.userMedia(constraints);
        },
      },
      { media: undefined as never },
    );
    await bob.up();
    invite({ channel: { id: 'LEG-9', type: 'app' } });
    const { call } = await bob.next('incoming');
    const order = { _tag: 'prepare', call, ...settings } as const;
    expect(await bob.order(order)).toMatchObject({ left: { fault: { code: 'mic-denied' } } });
    isRefused = false;
    expect(await bob.order(order)).toMatchObject({ _tag: 'Right' });
    bob.perform({ _tag: 'end', call });
    expect(microphone.tracks.map(({ readyState }) => readyState)).toEqual(['ended']);
    microphone.stop();
  });

  it('has an offer that is none', async () => {
    invite({ sdp: 'v=0\r\na=ice-pwd:hidden\r\n' });
    const { call } = await alice.next('incoming');
    const result = await alice.order({ _tag: 'prepare', call, ...settings });
    expect(result).toMatchObject({ left: { fault: { code: 'media-failed' } } });
    expect(JSON.stringify(result)).not.toContain('hidden');
    expect(await answer(call)).toMatchObject({ left: { fault: { code: 'wrong-state' } } });
  });

  it('was answered elsewhere', async () => {
    const call = await incoming();
    await prepare(call);
    emit(far, 'member:joined', member());
    expect(await alice.next('answered-elsewhere')).toEqual({ _tag: 'answered-elsewhere', call });
    emit(far, 'rtc:hangup', { rtc_id: 'LEG-1' });
    emit(far, 'member:joined', member());
    await heard(far, alice);
    expect(asked(far)).toEqual([]);
    expect(story(alice)).toHaveLength(2);
  });

  it.each<[path: 'join' | 'answer', status: number, told: object]>([
    ['join', 404, { _tag: 'ended', by: 'remote', cause: 'cancelled' }],
    ['join', 409, { _tag: 'answered-elsewhere' }],
    ['answer', 404, { _tag: 'ended', by: 'remote', cause: 'cancelled' }],
    ['answer', 409, { _tag: 'answered-elsewhere' }],
  ])('is not there any more: %s %i', async (path, status, told) => {
    far.on(paths[path], json({}, status));
    const call = await incoming();
    await prepare(call);
    expect(await answer(call)).toMatchObject({ left: { fault: { code: 'call-ended' } } });
    expect(story(alice).slice(1)).toEqual([{ call, ...told }]);
  });

  it.each<[path: 'join' | 'answer', reply: Reply, code: string]>([
    ['join', json({}, 500), 'server-error'],
    ['answer', json({ detail: 'not so' }, 400), 'invalid-argument'],
    [
      'join',
      (_, response) => {
        response.destroy();
      },
      'line-lost',
    ],
  ])('could not be answered: %s', async (path, reply, code) => {
    far.on(paths[path], reply);
    const call = await incoming();
    await prepare(call);
    expect(await answer(call)).toMatchObject({ left: { fault: { code } } });
    alice.perform({ _tag: 'end', call });
    await far.asked(paths.leave);
  });

  it('is hung up while it is answered: should we be let in after that, we go again', async () => {
    const join = held(json({ id: 'MEM-ME' }));
    far.on(paths.join, join.reply);
    const call = await incoming();
    await prepare(call);
    const answering = answer(call);
    await far.asked(paths.join);
    alice.perform({ _tag: 'end', call });
    expect(await answering).toMatchObject({ left: { fault: { code: 'call-ended' } } });
    await far.asked(paths.leave);
    join.release();
    emit(far, 'member:joined', member());
    await far.asked(paths.leave);
    expect(asked(far)).not.toContain(paths.answer);
  });

  it('is taken back while it is answered', async () => {
    far.on(paths.join, () => undefined);
    const call = await incoming();
    await prepare(call);
    const answering = answer(call);
    await far.asked(paths.join);
    emit(far, 'rtc:hangup', { rtc_id: 'LEG-1', reason: { sip_code: 487 } });
    expect(await answering).toMatchObject({ left: { fault: { code: 'call-ended' } } });
    expect(await alice.next('leg-hung-up')).toEqual({ _tag: 'leg-hung-up', call, statusCode: 487 });
  });

  it('is taken back: both are told, in the order in which they come', async () => {
    const call = await incoming();
    emit(far, 'member:left', member({ reason: { code: 'REMOTE_REJECT', text: 'elsewhere' } }));
    emit(far, 'rtc:hangup', { rtc_id: 'LEG-1', reason: { sip_code: 487, code: '', text: '' } });
    await alice.next('leg-hung-up');
    expect(story(alice).slice(1)).toEqual([
      { _tag: 'member-left', call, reasonCode: 'REMOTE_REJECT', reason: 'elsewhere' },
      { _tag: 'leg-hung-up', call, statusCode: 487 },
    ]);
  });

  it('is answered once', async () => {
    const call = await incoming();
    await prepare(call);
    expect(await answer(call)).toMatchObject({ _tag: 'Right' });
    expect(await answerOf()).toMatch(/^v=0/);
    const again = await answer(call);
    expect(again).toMatchObject({ left: { fault: { code: 'wrong-state' } } });
    expect(faults(alice)).toEqual([]);
  });

  it('muted before it was answered: that is told once we are there', async () => {
    const call = await incoming();
    await prepare(call);
    alice.perform({ _tag: 'voice', call, live: false });
    await heard(far, alice);
    expect(asked(far)).toEqual([]);
    await answer(call);
    const { body } = await far.asked(paths.events);
    expect(body).toMatchObject({ type: 'audio:mute:on', from: 'MEM-ME', to: 'MEM-ME', body: { rtc_id: 'LEG-1' } });
  });

  it('that we do not know is none', async () => {
    const unknown = { left: { fault: { code: 'no-such-call' } } };
    expect(await answer('call-?')).toMatchObject(unknown);
    expect(await alice.order({ _tag: 'prepare', call: 'call-?', ...settings })).toMatchObject(unknown);
    alice.perform({ _tag: 'end', call: 'call-?' });
    alice.perform({ _tag: 'place', call: 'call-?' });
    alice.perform({ _tag: 'decline-offer', call: 'call-?', offer: 'o', statusCode: 488 });
    await heard(far, alice);
    expect(faults(alice)).toEqual([]);
    expect(asked(far)).toEqual([]);
  });
});
