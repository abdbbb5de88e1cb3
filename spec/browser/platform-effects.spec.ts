import { Subject, type Subscription } from 'rxjs';
import type { Notifier, Platform } from '../../lib/browser/platform.js';
import { portOn, type Extras } from '../../lib/browser/port.js';
import { detectSleep } from '../../lib/browser/resume.js';
import { isLeft } from '../../lib/core/either.js';
import type { OutputSettings } from '../../lib/media/model.js';
import type { DeviceReport } from '../../lib/media/port.js';
import { device, page, player, Target } from '../support/page.js';
import { settings } from '../support/platform.js';

const full: OutputSettings = { volume: 1, muted: false };
const blocked = Object.assign(new Error('play() failed'), { name: 'NotAllowedError' });

/** A notification as far as our code looks into it. */
class Shown extends Target {
  open = true;
  constructor(
    readonly title: string,
    readonly options: NotificationOptions,
  ) {
    super();
  }
  close(): void {
    this.open = false;
  }
}

/** What shows something outside of the page, under the spec's hand. */
const notifier = (isAllowed = true) => {
  const shown: Shown[] = [];
  const come = { toFront: 0 };
  const real: Notifier = {
    isAllowed: () => isAllowed,
    show: (title, options) => {
      const one = new Shown(title, options);
      shown.push(one);
      return one;
    },
    focus: () => {
      come.toFront += 1;
    },
  };
  return { real, shown, come, open: () => shown.filter(({ open }) => open).map(({ title }) => title) };
};

