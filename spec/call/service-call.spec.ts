import { map, mergeMap } from 'rxjs';
import type { Call, CallEvent } from '../../lib/call/model.js';
import { agreeable, done, failed, type Letter } from '../../lib/testing/index.js';
import { callSays, changesOf, outcomeOf } from '../support/legend.js';
import { acts, marbles } from '../support/marbles.js';
import { phone, quick } from './support/phone.js';
import type { Traits } from '../../lib/call/port.js';

/*
 * Calls that a service carries: the same machine, and what only such a line can say.
 *
 *     d hung up there (200)  D with 486  z no answer (480)  t media timeout  n our invitation timed out (487)
 *     l our membership is over  R because another session of ours refused  @ another session of ours answered
 *     b media failed for good  % media interrupted  ~ media flow  5 a leg rings  7 it answers  9 it is muted  m moved
 */
const quality = { mos: 4.3, packets: 100 };
const says = {
  ...callSays,
  d: call => ({ _tag: 'leg-hung-up', call, statusCode: 200, quality }),
  D: call => ({ _tag: 'leg-hung-up', call, statusCode: 486, reasonCode: 'REMOTE_REJECT', reason: 'busy' }),
  z: call => ({ _tag: 'leg-hung-up', call, statusCode: 480, reasonCode: 'REMOTE_NO_ANSWER_TIMEOUT' }),
  t: call => ({ _tag: 'leg-hung-up', call, statusCode: 408, reasonCode: 'MEDIA_TIMEOUT' }),
  n: call => ({ _tag: 'leg-hung-up', call, statusCode: 487 }),
  l: call => ({ _tag: 'member-left', call, reasonCode: '' }),
  R: call => ({ _tag: 'member-left', call, reasonCode: 'REMOTE_REJECT', reason: 'REMOTE_REJECT' }),
  '@': call => ({ _tag: 'answered-elsewhere', call }),
  b: call => ({ _tag: 'media-failed', call }),
  '%': call => ({ _tag: 'media', call, media: 'interrupted' }),
  '~': call => ({ _tag: 'media', call, media: 'flowing' }),
  5: call => ({ _tag: 'leg', call, leg: { id: 'L2', mine: false, status: 'ringing', type: 'app', party: 'bob' } }),
  7: call => ({ _tag: 'leg', call, leg: { id: 'L2', mine: false, status: 'answered' } }),
  9: call => ({ _tag: 'leg', call, leg: { id: 'L2', mine: false, muted: true } }),
  m: call => ({ _tag: 'conversation-changed', call, conversation: 'CON-1' }),
  M: call => ({ _tag: 'conversation-changed', call, conversation: 'CON-2' }),
  h: (_, refOf) => done({ ref: refOf('recover') }),
  H: (_, refOf) => failed({ ref: refOf('recover') }, 'call-ended'),
  u: (_, refOf) => failed({ ref: refOf('recover') }, 'server-error'),
  W: (_, refOf) => done({ ref: refOf('restart') }),
  w: (_, refOf) => failed({ ref: refOf('restart') }, 'server-error'),
} satisfies Readonly<Record<string, Letter>>;

const traits: Traits = {
  outlivesLine: true,
  signalling: 'own',
  mediaLost: 'wait',
  transfers: true,
  texts: false,
  keys: 'together',
};
const slow = { ...quick, recover: () => [], restart: () => [] };

const endOf = (call: Call | undefined): string =>
  call?.end === undefined ? '' : [call.end.by, call.end.cause, call.end.statusCode ?? ''].join(' ').trim();
const told = (event: CallEvent): string => {
  if (event._tag === 'leg') return `${event.leg.id} ${event.leg.status}`;
  if (event._tag === 'mute') return `${event.leg} ${event.on ? 'muted' : 'heard'}`;
  if (event._tag === 'transfer') return event.conversation;
  return event._tag === 'media-failed' ? event.fault.code : event._tag;
};

