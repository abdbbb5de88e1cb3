import { filter, firstValueFrom, lastValueFrom, map, mergeMap, of, toArray } from 'rxjs';
import { sip } from 'callstream/sip';
import { startServer } from 'callstream-server';
import WebSocket from 'ws';
import { createClient } from '../lib/client/client.js';
import type { MediaStats } from '../lib/call/model.js';
import type { FaultCode } from '../lib/core/fault.js';
import type { DeviceReport } from '../lib/media/port.js';
import { done, failed, fakeDevices, type Letter, type Replies } from '../lib/testing/index.js';
import { phone, quick } from './call/support/phone.js';
import { callSays } from './support/legend.js';
import { marbles } from './support/marbles.js';
import { provideMediaStream, toneMicrophone, wrtcPeerConnection } from './support/wrtc.js';
import { preflight$, type Preflight, type PreflightOptions, type PreflightReport } from '../lib/preflight/index.js';

const none = { packets: 0, packetsLost: 0, bytes: 0, jitter: 0 };

/** Each time it is asked so many packets more have come, and 50 have been sent; the first time so many times as many. */
const counting = (received: number, sent = 50, first = 1): Replies => {
  let asked = first - 1;
  const stats = (): MediaStats => {
    asked += 1;
    return { received: { ...none, packets: asked * received }, sent: { ...none, packets: asked * sent }, source: 'a' };
  };
  return { ...quick, stats: order => [done(order, stats())] };
};

const says = {
  ...callSays,
  '~': call => ({ _tag: 'media', call, media: 'flowing' }),
} satisfies Readonly<Record<string, Letter>>;

/** `device running`, `ice failed timeout`, `report passed 4.4`. */
const wordOf = (told: Preflight): string => {
  if (told._tag === 'report') return `report ${told.passed ? 'passed' : 'failed'} ${told.quality?.mos ?? '-'}`;
  return [told.step, told.state, told.fault?.code ?? told.detail ?? ''].join(' ').trim();
};

const headset = { id: 'h', label: 'Headset' };
const platform = {
  g: { _tag: 'permission', permission: 'granted' },
  n: { _tag: 'permission', permission: 'denied' },
  d: { _tag: 'devices', inputs: [headset], outputs: [] },
} satisfies Readonly<Record<string, DeviceReport>>;

