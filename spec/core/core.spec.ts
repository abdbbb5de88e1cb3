import { either as fpEither } from 'fp-ts';
import { expectTypeOf } from 'expect-type';
import * as fc from 'fast-check';
import { BehaviorSubject, Subject, type Subscription } from 'rxjs';
import { defaultBackoff, backoffDelay } from '../../lib/core/backoff.js';
import { isLeft, isRight, left, right, type Either } from '../../lib/core/either.js';
import { fault } from '../../lib/core/fault.js';
import { eachOnce, select, selectShared, snapshot } from '../../lib/core/streams.js';
import { marbles } from '../support/marbles.js';
import { createDeferredDispatch } from '../../lib/core/store.js';

describe('backoff', () => {
  it('is anything from nothing to the ceiling of its attempt, and never above the ceiling of all', () => {
    const backoff = fc.record({
      first: fc.integer({ min: 1, max: 5_000 }),
      ceiling: fc.integer({ min: 5_000, max: 120_000 }),
      stableAfter: fc.constant(0),
    });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(backoff, fc.nat(5_000), random, (policy, attempt, chance) => {
        const most = Math.min(policy.ceiling, policy.first * 2 ** attempt);
        const ms = backoffDelay(policy, attempt, chance);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(most);
        // Full jitter: the random alone decides where in between.
        expect(Math.abs(ms - chance * most)).toBeLessThanOrEqual(0.5);
      }),
    );
  });

  it.each([
    [0, 500],
    [1, 1_000],
    [5, 16_000],
    [6, 30_000],
    [60, 30_000],
  ])('ours: attempt %d waits at most %d ms', (attempt, most) => {
    expect(backoffDelay(defaultBackoff, attempt, 1)).toBe(most);
    expect(backoffDelay(defaultBackoff, attempt, 0)).toBe(0);
  });
});

describe('fault', () => {
  const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2VjcmV0LXNpZ25hdHVyZQ';
  it.each([
    [`Authorization: Bearer ${jwt}`, jwt],
    ['authorization: bearer opaque-token-1', 'opaque-token-1'],
    ['"Authorization":"Basic YWxpY2U6aHVudGVyMg=="', 'YWxpY2U6aHVudGVyMg'],
    ['Authorization: Digest username="alice", realm="r", nonce="abc123", response="6629fae4"', '6629fae4'],
    ['Proxy-Authorization: Digest username="alice", nonce="n0nce", cnonce="cn0nce", response="d1gest"', 'd1gest'],
    ['WWW-Authenticate: Digest realm="r", nonce="n0nce", qop="auth"', 'n0nce'],
    ['nonce="n0nce",\r\n response="d1gest"', 'd1gest'],
    ['GET /ws?token=t0ken&v=1 failed', 't0ken'],
    ['wss://host/ws?access_token=t0ken failed', 't0ken'],
    ['{"refresh_token":"t0ken"}', 't0ken'],
    [`connect with ${jwt} failed`, 'c2VjcmV0'],
    ['wss://alice:hunter2@pbx.example.com/ws', 'hunter2'],
    ['{"password":"hunter2","user":"alice"}', 'hunter2'],
    ['password="correct horse battery"', 'battery'],
    ["password: 'correct horse battery'", 'horse'],
    ['password=hunter2', 'hunter2'],
    ['passwd: hunter2', 'hunter2'],
    ['{"username":"u","credential":"turnpass"}', 'turnpass'],
    ['api_key=k3y', 'k3y'],
    ['client_secret: s3cret', 's3cret'],
    ['ha1=0cc175b9c0f1b6a8', '0cc175b9'],
    ['a=ice-ufrag:abcd\r\na=ice-pwd:Zm9vYmFyMTIzNDU2Nzg5MA\r\n', 'Zm9vYmFyMTIzNDU2Nzg5MA'],
    ['Signal=5\r\nDuration=160', '=5'],
    ['Signal: 7', ' 7'],
    ['{"body":"{\\"token\\":\\"t0ken\\"}"}', 't0ken'],
    ['sip:alice:hunter2@example.com', 'hunter2'],
    ['a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj', 'd0RmdmcmVCspeEc3'],
  ])('does not tell %j', (text, secret) => {
    const told = fault('internal', { message: text, cause: new Error(text) });
    expect(JSON.stringify(told)).not.toContain(secret);
    expect(JSON.stringify(fault('internal', { cause: text }))).not.toContain(secret);
  });

  it.each([
    'The server said 403 Forbidden: no such extension 101',
    'Registration of sip:alice@example.com failed',
    'a=ice-ufrag:abcd',
    'WebSocket closed with 1006',
    'Signal: Abort',
    'Unexpected server response: 401',
    'To:<sip:bob@example.com>',
  ])('tells what is no secret: %j', text => {
    expect(fault('internal', { message: text }).message).toBe(text);
  });

  it('is plain JSON with the code’s own words where nobody gave others', () => {
    expect(fault('no-line')).toEqual({ code: 'no-line', retryable: true, message: 'No line is connected.' });
    expect(fault('internal', { message: 'x', statusCode: 500, cause: new RangeError('y') })).toEqual({
      code: 'internal',
      retryable: false,
      message: 'x',
      statusCode: 500,
      cause: { name: 'RangeError', message: 'y' },
    });
    expect(fault('internal', { cause: null }).cause).toEqual({ name: 'Error', message: '' });
  });
});