describe('service call: incoming', () => {
  it.each([
    ['cancelled, in either order', '--i--l-d', 'remote cancelled 200'],
    ['cancelled, in either order', '--i--d-l', 'remote cancelled 200'],
    ['refused in another session', '--i--R-d', 'remote declined 200'],
    ['refused in another session', '--i--d-R', 'remote declined 200'],
    ['given up by the service', '--i--l-n', 'remote no_answer 487'],
    ['given up by the service', '--i--n-l', 'remote no_answer 487'],
    ['answered in another session', '--i----@', 'remote answered_elsewhere'],
  ])('ends %s: %s', (_, report$, end) => {
    marbles(helpers => {
      const { client } = phone(helpers, '^-----------!', report$, { says, traits });
      const end$ = client.session$.pipe(changesOf(({ calls: [call] }) => endOf(call)));
      helpers.expectObservable(end$, '  ^---------!').toBe('z------e', { z: '', e: end });
    });
  });

  it.each([
    ['l', 'remote cancelled'],
    ['R', 'remote declined'],
    ['n', 'remote no_answer 487'],
  ])('does not wait for ever for the other half of %s', (half, end) => {
    marbles(helpers => {
      const { client, order$ } = phone(helpers, '^ 6s !', `--i--${half}`, { says, traits });
      const end$ = client.session$.pipe(changesOf(({ calls: [call] }) => endOf(call)));
      helpers.expectObservable(end$, '^ 5900ms !').toBe('z---- 5s e', { z: '', e: end });
      helpers.expectObservable(order$).toBe('            --G-- 5s F');
    });
  });
});

describe('service call: outgoing', () => {
  it.each([
    ['busy', '----m-D', 'remote busy 486'],
    ['not answered', '----m-z', 'remote no_answer 480'],
    ['without sound', '----2-t', 'network media_failed 408'],
    ['hung up', '----2-d', 'remote hung_up 200'],
    ['hung up, our membership first', '----2ld', 'remote hung_up 200'],
    ['taken away', '----2-@d', 'remote hung_up 200'],
  ])('ends %s', (_, report$, end) => {
    marbles(helpers => {
      const { client } = phone(helpers, '^-----------!', report$, { says, traits });
      acts(helpers, '                           -I', { I: () => client.invite('101') });
      const end$ = client.session$.pipe(
        map(({ calls: [call] }) => endOf(call)),
        changesOf(end => end),
      );
      helpers
        .expectObservable(end$, '  ^---------!')
        .toBe(report$.includes('@') ? 'z------e' : 'z-----e', { z: '', e: end });
    });
  });

  it('has its quality also after it was hung up here', () => {
    marbles(helpers => {
      const { client } = phone(helpers, '^-----------!', '----2---d', { says, traits });
      acts(helpers, '                           -I----E', {
        I: () => client.invite('101'),
        E: () => client.hangup('c1'),
      });
      const quality$ = client.session$.pipe(
        changesOf(({ calls: [call] }) => `${endOf(call)} ${call?.end?.quality?.mos ?? '-'}`),
      );
      helpers.expectObservable(quality$, '^---------!').toBe('z-----e-q', {
        z: ' -',
        e: 'local hung_up -',
        q: 'local hung_up 4.3',
      });
    });
  });

  it('knows its parties, and tells what becomes of them once', () => {
    marbles(helpers => {
      const { client } = phone(helpers, '^-----------!', '---m5-79-7M', { says, traits });
      acts(helpers, '                           -I', { I: () => client.invite('101') });
      helpers.expectObservable(client.callEvent$.pipe(map(told))).toBe('----r-am--M', {
        r: 'L2 ringing',
        a: 'L2 answered',
        m: 'L2 muted',
        M: 'CON-2',
      });
      const legs$ = client.session$.pipe(
        changesOf(({ calls: [call] }) => (call?.legs ?? []).map(leg => JSON.stringify(leg)).join()),
      );
      const leg = {
        status: 'ringing',
        muted: false,
        earmuffed: false,
        id: 'L2',
        mine: false,
        type: 'app',
        party: 'bob',
      };
      helpers.expectObservable(legs$, '^----------!').toBe('z---r-am', {
        z: '',
        r: JSON.stringify(leg),
        a: JSON.stringify({ ...leg, status: 'answered' }),
        m: JSON.stringify({ ...leg, status: 'answered', muted: true }),
      });
    });
  });

  it('sends the keys that are pressed together together', () => {
    marbles(helpers => {
      const { client, line } = phone(helpers, '^ 3s !', '----2', { says, traits });
      acts(helpers, '                                 -I---D', {
        I: () => client.invite('101'),
        D: () => client.dtmf('c1', '12,3#'),
      });
      const tone$ = line.order$.pipe(mergeMap(order => (order._tag === 'tone' ? [order.tone] : [])));
      helpers.expectObservable(tone$).toBe('-----a 1999ms b', { a: '12', b: '3#' });
    });
  });

  it('has something said, and says when that was refused', () => {
    marbles(helpers => {
      const replies = { ...slow, say: (order: { readonly ref: string }) => [failed(order, 'invalid-argument')] };
      const { client, order$ } = phone(helpers, '^--------!', '----2', { says, traits, replies });
      acts(helpers, '-I', { I: () => client.invite('101') });
      const outcome$ = helpers.cold('--a---b-c', { a: 'early', b: 'hello', c: '  ' }).pipe(
        mergeMap(text => client.say('c1', text)),
        map(outcomeOf),
      );
      helpers.expectObservable(outcome$).toBe('--w---i-i', { w: 'wrong-state', i: 'invalid-argument' });
      helpers.expectObservable(order$, '       ^-------!').toBe('-(MI)-Y');
    });
  });
});

