import { map, mergeMap, type Observable } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import type { MediaStats } from '../../lib/call/model.js';
import type { Quality } from '../../lib/call/quality.js';
import type { Client, ClientOptions } from '../../lib/client/model.js';
import { done, type Letter, type Replies } from '../../lib/testing/index.js';
import { phone, quick } from '../call/support/phone.js';
import { callSays } from '../support/legend.js';
import { acts, marbles } from '../support/marbles.js';
import { snapshot } from '../../lib/core/streams.js';

const none = { packets: 0, packetsLost: 0, bytes: 0, jitter: 0 };

/** Each time it is asked another second has been counted: in turn what these say, and then the last one for good. */
const counting = (...received: readonly number[]): Replies => {
  let asked = 0;
  let packets = 0;
  const stats = (): MediaStats => {
    packets += received[Math.min(asked++, received.length - 1)]!;
    return { received: { ...none, packets }, sent: { ...none, packets: asked * 50 }, source: 'a' };
  };
  return { ...quick, stats: order => [done(order, stats())] };
};

const says = {
  ...callSays,
  '~': call => ({ _tag: 'media', call, media: 'flowing' }),
  '%': call => ({ _tag: 'media', call, media: 'interrupted' }),
} satisfies Readonly<Record<string, Letter>>;

/** `u` nothing is known, `c` packets are counted, `q` there is a score, `w` and a warning. */
const letterOf = ({ mos, warnings, packets }: Quality): string => {
  if (warnings.length > 0) return 'w';
  if (mos !== undefined) return 'q';
  return packets.sent > 0 ? 'c' : 'u';
};

type Clock = Pick<ClientOptions, 'now'>;

/** The call is `c1`, which is answered in frame 4. */
const talk = (
  helpers: RunHelpers,
  {
    report$ = '---~2',
    replies = counting(50),
    ...clock
  }: Clock & { readonly report$?: string; readonly replies?: Replies } = {},
) => {
  const { client, order$ } = phone(helpers, '^ 60s !', report$, { replies, says, linger: 0, ...clock });
  acts(helpers, '-I', { I: () => client.invite('101') });
  const watch = (row: string, stream$: (client: Client) => Observable<unknown>): Observable<unknown> =>
    helpers.cold(row).pipe(mergeMap(() => stream$(client)));
  return { client, order$, watch };
};
const quality = (client: Client): Observable<string> => client.quality$('c1').pipe(map(letterOf));

describe('client: quality$', () => {
  it('has a value at once, is judged after 2 s, and completes with the call', () => {
    marbles(helpers => {
      const { watch } = talk(helpers, { report$: '---~2 5s y' });
      helpers.expectObservable(watch('-----v|', quality)).toBe('-----u 999ms c 999ms q 2999ms |');
    });
  });

  it('reads the time from the clock that the client was given: where that stands still, no call is ever 2 s old', () => {
    marbles(helpers => {
      const { watch } = talk(helpers, { report$: '---~2 5s y', now: () => 0 });
      helpers.expectObservable(watch('-----v|', quality)).toBe('-----u 999ms c 3999ms |');
    });
  });

  it('is distinct, and shows the latest to whoever comes late', () => {
    marbles(helpers => {
      const { watch } = talk(helpers);
      helpers.expectObservable(watch('-----v', quality), '^ 6s !').toBe('-----u 999ms c 999ms q');
      helpers.expectObservable(watch('----- 3500ms v', quality), '^ 6s !').toBe('----- 3500ms q');
    });
  });

  it('measures once for all who watch it or the counts, and not at all for nobody', () => {
    marbles(helpers => {
      const { watch, order$ } = talk(helpers);
      helpers.expectObservable(watch('-----v', quality), '^ 2500ms !').toBe('-----u 999ms c 999ms q');
      helpers.expectObservable(watch('-----v', quality), '^ 1500ms !').toBe('-----u 999ms c');
      const counts = (client: Client): Observable<string> => client.stats$('c1').pipe(map(() => 's'));
      helpers.expectObservable(watch('-----v', counts), '^ 2500ms !').toBe('-----s 999ms s 999ms s');
      helpers.expectObservable(order$, '^ 9s !').toBe('-(MI)Q 999ms Q 999ms Q');
    });
  });

  it('begins anew when somebody watches again', () => {
    marbles(helpers => {
      const { watch, order$ } = talk(helpers);
      helpers.expectObservable(watch('-----v', quality), '^ 2500ms !').toBe('-----u 999ms c 999ms q');
      helpers.expectObservable(watch('4s v', quality), '^ 6100ms !').toBe('4s u 999ms c 999ms q');
      helpers.expectObservable(order$, '^ 6100ms !').toBe('-(MI)Q 999ms Q 999ms Q 1994ms Q 999ms Q 999ms Q');
    });
  });

  it('is not judged before the answer', () => {
    marbles(helpers => {
      const { watch } = talk(helpers, { report$: '---~ 4s 2' });
      helpers.expectObservable(watch('-----v', quality), '^ 8s !').toBe('-----u 999ms c 4999ms q');
    });
  });

  it('warns when nothing is heard any more, and no more when it is', () => {
    marbles(helpers => {
      const { watch } = talk(helpers, { replies: counting(50, 50, 50, 0, 0, 0, 50, 50, 50, 50) });
      helpers
        .expectObservable(watch('-----v', quality), '^ 10s !')
        .toBe('-----u 999ms c 999ms q 999ms c 1999ms w 999ms w 1999ms q');
    });
  });

  it('is not judged for 2 s after its media were interrupted', () => {
    marbles(helpers => {
      const { watch } = talk(helpers, { report$: '---~2 3500ms % 999ms ~' });
      helpers.expectObservable(watch('-----v', quality), '^ 8s !').toBe('-----u 999ms c 999ms q 1999ms c 2999ms q');
    });
  });

  it('is the same Observable for the same call', () => {
    marbles(helpers => {
      const { client } = talk(helpers);
      acts(helpers, '-----V', {
        V: () => {
          expect(client.quality$('c1')).toBe(client.quality$('c1'));
        },
      });
    });
  });

  it('of a call that nobody knows, or that is over, tells nothing and is over', () => {
    marbles(helpers => {
      const { client, watch } = talk(helpers, { report$: '---~2--y' });
      helpers.expectObservable(client.quality$('nobody').pipe(map(letterOf))).toBe('(u|)');
      expect(snapshot(client.quality$('nobody')).warnings).toEqual([]);
      helpers.expectObservable(watch('-------- 1s v|', quality)).toBe('-------- 1s u|');
    });
  });
});
