import { done, failed, type Letter, type Replies } from '../../lib/testing/index.js';
import { linesOf, picksUp, tell, type Story } from './support/story.js';

/*
 * The far side is handed over.
 *
 *     r  it has taken the request (202)   n  it has refused it (603)   Y  it hangs up   Z  the one it is to be connected with hangs up
 *     9  whoever it was sent to rings   A  has answered   8  is busy   L  the far side is away (480)
 *
 * As it is told: `<` asked of the outside, `=` how a call is, `!` a moment within it, and the outcome of each act.
 */
const transferring = (statusCode: number, reasonPhrase: string): Letter => ({
  _tag: 'transfer-progress',
  call: 'c1',
  statusCode,
  reasonPhrase,
});

const letters = {
  r: (_, refOf) => done({ ref: refOf('transfer') }),
  n: (_, refOf) => failed({ ref: refOf('transfer') }, 'refused', { statusCode: 603 }),
  9: transferring(180, 'Ringing'),
  A: transferring(200, 'OK'),
  8: transferring(486, 'Busy Here'),
  L: (_, refOf) => failed({ ref: refOf('change') }, 'refused', { statusCode: 480 }),
  Y: { _tag: 'ended', call: 'c1', by: 'remote', cause: 'hung_up' },
  Z: { _tag: 'ended', call: 'c3', by: 'remote', cause: 'hung_up' },
} satisfies Readonly<Record<string, Letter>>;

const table: Story['table'] = {
  I: client => client.invite('101'),
  J: client => client.invite('102'),
  T: client => client.transfer('c1', '103'),
  S: client => client.transfer('c1', { call: 'c3' }),
  V: client => client.transfer('c1', { call: 'c9' }),
  H: client => client.hold('c1'),
  E: client => client.hangup('c1'),
};

const goesSlowly: Replies = { ...picksUp, transfer: () => [] };
const refusesHold: Replies = {
  ...picksUp,
  transfer: () => [],
  change: order => [failed(order, 'refused', { statusCode: 488 })],
};

