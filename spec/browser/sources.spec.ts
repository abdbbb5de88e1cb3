import { NEVER, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { deviceReports } from '../../lib/browser/devices.js';
import { pageReports } from '../../lib/browser/page.js';
import { permissionReports } from '../../lib/browser/permission.js';
import { resumeReports, type Wake } from '../../lib/browser/resume.js';
import type { DeviceReport } from '../../lib/media/port.js';
import { device, page } from '../support/page.js';

const summary = (report: DeviceReport): string => {
  switch (report._tag) {
    case 'devices':
      return `in ${report.inputs.map(({ id, label }) => `${id}:${label}`).join()} out ${report.outputs.map(({ id }) => id).join()}`;
    case 'permission':
      return report.permission;
    case 'page':
      return `${report.online ? 'online' : 'offline'} ${report.visible ? 'visible' : 'hidden'}`;
    case 'leaving':
      return 'leaving';
    case 'playback':
      return report.playback;
    case 'woke':
      return `woke ${report.sleptMs}`;
    case 'fault':
      return report.fault.code;
    case 'done':
      return `done ${report.ref}`;
  }
};

const soon = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

describe('pageReports', () => {
  it('says how the page is, and then each change once', () => {
    const { platform, window, document, navigator, listening } = page();
    const told: string[] = [];
    const subscription = pageReports(platform).subscribe(report => told.push(summary(report)));
    navigator.onLine = false;
    window.fire('offline');
    window.fire('offline');
    document.visibilityState = 'hidden';
    document.fire('visibilitychange');
    navigator.onLine = true;
    window.fire('online');
    expect(told).toEqual(['online visible', 'offline visible', 'offline hidden', 'online hidden']);
    expect(listening()).toBe(3);
    subscription.unsubscribe();
    expect(listening()).toBe(0);
  });

  it('reads the page when it is subscribed, not before', () => {
    const { platform, navigator } = page();
    const report$ = pageReports(platform);
    navigator.onLine = false;
    const told: string[] = [];
    report$.subscribe(report => told.push(summary(report)));
    expect(told).toEqual(['offline visible']);
  });
});

describe('deviceReports', () => {
  it('lists what has an id, at once, at each change, and when a microphone was opened, but nothing twice', async () => {
    const { mediaDevices, listening } = page();
    const again$ = new Subject<undefined>();
    const told: string[] = [];
    const subscription = deviceReports(mediaDevices, { opened$: again$ }).subscribe(report =>
      told.push(summary(report)),
    );
    await soon();
    mediaDevices.list = [device('audioinput', ''), device('videoinput', 'cam'), device('audiooutput', '')];
    mediaDevices.fire('devicechange');
    await soon();
    mediaDevices.list = [device('audioinput', 'mic', 'Desk'), device('audiooutput', 'ear', 'Head')];
    again$.next(undefined);
    await soon();
    mediaDevices.fire('devicechange');
    await soon();
    expect(told).toEqual(['in  out ', 'in mic:Desk out ear']);
    subscription.unsubscribe();
    expect(listening()).toBe(0);
    expect(again$.observed).toBe(false);
  });

  it('goes on after a listing that failed', async () => {
    const { mediaDevices } = page();
    const told: string[] = [];
    const list = mediaDevices.enumerateDevices;
    mediaDevices.enumerateDevices = () => Promise.reject(new Error('no'));
    deviceReports(mediaDevices).subscribe(report => told.push(summary(report)));
    await soon();
    mediaDevices.enumerateDevices = list;
    mediaDevices.fire('devicechange');
    await soon();
    expect(told).toEqual(['internal', 'in  out ']);
  });

  it('says why there are none on a page that is not secure', () => {
    const told: string[] = [];
    deviceReports(undefined).subscribe(report => told.push(summary(report)));
    expect(told).toEqual(['unsupported']);
  });
});

describe('permissionReports', () => {
  it('follows what the browser says', async () => {
    const { platform, status, listening } = page({ permission: 'prompt' });
    const told: string[] = [];
    const subscription = permissionReports(platform.navigator.permissions, NEVER).subscribe(report =>
      told.push(summary(report)),
    );
    await soon();
    status.state = 'granted';
    status.fire('change');
    status.state = 'denied';
    status.fire('change');
    expect(told).toEqual(['prompt', 'granted', 'denied']);
    expect(listening()).toBe(1);
    subscription.unsubscribe();
    expect(listening()).toBe(0);
  });

  it('is unknown where the browser does not say, until a microphone was opened', async () => {
    const silent = [undefined, { query: () => Promise.reject(new TypeError('no such permission')) }];
    for (const permissions of silent) {
      const opened$ = new Subject<undefined>();
      const told: string[] = [];
      permissionReports(permissions, opened$).subscribe(report => told.push(summary(report)));
      await soon();
      opened$.next(undefined);
      opened$.next(undefined);
      expect(told).toEqual(['unknown', 'granted']);
    }
  });

  it('stops asking when it is unsubscribed before the answer', async () => {
    const { platform, listening } = page({ permission: 'prompt' });
    const told: string[] = [];
    permissionReports(platform.navigator.permissions, NEVER)
      .subscribe(report => told.push(summary(report)))
      .unsubscribe();
    await soon();
    expect(told).toEqual([]);
    expect(listening()).toBe(0);
  });
});

describe('wakeReports', () => {
  /** Ticks every second; more than 2 s late is a sleep, in a hidden page more than 60 s. */
  const wake: Wake = { every: 1_000, late: 2_000, lateHidden: 60_000 };

  /**
   * What happens to the page: it is hidden `h` and visible `v`, shown from the cache `p` or anew `n`, resumed `r`;
   * the machine sleeps for so many seconds, or for a minute `m`, in which the clock goes on and timers stand still.
   */
  const expectReports = (life: string, expected: string, slept: Readonly<Record<string, number>> = {}): void => {
    const { window, document, clock, listening } = page();
    const scheduler = new TestScheduler((actual, wanted) => {
      expect(actual).toEqual(wanted);
    });
    scheduler.run(({ cold, expectObservable }) => {
      cold(life).subscribe(event => {
        if (event === 'h' || event === 'v') {
          document.visibilityState = event === 'h' ? 'hidden' : 'visible';
          document.fire('visibilitychange');
        } else if (event === 'p') window.fire('pageshow', { persisted: true });
        else if (event === 'n') window.fire('pageshow', { persisted: false });
        else if (event === 'r') document.fire('resume');
        else clock.now += event === 'm' ? 60_000 : Number(event) * 1_000;
      });
      const now = () => scheduler.now() + clock.now;
      const values = Object.fromEntries(
        Object.entries(slept).map(([letter, sleptMs]) => [letter, { _tag: 'woke', sleptMs }]),
      );
      expectObservable(resumeReports({ window, document, now }, wake), '^ 9500ms !').toBe(expected, values);
    });
    expect(listening()).toBe(0);
  };

  it('says nothing while the clock goes as it should', () => {
    expectReports('-', '-');
  });

  it('says nothing of a page that is busy for a moment', () => {
    expectReports('1500ms 2', '-');
  });

  it('says how long the machine slept', () => {
    expectReports('1500ms 9', '2000ms w', { w: 9_000 });
  });

  it('says so of each sleep', () => {
    expectReports('1500ms 9 1s 5', '2000ms w 999ms x', { w: 9_000, x: 5_000 });
  });

  it('takes a hidden page’s slow timers for what they are', () => {
    expectReports('500ms h 2s m 3s m', '-');
  });

  it('finds a sleep out when the page is looked at again', () => {
    expectReports('500ms h 999ms m 399ms 9 9ms v', '1910ms w', { w: 69_910 });
  });

  it('is told by a page that comes back, and not by one that is new', () => {
    expectReports('500ms n 999ms p 999ms r', '1500ms p 999ms r', { p: 500, r: 500 });
  });
});
