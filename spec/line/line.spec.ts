import { asyncScheduler, filter, map, type Observable } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { createClient } from '../../lib/client/client.js';
import type { Client, ClientOptions, Session } from '../../lib/client/model.js';
import type { DeviceReport } from '../../lib/media/port.js';
import {
  agreeable,
  connectFor,
  failed,
  fakeDevices,
  fakeLine,
  names,
  type FakeLine,
  type Replies,
} from '../../lib/testing/index.js';
import { changesOf, codeOf, lineOf, lineSays, orderOf, verdictOf } from '../support/legend.js';
import { acts, marbles, owns } from '../support/marbles.js';

type World = {
  readonly line: FakeLine;
  readonly client: Client;
  readonly order$: Observable<string>;
  readonly connection$: Observable<string>;
  readonly code$: Observable<string>;
};

/** A client with one line, whose outside says what the row says and what the table replies. */
const world = (
  { hot }: RunHelpers,
  report$: string,
  { replies = {}, ...options }: Partial<ClientOptions> & { readonly replies?: Replies } = {},
): World => {
  const line = fakeLine({ report$: hot(report$, lineSays), replies });
  const client = createClient({ calling: [line], random: () => 0.5, newId: names(), ...options });
  return {
    line,
    client,
    order$: line.order$.pipe(map(orderOf)),
    connection$: client.session$.pipe(changesOf(lineOf)),
    code$: client.fault$.pipe(map(codeOf)),
  };
};

const pages: Readonly<Record<string, DeviceReport>> = {
  f: { _tag: 'page', online: false, visible: true }, // off
  n: { _tag: 'page', online: true, visible: true },
  w: { _tag: 'woke', sleptMs: 60_000 },
};

const attempts = ({ lines: [line] }: Session): string => `${line?.attempt ?? ''} ${line?.retryAt ?? ''}`.trim();

/** Connects and registers as soon as it is asked, and says nothing by itself. */
const { open, register, close, unregister, probe } = agreeable;
const willing: Replies = { open, register, close, unregister };

describe('line: connect and disconnect', () => {
  it('opens, registers, and leaves politely', () => {
    const end = marbles(helpers => {
      const { line, client, order$, connection$ } = world(helpers, '---o--g--------w--x-');
      const { expectObservable, flush } = helpers;
      owns(client, '                 -^-----------!------');
      expectObservable(order$).toBe('          -O-R---------U-C----');
      expectObservable(connection$).toBe('     dc----u------l----d-');
      expectObservable(client.fault$).toBe('   --------------------');
      flush();
      expect(line.subscribers.count).toBe(0);
    });
    expect(end).toBe(18);
  });

  it('leaves when the registrar never says goodbye', () => {
    const end = marbles(helpers => {
      const { client, order$, connection$ } = world(helpers, '---o--g---', { replies: { close } });
      const { expectObservable } = helpers;
      owns(client, '            -^-------!');
      expectObservable(order$).toBe('     -O-R-----U 1999ms C');
      expectObservable(connection$).toBe('dc----u--l 1999ms d');
    });
    expect(end).toBe(2_009);
  });

  it('leaves when not even the socket closes', () => {
    const end = marbles(helpers => {
      const { client, order$, connection$ } = world(helpers, '---o--g---');
      const { expectObservable } = helpers;
      owns(client, '            -^-------!');
      expectObservable(order$).toBe('     -O-R-----U 1999ms C');
      expectObservable(connection$).toBe('dc----u--l 1999ms d');
    });
    expect(end).toBe(2_009);
  });

  it('is given up while it opens', () => {
    marbles(helpers => {
      const { client, order$, connection$ } = world(helpers, '------x--');
      const { expectObservable } = helpers;
      owns(client, '            -^--!----');
      expectObservable(order$).toBe('     -O--C----');
      expectObservable(connection$).toBe('dc--l-d--');
      expectObservable(client.fault$).toBe('---------');
    });
  });

  it('is shared: the first connect opens it, the last one closes it', () => {
    marbles(helpers => {
      const { client, order$, connection$ } = world(helpers, '---o--g------------w-x');
      const { expectObservable } = helpers;
      owns(client, '            -^-----------!--------');
      owns(client, '            --------^--------!----');
      expectObservable(order$).toBe('     -O-R-------------U-C--');
      expectObservable(connection$).toBe('dc----u----------l---d');
    });
  });

  it('stays when somebody connects while it says goodbye', () => {
    marbles(helpers => {
      const { client, order$, connection$ } = world(helpers, '---o--g--------w--g------w-x');
      const { expectObservable } = helpers;
      owns(client, '            -^---------!----------------');
      owns(client, '            -------------^---------!----');
      expectObservable(order$).toBe('     -O-R-------U---R-------U-C--');
      expectObservable(connection$).toBe('dc----u----l-c----u----l---d');
      expectObservable(client.fault$).toBe('----------------------------');
    });
  });

  it('opens anew when somebody connects while the socket closes', () => {
    marbles(helpers => {
      const { client, order$, connection$ } = world(helpers, '---o--g----w--x--o--g---w-x');
      const { expectObservable } = helpers;
      owns(client, '            -^-------!-----------------');
      owns(client, '            ------------^---------!----');
      expectObservable(order$).toBe('     -O-R-----U-CO----R----U-C--');
      expectObservable(connection$).toBe('dc----u--l--c-------u-l---d');
      expectObservable(client.fault$).toBe('---------------------------');
    });
  });
});