describe('preflight$', () => {
  type Around = Parameters<typeof phone>[3] & {
    readonly link?: string;
    readonly test?: PreflightOptions;
    readonly platform?: string;
    readonly until?: string;
    readonly orders?: string;
  };

  /** The test begins in frame 2. What it has told, in words, all of it when it ends. */
  const expectTest = (
    report$: string,
    end: string,
    words: readonly string[],
    { link = '^ 60s !', test = {}, platform: row, until = '^ 60s !', orders, ...around }: Around = {},
  ): void => {
    marbles(helpers => {
      const devices = row === undefined ? {} : { devices: fakeDevices({ report$: helpers.hot(row, platform) }) };
      const options = { replies: counting(50), says, ...devices, ...around };
      const { client, order$ } = phone(helpers, link, report$, options);
      const heard$ = helpers.cold('--(v|)').pipe(mergeMap(() => preflight$(client, test).pipe(map(wordOf), toArray())));
      helpers.expectObservable(heard$, until).toBe(end, { r: words });
      if (orders !== undefined) helpers.expectObservable(order$, '^ 40s !').toBe(orders);
    });
  };

  const upToCall = ['permission running', 'permission skipped', 'device running', 'device skipped'];
  const onLine = ['socket running', 'socket passed line', 'register running', 'register passed'];
  const before = [...upToCall, ...onLine, 'ice running'];
  const well = [...before, 'ice passed', 'loopback running', 'loopback passed MOS 4.4', 'report passed 4.4'];

  it('goes step by step, calls, listens for 6 s, hangs up and reports', () => {
    expectTest('----1-2~', '------- 6s (r|)', well, {
      orders: '--(MI)-Q 999ms Q 999ms Q 999ms Q 999ms Q 999ms Q 999ms (QE)',
    });
  });

  it('listens as long as it is told to', () => {
    expectTest('----1-2~', '------- 2s (r|)', well, { test: { duration: 2_000 } });
  });

  it('hears what comes until the time is up, and judges nothing before 2 s', () => {
    const heard = [...before, 'ice passed', 'loopback running', 'loopback passed', 'report passed -'];
    expectTest('----1-2~', '------- 1s (r|)', heard, { test: { duration: 1_000 }, replies: counting(50, 50, 0) });
    expectTest('----1-2~', '------- 1999ms (r|)', heard, { test: { duration: 1_999 } });
  });

  it('tells the microphone, where the platform says', () => {
    const told = ['permission running', 'permission passed', 'device running', 'device passed Headset'];
    expectTest('----1-2~', '------- 6s (r|)', [...told, ...well.slice(4)], { platform: '-(gd)' });
  });

  it('waits until it is known which microphones there are', () => {
    const told = ['permission running', 'permission passed', 'device running', 'device passed Headset'];
    expectTest('--- 500ms 2~', '--- 501ms 6s (r|)', [...told, ...well.slice(4)], { platform: '-g-- 400ms d' });
  });

  const rest = (...steps: readonly string[]): readonly string[] => [
    ...steps.map(step => `${step} skipped`),
    'report failed -',
  ];

  it('skips what comes after a failure, and calls nobody', () => {
    expectTest(
      '',
      '-- 2s (r|)',
      [
        ...['permission running', 'permission passed', 'device running', 'device failed mic-missing'],
        ...rest('socket', 'register', 'ice', 'loopback'),
      ],
      { platform: '-g', orders: '' },
    );
  });

  it('opens the microphone also where that is allowed, and tells whose fault it is', () => {
    const expectRefusal = (code: FaultCode, permission: string, ...others: readonly string[]): void => {
      const devices = fakeDevices({
        report$: of(platform.g, platform.d),
        reply: order => ('ref' in order ? [failed(order, code)] : []),
      });
      const words = ['permission running', permission, ...others, ...rest('socket', 'register', 'ice', 'loopback')];
      expectTest('', '--(r|)', words, { devices, orders: '' });
    };
    expectRefusal('mic-denied', 'permission failed mic-denied', 'device skipped');
    expectRefusal('mic-missing', 'permission skipped', 'device running', 'device failed mic-missing');
    expectRefusal('mic-failed', 'permission passed', 'device running', 'device failed mic-failed');
  });

  it('tells that there is no line, that it is not let in, or that nobody has connected', () => {
    const socket = [...upToCall, 'socket running'];
    expectTest('', '--(r|)', [...socket, 'socket failed no-line', ...rest('register', 'ice', 'loopback')], {
      test: { via: 'other' },
    });
    expectTest(
      '-------f',
      '-------(r|)',
      [...socket, 'socket passed line', 'register running', 'register failed forbidden', ...rest('ice', 'loopback')],
      { replies: { open: quick.open, close: quick.close } },
    );
    expectTest(
      '',
      '--(r|)',
      [
        ...['permission running', 'permission failed disconnected'],
        ...rest('device', 'socket', 'register', 'ice', 'loopback'),
      ],
      { link: '- 9s ^!' },
    );
  });

  it('tells why there is no call', () => {
    const failing = (code: string): readonly string[] => [...before, `ice failed ${code}`, ...rest('loopback')];
    expectTest('-----4', '-----(r|)', failing('refused'));
    expectTest('----1', '-- 20s (r|)', failing('timeout'), { orders: '--(MI)  19996ms E' });
    const mute: Replies = { ...quick, prepare: order => [failed(order, 'mic-denied')] };
    expectTest('', '--(r|)', failing('mic-denied'), { replies: mute });
  });

  it('tells that no relay was found where only relays are allowed', () => {
    const relayOnly: Replies = {
      ...quick,
      prepare: order => [
        { _tag: 'gathering', call: order.call, servers: 'turn', relayOnly: true },
        done(order, { id: 'microphone' }),
      ],
    };
    const told = [...before, 'ice failed no-relay', ...rest('loopback')];
    expectTest('', '-- 5s (r|)', told, { replies: relayOnly, orders: '--M 4999ms E' });
  });

  it('tells that nothing is sent, or that nothing comes back', () => {
    const failing = [...before, 'ice passed', 'loopback running', 'loopback failed media-failed', 'report failed -'];
    expectTest('----1-2~', '------- 6s (r|)', failing, { replies: counting(0) });
    expectTest('----1-2~', '------- 6s (r|)', failing, { replies: counting(0, 0) });
  });

  it('takes what it has heard when the far side hangs up before', () => {
    expectTest('----1-2~ 2500ms y', '-------- 2500ms (r|)', well);
  });

  it('hangs up when nobody watches any more', () => {
    expectTest('----1-2~', '', [], { until: '^ 3s !', orders: '--(MI)-Q 999ms Q 999ms Q 993ms E' });
  });
});

describe('preflight$ over the local server', () => {
  beforeAll(provideMediaStream);

  it('hears itself, well', async () => {
    const server = await startServer({ port: 0 });
    const { username, password, realm } = server.user('alice');
    const microphone = toneMicrophone(440);
    const line = sip({
      server: server.wsUrl,
      aor: `sip:${username}@${realm}`,
      credentials: { username, password },
      webSocket: url => new WebSocket(url, 'sip'),
      peerConnection: wrtcPeerConnection,
      userMedia: microphone.userMedia,
    });
    const client = createClient({ calling: [line], linger: 0 });
    const link = client.connect();
    const report = await lastValueFrom(preflight$(client, { duration: 3_000 }));
    expect(report).toMatchObject({
      passed: true,
      steps: ['skipped', 'skipped', 'passed', 'passed', 'passed', 'passed'].map(state => ({ state })),
    });
    const { quality } = report as PreflightReport;
    expect(quality?.packets).toBeGreaterThan(50);
    expect(quality?.mos).toBeGreaterThan(1);
    // The call that it made is over.
    await firstValueFrom(client.session$.pipe(filter(({ calls }) => calls.length === 0)));
    link.unsubscribe();
    await firstValueFrom(client.session$.pipe(filter(({ connection }) => connection === 'disconnected')));
    microphone.stop();
    await server.close();
  });
});
