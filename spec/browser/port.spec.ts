import { BehaviorSubject, Subject, type Subscription } from 'rxjs';
import { browser } from '../../lib/browser/index.js';
import { portOn } from '../../lib/browser/port.js';
import { detectSleep } from '../../lib/browser/resume.js';
import { isLeft } from '../../lib/core/either.js';
import type { InputSettings, OutputSettings } from '../../lib/media/model.js';
import type { DeviceReport } from '../../lib/media/port.js';
import { device, page } from '../support/page.js';
import { settings } from '../support/platform.js';

const stream = {} as MediaStream;
const full: OutputSettings = { volume: 1, muted: false };

describe('browser()', () => {
  it('asks for nothing when it is made, and has nothing to report where there is no page', () => {
    expect(typeof globalThis.window).toBe('undefined');
    const told: DeviceReport[] = [];
    const port = browser();
    const subscription = port.report$.subscribe(report => told.push(report));
    expect(told).toEqual([]);
    subscription.unsubscribe();
  });

  it('fails to open and to play there, and throws nothing', async () => {
    const { media } = browser();
    const told: string[] = [];
    media.microphone(new BehaviorSubject(settings('a'))).subscribe(result => {
      if (isLeft(result)) told.push(result.left.code);
    });
    media.play(stream, new BehaviorSubject(full)).subscribe(result => {
      if (isLeft(result)) told.push(result.left.code);
    });
    await new Promise(resolve => setImmediate(resolve));
    expect(told.sort()).toEqual(['mic-failed', 'output-failed']);
  });
});

describe('browser: device port of a page', () => {
  const subscriptions: Subscription[] = [];
  afterEach(() => {
    subscriptions.splice(0).forEach(subscription => {
      subscription.unsubscribe();
    });
  });
  const open = (here = page({ permission: 'prompt' })) => {
    const port = portOn(() => here.platform, detectSleep);
    const told: DeviceReport[] = [];
    const subscription = port.report$.subscribe(report => told.push(report));
    subscriptions.push(subscription);
    return { here, port, told, subscription };
  };

  it('reports the page, the permission and the devices, and lets go of all of them', async () => {
    const { here, told, subscription } = open();
    await here.microphones.heard();
    expect(told.map(({ _tag }) => _tag)).toEqual(['page', 'permission', 'devices']);
    expect(here.listening()).toBeGreaterThan(0);
    subscription.unsubscribe();
    expect(here.listening()).toBe(0);
  });

  it('asks for the permission by opening a microphone that it releases at once, and then knows the names', async () => {
    const { here, port, told } = open();
    await here.microphones.heard();
    port.perform({ _tag: 'ask-permission', ref: 'r1' });
    expect(here.microphones.asked).toEqual([{ audio: true }]);
    here.mediaDevices.list = [device('audioinput', 'mic', 'Desk')];
    await here.microphones.grant();
    expect(here.microphones.states()).toBe('ended');
    expect(told.slice(3)).toEqual([
      { _tag: 'permission', permission: 'granted' },
      expect.objectContaining({
        _tag: 'done',
        ref: 'r1',
        result: expect.objectContaining({ _tag: 'Right' }) as unknown,
      }),
      { _tag: 'devices', inputs: [{ id: 'mic', label: 'Desk' }], outputs: [] },
    ]);
  });

  it.each([
    ['NotAllowedError', 'mic-denied'],
    ['NotFoundError', 'mic-missing'],
  ])('answers %s with %s', async (name, code) => {
    const { here, port, told } = open();
    port.perform({ _tag: 'ask-permission', ref: 'r1' });
    await here.microphones.refuse(name);
    expect(told.at(-1)).toMatchObject({ _tag: 'done', ref: 'r1', result: { left: { fault: { code } } } });
  });

  it('releases what was granted after it was unsubscribed', async () => {
    const { here, port, told, subscription } = open();
    port.perform({ _tag: 'ask-permission', ref: 'r1' });
    subscription.unsubscribe();
    await here.microphones.grant();
    expect(here.microphones.states()).toBe('ended');
    expect(told.some(({ _tag }) => _tag === 'done')).toBe(false);
  });

  it('fails on a page that is not secure, and says why', async () => {
    const { here, port, told } = open(page({ secure: false }));
    port.perform({ _tag: 'ask-permission', ref: 'r1' });
    await here.microphones.heard();
    expect(told).toMatchObject([
      { _tag: 'page' },
      { _tag: 'permission', permission: 'unknown' },
      { _tag: 'fault', fault: { code: 'unsupported' } },
      { _tag: 'done', ref: 'r1', result: { left: { fault: { code: 'mic-failed' } } } },
    ]);
  });

  it('sends the microphone’s own track at full volume, and knows from it that the page may', async () => {
    const { here, port, told } = open(page());
    const settings$ = new BehaviorSubject<InputSettings>(settings('a'));
    const tracks: unknown[] = [];
    const microphone = port.media.microphone(settings$).subscribe(result => tracks.push(result));
    await here.microphones.grant();
    expect(tracks).toMatchObject([{ right: here.microphones.tracks[0] }]);
    expect(told).toContainEqual({ _tag: 'permission', permission: 'granted' });
    microphone.unsubscribe();
    expect(here.microphones.states()).toBe('ended');
  });
});

