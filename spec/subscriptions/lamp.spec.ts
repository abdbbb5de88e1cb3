import { map, take } from 'rxjs';
import { marbles } from '../support/marbles.js';
import { dialog, looks, part, plays, scene, seen, whole, type Scene } from './support/scene.js';

const early = dialog('1', 'early');
const confirmed = dialog('1', 'confirmed');
const over = dialog('1', 'terminated');

/** What the outside says: `g` it agrees, for an hour; then notices by their version. */
const saying = ({ grant, notify, line, fail }: Scene): Readonly<Record<string, () => void>> => ({
  g: () => {
    grant();
  },
  s: () => {
    grant(100); // short
  },
  0: () => {
    notify(whole(0));
  },
  1: () => {
    notify(whole(1, early));
  },
  2: () => {
    notify(part(2, confirmed));
  },
  3: () => {
    notify(part(3, over));
  },
  b: () => {
    notify(whole(7, confirmed)); // busy, whatever was before
  },
  f: () => {
    fail('server-error', { statusCode: 503 });
  },
  k: () => {
    fail('call-ended', { statusCode: 481 }); // known no more
  },
  x: () => {
    line(false);
  },
  o: () => {
    line(true);
  },
});

describe('subscriptions: lamp', () => {
  it('is subscribed to once for all who look, and shows what each notice says', () => {
    const one = scene();
    const lamp$ = one.watching.lamp$('sip', '102');
    expect(one.watching.lamp$('sip', '102')).toBe(lamp$);
    expect(one.watching.lamp$('sip', '103')).not.toBe(lamp$);
    marbles(helpers => {
      const { expectObservable } = helpers;
      const far = '   --g-0-1-2-3------';
      const first = ' ^--------------!';
      const second = '-------^-------!';
      const orders = 'W-------------- 5s U';
      const shown = ' a-u-i-r-b-i-----';
      const late = '  -------rb-i-----';
      plays(helpers, far, saying(one));
      expectObservable(one.order$).toBe(orders);
      expectObservable(lamp$.pipe(map(seen)), first).toBe(shown, looks);
      expectObservable(lamp$.pipe(map(seen)), second).toBe(late, looks);
    });
    expect(one.orders[0]).toEqual({
      _tag: 'watch',
      ref: 'ref 1',
      watch: expect.any(String) as string,
      uri: '102',
      package: 'dialog',
      expires: 3_600,
      anew: true,
    });
    expect(one.orders[1]).toEqual({ _tag: 'unwatch', watch: (one.orders[0] as { readonly watch: string }).watch });
  });

  it('has a value at once, and asks nobody before the line is up', () => {
    const one = scene({ up: false });
    marbles(helpers => {
      const far = '   ----o-g-----';
      const viewer = '^---------!';
      const orders = '----W----- 5s U';
      const shown = ' a-----u-----';
      plays(helpers, far, saying(one));
      helpers.expectObservable(one.order$).toBe(orders);
      helpers.expectObservable(one.watching.lamp$('sip', '102').pipe(map(seen)), viewer).toBe(shown, looks);
    });
  });

  it('counts a notice that comes before the answer', () => {
    const one = scene();
    marbles(helpers => {
      const far = '   --b-g-----';
      const viewer = '^--------!';
      const shown = ' a-b-------';
      plays(helpers, far, saying(one));
      helpers.expectObservable(one.watching.lamp$('sip', '102').pipe(map(seen)), viewer).toBe(shown, looks);
    });
  });

  it('is left only some seconds after the last viewer, and begins again from nothing', () => {
    const one = scene();
    marbles(helpers => {
      const far = '   -g-0 9996ms -g-b-';
      const first = ' ^----!';
      const again = ' --- 4s ^----!'; // within the grace
      const anew = '  10s ^-----!';
      const orders = 'W 9007ms U 991ms W----- 5s U';
      plays(helpers, far, saying(one));
      const look$ = one.watching.lamp$('sip', '102').pipe(map(seen));
      helpers.expectObservable(one.order$).toBe(orders);
      helpers.expectObservable(look$, first).toBe('au-i', looks);
      helpers.expectObservable(look$, again).toBe('--- 4s i', looks);
      helpers.expectObservable(look$, anew).toBe('10s au-b', looks);
    });
  });

  it('is not asked for again by a viewer who only reads it', () => {
    const one = scene();
    marbles(helpers => {
      plays(helpers, '-g-b', saying(one));
      const look$ = one.watching.lamp$('sip', '102').pipe(map(seen));
      helpers.expectObservable(one.order$).toBe('W--------- 5s U');
      helpers.expectObservable(look$, '^---------!').toBe('au-b', looks);
      helpers.expectObservable(look$.pipe(take(1)), '------^').toBe('------(b|)', looks);
    });
  });

  it('says nothing twice', () => {
    const one = scene();
    const emitted: unknown[] = [];
    marbles(helpers => {
      plays(helpers, '-g-0-a-c-d', {
        ...saying(one),
        a: () => {
          one.notify(whole(1));
        },
        c: () => {
          one.notify({ _tag: 'nothing' });
        },
        d: () => {
          one.notify({ _tag: 'unreadable' });
        },
      });
      helpers.cold('---------------|').subscribe({
        complete: () => {
          seen$.unsubscribe();
        },
      });
      const seen$ = one.watching.lamp$('sip', '102').subscribe(lamp => emitted.push(seen(lamp)));
    });
    expect(emitted).toEqual(['unknown asking', 'unknown yes', 'idle yes']);
  });

  it('keeps what it last knew while the line is away, and asks anew when it is back', () => {
    const one = scene();
    marbles(helpers => {
      const far = '   -g-b-x---o-g-0-';
      const viewer = '^---------------!';
      const orders = 'W--------W------ 5s U';
      const shown = ' au-b-x-----b-i--';
      plays(helpers, far, saying(one));
      helpers.expectObservable(one.order$).toBe(orders);
      helpers.expectObservable(one.fault$).toBe('');
      helpers.expectObservable(one.watching.lamp$('sip', '102').pipe(map(seen)), viewer).toBe(shown, looks);
    });
  });

  it('is let go of with the line when nobody looks any more', () => {
    const one = scene();
    const frame = marbles(helpers => {
      const far = '   -g-b---x-o-';
      const viewer = '^-----!';
      const orders = 'W----------';
      plays(helpers, far, saying(one));
      helpers.expectObservable(one.order$).toBe(orders);
      helpers.expectObservable(one.watching.lamp$('sip', '102').pipe(map(seen)), viewer).toBe('au-b', looks);
    });
    // Nothing is left to do when the last letter has been said.
    expect(frame).toBe(9);
  });

  it('hears nothing of a connection that is gone', () => {
    const one = scene();
    marbles(helpers => {
      // The first order is answered when the second has been given.
      plays(helpers, '-x-o-1-2-3', {
        ...saying(one),
        1: () => {
          one.grant(3_600, 2);
        },
        2: () => {
          expect(one.watching.owns('ref 1')).toBe(false);
          expect(one.watching.owns('ref 2')).toBe(true);
        },
        3: () => {
          one.grant();
        },
      });
      const look$ = one.watching.lamp$('sip', '102').pipe(map(seen));
      helpers.expectObservable(look$, '^------------!').toBe('ax-------u', { ...looks, x: 'unknown asking line-lost' });
    });
  });
});

describe('subscriptions: refresh', () => {
  it.each([
    [0, 3_600, '2880s'],
    [0.999, 3_600, '3419460ms'],
    [0, 60, '48s'],
    [0, 3, '10s'], // never more often
    [0, 0, '10s'],
  ])('with random at %d, and %d seconds granted', (random, seconds, pause) => {
    const one = scene({ random });
    marbles(helpers => {
      plays(helpers, '-s', {
        s: () => {
          one.grant(seconds);
          one.notify(whole(0));
        },
      });
      const asks = seconds > 10 ? 'R' : 'W'; // what has run out cannot go on
      helpers.expectObservable(one.order$).toBe(`W ${pause} ${asks}-- 5s U`);
      helpers
        .expectObservable(one.watching.lamp$('sip', '102').pipe(map(seen)), `^ ${pause} ---!`)
        .toBe(seconds > 10 ? 'a(ui)' : `a(ui) ${pause.replace('10s', '9996ms')} c`, { ...looks, c: 'idle asking' });
    });
  });
});
