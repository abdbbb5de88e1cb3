import { concatMap, EMPTY, from, map, mergeMap, ReplaySubject, tap, type Observable } from 'rxjs';
import { createClient } from '../../lib/client/client.js';
import type { Client } from '../../lib/client/model.js';
import type { CallReport } from '../../lib/call/port.js';
import type { Either } from '../../lib/core/either.js';
import { fault, type Fault } from '../../lib/core/fault.js';
import { agreeable, connectFor, fakeDevices, fakeLine, names, type Letter } from '../../lib/testing/index.js';
import { phone, quick } from '../call/support/phone.js';
import { changesOf, lineOf, outcomeOf, statusOf } from '../support/legend.js';
import { acts, marbles, owns } from '../support/marbles.js';
import type { Outcome } from '../../lib/core/port.js';
import { snapshot } from '../../lib/core/streams.js';

const { open, close, register, unregister } = agreeable;

/** What a command said by now; nothing when it still waits. */
const said = <A>(outcome: Outcome<A>): string => {
  const heard: string[] = [];
  outcome.subscribe(either => heard.push(outcomeOf(either))).unsubscribe();
  return heard.join();
};

const coming = (call: string): CallReport => ({
  _tag: 'incoming',
  call,
  ref: `${call}@far`,
  identity: { phoneNumber: '102', anonymous: false },
  autoAnswer: false,
});

describe('createClient', () => {
  it('throws when two lines have one id: that is a programmer’s error', () => {
    expect(() => createClient({ calling: [fakeLine(), fakeLine()] })).toThrow(TypeError);
  });

  it('does nothing before it is connected', () => {
    const line = fakeLine();
    const orders: string[] = [];
    line.order$.subscribe(order => orders.push(order._tag));
    const client = createClient({ calling: [line], newId: names() });
    expect(orders).toEqual([]);
    expect(line.subscribers.count).toBe(0);
    expect(snapshot(client.session$).connection).toBe('disconnected');
  });
});

describe('client: commands without a line', () => {
  it.each<readonly [string, (client: Client) => Outcome<unknown>, string]>([
    ['invite', client => client.invite('101'), 'no-line'],
    ['reconnect', client => client.reconnect(), 'no-line'],
    // No line of these takes a call up again that is not here.
    ['reconnectCall', client => client.reconnectCall('c9'), 'no-such-call'],
    ['askPermission', client => client.askPermission(), 'disconnected'],
    ['answer', client => client.answer('c9'), 'no-such-call'],
    ['reject', client => client.reject('c9'), 'no-such-call'],
    ['hangup', client => client.hangup('c9'), 'no-such-call'],
    ['hold', client => client.hold('c9'), 'no-such-call'],
    ['unhold', client => client.unhold('c9'), 'no-such-call'],
    ['mute', client => client.mute('c9', true), 'no-such-call'],
    ['earmuff', client => client.earmuff('c9', true), 'no-such-call'],
    ['dtmf', client => client.dtmf('c9', '1'), 'no-such-call'],
    ['setVolume of a call', client => client.setVolume('input', 1, { call: 'c9' }), 'no-such-call'],
    ['chooseInput', client => client.chooseInput('headset'), 'right'],
    ['setVolume', client => client.setVolume('output', 0.5), 'right'],
  ])('%s', (_, command, expected) => {
    expect(said(command(createClient({ calling: [fakeLine()], newId: names() })))).toBe(expected);
  });
});

