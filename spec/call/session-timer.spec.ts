import { done, failed, type Letter, type Replies } from '../../lib/testing/index.js';
import { linesOf, picksUp, tell, type Story } from './support/story.js';

/*
 * Somebody says a word every 90 s, or the call is over.
 *
 *     t  agreed that it is us   T  that it is them   N  that it is nobody
 *     f  our word was heard   F  was not taken   x  the line is away
 *
 * As it is told: `<` asked of the outside, `=` how a call is, `!` a moment within it, and the outcome of each act.
 */
const letters = {
  t: { _tag: 'session-timer', call: 'c1', interval: 90, refresher: 'local' },
  T: { _tag: 'session-timer', call: 'c1', interval: 90, refresher: 'remote' },
  N: { _tag: 'no-session-timer', call: 'c1' },
  f: (_, refOf) => done({ ref: refOf('refresh') }),
  F: (_, refOf) => failed({ ref: refOf('refresh') }, 'refused', { statusCode: 500 }),
} satisfies Readonly<Record<string, Letter>>;

const table: Story['table'] = {
  I: client => client.invite('101'),
};

const silent: Replies = { ...picksUp, refresh: () => [] };

const stories: readonly (Omit<Story, 'table' | 'letters'> & { readonly name: string; readonly told: string })[] = [
  {
    name: 'we say a word at half time',
    says: '---t--',
    acts: '-I',
    replies: silent,
    seconds: 100,
    told: `
      45003 < refresh c1
      60003 = c1 101 terminated network session_expired
      60003 < end c1 reason=Session expired
    `,
  },
  {
    name: 'a word that was heard is said again in time',
    says: '---t 46s (ft)',
    acts: '-I',
    replies: silent,
    seconds: 100,
    told: `
      45003 < refresh c1
      91004 < refresh c1
    `,
  },
  {
    name: 'a word that was not taken is said again',
    says: '---t 46s F',
    acts: '-I',
    replies: silent,
    seconds: 100,
    told: `
      45003 < refresh c1
      56004 < refresh c1
      60003 = c1 101 terminated network session_expired
      60003 < end c1 reason=Session expired
    `,
  },
  {
    name: 'the far side is to say a word, and does not',
    says: '---T',
    acts: '-I',
    replies: silent,
    seconds: 100,
    told: `
      60003 = c1 101 terminated network session_expired
      60003 < end c1 reason=Session expired
    `,
  },
  {
    name: 'the far side says a word',
    says: '---T 50s T',
    acts: '-I',
    replies: silent,
    seconds: 100,
    told: `
    `,
  },
  {
    name: 'nobody need say a word any more',
    says: '---TN',
    acts: '-I',
    replies: silent,
    seconds: 100,
    told: `
    `,
  },
  {
    name: 'while the line is away nobody is missed',
    says: '---T-x',
    acts: '-I',
    replies: silent,
    seconds: 100,
    told: `
      5 = c1 101 active recovering
      755 < recover c1 hold=false restart=true
      755 = c1 101 active
      60755 = c1 101 terminated network session_expired
      60755 < end c1 reason=Session expired
    `,
  },
];

describe('call: session refresh', () => {
  it.each(stories)('$name', ({ told, name: _, ...story }) => {
    expect(tell({ since: 2, table, letters, ...story })).toEqual(linesOf(told));
  });
});
