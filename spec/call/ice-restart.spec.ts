import { agreeable, done, failed, type Letter, type Replies } from '../../lib/testing/index.js';
import { linesOf, picksUp, tell, type Story } from './support/story.js';

/*
 * The sound of a call breaks, and is made anew.
 *
 *     ~ media flow   : are set up   % are interrupted   b failed for good   x  the line is away
 *     m  the far side takes the new media    P  two offers meet (491)
 *
 * As it is told: `<` asked of the outside, `=` how a call is, `!` a moment within it, and the outcome of each act.
 */
const letters = {
  '~': { _tag: 'media', call: 'c1', media: 'flowing' },
  ':': { _tag: 'media', call: 'c1', media: 'connecting' },
  '%': { _tag: 'media', call: 'c1', media: 'interrupted' },
  b: { _tag: 'media-failed', call: 'c1' },
  m: (_, refOf) => done({ ref: refOf('restart') }),
  P: (_, refOf) => failed({ ref: refOf('restart') }, 'busy', { statusCode: 491 }),
} satisfies Readonly<Record<string, Letter>>;

const table: Story['table'] = {
  I: client => client.invite('101'),
  H: client => client.hold('c1'),
  R: client => client.reconnectCall('c1'),
};

/** The far side takes new media when the row says so. */
const silent: Replies = { ...picksUp, restart: () => [] };
/** A far side that takes new media at once, by which nothing is heard either. */
const taking: Replies = { ...picksUp, restart: agreeable.restart };

/** The line does not come back. */
const lasting = (): Replies => {
  let attempts = 0;
  return { ...silent, open: () => ((attempts += 1) === 1 ? [{ _tag: 'opened' }] : []) };
};

const restart = '< restart c1 how=ice hold=false';
const another = '< restart c1 how=connection hold=false';
const late = '! media-failed c1 {"code":"timeout","retryable":true,"message":"No answer came in time."}';

const stories: readonly (Omit<Story, 'table' | 'letters'> & { readonly name: string; readonly told: string })[] = [
  {
    name: 'an interruption that heals by itself asks for nothing',
    says: '--~% 1998ms ~',
    acts: '-I',
    seconds: 90,
    told: '',
  },
  {
    name: 'a connection that is being made for too long is made anew, and ends the call after a minute',
    says: '--:',
    acts: '-I',
    replies: taking,
    seconds: 90,
    told: `${[10, 20, 30, 40, 50].map(second => `${second}002 ${restart}\n${second + 5}002 ${another}\n`).join('')}
      60002 = c1 101 terminated network media_failed
      60002 < end c1`,
  },
  {
    name: 'a connection that is being made in time asks for nothing',
    says: '--: 9s ~',
    acts: '-I',
    replies: taking,
    seconds: 90,
    told: '',
  },
  {
    name: 'one that does not is made anew, and again after a while, until there is sound',
    says: '--~% 9s ~',
    acts: '-I',
    replies: taking,
    seconds: 90,
    told: `2003 ${restart}
      7003 ${another}`,
  },
  {
    name: 'a minute without sound is the end, also where the connection never says that it has failed',
    says: '--~% 19999ms :% 19998ms :%',
    acts: '-I',
    replies: silent,
    seconds: 90,
    told: `2003 ${restart}
      35003 ${late}
      40003 ${another}
      60003 = c1 101 terminated network media_failed
      60003 < end c1`,
  },
  {
    name: 'and where it says so again and again',
    says: '--~% 19999ms b 4999ms :b 4999ms :b 9s m 999ms b',
    acts: '-I',
    replies: silent,
    seconds: 90,
    told: `2003 ${restart}
      35003 ${late}
      40003 ${another}
      60003 = c1 101 terminated network media_failed
      60003 < end c1`,
  },
  {
    name: 'the minute begins anew when there was sound in it',
    says: '--~% 1s ~ 40s b',
    acts: '-I',
    replies: silent,
    seconds: 110,
    told: `41005 ${restart}
      74005 ${late}
      79005 ${another}
      101005 = c1 101 terminated network media_failed
      101005 < end c1`,
  },
  {
    name: 'what waits behind another offer is not asked for when the sound is back',
    says: '--~% 999ms j 2s ~ 999ms +',
    acts: '-I',
    replies: { ...silent, 'accept-offer': () => [] },
    seconds: 30,
    told: '1003 < accept-offer c1 hold=false',
  },
  {
    name: 'but for somebody it is',
    says: '--~% 999ms j 2s ~ 999ms +',
    acts: '-I 1100ms R',
    replies: { ...silent, 'accept-offer': () => [] },
    seconds: 30,
    told: `1003 < accept-offer c1 hold=false
      4004 ${restart}`,
  },
  {
    name: 'what has met another offer is not tried again when the sound is back, and what waits behind it has its turn',
    says: '--~% 2s P 999ms ~',
    acts: '-I 3s H',
    replies: silent,
    seconds: 30,
    told: `2003 ${restart}
      3002 = c1 101 active silent
      3004 < change c1 hold=true
      3004 = c1 101 on_hold
      3004 H right`,
  },
  {
    name: 'what could not be asked for without the line is not asked for when both are back',
    says: '--~% 999ms x b 199ms ~',
    acts: '-I',
    replies: silent,
    seconds: 30,
    told: `1003 = c1 101 active recovering
      1753 < recover c1 hold=false restart=false
      1753 = c1 101 active`,
  },
  {
    name: 'while the line is away it has the time that was given to the line',
    says: '--~% 999ms x',
    acts: '-I',
    replies: lasting(),
    options: { recovery: 180_000 },
    seconds: 200,
    told: `1003 = c1 101 active recovering
      181003 = c1 101 terminated recovering network line_lost
      181003 < end c1 silently=true`,
  },
];

describe('call: ICE restart', () => {
  it.each(stories)('$name', ({ name: _, told, since = 3, ...story }) => {
    expect(tell({ ...story, since, table, letters })).toEqual(linesOf(told));
  });
});