describe('line: refused registration', () => {
  it('is told once and not tried again, until somebody connects', () => {
    marbles(helpers => {
      const { client, order$, connection$, code$ } = world(helpers, '---o--f--x------o--g------w--x');
      const { expectObservable } = helpers;
      owns(client, '            -^----------------------!-----');
      owns(client, '            --------------^---------!-----');
      expectObservable(order$).toBe('     -O-R--C-------O-R-------U-C---');
      expectObservable(connection$).toBe('dc----d-------c----u----l----d');
      expectObservable(code$).toBe('      ------f-----------------------', { f: 'forbidden' });
    });
  });

  it('is in the session with its words', () => {
    marbles(helpers => {
      const { client } = world(helpers, '---o--f--x--');
      const { expectObservable } = helpers;
      owns(client, '                     -^--------!-');
      expectObservable(
        client.session$.pipe(
          changesOf(({ registration: { state, fault } }) =>
            [state, ...(fault ? [fault.code, fault.statusCode] : [])].join(' '),
          ),
        ),
      ).toBe('                          n--t--f-----', { n: 'none', t: 'registering', f: 'refused forbidden 403' });
    });
  });

  it('may be asked for again from within the handler that hears of it', () => {
    const answers = ['forbidden', 'right'];
    const register: Replies['register'] = order =>
      answers.shift() === 'right' ? agreeable.register(order) : [failed(order, 'forbidden')];
    marbles(helpers => {
      const { client, order$, connection$, code$ } = world(helpers, '', { replies: { ...willing, register } });
      const { expectObservable, time } = helpers;
      owns(client, '            -^-----------------!');
      // Nobody has told the old socket to close yet when the new one is asked for.
      client.fault$.subscribe(() => connectFor(client, time('-----------|')));
      expectObservable(order$).toBe('     -(ORCOR)-----------(UC)');
      expectObservable(connection$).toBe('d(cdcu)------------(ld)');
      expectObservable(code$).toBe('      -f', { f: 'forbidden' });
    });
  });
});

