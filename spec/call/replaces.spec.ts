import { NEVER, Subscription } from 'rxjs';
import type { Client } from '../../lib/client/model.js';
import { done, fakeDevices, type Letter, type Replies } from '../../lib/testing/index.js';
import { quick } from './support/phone.js';
import { linesOf, picksUp, tell, type Story } from './support/story.js';
import type { Outcome } from '../../lib/core/port.js';

/*
 * A call comes in that takes the place of one of ours.
 *
 *     R  it comes in   Q  our answer to it has left   U  it goes away   Y  the former far side hangs up
 *
 * As it is told: `<` asked of the outside, `=` how a call is, `!` a moment within it, and the outcome of each act.
 */
const letters = {
  Y: { _tag: 'ended', call: 'c1', by: 'remote', cause: 'hung_up' },
  R: {
    _tag: 'incoming',
    call: 'n',
    ref: 'n@far',
    identity: { phoneNumber: '106', anonymous: false },
    autoAnswer: false,
    replaces: 'c1',
  },
  Q: (_, refOf) => done({ ref: refOf('answer') }),
  U: { _tag: 'ended', call: 'n', by: 'remote', cause: 'cancelled' },
} satisfies Readonly<Record<string, Letter>>;

const table: Story['table'] = {
  I: client => client.invite('101'),
  H: client => client.hold('c1'),
  E: client => client.hangup('c1'),
};

const answersSlowly: Replies = { ...picksUp, answer: () => [] };
const rings: Replies = {
  ...quick,
  place: ({ call }) => [
    { _tag: 'placed', call, ref: 'far' },
    { _tag: 'progress', call, statusCode: 180, reasonPhrase: 'Ringing', body: '', early: false },
  ],
};

const stories: readonly (Omit<Story, 'table' | 'letters'> & { readonly name: string; readonly told: string })[] = [
  {
    name: 'the call goes on with somebody else',
    says: '---R----Q',
    acts: '-I',
    replies: answersSlowly,
    told: `
      3 < prepare n
      3 < answer n
      8 = c1 106 active
      8 < adopt c1 from=n
    `,
  },
  {
    name: 'the former far side goes first: nobody sees it',
    says: '---R----Y-Q',
    acts: '-I',
    replies: answersSlowly,
    told: `
      3 < prepare n
      3 < answer n
      10 = c1 106 active
      10 < adopt c1 from=n
    `,
  },
  {
    name: 'what is to follow goes away: the call is as it was',
    says: '---R----U',
    acts: '-I',
    replies: answersSlowly,
    told: `
      3 < prepare n
      3 < answer n
    `,
  },
  {
    name: 'both go away',
    says: '---R----YU',
    acts: '-I',
    replies: answersSlowly,
    told: `
      3 < prepare n
      3 < answer n
      9 = c1 101 terminated remote hung_up
    `,
  },
  {
    name: 'we hang up meanwhile',
    says: '---R',
    acts: '-I------E',
    replies: answersSlowly,
    told: `
      3 < prepare n
      3 < answer n
      8 = c1 101 terminated local hung_up
      8 < end c1
      8 < end n
      8 E right
    `,
  },
  {
    name: 'a call on hold stays on hold',
    says: '---R----Q',
    acts: '-IH',
    replies: answersSlowly,
    told: `
      2 = c1 101 active silent
      2 < change c1 hold=true
      2 = c1 101 on_hold
      2 H right
      3 < prepare n
      3 < answer n
      8 = c1 106 on_hold
      8 < adopt c1 from=n
    `,
  },
  {
    name: 'a hold that is asked for meanwhile is asked of the new far side',
    says: '---R----Q',
    acts: '-I---H',
    replies: answersSlowly,
    told: `
      3 < prepare n
      3 < answer n
      5 = c1 101 active silent
      8 = c1 106 active silent
      8 < adopt c1 from=n
      8 < change c1 hold=true
      8 = c1 106 on_hold
      8 H right
    `,
  },
  {
    name: 'a call of ours is picked up while it rings',
    says: '---R',
    acts: '-I',
    replies: rings,
    told: `
      3 < prepare n
      3 < answer n
      3 = c1 106 active
      3 < adopt c1 from=n
    `,
  },
  {
    name: 'only what talks can be replaced',
    says: '-i-R',
    acts: '',
    told: `
      3 = n 106 ringing
    `,
  },
];

describe('call: replaced by an INVITE with Replaces', () => {
  it.each(stories)('$name', ({ told, name: _, ...story }) => {
    expect(tell({ since: 2, table, letters, ...story })).toEqual(linesOf(told));
  });

  it('and is listened to where it sounds', () => {
    const heard: string[] = [];
    const watching = new Subscription();
    const devices = fakeDevices({
      level$: ({ side, call = 'all' }) => {
        heard.push(`${side} ${call}`);
        return NEVER;
      },
    });
    const listen = (client: Client): Outcome<unknown> => {
      watching.add(client.level$('output', { call: 'c1' }).subscribe());
      watching.add(client.level$('input').subscribe());
      return client.mute('c1', false);
    };
    tell({
      says: '---R----Q',
      acts: '-IL',
      letters,
      table: { ...table, L: listen },
      replies: answersSlowly,
      options: { devices },
    });
    watching.unsubscribe();
    // At last the client has left, and knows of no call any more.
    expect(heard).toEqual(['output c1', 'input all', 'output n', 'output c1']);
  });
});