describe('client: refused arguments', () => {
  it.each<readonly [string, (client: Client) => Outcome<unknown>, string]>([
    ['no target', client => client.invite(''), 'invalid-target'],
    ['a blank target', client => client.invite(' \t '), 'invalid-target'],
    ['a line break in a target', client => client.invite('101\r\nRoute: <sip:evil>'), 'invalid-target'],
    [
      'a line break in a header',
      client => client.invite('101', { headers: { 'X-A': 'b\r\nX-C: d' } }),
      'invalid-header',
    ],
    ['a line break in its name', client => client.invite('101', { headers: { 'X-A: b\nX-C': 'd' } }), 'invalid-header'],
    ['a line break in a reason', client => client.hangup('in', { reason: 'bye\r\nX: y' }), 'invalid-header'],
    ['a line break in a reason code', client => client.hangup('in', { reasonCode: '1\n2' }), 'invalid-header'],
    ['a success as a refusal', client => client.reject('in', { statusCode: 200 }), 'invalid-status'],
    ['half a status', client => client.reject('in', { statusCode: 486.5 }), 'invalid-status'],
    ['no number as a volume', client => client.setVolume('input', NaN), 'invalid-volume'],
    ['an endless volume', client => client.setVolume('output', Infinity, { call: 'in' }), 'invalid-volume'],
    ['no tones', client => client.dtmf('in', ''), 'invalid-dtmf'],
    ['a line that does not exist', client => client.invite('101', { via: 'other' }), 'no-line'],
    ['an answer to an unknown call', client => client.answer('other'), 'no-such-call'],
    ['a hold before the answer', client => client.hold('in'), 'wrong-state'],
  ])('%s: nothing is sent and nothing changes', (_, command, code) => {
    marbles(helpers => {
      const { client, order$ } = phone(helpers, '^------!', '-i');
      const state$ = client.session$;
      const outcome$ = helpers.cold('---C').pipe(
        mergeMap(() => {
          const before = snapshot(state$);
          return command(client).pipe(
            map(outcome => `${outcomeOf(outcome)}${snapshot(state$) === before ? '' : ' and the state has changed'}`),
          );
        }),
      );
      helpers.expectObservable(outcome$).toBe('---c', { c: code });
      helpers.expectObservable(order$, '^-----!').toBe('-G');
    });
  });

  it.each([
    [-1, 0],
    [80, 1],
    [0.25, 0.25],
  ])('a volume of %d is clamped to %d', (asked, set) => {
    const client = createClient({ calling: [fakeLine()], newId: names() });
    expect(said(client.setVolume('output', asked))).toBe('right');
    expect(snapshot(client.device$).output.volume).toBe(set);
  });
});