describe('browser: playback on a page', () => {
  const play = (here = page()) => {
    const port = portOn(() => here.platform, detectSleep);
    const settings$ = new Subject<OutputSettings>();
    const told: string[] = [];
    const subscription = port.media
      .play(stream, settings$)
      .subscribe(result => told.push(isLeft(result) ? result.left.code : 'plays'));
    const say = async (next: OutputSettings) => {
      settings$.next(next);
      await here.microphones.heard();
    };
    return { here, told, say, subscription };
  };

  it('plays in one element, which follows its settings and is emptied at the end', async () => {
    const { here, told, say, subscription } = play();
    await say({ volume: 0.5, muted: false });
    expect(here.ear.element).toMatchObject({ srcObject: stream, volume: 0.5, muted: false, paused: false });
    await say({ volume: 1, muted: true, id: 'head' });
    expect(here.ear.element).toMatchObject({ volume: 1, muted: true });
    expect(here.ear.sinks).toEqual(['head']);
    await say({ volume: 0.2, muted: true, id: 'head' });
    await say(full);
    expect(here.ear.sinks).toEqual(['head', '']);
    expect(told).toEqual(['plays', 'plays', 'plays', 'plays']);
    subscription.unsubscribe();
    expect(here.ear.element).toMatchObject({ srcObject: null, paused: true });
  });

  it('says when the browser wants a gesture first, and tries again with the next settings', async () => {
    const { here, told, say } = play();
    here.ear.refusePlaying(Object.assign(new Error('play() failed'), { name: 'NotAllowedError' }));
    await say(full);
    here.ear.refusePlaying(undefined);
    await say(full);
    expect(told).toEqual(['output-failed', 'plays']);
  });

  it('plays again when the page was frozen, which has paused it, and is as it was before', async () => {
    const { here, told, say, subscription } = play();
    await say({ volume: 0.5, muted: false, id: 'head' });
    here.ear.element.pause();
    here.document.fire('resume');
    await here.microphones.heard();
    expect(here.ear.element).toMatchObject({ srcObject: stream, volume: 0.5, muted: false, paused: false });
    expect([told, here.ear.sinks]).toEqual([['plays', 'plays'], ['head']]);
    subscription.unsubscribe();
    here.document.fire('resume');
    expect([here.ear.element.paused, here.document.listening]).toEqual([true, 0]);
  });

  it('plays on where it played when there is no such loudspeaker', async () => {
    const { here, told, say } = play();
    here.ear.refuseSinks(Object.assign(new Error('no such device'), { name: 'NotFoundError' }));
    await say({ ...full, id: 'gone' });
    expect(told).toEqual(['output-failed']);
    expect(here.ear.element.paused).toBe(false);
    here.ear.refuseSinks(undefined);
    await say({ ...full, id: 'here' });
    expect(here.ear.sinks).toEqual(['here']);
    expect(told).toEqual(['output-failed', 'plays']);
  });

  it('routes one choice after the other, so that one that is taken back does not win by being slow', async () => {
    const { here, say } = play();
    await say(full);
    void say({ ...full, id: 'a' });
    await say({ ...full, id: 'b' });
    expect(here.ear.sinks).toEqual(['a', 'b']);
  });

  it('calls a choice of loudspeaker unsupported where there is none, and plays', async () => {
    const { here, told, say } = play(page({ canChoose: false }));
    await say(full);
    await say({ ...full, id: 'head' });
    expect(told).toEqual(['plays', 'unsupported']);
    expect(here.ear.element.paused).toBe(false);
  });
});
