import { done, failed, type Letter, type Replies } from '../../lib/testing/index.js';
import { quick } from '../call/support/phone.js';
import { linesOf, picksUp, tell, type Story } from '../call/support/story.js';

/*
 * Several calls. `in` comes in, c1 is ours.
 *
 *     O  the far side agrees to our hold   Y  c1's far side hangs up   k  whoever calls gives up
 *
 * As it is told: `<` asked of the outside, `=` how a call is, `!` a moment within it, and the outcome of each act.
 */
const letters = {
  Y: { _tag: 'ended', call: 'c1', by: 'remote', cause: 'hung_up' },
  O: (_, refOf) => done({ ref: refOf('change') }),
} satisfies Readonly<Record<string, Letter>>;

const table: Story['table'] = {
  I: client => client.invite('101'),
  R: client => client.reconnectCall('c1'),
  J: client => client.invite('102'),
  H: client => client.hold('c1'),
  K: client => client.unhold('c1'),
  A: client => client.answer('in'),
  W: client => client.swap('c1', 'in'),
  X: client => client.swap('in', 'c1'),
  V: client => client.swap('c1', 'c9'),
  E: client => client.hangup('in'),
  N: client => client.invite('102', { via: 'other' }),
  C: client => client.consent('c1', true),
  M: client => client.doNotDisturb(true),
};

const rings: Replies = {
  ...quick,
  place: ({ call }) => [
    { _tag: 'placed', call, ref: 'far' },
    { _tag: 'progress', call, statusCode: 180, reasonPhrase: 'Ringing', body: '', early: false },
  ],
};
const holdsSlowly: Replies = { ...picksUp, change: () => [] };
const refusesHold: Replies = { ...picksUp, change: order => [failed(order, 'refused', { statusCode: 488 })] };
const noMicrophone: Replies = {
  ...picksUp,
  prepare: order => (order.call === 'in' ? [failed(order, 'mic-denied')] : quick.prepare(order)),
};

