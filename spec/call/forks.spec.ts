import { type Letter } from '../../lib/testing/index.js';
import { quick } from './support/phone.js';
import { linesOf, tell, type Story } from './support/story.js';

/*
 * Whoever answers is not who was heard before, or needs to be told of more candidates.
 *
 *     3  early media   >  another branch answers   2  the same one does   l  a relay's candidate   ~  sound
 *
 * As it is told: `<` asked of the outside, `=` how a call is, `!` a moment within it, and the outcome of each act.
 */
const letters = {
  '>': { _tag: 'accepted', call: 'c1', forked: true },
  l: { _tag: 'candidate', call: 'c1', kind: 'relay' },
  '~': { _tag: 'media', call: 'c1', media: 'flowing' },
} satisfies Readonly<Record<string, Letter>>;

const table: Story['table'] = {
  I: client => client.invite('101'),
};

const stories: readonly (Omit<Story, 'table' | 'letters'> & { readonly name: string; readonly told: string })[] = [
  {
    name: 'another branch answers and is not reached: another connection is made',
    says: '---3>',
    acts: '-I',
    replies: quick,
    seconds: 4,
    told: `
      3 = c1 101 ringing
      3 ! progress c1 183 Session Progress v=0
      4 = c1 101 active
      1504 < restart c1 how=connection hold=false
    `,
  },
  {
    name: 'another branch answers and is reached',
    says: '---3>- 1s ~',
    acts: '-I',
    replies: quick,
    seconds: 4,
    told: `
      3 = c1 101 ringing
      3 ! progress c1 183 Session Progress v=0
      4 = c1 101 active
    `,
  },
  {
    name: 'a candidate that came late is told where there is no sound',
    says: '---l-2',
    acts: '-I',
    replies: quick,
    seconds: 4,
    told: `
      5 = c1 101 active
      1005 < restart c1 how=candidates hold=false
    `,
  },
  {
    name: 'and where there is sound, it is not',
    says: '---l-2~',
    acts: '-I',
    replies: quick,
    seconds: 4,
    told: `
      5 = c1 101 active
    `,
  },
];

describe('call: media of forks', () => {
  it.each(stories)('$name', ({ told, name: _, ...story }) => {
    expect(tell({ since: 2, table, letters, ...story })).toEqual(linesOf(told));
  });
});
