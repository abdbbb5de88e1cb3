import { filter, map, type Observable } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import type { Call } from '../../lib/call/model.js';
import type { CallingOrder } from '../../lib/call/calling.js';
import type { Client, ClientOptions } from '../../lib/client/model.js';
import { agreeable, done, failed, type Letter, type Replies } from '../../lib/testing/index.js';
import { callSays, changesOf } from '../support/legend.js';
import { acts, marbles } from '../support/marbles.js';
import { phone, quick, type Phone } from './support/phone.js';
import { sipTraits } from './support/story.js';

/*
 * A call whose line goes away and comes back.
 *
 *     x  the socket is gone    ~ media flow    % media are interrupted    b media failed for good
 *     h  found    G  not found (481)    p  491    5  500, Retry-After 7    u  480    8  488    9  403
 *     orders: Z recover (X with our hold, W with other media, Q with both)   w farewell   E end (e silently)   F forget
 *     seen:   u up   v recovering   o lost, the sound goes on   l ended line_lost   h hung up   m media failed
 */
const says = {
  ...callSays,
  '~': call => ({ _tag: 'media', call, media: 'flowing' }),
  '%': call => ({ _tag: 'media', call, media: 'interrupted' }),
  b: call => ({ _tag: 'media-failed', call }),
  h: (_, refOf) => done({ ref: refOf('recover') }),
  G: (_, refOf) => failed({ ref: refOf('recover') }, 'call-ended', { statusCode: 481 }),
  p: (_, refOf) => failed({ ref: refOf('recover') }, 'busy', { statusCode: 491 }),
  5: (_, refOf) => failed({ ref: refOf('recover') }, 'server-error', { statusCode: 500, retryAfter: 7_000 }),
  u: (_, refOf) => failed({ ref: refOf('recover') }, 'refused', { statusCode: 480 }),
  8: (_, refOf) => failed({ ref: refOf('recover') }, 'refused', { statusCode: 488 }),
  9: (_, refOf) => failed({ ref: refOf('recover') }, 'refused', { statusCode: 403 }),
} satisfies Readonly<Record<string, Letter>>;

/** The far side is silent about what it is asked, but for the row. */
const silent: Replies = { ...quick, recover: () => [], change: () => [], 'accept-offer': () => [], restart: () => [] };

const orderOf = (order: CallingOrder): string => {
  if (order._tag === 'recover') return order.hold ? (order.restart ? 'Q' : 'X') : order.restart ? 'W' : 'Z';
  if (order._tag === 'end') return order.silently === true ? 'e' : 'E';
  return { farewell: 'w', forget: 'F', open: 'O', change: 'H', restart: 'T', refresh: 'f' }[order._tag as string] ?? '';
};

const ordersOf = ({ line }: Phone): Observable<string> =>
  line.order$.pipe(
    map(orderOf),
    filter(letter => letter !== ''),
  );

const signallingOf = (call: Call | undefined): string => {
  if (call === undefined) return 'z';
  if (call.end !== undefined) return call.end.cause;
  return call.signalling;
};
const values = { z: 'z', u: 'up', v: 'recovering', o: 'lost', l: 'line_lost', h: 'hung_up', m: 'media_failed' };
const signalling$ = ({ client }: Phone): Observable<string> =>
  client.session$.pipe(changesOf(({ calls: [call] }) => signallingOf(call)));

/** A call of ours with sound, active from frame 1 on. Back-off is 250 ms, and calls are looked for 500 ms later. */
const talking = (
  helpers: RunHelpers,
  link: string,
  report$: string,
  { replies = silent, ...options }: Partial<ClientOptions> & { readonly replies?: Replies } = {},
): Phone => {
  const place: Replies['place'] = order => [
    ...quick.place(order),
    { _tag: 'accepted', call: order.call },
    { _tag: 'media', call: order.call, media: 'flowing' },
  ];
  const told = phone(helpers, link, report$, {
    replies: { ...replies, place },
    traits: sipTraits,
    says,
    linger: 90_000,
    ...options,
  });
  acts(helpers, '-I', { I: () => told.client.invite('101') });
  return told;
};

/** A socket that does not open again before the row says so. */
const slowly = (): Replies => {
  let attempts = 0;
  return { ...silent, open: () => ((attempts += 1) === 1 ? [{ _tag: 'opened' }] : []) };
};

const H = 'c1';
const acting: Readonly<Record<string, (client: Client) => unknown>> = {
  H: client => client.hold(H),
  K: client => client.unhold(H),
  M: client => client.mute(H, true),
  E: client => client.hangup(H),
};

type Story = {
  readonly name: string;
  readonly link?: string;
  readonly says: string;
  readonly acts?: string;
  readonly orders?: string;
  readonly seen: string;
  readonly replies?: () => Replies;
  readonly options?: Partial<ClientOptions>;
};