describe('service call: line recovery', () => {
  const signalling = ({ calls: [call] }: { readonly calls: readonly Call[] }): string =>
    call === undefined ? 'none' : `${call.status} ${call.signalling}`;

  it('goes on, and is looked for', () => {
    marbles(helpers => {
      const { client, order$ } = phone(helpers, '^ 3s !', '----2-x 2s h', { says, traits, replies: slow });
      acts(helpers, '                                    -I', { I: () => client.invite('101') });
      helpers.expectObservable(client.session$.pipe(changesOf(signalling)), '^ 2900ms !').toBe('zt--a-v 2s u', {
        z: 'none',
        t: 'trying up',
        a: 'active up',
        v: 'active recovering',
        u: 'active up',
      });
      helpers.expectObservable(order$, '^ 1s !').toBe('-(MI)- 250ms Z');
    });
  });

  it('is over when the service does not know it any more', () => {
    marbles(helpers => {
      const { client } = phone(helpers, '^ 3s !', '----2-x 2s H', { says, traits, replies: slow });
      acts(helpers, '                            -I', { I: () => client.invite('101') });
      const end$ = client.session$.pipe(changesOf(({ calls: [call] }) => endOf(call)));
      helpers.expectObservable(end$, '^ 2900ms !').toBe('z------ 2s e', { z: '', e: 'network line_lost' });
    });
  });

  it('is asked for again where the service could not say', () => {
    marbles(helpers => {
      const { client, order$ } = phone(helpers, '^ 9s !', '----2-x 1s u', { says, traits, replies: slow });
      acts(helpers, '                                    -I', { I: () => client.invite('101') });
      const times$ = order$.pipe(mergeMap(letter => (letter === 'Z' ? ['Z'] : [])));
      helpers.expectObservable(times$).toBe('------ 250ms Z 5750ms Z');
    });
  });

  it('ends with a line that does not come back', () => {
    marbles(helpers => {
      const replies = { ...slow, open: () => [{ _tag: 'opened' } as const], register: agreeable.register };
      const { client } = phone(helpers, '^ 3s !', '----2-x', {
        says,
        traits,
        replies: {
          ...replies,
          register: order =>
            order.ref.endsWith(':0') ? agreeable.register(order) : [failed(order, 'forbidden', { statusCode: 403 })],
        },
      });
      acts(helpers, '                            -I', { I: () => client.invite('101') });
      const end$ = client.session$.pipe(changesOf(({ calls: [call] }) => endOf(call)));
      helpers.expectObservable(end$, '^ 2s !').toBe('z----- 250ms e', { z: '', e: 'network line_lost' });
    });
  });
});