describe('line: temporary registration failure', () => {
  it('asks once for the longer lifetime that the registrar wants', () => {
    marbles(helpers => {
      const { client, line } = world(helpers, '---o--m--m-----');
      const { expectObservable } = helpers;
      owns(client, '                 -^------------!');
      const expires$ = line.order$.pipe(map(order => (order._tag === 'register' ? order.expires : order._tag)));
      expectObservable(expires$).toBe('          -O-a--b-------C', { O: 'open', a: 600, b: 1_800, C: 'close' });
      expectObservable(client.fault$.pipe(map(codeOf))).toBe('---------b', { b: 'interval-too-brief' });
    });
  });

  it('waits as long as the server asks', () => {
    marbles(helpers => {
      const { client, order$, connection$, code$ } = world(helpers, '---o--b 6999ms ---g--', { replies: { close } });
      const { expectObservable } = helpers;
      owns(client, '            -^----- 6999ms ----!');
      expectObservable(order$).toBe('     -O-R--- 6999ms R---U 1999ms C');
      expectObservable(connection$).toBe('dc----- 6999ms ---ul 1999ms d');
      expectObservable(code$).toBe('      ------b', { b: 'server-error' });
    });
  });

  it('does not wait when told to hurry', () => {
    marbles(helpers => {
      const { client, order$, connection$ } = world(helpers, '---o--b------g------', {
        replies: { close, unregister },
      });
      const { expectObservable } = helpers;
      owns(client, '           -^-----------------!');
      acts(helpers, '          ----------W---------', { W: () => client.reconnect() });
      expectObservable(order$).toBe('    -O-R------R--------(UC)');
      expectObservable(connection$).toBe('dc-----------u-----(ld)');
    });
  });

  it('keeps the socket when a refresh fails, and registers again', () => {
    const answers = ['right', 'server-error', 'right'];
    const register: Replies['register'] = order =>
      answers.shift() === 'right' ? agreeable.register(order) : [failed(order, 'server-error', { statusCode: 500 })];
    marbles(helpers => {
      const { client, order$, connection$, code$ } = world(helpers, '', { replies: { ...agreeable, register } });
      const { expectObservable } = helpers;
      owns(client, '            -^    525000ms 250ms ---!');
      const asked$ = order$.pipe(filter(letter => letter !== 'P'));
      expectObservable(asked$).toBe('     -(OR) 524996ms R 249ms R---(UC)');
      expectObservable(connection$).toBe('d(cu) 524996ms v 249ms u---(ld)');
      expectObservable(code$).toBe('      -     525000ms b', { b: 'server-error' });
    });
  });
});