describe('browser: platform effects of a page', () => {
  const subscriptions: Subscription[] = [];
  afterEach(() => {
    subscriptions.splice(0).forEach(subscription => {
      subscription.unsubscribe();
    });
  });

  const open = (extras: Extras = {}, over: Partial<Platform> = {}) => {
    const here = page();
    const port = portOn(() => ({ ...here.platform, ...over }), detectSleep, extras);
    const told: DeviceReport[] = [];
    const subscription = port.report$.subscribe(report => told.push(report));
    subscriptions.push(subscription);
    const kinds = (...tags: readonly DeviceReport['_tag'][]) => told.filter(({ _tag }) => tags.includes(_tag));
    return { here, port, told, kinds, subscription };
  };

  it('tells that it is left for good, within the event, and not when it may come back', () => {
    const { here, kinds } = open();
    here.window.fire('pagehide', { persisted: true });
    expect(kinds('leaving')).toEqual([]);
    here.window.fire('pagehide', { persisted: false });
    expect(kinds('leaving')).toEqual([{ _tag: 'leaving' }]);
  });

  it('asks before it is left only while it is to', () => {
    const { here, port, subscription } = open();
    const asks = (): boolean => {
      const event = new Event('beforeunload', { cancelable: true });
      here.window.dispatchEvent(event);
      return event.defaultPrevented;
    };
    const before = here.window.listening;
    expect(asks()).toBe(false);
    port.perform({ _tag: 'guard', on: true });
    port.perform({ _tag: 'guard', on: true });
    expect([asks(), here.window.listening]).toEqual([true, before + 1]);
    port.perform({ _tag: 'guard', on: false });
    expect([asks(), here.window.listening]).toEqual([false, before]);
    port.perform({ _tag: 'guard', on: true });
    subscription.unsubscribe();
    expect([asks(), here.listening()]).toEqual([false, 0]);
  });

  describe('notices', () => {
    const alice = { id: 'c1', phoneNumber: '101', displayName: 'Alice' };
    const bob = { id: 'c2', phoneNumber: '102' };
    const notify: Extras['notify'] = ({ phoneNumber, displayName }) => ({
      title: displayName ?? phoneNumber,
      body: 'calls',
    });

    it('show these calls and no others, and are taken away with the port', () => {
      const outside = notifier();
      const { port, subscription } = open({ notify }, { notifier: outside.real });
      port.perform({ _tag: 'notify', calls: [alice] });
      port.perform({ _tag: 'notify', calls: [alice, bob] });
      expect(outside.shown.map(({ title, options }) => [title, options])).toEqual([
        ['Alice', { body: 'calls', tag: 'c1' }],
        ['102', { body: 'calls', tag: 'c2' }],
      ]);
      port.perform({ _tag: 'notify', calls: [bob] });
      expect(outside.open()).toEqual(['102']);
      subscription.unsubscribe();
      expect(outside.open()).toEqual([]);
    });

    it('bring the page to the front when they are clicked', () => {
      const outside = notifier();
      const { port } = open({ notify }, { notifier: outside.real });
      port.perform({ _tag: 'notify', calls: [alice] });
      outside.shown[0]!.fire('click');
      expect([outside.come.toFront, outside.open()]).toEqual([1, []]);
    });

    it('are not shown where the person has not allowed it, or the application has no words', () => {
      const [refused, wordless] = [notifier(false), notifier()];
      open({ notify }, { notifier: refused.real }).port.perform({ _tag: 'notify', calls: [alice] });
      open({}, { notifier: wordless.real }).port.perform({ _tag: 'notify', calls: [alice] });
      expect([...refused.shown, ...wordless.shown]).toEqual([]);
    });

    it('are a fault where the platform cannot show them', () => {
      const show = () => {
        throw new TypeError('Illegal constructor');
      };
      const { port, kinds } = open({ notify }, { notifier: { ...notifier().real, show } });
      port.perform({ _tag: 'notify', calls: [alice] });
      expect(kinds('fault')).toMatchObject([{ fault: { code: 'unsupported' } }]);
    });
  });

  describe('the ring', () => {
    const rings = () => {
      const ear = player(true);
      const files: (string | undefined)[] = [];
      const makePlayer = (file?: string) => {
        files.push(file);
        return ear.element;
      };
      return { ear, files, ...open({ ring: 'ring.mp3' }, { makePlayer }) };
    };

    it('is a file that plays on its loudspeaker, which is followed, until it is hushed', async () => {
      const { ear, files, port, here } = rings();
      port.perform({ _tag: 'ring', output: { ...full, id: 'desk' } });
      await here.microphones.heard();
      expect(files).toEqual(['ring.mp3']);
      expect(ear.element).toMatchObject({ paused: false, volume: 1 });
      port.perform({ _tag: 'ring', output: { id: 'horn', volume: 0.5, muted: false } });
      await here.microphones.heard();
      expect(files).toHaveLength(1);
      expect(ear.sinks).toEqual(['desk', 'horn']);
      expect(ear.element.volume).toBe(0.5);
      port.perform({ _tag: 'hush' });
      expect(ear.element.paused).toBe(true);
    });

    it('is silent when nobody is subscribed any more', async () => {
      const { ear, port, here, subscription } = rings();
      port.perform({ _tag: 'ring', output: full });
      await here.microphones.heard();
      subscription.unsubscribe();
      expect(ear.element.paused).toBe(true);
    });

    it('that the browser keeps silent says so, and is heard once it is unlocked', async () => {
      const { ear, port, here, kinds } = rings();
      ear.refusePlaying(blocked);
      port.perform({ _tag: 'ring', output: full });
      await here.microphones.heard();
      expect(kinds('playback')).toEqual([{ _tag: 'playback', playback: 'blocked' }]);
      expect(kinds('fault')).toMatchObject([{ fault: { code: 'output-failed' } }]);

      port.perform({ _tag: 'unlock', ref: 'u1' });
      await here.microphones.heard();
      expect(kinds('done')).toMatchObject([{ ref: 'u1', result: { left: { fault: { code: 'output-failed' } } } }]);

      ear.refusePlaying(undefined);
      port.perform({ _tag: 'unlock', ref: 'u2' });
      // Within the gesture: before anything else has happened.
      expect(ear.element.paused).toBe(false);
      await here.microphones.heard();
      expect(kinds('done').at(-1)).toMatchObject({ ref: 'u2', result: { _tag: 'Right' } });
      expect(kinds('playback').at(-1)).toEqual({ _tag: 'playback', playback: 'allowed' });
    });

    it('that is over before a gesture came is not begun by one', async () => {
      const { ear, port, here, kinds } = rings();
      ear.refusePlaying(blocked);
      port.perform({ _tag: 'ring', output: full });
      await here.microphones.heard();
      port.perform({ _tag: 'hush' });
      ear.refusePlaying(undefined);
      port.perform({ _tag: 'unlock', ref: 'u1' });
      await here.microphones.heard();
      expect(ear.element.paused).toBe(true);
      expect(kinds('done')).toMatchObject([{ result: { _tag: 'Right' } }]);
    });

    it('is none unless it was asked for', async () => {
      const here = page();
      const port = portOn(() => here.platform, detectSleep);
      subscriptions.push(port.report$.subscribe());
      port.perform({ _tag: 'ring', output: full });
      await here.microphones.heard();
      expect(here.ear.element.paused).toBe(true);
    });
  });

  it('tries what was blocked again with the next settings, after it was unlocked too', async () => {
    const { here, port, kinds } = open();
    const settings$ = new Subject<OutputSettings>();
    const told: string[] = [];
    subscriptions.push(
      port.media
        .play({} as MediaStream, settings$)
        .subscribe(result => told.push(isLeft(result) ? result.left.code : 'plays')),
    );
    here.ear.refusePlaying(blocked);
    settings$.next(full);
    await here.microphones.heard();
    here.ear.refusePlaying(undefined);
    port.perform({ _tag: 'unlock', ref: 'u' });
    await here.microphones.heard();
    settings$.next({ ...full, volume: 0.5 });
    await here.microphones.heard();
    expect(told).toEqual(['output-failed', 'plays']);
    expect(kinds('playback').map(report => 'playback' in report && report.playback)).toEqual(['blocked', 'allowed']);
  });

  it('sees that the microphone may not be used any more, and looks for it again once it may', async () => {
    const here = page({ permission: 'granted' });
    const port = portOn(() => here.platform, detectSleep);
    const told: string[] = [];
    subscriptions.push(
      port.report$.subscribe(report => {
        if (report._tag === 'permission') told.push(report.permission);
        if (report._tag === 'devices') told.push(report.inputs.map(({ id }) => id).join('') || 'none');
      }),
    );
    here.mediaDevices.list = [device('audioinput', 'a')];
    const settings$ = new Subject<ReturnType<typeof settings>>();
    subscriptions.push(port.media.microphone(settings$).subscribe());
    settings$.next(settings('a'));
    await here.microphones.grant();
    const change = async (state: PermissionState): Promise<void> => {
      here.status.state = state;
      here.status.fire('change');
      await here.microphones.heard();
    };
    await change('denied');
    here.microphones.tracks[0]!.stop();
    here.microphones.tracks[0]!.dispatchEvent(new Event('ended'));
    await here.microphones.heard();
    await change('granted');
    expect(told.slice(-5)).toEqual(['a', 'denied', 'none', 'granted', 'a']);
  });

  it('misses a microphone whose track has ended, until the browser says that something has changed', async () => {
    const { here, port, kinds } = open();
    here.mediaDevices.list = [device('audioinput', 'a'), device('audioinput', 'b')];
    const settings$ = new Subject<ReturnType<typeof settings>>();
    subscriptions.push(port.media.microphone(settings$).subscribe());
    settings$.next(settings('a'));
    await here.microphones.grant();
    const [track] = here.microphones.tracks;
    track!.stop();
    track!.dispatchEvent(new Event('ended'));
    await here.microphones.heard();
    here.mediaDevices.fire('devicechange');
    await here.microphones.heard();
    const lists = kinds('devices').map(report =>
      'inputs' in report ? report.inputs.map(({ id }) => id).join('') : '',
    );
    expect(lists.slice(-3)).toEqual(['ab', 'b', 'ab']);
    expect(track!.readyState).toBe('ended');
  });
});