describe('service call: media failure', () => {
  it('waits to be reconnected, and is over after a minute', () => {
    marbles(helpers => {
      const { client, order$ } = phone(helpers, '^ 70s !', '----2-~-b', { says, traits, replies: slow });
      acts(helpers, '                                    -I', { I: () => client.invite('101') });
      const end$ = client.session$.pipe(changesOf(({ calls: [call] }) => endOf(call)));
      helpers.expectObservable(end$, '^ 62s !').toBe('z------- 60s e', {
        z: '',
        e: 'network media_failed',
      });
      helpers.expectObservable(order$, '^ 65s !').toBe('-(MI)--- 60s E');
    });
  });

  it('is reconnected once for all who ask', () => {
    marbles(helpers => {
      const { client, order$ } = phone(helpers, '^ 70s !', '----2-b----W-~', { says, traits, replies: slow });
      acts(helpers, '                                    -I', { I: () => client.invite('101') });
      const outcome$ = helpers.cold('--------a-b', { a: 'c1', b: 'c1@far' }).pipe(
        mergeMap(name => client.reconnectCall(name)),
        map(outcomeOf),
      );
      helpers.expectObservable(outcome$).toBe('-----------(rr)', { r: 'right' });
      helpers.expectObservable(order$, '       ^ 65s !').toBe('-(MI)---W');
    });
  });

  it('is made anew by itself where that is wished, again and again', () => {
    marbles(helpers => {
      const { client, order$ } = phone(helpers, '^ 20s !', '----2-%--- 2s w 6s ~', {
        says,
        traits: { ...traits, mediaLost: 'restart' },
        replies: slow,
      });
      acts(helpers, '                                    -I', { I: () => client.invite('101') });
      helpers.expectObservable(order$, '^ 19s !').toBe('-(MI)- 2s W 5003ms W');
      helpers.expectObservable(client.callEvent$.pipe(map(told))).toBe('---------- 2s f', { f: 'server-error' });
    });
  });
});

it('takes up a call that is not known here', () => {
  marbles(helpers => {
    const { client, line, status$ } = phone(helpers, '^-----------!', '-----2', { says, traits });
    const outcome$ = helpers.cold('-a', { a: 'LEG-1' }).pipe(
      mergeMap(name => client.reconnectCall(name)),
      map(outcomeOf),
    );
    helpers.expectObservable(outcome$).toBe('-r', { r: 'right' });
    helpers.expectObservable(status$, '^--------!').toBe('zt---a');
    const place$ = line.order$.pipe(mergeMap(order => (order._tag === 'prepare' ? [order.place?.rejoin] : [])));
    helpers.expectObservable(place$).toBe('-p', { p: 'LEG-1' });
  });
});

it('counts what its media do once for all who watch, and not longer', () => {
  marbles(helpers => {
    const { client, order$ } = phone(helpers, '^ 4s !', '----2', { says, traits });
    acts(helpers, '                                    -I', { I: () => client.invite('101') });
    helpers
      .expectObservable(
        helpers.cold('------a').pipe(
          mergeMap(() => client.stats$('c1')),
          map(() => 's'),
        ),
        '^ 2500ms !',
      )
      .toBe('------s 999ms s 999ms s');
    helpers
      .expectObservable(
        helpers.cold('------a').pipe(
          mergeMap(() => client.stats$('c1')),
          map(() => 's'),
        ),
        '^ 1500ms !',
      )
      .toBe('------s 999ms s');
    helpers.expectObservable(order$, '^ 3500ms !').toBe('-(MI)-Q 999ms Q 999ms Q');
    expect(client.stats$('nobody')).toBe(client.stats$('nobody'));
  });
});
