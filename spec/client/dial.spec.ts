import { filter, map, type Observable } from 'rxjs';
import type { Call } from '../../lib/call/model.js';
import type { Either } from '../../lib/core/either.js';
import type { Fault } from '../../lib/core/fault.js';
import { failed } from '../../lib/testing/index.js';
import { marbles } from '../support/marbles.js';
import { phone, quick } from '../call/support/phone.js';

/** t trying   r ringing   a active   e ended: as in every score; a fault is its code. */
const seen = (dial$: Observable<Either<Fault, Call>>): Observable<string> =>
  dial$.pipe(map(told => (told._tag === 'Left' ? told.left.code : `${told.right.phoneNumber} ${told.right.status}`)));
const values = {
  t: '101 trying',
  r: '101 ringing',
  a: '101 active',
  e: '101 terminated',
  m: 'mic-denied',
  n: 'no-line',
};

describe('dialCall', () => {
  it('begins with the subscription, and completes with the call', () => {
    marbles(helpers => {
      const { client, order$ } = phone(helpers, '^--------------!', '----1--2---y');
      helpers.expectObservable(seen(client.dial$('101')), '--^').toBe('--t-r--a---(e|)', values);
      helpers.expectObservable(order$).toBe('--(MI)');
    });
  });

  it('is hung up by whoever unsubscribes', () => {
    marbles(helpers => {
      const { client, order$ } = phone(helpers, '^--------------!', '----1--2---y');
      helpers.expectObservable(seen(client.dial$('101')), '--^------!').toBe('--t-r--a-', values);
      helpers.expectObservable(order$).toBe('--(MI)---E');
    });
  });

  it('is taken back while its microphone is being opened', () => {
    marbles(helpers => {
      const { client, order$, status$ } = phone(helpers, '^--------------!', '', {
        replies: { ...quick, prepare: () => [] },
      });
      helpers.expectObservable(seen(client.dial$('101')), '--^---!').toBe('', values);
      helpers.expectObservable(order$).toBe('--M---E');
      helpers.expectObservable(status$).toBe('z');
    });
  });

  it('is taken back while it waits for a line', () => {
    marbles(helpers => {
      const { client, order$ } = phone(helpers, '^ 2s !', '--x');
      helpers.expectObservable(seen(client.dial$('101')), '---^---!').toBe('', values);
      helpers.expectObservable(order$).toBe('');
    });
  });

  it('tells why it could not begin', () => {
    marbles(helpers => {
      const replies = { ...quick, prepare: ({ ref }: { readonly ref: string }) => [failed({ ref }, 'mic-denied')] };
      const { client } = phone(helpers, '---^-----------!', '', { replies });
      helpers.expectObservable(seen(client.dial$('101')), '^').toBe('(n|)', values);
      helpers.expectObservable(seen(client.dial$('101')), '-----^').toBe('-----(m|)', values);
    });
  });

  it('twice subscribed is two calls', () => {
    marbles(helpers => {
      const { client, order$ } = phone(helpers, '^--------------!', '');
      const dial$ = seen(client.dial$('101'));
      helpers.expectObservable(dial$, '--^---!').toBe('--t', values);
      helpers.expectObservable(dial$, '----^---!').toBe('----t', values);
      const begun$ = order$.pipe(filter(letter => letter === 'M' || letter === 'E'));
      helpers.expectObservable(begun$).toBe('--M-M-E-E');
    });
  });
});
