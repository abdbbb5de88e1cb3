import { map, mergeMap } from 'rxjs';
import type { Call } from '../../lib/call/model.js';
import type { Replies } from '../../lib/testing/index.js';
import { agreeable, failed } from '../../lib/testing/index.js';
import { changesOf, outcomeOf } from '../support/legend.js';
import { acts, marbles } from '../support/marbles.js';
import { phone, quick } from './support/phone.js';

const endOf = (call: Call | undefined): string =>
  call?.end === undefined ? '' : [call.end.by, call.end.cause, call.end.statusCode ?? ''].join(' ').trim();

describe('call: outgoing', () => {
  it('rings, is answered, and is hung up', () => {
    marbles(helpers => {
      const link = '                     ^------------------!';
      const { client, order$, status$ } = phone(helpers, link, '-------1---2--');
      acts(helpers, '                    -I-------------E----', {
        I: () => client.invite('101'),
        E: () => client.hangup('c1'),
      });
      helpers.expectObservable(order$).toBe(' -(MI)----------E----');
      helpers.expectObservable(status$).toBe('zt-----r---a---e---z');
    });
  });

  it('waits 20 ms for candidates before its INVITE leaves', () => {
    marbles(helpers => {
      const link = '                     ^---------------------!';
      const { client, order$ } = phone(helpers, link, '', { replies: agreeable });
      acts(helpers, '                    -I---------------------', { I: () => client.invite('101') });
      helpers.expectObservable(order$).toBe(' -M 19ms IE');
    });
  });

  it('plays what the far side plays before it answers', () => {
    marbles(helpers => {
      const { client } = phone(helpers, '^------------------!', '-------3---2--');
      acts(helpers, '                           -I---------------', { I: () => client.invite('101') });
      const early$ = client.session$.pipe(
        changesOf(({ calls: [call] }) => (call === undefined ? 'z' : `${call.status} ${call.earlyMedia}`)),
      );
      helpers.expectObservable(early$, '^-----------!').toBe('zt-----e---a', {
        z: 'z',
        t: 'trying false',
        e: 'ringing true',
        a: 'active false',
      });
      const event$ = client.callEvent$.pipe(map(event => ('statusCode' in event ? event.statusCode : event._tag)));
      helpers.expectObservable(event$).toBe('         -------3', { 3: 183 });
    });
  });

  it.each([
    ['busy', '-----1--4', 'remote busy 486'],
    ['declined', '-----1--6', 'remote declined 603'],
    ['hung up', '-----2--y', 'remote hung_up'],
    ['lost with its line', '-----2--x', 'network line_lost'],
  ])('ends %s', (_, report$, end) => {
    marbles(helpers => {
      const { client } = phone(helpers, '^------------!', report$);
      acts(helpers, '                           -I', { I: () => client.invite('101') });
      const end$ = client.session$.pipe(changesOf(({ calls: [call] }) => endOf(call)));
      helpers.expectObservable(end$, '  ^---------!').toBe('z-------e', { z: '', e: end });
    });
  });

  it('is cancelled before its INVITE has left, and answers late reports with nothing', () => {
    marbles(helpers => {
      const link = '                     ^--------------!';
      const { client, order$, status$ } = phone(helpers, link, '-----------2-y', { replies: agreeable });
      acts(helpers, '                    -I---E---', { I: () => client.invite('101'), E: () => client.hangup('c1') });
      helpers.expectObservable(order$).toBe(' -M---E');
      helpers.expectObservable(status$).toBe('zt---e---------z');
    });
  });

  it('is over at once when it is cancelled, whatever answer crosses it', () => {
    marbles(helpers => {
      const { client, order$ } = phone(helpers, '^-------------!', '------1---2-4');
      acts(helpers, '                                   -I------E', {
        I: () => client.invite('101'),
        E: () => client.hangup('c1'),
      });
      helpers.expectObservable(order$).toBe('                -(MI)---E');
      const end$ = client.session$.pipe(changesOf(({ calls: [call] }) => endOf(call)));
      helpers.expectObservable(end$, '^------------!').toBe('         z-------e', { z: '', e: 'local cancelled' });
    });
  });

  it('is given up after three minutes without an answer', () => {
    marbles(helpers => {
      const { client, order$ } = phone(helpers, '^ 180s -----!', '------1');
      acts(helpers, '                                   -I', { I: () => client.invite('101') });
      helpers.expectObservable(order$).toBe('                -(MI) 179996ms E');
      const end$ = client.session$.pipe(changesOf(({ calls: [call] }) => endOf(call)));
      helpers.expectObservable(end$, '^ 180s ---!').toBe('             z 180s e', { z: '', e: 'local no_answer' });
    });
  });

  it('does not come into being without a microphone', () => {
    const prepare: Replies['prepare'] = order => [failed(order, 'mic-denied')];
    marbles(helpers => {
      const { client, order$, status$, code$ } = phone(helpers, '^----!', '', { replies: { ...quick, prepare } });
      const outcome$ = helpers.cold('-I').pipe(mergeMap(() => client.invite('101')));
      helpers.expectObservable(outcome$.pipe(map(outcomeOf))).toBe('   -m', { m: 'mic-denied' });
      helpers.expectObservable(order$).toBe('                         -M');
      helpers.expectObservable(status$).toBe('                        z');
      helpers.expectObservable(code$).toBe('                          -');
    });
  });

  it('does not come into being when only a relay would do and there is none', () => {
    const prepare: Replies['prepare'] = ({ ref, call }) => [
      { _tag: 'gathering', call, servers: 'turn', relayOnly: true },
      { _tag: 'unreachable', call },
      { _tag: 'done', ref, result: { _tag: 'Right', right: {} } },
    ];
    marbles(helpers => {
      const { client, order$, status$ } = phone(helpers, '^----!', '', { replies: { ...quick, prepare } });
      const outcome$ = helpers.cold('-I').pipe(mergeMap(() => client.invite('101')));
      helpers.expectObservable(outcome$.pipe(map(outcomeOf))).toBe('   -r', { r: 'no-relay' });
      helpers.expectObservable(order$).toBe('                         -(ME)');
      helpers.expectObservable(status$).toBe('                        z');
    });
  });

  it('is told that the line went while its microphone was opening', () => {
    marbles(helpers => {
      const replies = { ...quick, prepare: () => [] };
      const { client, order$, status$ } = phone(helpers, '^------!', '----x', { replies });
      const outcome$ = helpers.cold('-I').pipe(mergeMap(() => client.invite('101')));
      helpers.expectObservable(outcome$.pipe(map(outcomeOf))).toBe('   ----l', { l: 'line-lost' });
      helpers.expectObservable(order$).toBe('                         -M--F');
      helpers.expectObservable(status$).toBe('                        z');
    });
  });
});