describe('either', () => {
  it('is fp-ts’s, from either side', () => {
    expectTypeOf<Either<string, number>>().toExtend<fpEither.Either<string, number>>();
    expectTypeOf<fpEither.Either<string, number>>().toExtend<Either<string, number>>();
    const mapped: Either<string, number> = fpEither.map((n: number) => n + 1)(right<string, number>(1));
    expect(mapped).toEqual({ _tag: 'Right', right: 2 });
    expect([isLeft(fpEither.left('e')), isRight(fpEither.right(1)), isRight(left('e'))]).toEqual([true, true, false]);
  });
});

describe('snapshot', () => {
  it('reads what a state stream holds, and leaves it', () => {
    const state$ = new BehaviorSubject('a');
    state$.next('b');
    expect(snapshot(state$)).toBe('b');
    expect(state$.observed).toBe(false);
  });

  it('throws where there is no value at once', () => {
    expect(() => snapshot(new Subject<string>())).toThrow(TypeError);
  });
});

describe('select', () => {
  it('is one part: at once, distinct, for a late viewer too, and leaves when it is left', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source$ = hot('  ^-a-b-c-d', { a: { n: 1 }, b: { n: 1 }, c: { n: 2 }, d: { n: 3 } });
      const viewer = '       ^------!';
      const part = '         --1---2';
      expectObservable(
        select(source$, ({ n }) => n),
        viewer,
      ).toBe(part, { 1: 1, 2: 2 });
      expectSubscriptions(source$.subscriptions).toBe(viewer);
    });
  });
});

describe('selectShared', () => {
  it('selects once for all subscribers; a late one reads the state', () => {
    const state$ = new BehaviorSubject(1);
    const change$ = new Subject<number>();
    let selections = 0;
    const part$ = selectShared(
      state$,
      state => {
        selections += 1;
        return state * 10;
      },
      change$,
    );
    const seen: number[][] = [];
    const subscribe = (): Subscription => {
      const own: number[] = [];
      seen.push(own);
      return part$.subscribe(value => own.push(value));
    };
    const links = Array.from({ length: 100 }, subscribe);
    selections = 0;
    state$.next(2);
    // The change is not announced yet: who subscribes now is ahead, and sees it once.
    links.push(subscribe());
    selections = 0;
    change$.next(2);
    change$.next(2);
    expect(selections).toBe(2);
    expect(seen[0]).toEqual([10, 20]);
    expect(seen[100]).toEqual([20]);
    for (const link of links) link.unsubscribe();
    expect([state$.observed, change$.observed]).toEqual([false, false]);
  });
});

describe('eachOnce', () => {
  it('tells each viewer what he has not seen', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source$ = hot('  ^-a-b-c-d', { a: ['a'], b: ['a', 'b'], c: ['b'], d: ['b', 'c'] });
      const viewer = '       ^--------!';
      const late = '         ---^---!';
      const once$ = eachOnce(source$, key => key);
      expectObservable(once$, viewer).toBe('--a-b---c');
      expectObservable(once$, late).toBe('  ----(ab)');
      expectSubscriptions(source$.subscriptions).toBe([viewer, late]);
    });
  });
});

describe('deferred dispatch', () => {
  it('holds what is heard until the call has returned, in order, also what comes while it opens', () => {
    marbles(helpers => {
      const heard: string[] = [];
      const door = createDeferredDispatch<string>(word => {
        heard.push(word);
        if (word === 'a') door.dispatch('c');
      });
      door.dispatch('now');
      door.defer();
      door.dispatch('a');
      door.defer();
      door.dispatch('b');
      expect(heard).toEqual(['now']);
      helpers.flush();
      door.dispatch('later');
      expect(heard).toEqual(['now', 'a', 'b', 'c', 'later']);
    });
  });
});