describe('client: commands', () => {
  it.each([0, 1, 3])('runs once with %d listeners, and replays its outcome', listeners => {
    marbles(helpers => {
      const { client, order$ } = phone(helpers, '^-------!', '');
      const heard$ = new ReplaySubject<Either<Fault, unknown>>(9);
      acts(helpers, '--I', {
        I: () => {
          const outcome = client.invite('101');
          Array.from({ length: listeners }, () =>
            outcome.subscribe(either => {
              heard$.next(either);
            }),
          );
        },
      });
      helpers.expectObservable(order$).toBe('--(MI)--E');
      helpers
        .expectObservable(heard$.pipe(map(outcomeOf)))
        .toBe(['---', '--r', '', '--(rrr)'][listeners] ?? '', { r: 'right' });
    });
  });

  it('tells a late listener the same, and completes', () => {
    marbles(helpers => {
      const { client } = phone(helpers, '^--------!', '');
      const late$ = helpers.cold('--I').pipe(
        map(() => client.invite('101')),
        mergeMap(outcome => helpers.cold('---l').pipe(mergeMap(() => outcome.pipe(map(outcomeOf))))),
      );
      helpers.expectObservable(late$).toBe('-----r', { r: 'right' });
      helpers.expectObservable(client.invite('').pipe(map(outcomeOf))).toBe('(i|)', { i: 'invalid-target' });
    });
  });

  it('says call-ended of a call that has ended, also when it has left the session', () => {
    marbles(helpers => {
      const { client } = phone(helpers, '^ 4s !', '-i-k');
      const outcome$ = helpers.cold('-----H 3s H').pipe(mergeMap(() => client.hangup('in').pipe(map(outcomeOf))));
      helpers.expectObservable(outcome$).toBe('-----e 3s e', { e: 'call-ended' });
    });
  });

  it('waits while the line recovers, and goes when it is up', () => {
    marbles(helpers => {
      const { client, order$ } = phone(helpers, '^ 400ms !', '--x', { replies: { ...quick } });
      const outcome$ = helpers.cold('----I').pipe(mergeMap(() => client.invite('101').pipe(map(outcomeOf))));
      helpers.expectObservable(outcome$).toBe('--- 249ms r', { r: 'right' });
      helpers.expectObservable(order$, '^ 300ms !').toBe('--- 249ms (MI)');
    });
  });

  it('is refused when no line has come for 10 s, whatever another line says meanwhile', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const talkative = fakeLine({ id: 'a', report$: hot<Letter>('- 4s s 4s s 4s s', { s: { _tag: 'heard' } }) });
      const dumb = fakeLine({ id: 'b', replies: { open, close } });
      const client = createClient({ calling: [talkative, dumb], random: () => 0.5, newId: names() });
      owns(client, '^ 14s !');
      const outcome$ = cold('----I').pipe(mergeMap(() => client.invite('101', { via: 'b' }).pipe(map(outcomeOf))));
      expectObservable(outcome$).toBe('---- 10s n', { n: 'no-line' });
    });
  });

  it('is refused as soon as its line is refused', () => {
    marbles(helpers => {
      const { client } = phone(helpers, '^---------!', '------f', { replies: { open, close } });
      const outcome$ = helpers.cold('   ----I').pipe(mergeMap(() => client.invite('101').pipe(map(outcomeOf))));
      helpers.expectObservable(outcome$).toBe('------n', { n: 'no-line' });
    });
  });

  it('that still waits is told that the client was disconnected', () => {
    marbles(helpers => {
      const silent = { open, close, register, unregister };
      const devices = fakeDevices({ reply: () => [] });
      const { client } = phone(helpers, '^---------!', '-i', { replies: silent, devices });
      const table: Readonly<Record<string, () => Outcome<unknown>>> = {
        I: () => client.invite('101'),
        A: () => client.answer('in'),
        P: () => client.askPermission(),
      };
      const outcome$ = helpers.cold('---IAP').pipe(mergeMap(letter => table[letter]!().pipe(map(outcomeOf))));
      helpers.expectObservable(outcome$).toBe('----------(ddd)', { d: 'disconnected' });
    });
  });

  it('given behind a new connect, in the handler that sees the end, is carried out', () => {
    marbles(helpers => {
      const { client } = phone(helpers, '^----!', '');
      const outcome$ = client.session$.pipe(
        changesOf(lineOf),
        concatMap((letter, index) => {
          if (letter !== 'd' || index === 0) return EMPTY;
          connectFor(client, 5);
          return client.invite('101').pipe(map(outcomeOf));
        }),
      );
      helpers.expectObservable(outcome$, '^--------!').toBe('-----r', { r: 'right' });
    });
  });
});

describe('client: session$', () => {
  it('has a value at once, for a late viewer too, and no value twice', () => {
    marbles(helpers => {
      const { client } = phone(helpers, '---^-------!', '----s--s');
      const viewer = '                           ^---------------!';
      const late = '                             --------^-------!';
      helpers.expectObservable(client.session$.pipe(map(lineOf)), viewer).toBe('d--(ccu)---(ld)');
      helpers.expectObservable(client.session$.pipe(map(lineOf)), late).toBe('  --------u--(ld)');
    });
  });

  it('keeps an ended call for 3 s, and call$ knows it longer', () => {
    marbles(helpers => {
      const { client, status$ } = phone(helpers, '^ 4s !', '-i-k');
      helpers.expectObservable(status$).toBe('zr-e 2999ms z');
      const later$ = helpers.cold('- 3500ms l').pipe(mergeMap(() => client.call$('in').pipe(map(statusOf))));
      helpers.expectObservable(later$).toBe('- 3500ms e');
    });
  });
});

