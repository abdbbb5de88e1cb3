import { filter, map } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { createClient } from '../../lib/client/client.js';
import type { Session } from '../../lib/client/model.js';
import { fakeLine, names, type Letter, type Replies } from '../../lib/testing/index.js';
import { quick } from '../call/support/phone.js';
import { changesOf, statusOf } from '../support/legend.js';
import { acts, marbles, owns } from '../support/marbles.js';

const from = (call: string, phoneNumber: string, displayName?: string): Letter => ({
  _tag: 'incoming',
  call,
  ref: call,
  identity: { phoneNumber, anonymous: false, ...(displayName === undefined ? {} : { displayName }) },
  autoAnswer: false,
});

/** Reports: `1` and `2` are one call of Pit's on either line, `3` is a call of Eve's, `x` cancels the second call. */
const says: Readonly<Record<string, Letter>> = {
  1: from('one', '101', 'Pit'),
  2: from('two', 'pit', 'Pit'),
  3: from('two', '103', 'Eve'),
  x: { _tag: 'ended', call: 'two', by: 'remote', cause: 'cancelled' },
};

const two = (helpers: RunHelpers, sip: string, chat: string, replies: Replies = quick) => {
  const lines = [
    fakeLine({ id: 'sip', report$: helpers.hot(sip, says), replies }),
    fakeLine({ id: 'chat', report$: helpers.hot(chat, says), replies }),
  ];
  const client = createClient({ calling: lines, random: () => 0.5, newId: names('c'), summaries: false });
  owns(client, '^-----------!');
  return { client, lines };
};

const callOf = (id: string) => (session: Session) => session.calls.find(call => call.id === id);
const endOf = (session: Session): string => callOf('two')(session)?.end?.cause ?? '-';

describe('client: one call on two lines of a device', () => {
  it('is answered on one: the other stops to ring, and has been answered elsewhere', () => {
    marbles(helpers => {
      const { client, lines } = two(helpers, '--1', '---2');
      acts(helpers, '      -----A', { A: () => client.answer('one') });
      const status = (id: string) => client.session$.pipe(changesOf(session => statusOf(callOf(id)(session))));
      helpers.expectObservable(status('one'), '^---------!').toBe('z-r--a', undefined);
      helpers.expectObservable(status('two'), '^---------!').toBe('z--r-e', undefined);
      helpers.expectObservable(client.session$.pipe(changesOf(endOf)), '^---------!').toBe('a----b', {
        a: '-',
        b: 'answered_elsewhere',
      });
      const forgotten$ = lines[1]!.order$.pipe(
        filter(({ _tag }) => _tag === 'forget' || _tag === 'refuse' || _tag === 'end'),
        map(({ _tag }) => _tag),
      );
      helpers.expectObservable(forgotten$, '^---------!').toBe('-----f', { f: 'forget' });
    });
  });

  it('rings on where it is somebody else’s', () => {
    marbles(helpers => {
      const { client } = two(helpers, '--1', '---3');
      acts(helpers, '      -----A', { A: () => client.answer('one') });
      helpers.expectObservable(client.session$.pipe(changesOf(endOf)), '^---------!').toBe('a', { a: '-' });
    });
  });

  it('is cancelled while it is being answered on the other line: that was elsewhere', () => {
    marbles(helpers => {
      const { client } = two(helpers, '--1', '---2---x', { ...quick, answer: () => [] });
      acts(helpers, '      -----A', { A: () => client.answer('one') });
      helpers
        .expectObservable(client.session$.pipe(changesOf(endOf)), '^---------!')
        .toBe('a------b', { a: '-', b: 'answered_elsewhere' });
    });
  });

  it('is cancelled while it rings: then nobody has answered it', () => {
    marbles(helpers => {
      const { client } = two(helpers, '--1', '---2---x');
      helpers
        .expectObservable(client.session$.pipe(changesOf(endOf)), '^---------!')
        .toBe('a------b', { a: '-', b: 'cancelled' });
    });
  });
});