describe('line: lost socket', () => {
  it('is opened again after a wait, and registered', () => {
    const end = marbles(helpers => {
      const { client, order$, connection$, code$ } = world(helpers, '-----x', { replies: willing });
      const { expectObservable } = helpers;
      owns(client, '            -^--- 250ms ---------!');
      expectObservable(order$).toBe('     -(OR) 250ms (OR)-----(UC)');
      expectObservable(connection$).toBe('d(cu)v 249ms u--------(ld)');
      expectObservable(code$).toBe('      -----l', { l: 'line-lost' });
    });
    expect(end).toBe(264);
  });

  it('is waited for longer and longer, up to the ceiling, and given up in the middle of a wait', () => {
    const end = marbles(helpers => {
      const { client, order$, connection$ } = world(helpers, '', {
        replies: { close, open: () => [{ _tag: 'closed', code: 1006 }] },
      });
      const { expectObservable } = helpers;
      owns(client, '            -^ 249ms - 499ms - 999ms - 1999ms - 3999ms - 7999ms - 14999ms - 14999ms - 5s !');
      expectObservable(order$).toBe('     -O 249ms O 499ms O 999ms O 1999ms O 3999ms O 7999ms O 14999ms O 14999ms O');
      expectObservable(connection$).toBe(
        'dc 249ms - 499ms - 999ms - 1999ms - 3999ms - 7999ms - 14999ms - 14999ms - 5s d',
      );
    });
    expect(end).toBe(1 + 250 + 500 + 1_000 + 2_000 + 4_000 + 8_000 + 15_000 + 15_000 + 5_001);
  });

  it('says when the next attempt comes, and how many have failed', () => {
    marbles(helpers => {
      const { client } = world(helpers, '', { replies: { close, open: () => [{ _tag: 'closed' }] } });
      const { expectObservable } = helpers;
      owns(client, '       -^ 249ms - 9ms !');
      expectObservable(client.session$.pipe(changesOf(attempts))).toBe('            za 249ms (cd) 6ms z', {
        z: '0',
        a: '1 251',
        c: '1',
        d: '2 751',
      });
    });
  });

  it.each([
    ['before', '-----x 249ms - 9998ms  x', '-(OR) 250ms (OR) 9995ms 500ms (OR)'],
    ['after', ' -----x 249ms - 10000ms x', '-(OR) 250ms (OR) 9997ms 250ms (OR)'],
  ])('counts from the start again only after ten good seconds: lost %s', (_, report$, orders) => {
    marbles(helpers => {
      const { client, order$ } = world(helpers, report$, { replies: willing });
      const { expectObservable } = helpers;
      owns(client, '-^--- 250ms - 10544ms !');
      expectObservable(order$, '^ 10799ms !').toBe(orders);
    });
  });

  it('does not wait when told to hurry, or when the network is back', () => {
    marbles(helpers => {
      const { hot, expectObservable } = helpers;
      const page$ = hot<DeviceReport>('  ------------f-------n-----', pages);
      const devices = fakeDevices({ report$: page$ });
      const { client, order$ } = world(helpers, '------x--------x----------', { replies: willing, devices });
      owns(client, '                    -^------------------------!');
      acts(helpers, '                   --------W-----------------', { W: () => client.reconnect() });
      expectObservable(order$).toBe('   -(OR)---(OR)P-------(OR)--(UC)');
    });
  });

  it('waits shortly again when the network is back, which may not carry anything at first', () => {
    marbles(helpers => {
      const { hot, expectObservable } = helpers;
      const page$ = hot<DeviceReport>(' --f 8s n', pages);
      const devices = fakeDevices({ report$: page$ });
      const replies: Replies = { close, open: () => [{ _tag: 'closed', code: 1006 }] };
      const { client, order$ } = world(helpers, '', { replies, devices });
      owns(client, '       -^ 9s !');
      expectObservable(order$).toBe('-O 249ms O 499ms O 999ms O 1999ms O 3999ms O 251ms O 249ms O 499ms O');
    });
  });

  it('is one loss, even when the adapter says so of the registration too', () => {
    const register: Replies['register'] = order => [failed(order, 'line-lost'), { _tag: 'closed', code: 1006 }];
    marbles(helpers => {
      const { client, code$ } = world(helpers, '', { replies: { ...willing, register } });
      const { expectObservable } = helpers;
      owns(client, '                 -^ 198ms !');
      const attempt$ = client.session$.pipe(changesOf(attempts));
      expectObservable(attempt$).toBe('    za 198ms z', { z: '0', a: '1 251' });
      expectObservable(code$).toBe('       -l', { l: 'line-lost' });
    });
  });

  it('takes the deadlines of its own questions with it', () => {
    marbles(helpers => {
      // The first registration is never answered; the second one is, by the marble.
      const { client, connection$ } = world(helpers, '---o-x 249ms -o-g 30s s 10s s', { replies: { close, probe } });
      const { expectObservable } = helpers;
      owns(client, '            -^---- 249ms ----- 41s !');
      expectObservable(connection$).toBe('dc---- 249ms ---u- 41s l 1999ms d');
    });
  });
});

describe('line: open timeout', () => {
  it('is let go after 20 s, and another one opened', () => {
    marbles(helpers => {
      const { client, order$, code$ } = world(helpers, '', { replies: { close } });
      const { expectObservable } = helpers;
      owns(client, '                    -^ 20s - 249ms - 1s !');
      expectObservable(order$).toBe('  -O 19999ms C 249ms O 1001ms C');
      expectObservable(code$).toBe('   -- 19999ms t', { t: 'timeout' });
    });
  });
});

