import { distinctUntilChanged, map } from 'rxjs';
import { createClient } from 'callstream';
import { connectFor, fakeLine, names, type Letter } from 'callstream/testing';
import { marbles } from '../support/marbles.js';

describe('the example of the README', () => {
  it('is a score that holds', () => {
    marbles(({ hot, expectObservable }) => {
      const report$ = hot<Letter>('30ms r--a--h', {
        r: call => ({ _tag: 'progress', call, statusCode: 180, reasonPhrase: 'Ringing', body: '', early: false }),
        a: call => ({ _tag: 'accepted', call }),
        h: call => ({ _tag: 'ended', call, by: 'remote', cause: 'hung_up' }),
      });
      const client = createClient({ calling: [fakeLine({ report$ })], newId: names() });
      const status$ = client.session$.pipe(
        map(({ calls }) => calls[0]?.status ?? 'none'),
        distinctUntilChanged(),
      );
      connectFor(client, 100);
      client.invite('101');
      expectObservable(status$).toBe('t 29ms r--a--e 63ms n', {
        t: 'trying',
        r: 'ringing',
        a: 'active',
        e: 'terminated',
        n: 'none',
      });
    });
  });
});
