import { type Letter } from '../../lib/testing/index.js';
import { linesOf, tell, type Story } from './support/story.js';

/*
 * The far side asks us to call somebody else.
 *
 *     ?  it asks   %  it asks again   Y  it hangs up   x  our line goes away
 *
 * As it is told: `<` asked of the outside, `=` how a call is, `!` a moment within it, and the outcome of each act.
 */
const letters = {
  Y: { _tag: 'ended', call: 'c1', by: 'remote', cause: 'hung_up' },
  '?': {
    _tag: 'refer-received',
    call: 'c1',
    refer: 'r1',
    target: 'sip:104@callstream.test',
    by: 'sip:bob@callstream.test',
  },
  '%': { _tag: 'refer-received', call: 'c1', refer: 'r2', target: 'sip:105@callstream.test' },
} satisfies Readonly<Record<string, Letter>>;

const table: Story['table'] = {
  I: client => client.invite('101'),
  C: client => client.consent('c1', true),
  D: client => client.consent('c1', false),
};

const stories: readonly (Omit<Story, 'table' | 'letters'> & { readonly name: string; readonly told: string })[] = [
  {
    name: 'with consent we call whom it has named, and it goes',
    says: '----?----Y',
    acts: '-I----C',
    told: `
      4 = c1 101 active asked to call sip:104@callstream.test
      4 ! refer c1 sip:104@callstream.test sip:bob@callstream.test
      6 = c1 101 active
      6 < answer-refer c1 refer=r1 statusCode=202
      6 < prepare c3
      6 = c3 104 trying
      6 < place c3
      6 = c3 104 active
      6 C right
      9 = c1 101 terminated remote transferred
    `,
  },
  {
    name: 'without it is refused',
    says: '----?',
    acts: '-I----D',
    told: `
      4 = c1 101 active asked to call sip:104@callstream.test
      4 ! refer c1 sip:104@callstream.test sip:bob@callstream.test
      6 = c1 101 active
      6 < answer-refer c1 refer=r1 statusCode=603
      6 D right
    `,
  },
  {
    name: 'nobody decides: it is refused after 30 s',
    says: '----?',
    acts: '-I',
    seconds: 40,
    told: `
      4 = c1 101 active asked to call sip:104@callstream.test
      4 ! refer c1 sip:104@callstream.test sip:bob@callstream.test
      30004 = c1 101 active
      30004 < answer-refer c1 refer=r1 statusCode=603
    `,
  },
  {
    name: 'one question at a time',
    says: '----?%',
    acts: '-I------D',
    told: `
      4 = c1 101 active asked to call sip:104@callstream.test
      4 ! refer c1 sip:104@callstream.test sip:bob@callstream.test
      5 < answer-refer c1 refer=r2 statusCode=603
      8 = c1 101 active
      8 < answer-refer c1 refer=r1 statusCode=603
      8 D right
    `,
  },
  {
    name: 'whose answer could not be heard any more: the question goes with the line',
    says: '----?-x',
    acts: '-I------C',
    told: `
      4 = c1 101 active asked to call sip:104@callstream.test
      4 ! refer c1 sip:104@callstream.test sip:bob@callstream.test
      6 = c1 101 active recovering
      6 < answer-refer c1 refer=r1 statusCode=603
      8 C wrong-state
      756 < recover c1 hold=false restart=true
      756 = c1 101 active
    `,
  },
  {
    name: 'nobody has asked',
    says: '',
    acts: '-I--C',
    told: `
      4 C wrong-state
    `,
  },
];

describe('call: inbound REFER', () => {
  it.each(stories)('$name', ({ told, name: _, ...story }) => {
    expect(tell({ since: 2, table, letters, ...story })).toEqual(linesOf(told));
  });
});
