import { type Letter, type Replies } from '../../lib/testing/index.js';
import { quick } from './support/phone.js';
import { linesOf, tell, type Story } from './support/story.js';

/*
 * Our INVITE is not taken as it was.
 *
 *     m  it is sent on to two addresses (302)   v  the session is too short (422)   2  it is answered
 *
 * As it is told: `<` asked of the outside, `=` how a call is, `!` a moment within it, and the outcome of each act.
 */
const letters = {
  m: {
    _tag: 'redirected',
    call: 'c1',
    targets: ['sip:107@callstream.test', 'sip:108@callstream.test'],
    end: { by: 'remote', cause: 'redirected', statusCode: 302 },
  },
  v: {
    _tag: 'redirected',
    call: 'c1',
    minSessionExpires: 120,
    end: { by: 'remote', cause: 'client_error', statusCode: 422 },
  },
} satisfies Readonly<Record<string, Letter>>;

const table: Story['table'] = {
  I: client => client.invite('101'),
};

const silent: Replies = { ...quick, place: () => [] };

const stories: readonly (Omit<Story, 'table' | 'letters'> & { readonly name: string; readonly told: string })[] = [
  {
    name: 'is shown, and that is the end',
    says: '---m',
    acts: '-I',
    replies: silent,
    told: `
      3 = c1 101 terminated remote redirected
      3 ! redirect c1 ["sip:107@callstream.test","sip:108@callstream.test"]
      3 < forget c1
    `,
  },
  {
    name: 'is followed, one address after the other, none twice',
    says: '---m-m-m',
    acts: '-I',
    replies: silent,
    options: { onRedirect: 'follow' },
    told: `
      3 ! redirect c1 ["sip:107@callstream.test","sip:108@callstream.test"]
      3 < place c1 {"target":"sip:107@callstream.test"}
      5 ! redirect c1 ["sip:107@callstream.test","sip:108@callstream.test"]
      5 < place c1 {"target":"sip:108@callstream.test"}
      7 = c1 101 terminated remote redirected
      7 ! redirect c1 ["sip:107@callstream.test","sip:108@callstream.test"]
      7 < forget c1
    `,
  },
  {
    name: 'is followed to whoever answers',
    says: '---m-2',
    acts: '-I',
    replies: silent,
    options: { onRedirect: 'follow' },
    told: `
      3 ! redirect c1 ["sip:107@callstream.test","sip:108@callstream.test"]
      3 < place c1 {"target":"sip:107@callstream.test"}
      5 = c1 101 active
    `,
  },
  {
    name: 'a longer session is asked for once',
    says: '---v-v',
    acts: '-I',
    replies: silent,
    told: `
      3 < place c1 {"minSessionExpires":120}
      5 = c1 101 terminated remote client_error
      5 < forget c1
    `,
  },
];

describe('call: redirection', () => {
  it.each(stories)('$name', ({ told, name: _, ...story }) => {
    expect(tell({ since: 2, table, letters, ...story })).toEqual(linesOf(told));
  });
});