describe('client: call$', () => {
  it('is one stream per call, and completes with its end', () => {
    marbles(helpers => {
      const { client } = phone(helpers, '^---------!', '-i--k');
      const letters$ = helpers.cold('--c').pipe(mergeMap(() => client.call$('in').pipe(map(statusOf))));
      helpers.expectObservable(letters$).toBe('--r-e');
      const same$ = helpers.cold('--c-c').pipe(map(() => client.call$('in')));
      const seen: unknown[] = [];
      same$.subscribe(stream => seen.push(stream));
      helpers.flush();
      expect(new Set(seen).size).toBe(1);
    });
  });

  it('of an unknown call is undefined and over', () => {
    const client = createClient({ calling: [fakeLine()], newId: names() });
    marbles(({ expectObservable }) => {
      expectObservable(client.call$('nobody').pipe(map(statusOf))).toBe('(z|)');
    });
    expect(client.call$('nobody')).toBe(client.call$('nobody'));
  });

  it('remembers the last 64 ended calls', () => {
    marbles(helpers => {
      const ids = Array.from({ length: 66 }, (_, index) => `i${index}`);
      const report$ = helpers
        .hot<Letter>('-r', {})
        .pipe(
          concatMap(() =>
            ids.flatMap(id => [coming(id), { _tag: 'ended', call: id, by: 'remote', cause: 'cancelled' } as const]),
          ),
        );
      const client = createClient({ calling: [fakeLine({ report$ })], newId: names(), random: () => 0.5 });
      owns(client, '^ 4s !');
      const known$ = helpers
        .cold('- 3500ms l')
        .pipe(map(() => ids.map(id => statusOf(snapshot(client.call$(id)))).join('')));
      helpers.expectObservable(known$).toBe('- 3500ms l', { l: `zz${'e'.repeat(64)}` });
    });
  });
});

describe('client: incoming$', () => {
  it('is each call once, and for a late viewer what rings now', () => {
    marbles(helpers => {
      const { hot, expectObservable } = helpers;
      const report$ = hot<Letter>('-a-b-c--d', {
        a: coming('a'),
        b: coming('b'),
        c: { _tag: 'ended', call: 'a', by: 'remote', cause: 'cancelled' },
        d: coming('d'),
      });
      const client = createClient({
        calling: [fakeLine({ report$, replies: quick })],
        newId: names(),
        random: () => 0.5,
      });
      owns(client, '^-----------!');
      const id$ = client.incoming$.pipe(map(({ id }) => id));
      expectObservable(id$).toBe('-a-b----d');
      expectObservable(id$, '------^----').toBe('------b-d');
    });
  });

  it('is heard before the line is told to ring, and a handler may answer in it', () => {
    marbles(helpers => {
      const { client, order$ } = phone(helpers, '^--------!', '--i');
      client.incoming$.pipe(mergeMap(({ id }) => client.answer(id))).subscribe();
      helpers.expectObservable(order$).toBe('--(GMA)--E');
    });
  });
});

describe('client: connect', () => {
  it('publishes no event in its own call stack, though the outside speaks at once', () => {
    marbles(helpers => {
      const survived: Letter = { _tag: 'fault', fault: fault('malformed-frame') };
      const line = fakeLine({ report$: from<Letter[]>([survived, { _tag: 'closed' }]), replies: quick });
      const client = createClient({ calling: [line], newId: names(), random: () => 0.5 });
      const heard: string[] = [];
      client.incoming$.subscribe(({ id }) => heard.push(id));
      client.fault$.subscribe(({ code }) => heard.push(code));
      connectFor(client, 3);
      expect(heard).toEqual([]);
      helpers.flush();
      expect(heard).toEqual(['malformed-frame', 'line-lost']);
    });
  });
});

describe('client: last subscription', () => {
  it('ends the calls, releases devices and line, and leaves nothing behind', () => {
    const held = { count: 0 };
    const end = marbles(helpers => {
      const platform = fakeDevices();
      const devices = { ...platform, report$: counted(platform.report$, held) };
      const { client, line, order$, status$ } = phone(helpers, '^--------!', '-i', { devices });
      acts(helpers, '                                                   ---A', { A: () => client.answer('in') });
      helpers.expectObservable(order$).toBe('                                -G-(MA)--E');
      helpers.expectObservable(status$).toBe('                               zr-a-----(ez)');
      helpers.flush();
      expect([line.subscribers.count, held.count]).toEqual([0, 0]);
    });
    expect(end).toBe(9);
  });
});

const counted = <A>(source$: Observable<A>, held: { count: number }): Observable<A> =>
  source$.pipe(
    tap({
      subscribe: () => (held.count += 1),
      finalize: () => (held.count -= 1),
    }),
  );
