import fc from 'fast-check';
import { bodies } from '../../../lib/service/calls/bodies.js';
import { type Far } from '../adapter/far.js';
import type { Line } from '../adapter/line.js';
import { asked, atService, dial, emit, heard, leave, member, paths, story, talk } from '../adapter/phone.js';
import { createEndedLegs } from '../../../lib/service/calls/context.js';

/** Every event that calls listen to, as it should be. */
const events: readonly (readonly [type: string, body: object])[] = [
  ['member:invited', member({ sdp: 'v=0', channel: { id: 'LEG-7', type: 'app', from: { number: '1' } } })],
  ['member:joined', member()],
  ['member:left', member({ reason: { code: 'X', text: 'y' } })],
  ['rtc:hangup', { rtc_id: 'LEG-1', reason: { sip_code: 200 }, quality: { mos_score: 1 } }],
  ['rtc:answer', { rtc_id: 'LEG-1', answer: 'v=0' }],
  ['rtc:transfer', { rtc_id: 'LEG-1' }],
  ['leg:status:update', { leg_id: 'LEG-2', status: 'ringing', type: 'phone' }],
  ['audio:mute:on', { rtc_id: 'LEG-1' }],
  ['audio:mute:off', { rtc_id: 'LEG-1' }],
  ['audio:earmuff:on', { rtc_id: 'LEG-1' }],
  ['audio:earmuff:off', { rtc_id: 'LEG-1' }],
  ['audio:dtmf', { digit: '1', channel: { id: 'LEG-2', type: 'phone' } }],
];
const strange: readonly unknown[] = [null, 0, '', '..', true, [], {}, [{}], { id: 5 }, '\ud800', 'constructor'];

/** The same body with one of its fields, or one within those, replaced by something else. */
const twisted = (body: object): readonly unknown[] => [
  ...strange,
  ...Object.entries(body).flatMap(([name, value]) => [
    ...strange.map(other => ({ ...body, [name]: other })),
    ...(typeof value === 'object' && value !== null
      ? Object.keys(value as object).flatMap(inner =>
          strange.map(other => ({ ...body, [name]: { ...(value as object), [inner]: other } })),
        )
      : []),
  ]),
];

