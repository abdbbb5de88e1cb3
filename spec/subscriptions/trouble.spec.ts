import { map } from 'rxjs';
import type { FaultCode } from '../../lib/core/fault.js';
import type { Failure } from '../../lib/core/port.js';
import type { WatchReport } from '../../lib/subscriptions/port.js';
import { marbles } from '../support/marbles.js';
import { dialog, looks, plays, scene, seen, whole } from './support/scene.js';

type Why = Partial<Failure> & { readonly statusCode?: number };

describe('subscriptions: refused SUBSCRIBE', () => {
  it.each<[code: FaultCode, why: Why]>([
    ['unsupported', { statusCode: 489 }],
    ['not-found', { statusCode: 404 }],
    ['forbidden', { statusCode: 403 }],
    ['unauthorized', { statusCode: 401 }],
    ['refused', { statusCode: 603 }],
    ['invalid-target', {}],
  ])('as %s is not asked for again, and says why', (code, why) => {
    const one = scene();
    marbles(helpers => {
      const far = '   --f';
      const viewer = '^ 60m !';
      const orders = 'W';
      const shown = ' a-f';
      const faults = '--f';
      plays(helpers, far, {
        f: () => {
          one.fail(code, why);
        },
      });
      helpers.expectObservable(one.order$).toBe(orders);
      helpers.expectObservable(one.fault$).toBe(faults, { f: code });
      helpers
        .expectObservable(one.watching.lamp$('sip', '102').pipe(map(seen)), viewer)
        .toBe(shown, { ...looks, f: `unknown no ${code}` });
    });
  });

  it('is asked for again by whoever looks anew, and on another connection', () => {
    const one = scene();
    marbles(helpers => {
      const far = '   -f---x-o-f';
      const first = ' ^------------!';
      const second = '10s ^--!';
      const orders = 'W------W 9992ms W-- 5s U';
      plays(helpers, far, {
        f: () => {
          one.fail('not-found', { statusCode: 404 });
        },
        x: () => {
          one.line(false);
        },
        o: () => {
          one.line(true);
        },
      });
      const look$ = one.watching.lamp$('sip', '102').pipe(map(seen));
      const now = { ...looks, f: 'unknown no not-found', x: 'unknown asking line-lost' };
      helpers.expectObservable(one.order$).toBe(orders);
      helpers.expectObservable(look$, first).toBe('af---x---f', now);
      helpers.expectObservable(look$, second).toBe('10s a', now);
    });
  });
});

describe('subscriptions: failed SUBSCRIBE', () => {
  it('is asked for again, less and less often', () => {
    const one = scene({ random: 0.5 });
    marbles(helpers => {
      const far = '   -f 251ms -f 501ms -f 1001ms -g';
      const viewer = '^ 2s !';
      const orders = 'W 250ms W 502ms W 1002ms W 5243ms U';
      plays(helpers, far, {
        f: () => {
          one.fail('server-error', { statusCode: 503 });
        },
        g: () => {
          one.grant();
        },
      });
      helpers.expectObservable(one.order$).toBe(orders);
      helpers
        .expectObservable(one.watching.lamp$('sip', '102').pipe(map(seen)), viewer)
        .toBe('af 1758ms y', { ...looks, f: 'unknown asking server-error', y: 'unknown yes' });
    });
  });

  it('is asked for when the server says', () => {
    const one = scene();
    marbles(helpers => {
      plays(helpers, '-f', {
        f: () => {
          one.fail('server-error', { statusCode: 503, retryAfter: 7_000 });
        },
      });
      helpers.expectObservable(one.order$).toBe('W 7s W- 5s U');
      helpers
        .expectObservable(one.watching.lamp$('sip', '102').pipe(map(seen)), '^ 7s --!')
        .toBe('af', { ...looks, f: 'unknown asking server-error' });
    });
  });

  it('asks for as long as the server wants', () => {
    const one = scene();
    marbles(helpers => {
      plays(helpers, '-f', {
        f: () => {
          one.fail('interval-too-brief', { statusCode: 423, minExpires: 7_200 });
        },
      });
      helpers.expectObservable(one.watching.lamp$('sip', '102').pipe(map(seen)), '^---!');
    });
    expect(one.orders).toMatchObject([{ expires: 3_600 }, { expires: 7_200 }, { _tag: 'unwatch' }]);
  });

  it.each([
    ['neither answers', () => undefined],
    [
      'answers, and never notifies',
      (one: ReturnType<typeof scene>) => {
        one.grant();
      },
    ],
  ])('when the server %s', (_, says) => {
    const one = scene();
    marbles(helpers => {
      plays(helpers, '-g', {
        g: () => {
          says(one);
        },
      });
      helpers.expectObservable(one.order$).toBe('W 32999ms W-- 5s U');
      helpers.expectObservable(one.fault$).toBe('33s f', { f: 'timeout' });
      helpers.expectObservable(one.watching.lamp$('sip', '102').pipe(map(({ state }) => state)), '^ 33s --!');
    });
  });
});