describe('line: keep-alive', () => {
  it('is asked for a sign of life, is dead without one, and is opened again', () => {
    marbles(helpers => {
      const { client, order$, connection$, code$ } = world(helpers, '', { replies: willing });
      const { expectObservable } = helpers;
      owns(client, '            -^--- 21996ms - 4999ms - 249ms ---------!');
      expectObservable(order$).toBe('     -(OR) 21996ms P 4999ms C 249ms (OR)-----(UC)');
      expectObservable(connection$).toBe('d(cu) 21996ms - 4999ms v 249ms u--------(ld)');
      expectObservable(client.session$.pipe(changesOf(verdictOf))).toBe(
        '                          n---- 21996ms - 4999ms z 249ms n',
      );
      expectObservable(code$).toBe('      ----- 21996ms - 4999ms l', { l: 'line-lost' });
    });
  });

  it('is found out too while the registrar does not answer', () => {
    marbles(helpers => {
      const { client, order$ } = world(helpers, '', { replies: { open, close } });
      const { expectObservable } = helpers;
      owns(client, '       -^--- 21996ms - 4999ms - 249ms ----------!');
      expectObservable(order$).toBe('-(OR) 21996ms P 4999ms C 249ms (OR)------C');
    });
  });

  it('lives when it answers the probe', () => {
    marbles(helpers => {
      const { client, order$, connection$ } = world(helpers, '', { replies: { ...willing, probe } });
      const { expectObservable } = helpers;
      owns(client, '            -^--- 21996ms - 21999ms - 21999ms - 10s !');
      expectObservable(order$).toBe('     -(OR) 21996ms P 21999ms P 21999ms P 10s (UC)');
      expectObservable(connection$).toBe('d(cu) 21996ms - 21999ms - 21999ms - 10s (ld)');
    });
  });

  it('may be quiet for as long as the far side says', () => {
    marbles(helpers => {
      const quiet: Replies = { ...willing, open: () => [{ _tag: 'opened', quiet: 45_000 }] };
      const { client, order$ } = world(helpers, '', { replies: quiet });
      const { expectObservable } = helpers;
      owns(client, '                    -^--- 44996ms - 1s !');
      expectObservable(order$).toBe('  -(OR) 44996ms P 1s (UC)');
    });
  });

  it('has its time to answer, however short the silence was that was too long', () => {
    marbles(helpers => {
      const quiet: Replies = { ...willing, open: () => [{ _tag: 'opened', quiet: 1_000 }] };
      const { client, order$ } = world(helpers, '', { replies: quiet });
      const { expectObservable } = helpers;
      owns(client, '                    -^---- 996ms - 4999ms - 249ms ----!');
      expectObservable(order$).toBe('  -(OR) 996ms P 4999ms C 249ms (OR)-(UC)');
    });
  });

  it('lives by any frame, before the probe or after it', () => {
    marbles(helpers => {
      //                                                   before: no probe | after: no death | and silence again
      const { client, order$ } = world(helpers, '----- 10s s 24s s', { replies: willing });
      const { expectObservable } = helpers;
      owns(client, '       -^--- 32000ms - 24000ms - 1s !');
      expectObservable(order$).toBe('-(OR) 32000ms P 24000ms P 1s (UC)');
    });
  });
});

describe('line: clock jumps', () => {
  const now = (): number => asyncScheduler.now() * 3;

  it('makes a line suspect, never dead: minute ticks with a healthy socket change nothing', () => {
    marbles(helpers => {
      const { client, order$, connection$ } = world(helpers, '', { now, replies: { ...willing, probe } });
      const { expectObservable } = helpers;
      owns(client, '            -^--- 21996ms ---- 21996ms ---- 10s !');
      expectObservable(order$).toBe('     -(OR) 21996ms P--- 21996ms P--- 10s (UC)');
      expectObservable(connection$).toBe('d(cu) 21996ms ---- 21996ms ---- 10s (ld)');
      expectObservable(client.session$.pipe(changesOf(verdictOf))).toBe(
        '                          n---- 21996ms (qn) 21996ms (qn)',
      );
      expectObservable(client.fault$).toBe('-');
    });
  });

  it('asks once more before it believes that nobody answers', () => {
    marbles(helpers => {
      const { client, order$ } = world(helpers, '', { now, replies: willing });
      const { expectObservable } = helpers;
      owns(client, '       -^--- 21996ms - 4999ms - 4999ms -- 100ms !');
      expectObservable(order$).toBe('-(OR) 21996ms P 4999ms P 4999ms C');
    });
  });
});

describe('line: page resumed or online again', () => {
  it('doubts the line until something is heard', () => {
    marbles(helpers => {
      const { hot, expectObservable } = helpers;
      const page$ = hot<DeviceReport>('  ------w------f----', pages);
      const devices = fakeDevices({ report$: page$ });
      const { client, order$ } = world(helpers, '---------s------s-', { replies: willing, devices });
      owns(client, '                    -^----------------!');
      expectObservable(order$).toBe('   -(OR)-P------P----(UC)');
      const verdict$ = client.session$.pipe(changesOf(verdictOf));
      expectObservable(verdict$).toBe(' n-----q--n---q--n-');
    });
  });
});
