import { createStore, type Store } from '../../lib/core/store.js';
import { right } from '../../lib/core/either.js';
import { after, cancelAfter, resolve, transition, type After, type CancelAfter } from '../../lib/core/transition.js';
import { marbles } from '../support/marbles.js';

type Told = { readonly _tag: 'tell'; readonly word: string };
type Input = {
  readonly add: string;
  readonly orders?: readonly (Told | After<Input> | CancelAfter)[];
  readonly ref?: string;
};

/** A state that is all inputs so far, as a word; every input is an event too. */
const loopOf = (heard: string[], perform: (order: Told) => void = () => undefined): Store<string, Input, string> =>
  createStore<string, Input, Told, string>({
    initial: '',
    step: (state, { add, orders = [], ref }) =>
      transition(state + add, {
        orders,
        events: add === '' ? [] : [add],
        outcomes: ref === undefined ? [] : [resolve(ref, right(state + add))],
      }),
    perform: order => {
      heard.push(`order ${order.word}`);
      perform(order);
    },
    moment: () => ({ at: 0, random: 0 }),
  });

describe('store: transitions', () => {
  it('publishes the state, then the events, then the outcome, then carries out the orders', () => {
    const heard: string[] = [];
    const loop = loopOf(heard);
    loop.turn$.subscribe(({ events }) => heard.push(`event ${events.join()}`));
    loop.state$.subscribe(state => heard.push(`state ${state}`));
    loop.outcome('r').subscribe({ next: () => heard.push('outcome'), complete: () => heard.push('over') });
    loop.dispatch({ add: 'a', ref: 'r', orders: [{ _tag: 'tell', word: 'x' }] });
    expect(heard).toEqual(['state ', 'state a', 'event a', 'outcome', 'over', 'order x']);
  });

  it('is over before the next begins, wherever the next comes from', () => {
    const heard: string[] = [];
    const loop: Store<string, Input, string> = loopOf(heard, () => {
      loop.dispatch({ add: 'd' });
    });
    loop.state$.subscribe(state => {
      if (state === 'a') loop.dispatch({ add: 'b' });
    });
    loop.turn$.subscribe(({ events }) => {
      if (events[0] === 'a') loop.dispatch({ add: 'c' });
    });
    loop.state$.subscribe(state => heard.push(state));
    loop.dispatch({ add: 'a', orders: [{ _tag: 'tell', word: 'x' }] });
    expect(heard).toEqual(['', 'a', 'order x', 'ab', 'abc', 'abcd']);
  });

  it('that changes nothing publishes no state', () => {
    const heard: string[] = [];
    const loop = loopOf([]);
    loop.state$.subscribe(state => heard.push(state));
    loop.dispatch({ add: '' });
    expect(heard).toEqual(['']);
  });

  it('that throws does not stop the loop', () => {
    const loop = createStore<number, number, never, never>({
      initial: 0,
      step: (state, input) => {
        if (input < 0) throw new RangeError('negative');
        return transition(state + input);
      },
      perform: () => undefined,
      moment: () => ({ at: 0, random: 0 }),
    });
    const heard: number[] = [];
    loop.state$.subscribe(state => heard.push(state));
    expect(() => {
      loop.dispatch(-1);
    }).toThrow(RangeError);
    loop.dispatch(2);
    expect(heard).toEqual([0, 2]);
  });
});

describe('store: timers', () => {
  it('come back as inputs', () => {
    marbles(({ expectObservable }) => {
      const loop = loopOf([]);
      loop.dispatch({ add: 'a', orders: [after('k', 3, { add: 'b' }), after('l', 5, { add: 'c' })] });
      expectObservable(loop.state$).toBe('a--b-c', { a: 'a', b: 'ab', c: 'abc' });
    });
  });

  it('are replaced by their key, and cancelled', () => {
    marbles(({ expectObservable, cold }) => {
      const loop = loopOf([]);
      loop.dispatch({ add: 'a', orders: [after('k', 3, { add: 'b' }), after('l', 5, { add: 'c' })] });
      cold('--n').subscribe(() => {
        loop.dispatch({ add: 'n', orders: [after('k', 3, { add: 'd' }), cancelAfter('l')] });
      });
      expectObservable(loop.state$).toBe('a-n--d', { a: 'a', n: 'an', d: 'and' });
    });
  });

  it('all stop when it is to be quiet, and the loop goes on', () => {
    const end = marbles(({ expectObservable, time }) => {
      const loop = loopOf([]);
      loop.dispatch({ add: 'a', orders: [after('k', time('-----|'), { add: 'b' })] });
      loop.quiet();
      loop.dispatch({ add: 'c' });
      expectObservable(loop.state$).toBe('c', { c: 'ac' });
    });
    expect(end).toBe(0);
  });

  it('never overflow the platform’s: 50 days are 24.8', () => {
    const end = marbles(() => {
      loopOf([]).dispatch({ add: 'a', orders: [after('k', 50 * 86_400_000, { add: 'b' })] });
    });
    expect(end).toBe(2 ** 31 - 1);
  });
});
