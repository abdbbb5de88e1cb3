import { map } from 'rxjs';
import type { LampState, WatchedDialog } from '../../lib/subscriptions/model.js';
import { marbles } from '../support/marbles.js';
import { dialog, looks, part, plays, read, scene, seen, whole, type Scene } from './support/scene.js';

/** Says one notice after the other, one a millisecond, and tells what was shown of the lamp. */
const shownAfter = (notices: (one: Scene) => readonly (() => void)[]): readonly string[] => {
  const one = scene();
  const shown: string[] = [];
  marbles(() => {
    const viewer = one.watching.lamp$('sip', '102').subscribe(lamp => {
      shown.push(`${lamp.state} ${lamp.dialogs.map(({ id }) => id).join('')}`.trim());
    });
    one.grant();
    notices(one).forEach(say => {
      say();
    });
    viewer.unsubscribe();
  });
  return shown.slice(2);
};

describe('subscriptions: lamp of several dialogs', () => {
  it.each<[state: WatchedDialog['state'], direction: WatchedDialog['direction'], lamp: LampState]>([
    ['trying', 'recipient', 'ringing'],
    ['proceeding', 'recipient', 'ringing'],
    ['early', 'recipient', 'ringing'],
    ['early', undefined, 'ringing'],
    ['trying', 'initiator', 'busy'],
    ['proceeding', 'initiator', 'busy'],
    ['early', 'initiator', 'busy'],
    ['confirmed', 'initiator', 'busy'],
    ['confirmed', 'recipient', 'busy'],
    ['confirmed', undefined, 'busy'],
    ['terminated', 'recipient', 'idle'],
  ])('%s as %s', (state, direction, lamp) => {
    const one: WatchedDialog = direction === undefined ? { id: 'a', state } : dialog('a', state, direction);
    const said = shownAfter(({ notify }) => [
      () => {
        notify(whole(0, one));
      },
    ]);
    expect(said).toEqual([lamp === 'idle' ? 'idle' : `${lamp} a`]);
  });

  it('and goes on ringing when the other call ends', () => {
    const said = shownAfter(({ notify }) => [
      () => {
        notify(whole(0, dialog('a', 'confirmed'), dialog('b', 'early')));
      },
      () => {
        notify(part(1, dialog('a', 'terminated')));
      },
      () => {
        notify(part(2, dialog('b', 'terminated')));
      },
    ]);
    expect(said).toEqual(['busy ab', 'ringing b', 'idle']);
  });
});