const stories: readonly (Omit<Story, 'table' | 'letters'> & { readonly name: string; readonly told: string })[] = [
  {
    name: 'it has reached whom it was sent to: that is the end of our call',
    says: '-----r-9--A',
    acts: '-I-T',
    replies: goesSlowly,
    told: `
      3 = c1 101 active silent
      3 < change c1 hold=true
      3 = c1 101 on_hold to 103 100
      3 < transfer c1 {"target":"103"}
      7 = c1 101 on_hold to 103 180
      7 ! transfer-progress c1 180 Ringing
      10 = c1 101 terminated silent local transferred
      10 ! transfer-progress c1 200 OK
      10 T right
      10 < end c1
    `,
  },
  {
    name: 'a far side that hangs up once it has agreed to go has gone',
    says: '-----r-9--Y',
    acts: '-I-T',
    replies: goesSlowly,
    told: `
      3 = c1 101 active silent
      3 < change c1 hold=true
      3 = c1 101 on_hold to 103 100
      3 < transfer c1 {"target":"103"}
      7 = c1 101 on_hold to 103 180
      7 ! transfer-progress c1 180 Ringing
      10 = c1 101 terminated silent remote transferred
      10 T right
    `,
  },
  {
    name: 'one that hangs up before has hung up',
    says: '----Y',
    acts: '-I-T',
    replies: goesSlowly,
    told: `
      3 = c1 101 active silent
      3 < change c1 hold=true
      3 = c1 101 on_hold to 103 100
      3 < transfer c1 {"target":"103"}
      4 = c1 101 terminated silent remote hung_up
      4 T call-ended
    `,
  },
  {
    name: 'whoever it was sent to is busy: the call is taken up again',
    says: '-----r-9--8',
    acts: '-I-T',
    replies: goesSlowly,
    told: `
      3 = c1 101 active silent
      3 < change c1 hold=true
      3 = c1 101 on_hold to 103 100
      3 < transfer c1 {"target":"103"}
      7 = c1 101 on_hold to 103 180
      7 ! transfer-progress c1 180 Ringing
      10 = c1 101 on_hold
      10 ! transfer-progress c1 486 Busy Here
      10 T refused
      10 < change c1 hold=false
      10 = c1 101 active
    `,
  },
  {
    name: 'and again, where the far side is away for a while',
    says: '-----r8 3s L 4s L',
    acts: '-I-T',
    replies: { ...goesSlowly, change: order => (order.hold ? [done(order)] : []) },
    seconds: 15,
    told: `
      3 = c1 101 active silent
      3 < change c1 hold=true
      3 = c1 101 on_hold to 103 100
      3 < transfer c1 {"target":"103"}
      6 = c1 101 on_hold
      6 ! transfer-progress c1 486 Busy Here
      6 T refused
      6 < change c1 hold=false
      8007 < change c1 hold=false
    `,
  },
  {
    name: 'a call that was on hold before stays on hold',
    says: '-----r-9--8',
    acts: '-IHT',
    replies: goesSlowly,
    told: `
      2 = c1 101 active silent
      2 < change c1 hold=true
      2 = c1 101 on_hold
      2 H right
      3 = c1 101 on_hold to 103 100
      3 < transfer c1 {"target":"103"}
      7 = c1 101 on_hold to 103 180
      7 ! transfer-progress c1 180 Ringing
      10 = c1 101 on_hold
      10 ! transfer-progress c1 486 Busy Here
      10 T refused
    `,
  },
  {
    name: 'it refuses to go: the call is taken up again',
    says: '-----n',
    acts: '-I-T',
    replies: goesSlowly,
    told: `
      3 = c1 101 active silent
      3 < change c1 hold=true
      3 = c1 101 on_hold to 103 100
      3 < transfer c1 {"target":"103"}
      5 = c1 101 on_hold
      5 T refused
      5 < change c1 hold=false
      5 = c1 101 active
    `,
  },
  {
    name: 'nothing is heard of it for 30 s: the call is kept',
    says: '-----r',
    acts: '-I-T',
    replies: goesSlowly,
    seconds: 40,
    told: `
      3 = c1 101 active silent
      3 < change c1 hold=true
      3 = c1 101 on_hold to 103 100
      3 < transfer c1 {"target":"103"}
      30005 = c1 101 on_hold
      30005 T timeout
      30005 < change c1 hold=false
      30005 = c1 101 active
    `,
  },
  {
    name: 'it never says whether it goes: the call is kept after 30 s',
    says: '',
    acts: '-I-T',
    replies: goesSlowly,
    seconds: 40,
    told: `
      3 = c1 101 active silent
      3 < change c1 hold=true
      3 = c1 101 on_hold to 103 100
      3 < transfer c1 {"target":"103"}
      30003 = c1 101 on_hold
      30003 T timeout
      30003 < change c1 hold=false
      30003 = c1 101 active
    `,
  },
  {
    name: 'as long as it is heard of, it is on its way: somebody may let it ring for long',
    says: '-----r 25s 9 25s 9 25s A',
    acts: '-I-T',
    replies: goesSlowly,
    seconds: 80,
    told: `
      3 = c1 101 active silent
      3 < change c1 hold=true
      3 = c1 101 on_hold to 103 100
      3 < transfer c1 {"target":"103"}
      25006 = c1 101 on_hold to 103 180
      25006 ! transfer-progress c1 180 Ringing
      50007 ! transfer-progress c1 180 Ringing
      75008 = c1 101 terminated silent local transferred
      75008 ! transfer-progress c1 200 OK
      75008 T right
      75008 < end c1
    `,
  },
  {
    name: 'hanging up ends it all',
    says: '-----r',
    acts: '-I-T--E',
    replies: goesSlowly,
    told: `
      3 = c1 101 active silent
      3 < change c1 hold=true
      3 = c1 101 on_hold to 103 100
      3 < transfer c1 {"target":"103"}
      6 = c1 101 terminated silent local hung_up
      6 T call-ended
      6 < end c1
      6 E right
    `,
  },
  {
    name: 'one at a time; a hold that is asked for meanwhile outlasts it',
    says: '-----r-9--8',
    acts: '-I-T--T-H',
    replies: goesSlowly,
    told: `
      3 = c1 101 active silent
      3 < change c1 hold=true
      3 = c1 101 on_hold to 103 100
      3 < transfer c1 {"target":"103"}
      6 T busy
      7 = c1 101 on_hold to 103 180
      7 ! transfer-progress c1 180 Ringing
      8 H right
      10 = c1 101 on_hold
      10 ! transfer-progress c1 486 Busy Here
      10 T refused
    `,
  },
  {
    name: 'a hold that is refused is no reason to stay',
    says: '-----r-9--A',
    acts: '-I-T',
    replies: refusesHold,
    told: `
      3 = c1 101 active silent
      3 < change c1 hold=true
      3 = c1 101 active silent to 103 100
      3 < transfer c1 {"target":"103"}
      7 = c1 101 active silent to 103 180
      7 ! transfer-progress c1 180 Ringing
      10 = c1 101 terminated silent local transferred
      10 ! transfer-progress c1 200 OK
      10 T right
      10 < end c1
    `,
  },
  {
    name: 'to the far side of another call: both of our calls are over',
    says: '-------r-9--A',
    acts: '-I-J-S',
    replies: goesSlowly,
    told: `
      3 < prepare c3
      3 = c3 102 trying
      3 < place c3
      3 = c3 102 active
      3 J right
      5 = c1 101 active silent
      5 < change c1 hold=true
      5 = c1 101 on_hold to c3 100
      5 < transfer c1 {"call":"c3"}
      9 = c1 101 on_hold to c3 180
      9 ! transfer-progress c1 180 Ringing
      12 = c1 101 terminated silent local transferred
      12 = c3 102 terminated local transferred
      12 ! transfer-progress c1 200 OK
      12 S right
      12 < end c1
      12 < end c3
    `,
  },
  {
    name: 'whoever it was sent to hangs up on us once it goes there: she is connected with it',
    says: '-------r-9Z-A',
    acts: '-I-J-S',
    replies: goesSlowly,
    told: `
      3 < prepare c3
      3 = c3 102 trying
      3 < place c3
      3 = c3 102 active
      3 J right
      5 = c1 101 active silent
      5 < change c1 hold=true
      5 = c1 101 on_hold to c3 100
      5 < transfer c1 {"call":"c3"}
      9 = c1 101 on_hold to c3 180
      9 ! transfer-progress c1 180 Ringing
      10 = c3 102 terminated remote transferred
      12 = c1 101 terminated silent local transferred
      12 ! transfer-progress c1 200 OK
      12 S right
      12 < end c1
    `,
  },
  {
    name: 'whoever it was sent to hangs up before it goes: she has just hung up',
    says: '-------Zr--8',
    acts: '-I-J-S',
    replies: goesSlowly,
    told: `
      3 < prepare c3
      3 = c3 102 trying
      3 < place c3
      3 = c3 102 active
      3 J right
      5 = c1 101 active silent
      5 < change c1 hold=true
      5 = c1 101 on_hold to c3 100
      5 < transfer c1 {"call":"c3"}
      7 = c3 102 terminated remote hung_up
      11 = c1 101 on_hold
      11 ! transfer-progress c1 486 Busy Here
      11 S refused
      11 < change c1 hold=false
      11 = c1 101 active
    `,
  },
  {
    name: 'to a call that there is not, or that is over',
    says: '',
    acts: '-I-V',
    replies: goesSlowly,
    told: `
      3 V no-such-call
    `,
  },
];

describe('call: transfer', () => {
  it.each(stories)('$name', ({ told, name: _, ...story }) => {
    expect(tell({ since: 2, table, letters, ...story })).toEqual(linesOf(told));
  });
});
