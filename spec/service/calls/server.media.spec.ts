import { isRight } from '../../../lib/core/either.js';
import { startServer, type DevServer } from '../../../server/lib/index.js';
import { energyOf, listeningMedia, toneMicrophone } from '../../support/wrtc.js';
import { line, stopAll, type Line } from '../adapter/line.js';
import { settings } from '../adapter/phone.js';
import { peerConnection } from '../../sip/adapter/platform.js';

/** Above it somebody hums, below it nobody does. */
const audible = 0.02;

/** The adapter and the server were written apart, from one page about the wire; here they talk. */
describe('service calls: over the local server', () => {
  let server: DevServer;
  const released: (() => void)[] = [];
  beforeEach(async () => {
    server = await startServer({ port: 0 });
  });
  afterEach(async () => {
    for (const release of released.splice(0)) release();
    await stopAll();
    await server.close();
  });

  type Person = { readonly one: Line; readonly heard: MediaStreamTrack[] };
  const person = async (name: string, hertz: number): Promise<Person> => {
    const microphone = toneMicrophone(hertz);
    const { media, heard } = listeningMedia(microphone.userMedia);
    released.push(() => {
      microphone.stop();
    });
    const token = (): Promise<string> => server.token(name);
    const one = line({ apiUrl: server.url, token, peerConnection }, { media });
    await one.up();
    return { one, heard };
  };
  const level = async ({ heard }: Person): Promise<number> => {
    const ear = energyOf(heard[0]!);
    released.push(() => {
      ear.stop();
    });
    await ear.over(10);
    return (await ear.over(20)).level;
  };
  const flowing = ({ one }: Person): Promise<unknown> => one.next('media', ({ media }) => media === 'flowing');
  const dial = async ({ one }: Person, target: string): Promise<void> => {
    const order = { _tag: 'prepare', call: 'call-1', ...settings, place: { target, headers: {} } } as const;
    expect(await one.order(order)).toMatchObject({ _tag: 'Right' });
    await one.next('gathered');
    one.perform({ _tag: 'place', call: 'call-1' });
  };
  const take = async ({ one }: Person): Promise<string> => {
    const { call } = await one.next('incoming');
    one.perform({ _tag: 'ring', call });
    expect(await one.order({ _tag: 'prepare', call, ...settings })).toMatchObject({ _tag: 'Right' });
    expect(await one.order({ _tag: 'answer', call })).toMatchObject({ _tag: 'Right' });
    return call;
  };

  it('an echo comes back, until it is muted, held or over', async () => {
    const alice = await person('alice', 440);
    await dial(alice, 'echo');
    await alice.one.next('accepted');
    await flowing(alice);
    expect(await level(alice)).toBeGreaterThan(audible);
    alice.one.perform({ _tag: 'voice', call: 'call-1', live: false });
    expect(await alice.one.next('leg', ({ leg }) => leg.muted === true)).toMatchObject({ leg: { mine: true } });
    expect(await level(alice)).toBeLessThan(audible);
    expect(await alice.one.order({ _tag: 'change', call: 'call-1', hold: true })).toMatchObject({ _tag: 'Right' });
    const stats = await alice.one.order({ _tag: 'stats', call: 'call-1' });
    expect(isRight(stats)).toBe(true);
    alice.one.perform({ _tag: 'end', call: 'call-1' });
    const released = await alice.one.next('leg-hung-up');
    expect(released.quality?.mos).toBeGreaterThan(1);
  });

  it('two users talk; media are made anew, keys and words arrive, and whoever is left hears of it', async () => {
    const [alice, bob] = await Promise.all([person('alice', 440), person('bob', 600)]);
    await dial(alice, 'bob');
    const call = await take(bob);
    await alice.one.next('accepted');
    await Promise.all([flowing(alice), flowing(bob)]);
    expect(await level(alice)).toBeGreaterThan(audible);
    expect(await level(bob)).toBeGreaterThan(audible);

    expect(await alice.one.order({ _tag: 'restart', how: 'ice', hold: false, call: 'call-1' })).toMatchObject({
      _tag: 'Right',
    });
    expect(await level(bob)).toBeGreaterThan(audible);

    expect(await alice.one.order({ _tag: 'tone', call: 'call-1', tone: '12#' })).toMatchObject({ _tag: 'Right' });
    expect(await bob.one.next('tone-received')).toMatchObject({ call, tone: '12#' });
    expect(await alice.one.order({ _tag: 'recover', hold: false, restart: false, call: 'call-1' })).toMatchObject({
      _tag: 'Right',
    });

    bob.one.perform({ _tag: 'end', call, reason: 'enough', reasonCode: 'DONE' });
    expect(await alice.one.next('leg-hung-up')).toMatchObject({ call: 'call-1' });
    expect(await bob.one.next('leg-hung-up')).toMatchObject({ call });
  });

  it('a call that is refused, one that is given up, and one that goes nowhere', async () => {
    const [alice, bob] = await Promise.all([person('alice', 440), person('bob', 600)]);
    await dial(alice, 'bob');
    const { call } = await bob.one.next('incoming');
    bob.one.perform({ _tag: 'refuse', call, statusCode: 486 });
    await alice.one.next('leg-hung-up');

    await dial(alice, 'bob');
    const second = await bob.one.next('incoming');
    await alice.one.next('progress');
    alice.one.perform({ _tag: 'end', call: 'call-1' });
    await bob.one.next('leg-hung-up', report => report.call === call);
    await bob.one.next('member-left', report => report.call === second.call);
    await bob.one.next('leg-hung-up', report => report.call === second.call);

    await dial(alice, 'busy');
    expect(await alice.one.next('leg-hung-up', ({ statusCode }) => statusCode === 486)).toMatchObject({
      call: 'call-1',
    });
  });

  it('a leg that is there is taken up by another page', async () => {
    const alice = await person('alice', 440);
    await dial(alice, 'echo');
    const { ref } = await alice.one.next('placed');
    await alice.one.next('accepted');
    alice.one.perform({ _tag: 'forget', call: 'call-1' });
    const page = await person('alice', 600);
    const place = { target: '', headers: {}, rejoin: ref };
    expect(await page.one.order({ _tag: 'prepare', call: 'call-2', ...settings, place })).toMatchObject({
      _tag: 'Right',
    });
    page.one.perform({ _tag: 'place', call: 'call-2' });
    await page.one.next('accepted');
    await flowing(page);
    expect(await level(page)).toBeGreaterThan(audible);
    page.one.perform({ _tag: 'end', call: 'call-2' });
    await page.one.next('leg-hung-up');
  });
});