const stories: readonly Story[] = [
  {
    name: 'the socket goes and comes back: after the registration the call is looked for, and goes on',
    says: '  ----x 800ms h',
    orders: '---- 250ms O 499ms Z',
    seen: '  zu--v 800ms u',
  },
  {
    name: 'it is held as it was',
    says: '  ---q--x 800ms h',
    acts: '  --H',
    orders: '--H--- 250ms O 499ms X',
    seen: '  zu----v 800ms u',
  },
  {
    name: 'a hold that was on its way when the socket went is found agreed',
    says: '  ------x 800ms h',
    acts: '  --H',
    orders: '--H--- 250ms O 499ms X',
    seen: '  zu----v 800ms u',
  },
  {
    name: 'an unhold meanwhile is offered on the way back',
    says: '  ---q--x 800ms h',
    acts: '  --H-----K',
    orders: '--H--- 250ms O 499ms X 50ms H',
    seen: '  zu----v 800ms u',
  },
  {
    name: 'media that are broken are made anew on the way',
    says: '  ----x% 799ms h~',
    orders: '---- 250ms O 499ms W',
    seen: '  zu--v 800ms u',
  },
  {
    name: 'the network is cut for 20 s',
    link: '  ^ 60s !',
    says: '  ----x 20s o 700ms h',
    seen: '  zu--v 20s 701ms u',
    replies: slowly,
  },
  {
    name: 'half-open: nobody answers, which is found out after 22 and 5 s, and the call is found again',
    link: '  ^ 40s !',
    says: '',
    orders: '- 27249ms O 499ms Z',
    seen: '  zu 26998ms v 749ms u',
    replies: () => ({ ...silent, probe: () => [], recover: agreeable.recover }),
  },
  {
    name: 'not known any more (481): it is over',
    says: '  ----x 800ms G',
    orders: '---- 250ms O 499ms Z 50ms F',
    seen: '  zu--v 800ms l',
  },
  {
    name: 'two offers meet (491): again when the time is, as the caller',
    says: '  ----x 800ms p 3060ms h',
    orders: '---- 250ms O 499ms Z 3100ms Z',
    seen: '  zu--v 800ms - 3060ms u',
  },
  {
    name: 'busy (500): again when it asks for it',
    link: '  ^ 19s !',
    says: '  ----x 800ms 5 7010ms h',
    orders: '---- 250ms O 499ms Z 7050ms Z',
    seen: '  zu--v 800ms - 7010ms u',
  },
  {
    name: 'not there (480): again after a while, as long as there is time',
    link: '  ^ 19s !',
    says: '  ----x 800ms u 5010ms h',
    orders: '---- 250ms O 499ms Z 5050ms Z',
    seen: '  zu--v 800ms - 5010ms u',
  },
  {
    name: 'the new media are refused (488): once more with those that there are',
    says: '  ----x% 799ms 8 h',
    orders: '---- 250ms O 499ms W 50ms Z 1199ms T',
    seen: '  zu--v 801ms u',
  },
  {
    name: 'it is forbidden (403): the people keep their sound, and can hang up',
    says: '  ----x 800ms 9',
    acts: '  ----- 2s E',
    orders: '---- 250ms O 499ms Z 1250ms E',
    seen: '  zu--v 800ms o 1199ms h',
  },
  {
    name: 'nothing is found out within a minute: the people keep their sound',
    link: '  ^ 70s !',
    says: '  ----x',
    seen: '  zu--v 59999ms o',
    replies: slowly,
  },
  {
    name: 'a call whose signalling is lost ends when its sound does',
    link: '  ^ 70s !',
    says: '  ----x 62s b',
    seen: '  zu--v 59999ms o 2s l',
    replies: slowly,
  },
  {
    name: 'nothing is found out within a minute, and there is no sound either: it is over',
    link: '  ^ 70s !',
    says: '  ----x%',
    seen: '  zu--v 59999ms l',
    replies: slowly,
  },
  {
    name: 'hung up while the line is away: over at once, and said when it is back',
    link: '  ^ 30s !',
    says: '  ----x 5s o',
    acts: '  ------ 1s E',
    orders: '---- 250ms O 751ms e 3998ms w',
    seen: '  zu--v 1001ms h',
    replies: slowly,
  },
  {
    name: 'hung up while the line is away for too long: never said',
    link: '  ^ 45s !',
    says: '  ----x 40s o',
    acts: '  ------ 1s E',
    seen: '  zu--v 1001ms h',
    replies: slowly,
  },
];

describe('call: line recovery', () => {
  it.each(stories)(
    '$name',
    ({ link = '^ 9s !', says: row, acts: doing = '', orders, seen, replies = () => silent, options }) => {
      marbles(helpers => {
        const told = talking(helpers, link, row, { replies: replies(), ...options });
        const table = Object.fromEntries(
          Object.entries(acting).map(([letter, act]) => [letter, () => act(told.client)]),
        );
        acts(helpers, doing, table);
        const looked = link.replace(/(\d+)s/, (_, seconds: string) => `${String(Number(seconds) - 1)}s`);
        if (orders !== undefined) helpers.expectObservable(ordersOf(told), looked).toBe(orders);
        helpers.expectObservable(signalling$(told), looked).toBe(seen, values);
      });
    },
  );
});