const stories: readonly (Omit<Story, 'table' | 'letters'> & { readonly name: string; readonly told: string })[] = [
  {
    name: 'answering holds the other call first',
    says: '---i',
    acts: '-I---A',
    options: { onAnswer: 'hold-others' },
    told: `
      3 = in 102 ringing
      5 = c1 101 active silent
      5 < change c1 hold=true
      5 = c1 101 on_hold
      5 < prepare in
      5 < answer in
      5 = in 102 active
      5 A right
    `,
  },
  {
    name: 'the other call is on hold before anything is answered',
    says: '---i----O',
    acts: '-I---A',
    replies: holdsSlowly,
    options: { onAnswer: 'hold-others' },
    told: `
      3 = in 102 ringing
      5 = c1 101 active silent
      5 < change c1 hold=true
      8 = c1 101 on_hold
      8 < prepare in
      8 < answer in
      8 = in 102 active
      8 A right
    `,
  },
  {
    name: 'a far side that refuses to be held: the other call rings on',
    says: '---i',
    acts: '-I---A',
    replies: refusesHold,
    options: { onAnswer: 'hold-others' },
    told: `
      3 = in 102 ringing
      5 = c1 101 active silent
      5 < change c1 hold=true
      5 = c1 101 active
      5 A refused
    `,
  },
  {
    name: 'a microphone that is refused: the held call is taken up again',
    says: '---i',
    acts: '-I---A',
    replies: noMicrophone,
    options: { onAnswer: 'hold-others' },
    told: `
      3 = in 102 ringing
      5 = c1 101 active silent
      5 < change c1 hold=true
      5 = c1 101 on_hold
      5 < prepare in
      5 < change c1 hold=false
      5 = c1 101 active
      5 A mic-denied
    `,
  },
  {
    name: 'calling somebody holds the other call first',
    says: '',
    acts: '-I-J',
    options: { onAnswer: 'hold-others' },
    told: `
      3 = c1 101 active silent
      3 < change c1 hold=true
      3 = c1 101 on_hold
      3 < prepare c3
      3 = c3 102 trying
      3 < place c3
      3 = c3 102 active
      3 J right
    `,
  },
  {
    name: 'while one that we make has not been answered, no other begins',
    says: '---i',
    acts: '-I-JA',
    replies: rings,
    options: { onAnswer: 'hold-others' },
    told: `
      3 J busy
      3 = in 102 ringing
      4 A busy
    `,
  },
  {
    name: 'taking one up holds the other first',
    says: '---i',
    acts: '-I---A-K',
    options: { onAnswer: 'hold-others' },
    told: `
      3 = in 102 ringing
      5 = c1 101 active silent
      5 < change c1 hold=true
      5 = c1 101 on_hold
      5 < prepare in
      5 < answer in
      5 = in 102 active
      5 A right
      7 = in 102 active silent
      7 < change in hold=true
      7 = in 102 on_hold
      7 < change c1 hold=false
      7 = c1 101 active
      7 K right
    `,
  },
  {
    name: 'swap: whichever talks is held, the other is taken up',
    says: '---i',
    acts: '-I---A-W--W--X',
    options: { onAnswer: 'hold-others' },
    told: `
      3 = in 102 ringing
      5 = c1 101 active silent
      5 < change c1 hold=true
      5 = c1 101 on_hold
      5 < prepare in
      5 < answer in
      5 = in 102 active
      5 A right
      7 = in 102 active silent
      7 < change in hold=true
      7 = in 102 on_hold
      7 < change c1 hold=false
      7 = c1 101 active
      7 W right
      10 = c1 101 active silent
      10 < change c1 hold=true
      10 = c1 101 on_hold
      10 < change in hold=false
      10 = in 102 active
      10 W right
      13 = in 102 active silent
      13 < change in hold=true
      13 = in 102 on_hold
      13 < change c1 hold=false
      13 = c1 101 active
      13 X right
    `,
  },
  {
    name: 'swap without a policy',
    says: '---i',
    acts: '-I-H-A-W',
    told: `
      3 = c1 101 active silent
      3 < change c1 hold=true
      3 = c1 101 on_hold
      3 H right
      3 = in 102 ringing
      5 < prepare in
      5 < answer in
      5 = in 102 active
      5 A right
      7 = in 102 active silent
      7 < change in hold=true
      7 = in 102 on_hold
      7 < change c1 hold=false
      7 = c1 101 active
      7 W right
    `,
  },
  {
    name: 'what leads to nothing as things are: nobody is held for it',
    says: '',
    acts: '-I-N-C',
    options: { onAnswer: 'hold-others' },
    told: `
      3 N no-line
      5 C wrong-state
    `,
  },
  {
    name: 'swap with a call that there is not, that rings, or that is over: nobody is held for it',
    says: '----i',
    acts: '-IV--WE-W',
    options: { onAnswer: 'hold-others' },
    told: `
      2 V no-such-call
      4 = in 102 ringing
      5 W wrong-state
      6 = in 102 terminated local busy
      6 < refuse in statusCode=486
      6 E right
      8 W call-ended
    `,
  },
  {
    name: 'two who want the same wait for each other',
    says: '---i----O--O',
    acts: '-I---AK',
    replies: holdsSlowly,
    options: { onAnswer: 'hold-others' },
    told: `
      3 = in 102 ringing
      5 = c1 101 active silent
      5 < change c1 hold=true
      8 = c1 101 on_hold
      8 < prepare in
      8 < answer in
      8 = in 102 active silent
      8 A right
      8 < change in hold=true
      11 = in 102 on_hold
      11 < change c1 hold=false
    `,
  },
  {
    name: 'the other one hangs up while it is to be held',
    says: '---i---Y',
    acts: '-I---A',
    replies: holdsSlowly,
    options: { onAnswer: 'hold-others' },
    told: `
      3 = in 102 ringing
      5 = c1 101 active silent
      5 < change c1 hold=true
      7 = c1 101 terminated silent remote hung_up
      7 < prepare in
      7 < answer in
      7 = in 102 active
      7 A right
    `,
  },
  {
    name: 'the caller gives up meanwhile',
    says: '---i---k-O',
    acts: '-I---A',
    replies: holdsSlowly,
    options: { onAnswer: 'hold-others' },
    told: `
      3 = in 102 ringing
      5 = c1 101 active silent
      5 < change c1 hold=true
      7 = in 102 terminated remote cancelled
      9 = c1 101 on_hold
      9 A call-ended
      9 < change c1 hold=false
    `,
  },
  {
    name: 'a call whose media are made anew is not held for that',
    says: '',
    acts: '-I-R',
    options: { onAnswer: 'hold-others' },
    told: `
      3 < restart c1 how=ice hold=false
      3 R right
    `,
  },
  {
    name: 'others are left alone where nothing else is said',
    says: '---i',
    acts: '-I---A',
    told: `
      3 = in 102 ringing
      5 < prepare in
      5 < answer in
      5 = in 102 active
      5 A right
    `,
  },
  {
    name: 'another call is refused where there is one',
    says: '---i',
    acts: '-I',
    options: { callWaiting: 'reject' },
    told: `
      3 = in 102 terminated local busy
      3 < refuse in statusCode=486
    `,
  },
  {
    name: 'nobody is disturbed',
    says: '---i',
    acts: '-M',
    told: `
      3 = in 102 terminated local temporarily_unavailable
      3 < refuse in statusCode=480
    `,
  },
];

describe('client: several calls', () => {
  it.each(stories)('$name', ({ told, name: _, ...story }) => {
    expect(tell({ since: 2, table, letters, ...story })).toEqual(linesOf(told));
  });
});