describe('subscriptions: failed refresh', () => {
  const confirmed = dialog('1', 'confirmed');

  it('is asked for anew at once when the server has forgotten it, and shows what it showed meanwhile', () => {
    const one = scene();
    marbles(helpers => {
      const far = '   -s 79999ms -k-s';
      const viewer = '^ 80s --------!';
      const orders = 'W 80s RW 5006ms U';
      plays(helpers, far, {
        s: () => {
          one.grant(100);
          one.notify(whole(3, confirmed));
        },
        k: () => {
          one.fail('call-ended', { statusCode: 481 });
        },
      });
      helpers.expectObservable(one.order$).toBe(orders);
      helpers
        .expectObservable(one.watching.lamp$('sip', '102').pipe(map(seen)), viewer)
        .toBe('a(ub) 79997ms c-b', { ...looks, c: 'busy asking' });
    });
  });

  it('is tried again while it still runs, without a word to those who look', () => {
    const one = scene();
    marbles(helpers => {
      plays(helpers, '-s 79999ms -f 10s f', {
        s: () => {
          one.grant(100);
          one.notify(whole(3, confirmed));
        },
        f: () => {
          one.fail('server-error', { statusCode: 500 });
        },
      });
      // At 80 s it is asked to go on, at 90 again, and what has run out at 100 begins anew.
      helpers.expectObservable(one.order$).toBe('W 80s R 10s R 10s W 6997ms U');
      helpers.expectObservable(one.fault$).toBe('- 80s -f 10s f', { f: 'server-error' });
      helpers
        .expectObservable(one.watching.lamp$('sip', '102').pipe(map(seen)), '^ 102s !')
        .toBe('a(ub) 99998ms c', { ...looks, c: 'busy asking' });
    });
  });
});

describe('subscriptions: ended by the server', () => {
  const ends = (one: ReturnType<typeof scene>, more: Partial<WatchReport>) => (): void => {
    one.notify({ _tag: 'nothing' }, { state: 'terminated', ...more });
  };

  it.each<[what: string, more: Partial<WatchReport>, orders: string, shown: string]>([
    ['deactivated', { reason: 'deactivated' }, 'W 20s W 14999ms U', 'asking'],
    ['timeout', { reason: 'timeout' }, 'W 20s W 14999ms U', 'asking'],
    ['probation', { reason: 'probation', retryAfter: 9 }, 'W 20s 9s W 5999ms U', 'asking server-error'],
    ['giveup', { reason: 'giveup', retryAfter: 9 }, 'W 20s 9s W 5999ms U', 'asking server-error'],
    ['giveup without a time', { reason: 'giveup' }, 'W 20s 250ms W 14749ms U', 'asking server-error'],
    ['no reason', {}, 'W 20s 250ms W 14749ms U', 'asking server-error'],
    ['a reason of its own', { reason: 'constructor', retryAfter: 9 }, 'W 20s 9s W 5999ms U', 'asking server-error'],
    ['rejected', { reason: 'rejected' }, 'W', 'no forbidden'],
    ['noresource', { reason: 'noresource' }, 'W', 'no not-found'],
    ['invariant', { reason: 'invariant' }, 'W', 'no'],
  ])('for %s', (_, more, orders, shown) => {
    const one = scene({ random: 0.5 });
    const known = /forbidden|found/.test(shown) ? 'unknown' : 'idle';
    marbles(helpers => {
      plays(helpers, '-(g0) 19996ms e', {
        g: () => {
          one.grant();
        },
        0: () => {
          one.notify(whole(0));
        },
        e: ends(one, more),
      });
      helpers.expectObservable(one.order$).toBe(orders);
      helpers
        .expectObservable(one.watching.lamp$('sip', '102').pipe(map(seen)), '^ 30s !')
        .toBe('a(ui) 19996ms e', { ...looks, e: `${known} ${shown}` });
    });
  });

  it('twice at once is given time', () => {
    const one = scene({ random: 0.5 });
    marbles(helpers => {
      const far = '   -(g0)-e--e';
      const orders = 'W-----W 252ms W 5741ms U';
      plays(helpers, far, {
        g: () => {
          one.grant();
        },
        0: () => {
          one.notify(whole(0));
        },
        e: ends(one, { reason: 'deactivated' }),
      });
      helpers.expectObservable(one.order$).toBe(orders);
      helpers.expectObservable(one.watching.lamp$('sip', '102').pipe(map(seen)), '^ 1s !');
    });
  });

  it('says that nobody has agreed yet while it is pending', () => {
    const one = scene();
    marbles(helpers => {
      plays(helpers, '-p-g-a', {
        p: () => {
          one.notify({ _tag: 'nothing' }, { state: 'pending' });
        },
        g: () => {
          one.grant();
        },
        a: () => {
          one.notify(whole(0));
        },
      });
      helpers.expectObservable(one.watching.lamp$('sip', '102').pipe(map(seen)), '^--------!').toBe('a----i', looks);
    });
  });

  it('shortens it', () => {
    const one = scene();
    marbles(helpers => {
      plays(helpers, '-g 9998ms -n', {
        g: () => {
          one.grant();
        },
        n: () => {
          one.notify(whole(0), { expires: 100 });
        },
      });
      helpers.expectObservable(one.order$).toBe('W 10s 80s R 5002ms U');
      helpers.expectObservable(one.watching.lamp$('sip', '102').pipe(map(seen)), '^ 90s ---!');
    });
  });
});