describe('service calls: hostile service', () => {
  let far: Far;
  let alice: Line;
  beforeEach(async () => {
    ({ far, alice } = await atService());
  });
  afterEach(async () => {
    const told = alice.reports.filter(({ _tag }) => _tag === 'fault' || _tag === 'done');
    expect(JSON.stringify(told)).not.toMatch(/ice-pwd|4711/);
    await leave(far);
  });

  it.each(events.filter(([type]) => type !== 'rtc:hangup'))('survive every %s', async (type, body) => {
    await talk(far, alice);
    const bodies = twisted(body);
    for (const each of bodies) emit(far, type, each, { from: 'MEM-BOB' });
    for (const cid of strange) emit(far, type, body, { cid });
    for (const from of strange) emit(far, type, body, { from });
    for (const payload of strange) far.io.emit(type, payload);
    await heard(far, alice);
    const over = story(alice).filter(report =>
      ['ended', 'leg-hung-up', 'answered-elsewhere'].includes((report as { _tag: string })._tag),
    );
    expect(over).toEqual([]);
    expect(await alice.order({ _tag: 'stats', call: 'call-1' })).toMatchObject({ _tag: 'Right' });
  });

  it('survive every rtc:hangup that is not theirs, and tell one only once', async () => {
    await talk(far, alice);
    const [, body] = events.find(([type]) => type === 'rtc:hangup')!;
    for (const other of strange) emit(far, 'rtc:hangup', { ...body, rtc_id: other });
    await heard(far, alice);
    expect(await alice.order({ _tag: 'stats', call: 'call-1' })).toMatchObject({ _tag: 'Right' });
    for (const each of twisted(body)) emit(far, 'rtc:hangup', each);
    await heard(far, alice);
    expect(alice.reports.filter(({ _tag }) => _tag === 'leg-hung-up')).toHaveLength(1);
  });

  it('tell of what they can not understand, and go on', async () => {
    await talk(far, alice);
    emit(far, 'rtc:hangup', {});
    emit(far, 'audio:dtmf', { digit: 'hello', channel: { id: 'LEG-2' } }, { from: 'MEM-BOB' });
    emit(far, 'rtc:transfer', { rtc_id: 'LEG-1' }, { cid: 5 });
    await heard(far, alice);
    expect(alice.reports.flatMap(report => (report._tag === 'fault' ? [report.fault.message] : []))).toEqual([
      'A frame was dropped: the event has no body.rtc_id.',
      'A malformed frame was dropped.',
      'A frame was dropped: the event has no cid.',
    ]);
  });

  it('leave nothing behind when the line is let go of, wherever they are', async () => {
    far.on(paths.list, () => undefined);
    await dial(far, alice);
    emit(far, 'member:joined', member());
    const { path } = await far.asked(paths.list);
    expect(path).toContain('/legs');
    const connection = alice.peerConnectionOf('call-1')!;
    const before = alice.reports.length;
    alice.stop();
    expect(connection.signalingState).toBe('closed');
    expect(alice.peerConnectionOf('call-1')).toBeUndefined();
    alice.perform({ _tag: 'end', call: 'call-1' });
    expect(alice.reports).toHaveLength(before);
  });

  it('abort what is under way when the line is let go of', async () => {
    const aborted = new Promise<void>(resolve => {
      far.on(paths.legs, request => {
        expect(request.method).toBe('POST');
        // Nobody answers: the connection goes with the one who asked.
        far.sockets().forEach(socket => {
          socket.once('close', () => {
            resolve();
          });
        });
      });
    });
    const order = { _tag: 'prepare', call: 'call-1', ...{ input: { volume: 1, processing: true } } } as const;
    const output = { volume: 1, muted: false };
    const place = { target: 'bob', headers: {} };
    await alice.order({ ...order, output, live: true, hold: false, parallel: true, place });
    alice.perform({ _tag: 'place', call: 'call-1' });
    await far.asked(paths.legs);
    alice.stop();
    await aborted;
    expect(asked(far)).toEqual([paths.legs]);
  });

  it('have secrets that no fault tells', async () => {
    const sdp = 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 x 0\r\na=ice-pwd:topsecretpassword\r\n';
    emit(far, 'member:invited', member({ sdp, channel: { id: 'LEG-7', type: 'app' } }));
    const { call } = await alice.next('incoming');
    const input = { volume: 1, processing: true };
    const output = { volume: 1, muted: false };
    const result = await alice.order({
      _tag: 'prepare',
      call,
      input,
      output,
      live: true,
      hold: false,
      parallel: false,
    });
    expect(result).toMatchObject({ left: { fault: { code: 'media-failed' } } });
    expect(JSON.stringify(result)).not.toContain('topsecretpassword');
  });
});

describe('service calls: codecs', () => {
  it.each(Object.entries(bodies))('%s takes anything and throws nothing', (_, shape) => {
    fc.assert(
      fc.property(fc.anything(), value => {
        expect(typeof shape.is(value)).toBe('boolean');
        expect(typeof shape.wrong(value)).toBe('string');
      }),
    );
  });
});

describe('service calls: memory of ended calls', () => {
  it('are remembered, but not for ever', () => {
    const past = createEndedLegs();
    for (let at = 0; at < 1000; at += 1) past.keep(`LEG-${at}`, { call: `call-${at}` });
    expect(past.of('LEG-935')).toBeUndefined();
    expect(past.of('LEG-936')).toEqual({ call: 'call-936' });
    past.keep('LEG-936', { call: 'call-936', awaited: true });
    past.keep('LEG-1000', { call: 'call-1000' });
    expect(past.of('LEG-936')).toEqual({ call: 'call-936', awaited: true });
    expect(past.of('LEG-937')).toBeUndefined();
  });
});