describe('subscriptions: NOTIFY versions', () => {
  it.each<[what: string, notices: (one: Scene) => readonly (() => void)[], shown: readonly string[]]>([
    [
      'all of them replace what was known',
      ({ notify }) => [
        () => {
          notify(whole(0, dialog('a', 'early')));
        },
        () => {
          notify(whole(1, dialog('b', 'early')));
        },
      ],
      ['ringing a', 'ringing b'],
    ],
    [
      'those that have changed replace their own',
      ({ notify }) => [
        () => {
          notify(whole(0, dialog('a', 'early')));
        },
        () => {
          notify(part(1, dialog('b', 'confirmed')));
        },
        () => {
          notify(part(2, dialog('a', 'terminated')));
        },
      ],
      ['ringing a', 'busy ab', 'busy b'],
    ],
    [
      'older ones and the same again are passed over',
      ({ notify }) => [
        () => {
          notify(whole(5, dialog('a', 'early')));
        },
        () => {
          notify(whole(5));
        },
        () => {
          notify(whole(4));
        },
        () => {
          notify(part(5, dialog('a', 'confirmed')));
        },
      ],
      ['ringing a'],
    ],
    [
      'whole ones may leave versions out',
      ({ notify }) => [
        () => {
          notify(whole(5, dialog('a', 'early')));
        },
        () => {
          notify(whole(9, dialog('a', 'confirmed')));
        },
      ],
      ['ringing a', 'busy a'],
    ],
    [
      'what has changed is not believed when something is missing, nor what follows',
      ({ notify }) => [
        () => {
          notify(whole(0, dialog('a', 'early')));
        },
        () => {
          notify(part(2, dialog('a', 'confirmed')));
        },
        () => {
          notify(part(3, dialog('a', 'terminated')));
        },
        () => {
          notify(whole(4, dialog('a', 'confirmed')));
        },
        () => {
          notify(part(5, dialog('a', 'terminated')));
        },
      ],
      ['ringing a', 'busy a', 'idle'],
    ],
    [
      'what has changed says nothing where nothing was before',
      ({ notify }) => [
        () => {
          notify(part(0, dialog('a', 'early')));
        },
      ],
      [],
    ],
    [
      'another subscription counts anew',
      ({ notify, line, grant }) => [
        () => {
          notify(whole(7, dialog('a', 'early')));
        },
        () => {
          line(false);
        },
        () => {
          line(true);
        },
        () => {
          grant();
        },
        () => {
          notify(whole(0));
        },
      ],
      ['ringing a', 'ringing a', 'ringing a', 'idle'],
    ],
    [
      'a last word counts, when it is a whole one',
      ({ notify }) => [
        () => {
          notify(whole(0, dialog('a', 'early')));
        },
        () => {
          notify(part(2, dialog('a', 'confirmed')), { state: 'terminated', reason: 'invariant' });
        },
        () => {
          notify(whole(3), { state: 'terminated' });
        },
      ],
      ['ringing a', 'ringing a'],
    ],
  ])('%s', (_, notices, shown) => {
    expect(shownAfter(notices)).toEqual(shown);
  });

  it('and the whole is asked for where one is missing, but not more often than every ten seconds', () => {
    const one = scene();
    marbles(helpers => {
      const far = '    -g-0-2-3 20s 4-r-5-';
      const viewer = ' ^----------------- 40s !';
      const orders = ' W-------- 9991ms R';
      plays(helpers, far, {
        g: () => {
          one.grant();
        },
        r: () => {
          one.grant();
        },
        0: () => {
          one.notify(whole(0));
        },
        2: () => {
          one.notify(part(2, dialog('a', 'early')));
        },
        3: () => {
          one.notify(part(3, dialog('a', 'confirmed')));
        },
        4: () => {
          one.notify(whole(4, dialog('a', 'confirmed')));
        },
        5: () => {
          one.notify(part(6, dialog('a', 'terminated')));
        },
      });
      helpers.expectObservable(one.order$).toBe(`${orders} 10011ms R 25005ms U`);
      helpers
        .expectObservable(one.watching.lamp$('sip', '102').pipe(map(seen)), viewer)
        .toBe('au-i---- 20s b', { ...looks });
    });
  });
});

describe('subscriptions: mailbox', () => {
  it('shows what waits in it', () => {
    const one = scene();
    marbles(helpers => {
      const far = '   -0-1-1-2-3-';
      const viewer = '^----------!';
      const shown = ' aw-n---e-m--';
      const voice = (waiting: boolean, fresh: number) => () => {
        one.notify({ _tag: 'messages', waiting, counts: { 'voice-message': { new: fresh, old: 8 } } });
      };
      plays(helpers, far, {
        0: () => {
          one.notify({ _tag: 'nothing' });
        },
        1: voice(true, 2),
        2: voice(false, 0),
        3: () => {
          one.notify({ _tag: 'messages', waiting: true, counts: {} });
        },
      });
      helpers.expectObservable(one.watching.mailbox$('sip', '').pipe(map(read)), viewer).toBe(shown, {
        a: 'empty {} asking',
        w: 'empty {} yes',
        n: 'waiting {"voice-message":{"new":2,"old":8}} yes',
        e: 'empty {"voice-message":{"new":0,"old":8}} yes',
        m: 'waiting {} yes',
      });
    });
    expect(one.orders[0]).toMatchObject({ _tag: 'watch', package: 'message-summary', uri: '' });
  });

  it('is none of the lamps of the same address', () => {
    const { watching, notify } = scene();
    const states: string[] = [];
    marbles(() => {
      const viewers = [
        watching.lamp$('sip', '102').subscribe(({ state }) => states.push(state)),
        watching.mailbox$('sip', '102').subscribe(({ waiting }) => states.push(String(waiting))),
      ];
      notify({ _tag: 'messages', waiting: true, counts: {} });
      notify(whole(0));
      viewers.forEach(viewer => {
        viewer.unsubscribe();
      });
    });
    // The last notice speaks of dialogs, to the mailbox.
    expect(states).toEqual(['unknown', 'false', 'true']);
  });
});
