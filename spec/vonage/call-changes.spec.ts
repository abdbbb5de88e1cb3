import { map } from 'rxjs';
import type { Call } from 'callstream';
import { callChanges } from '../../lib/vonage/call-changes.js';
import { marbles } from '../support/marbles.js';

const call = (id: string, status: string): Call => ({ id, status }) as Call;
const [a1, a2, b1] = [call('a', 'ringing'), call('a', 'active'), call('b', 'trying')];
const sessions = {
  n: { calls: [] },
  a: { calls: [a1] },
  A: { calls: [a2] },
  b: { calls: [a2, b1] },
  o: { calls: [b1] },
};

const words = (one: Call | undefined): string => (one === undefined ? '-' : `${one.id} ${one.status}`);

describe('vonage callChanges: call-list changes between two sessions', () => {
  it.each([
    ['begins, changes, and is gone', 'naAn', '-bcg'],
    ['is as it was: nothing       ', 'nAAA', '-B--'],
    ['begins beside another       ', 'nAbo', '-Bog'],
    ['was there before            ', 'A-b-', '--o-'],
  ])('%s', (_, session$, move$) => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source$ = hot(session$, sessions);
      const told$ = callChanges(source$).pipe(map(([before, now]) => `${words(before)} > ${words(now)}`));
      expectObservable(told$, '^---!').toBe(move$, {
        b: '- > a ringing',
        c: 'a ringing > a active',
        g: 'a active > -',
        B: '- > a active',
        o: '- > b trying',
      });
      expectSubscriptions(source$.subscriptions).toBe('^---!');
    });
  });
});