describe('call: incoming', () => {
  it('rings, is answered, and is hung up by the far side', () => {
    marbles(helpers => {
      const { client, order$, status$ } = phone(helpers, '^------------!', '-i------y');
      acts(helpers, '                                             ----A', { A: () => client.answer('in') });
      helpers.expectObservable(order$).toBe('                          -G--(MA)');
      helpers.expectObservable(status$).toBe('                         zr--a---e----z');
    });
  });

  it.each([
    ['refused: busy here', {}, 'local busy 486'],
    ['refused everywhere', { statusCode: 603 }, 'local declined 603'],
    ['not taken now', { statusCode: 480 }, 'local temporarily_unavailable 480'],
  ])('is %s', (_, options, end) => {
    marbles(helpers => {
      const { client, order$ } = phone(helpers, '^------------!', '-i------');
      acts(helpers, '                                    ----X', { X: () => client.reject('in', options) });
      helpers.expectObservable(order$).toBe('                 -G--X');
      const end$ = client.session$.pipe(changesOf(({ calls: [call] }) => endOf(call)));
      helpers.expectObservable(end$, '  ^---------!').toBe('        z---e', { z: '', e: end });
    });
  });

  it('is cancelled by the caller', () => {
    marbles(helpers => {
      const { status$, order$ } = phone(helpers, '^------------!', '-i---k');
      helpers.expectObservable(order$).toBe('                 -G');
      helpers.expectObservable(status$).toBe('                zr---e-------z');
    });
  });

  it('is told that nobody is here after a minute', () => {
    marbles(helpers => {
      const { client, order$ } = phone(helpers, '^ 60s ----!', '-i');
      helpers.expectObservable(order$).toBe('                 -G 59999ms X');
      const end$ = client.session$.pipe(changesOf(({ calls: [call] }) => endOf(call)));
      helpers.expectObservable(end$, '^ 60s ---!').toBe('         z 60s e', { z: '', e: 'local no_answer 480' });
    });
  });

  it('rings on when the microphone is refused, and can be answered again', () => {
    const microphones = ['mic-denied', 'right'];
    const prepare: Replies['prepare'] = order =>
      microphones.shift() === 'right' ? quick.prepare(order) : [failed(order, 'mic-denied')];
    marbles(helpers => {
      const replies = { ...quick, prepare };
      const { client, order$, status$ } = phone(helpers, '^------------!', '-i------', { replies });
      const outcome$ = helpers.cold('                     ---A---A').pipe(mergeMap(() => client.answer('in')));
      helpers.expectObservable(outcome$.pipe(map(outcomeOf))).toBe('   ---m---r', { m: 'mic-denied', r: 'right' });
      helpers.expectObservable(order$).toBe('                          -G-M---(MA)--E');
      helpers.expectObservable(status$).toBe('                         zr-----a-----(ez)');
    });
  });

  it('ends as it was cancelled when that overtakes the answer', () => {
    // As an adapter does it: what it still owes is failed before it says why.
    const answer: Replies['answer'] = order => [
      failed(order, 'call-ended'),
      { _tag: 'ended', call: order.call, by: 'remote', cause: 'cancelled' },
    ];
    marbles(helpers => {
      const { client } = phone(helpers, '^------------!', '-i------', { replies: { ...quick, answer } });
      const outcome$ = helpers.cold('  ---A').pipe(mergeMap(() => client.answer('in')));
      helpers.expectObservable(outcome$.pipe(map(outcomeOf))).toBe('   ---e', { e: 'call-ended' });
      const end$ = client.session$.pipe(changesOf(({ calls: [call] }) => endOf(call)));
      helpers.expectObservable(end$, ' ^---------!').toBe('            z--e', { z: '', e: 'remote cancelled' });
    });
  });
});
