import { map } from 'rxjs';
import type { Line, Session } from 'callstream';
import { sessionEvents, type SessionEvent } from '../../lib/vonage/session-events.js';
import { marbles } from '../support/marbles.js';

const line = (more: Partial<Line>): Session =>
  ({
    lines: [
      {
        id: 'L',
        connection: 'recovering',
        registration: { state: 'none' },
        verdict: 'online',
        since: 0,
        attempt: 1,
        ...more,
      },
    ],
  }) as unknown as Session;
const attempts = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map(attempt => [String(attempt), line({ attempt })]));
const fault = (code: 'expired-token' | 'too-many-sessions') => ({ code, retryable: false, message: '' });

/** d disconnected  c connecting  u up (connected)  1-7 recovering, with so many failures  z the silence that began it */
const sessions: Readonly<Record<string, Session>> = {
  ...attempts,
  d: line({ connection: 'disconnected', attempt: 0 }),
  l: line({ connection: 'disconnecting', attempt: 0 }),
  c: line({ connection: 'connecting', attempt: 0 }),
  u: line({ connection: 'connected', attempt: 0 }),
  z: line({ verdict: 'dead' }),
  x: line({ fault: fault('expired-token') }),
  f: line({ connection: 'disconnected', registration: { state: 'refused', fault: fault('too-many-sessions') } }),
};

/** a reconnecting  b reconnection  t transport closed  p ping timeout  x, t with a dot: and over */
const letterOf = (news: SessionEvent): string => {
  if (news._tag !== 'error') return news._tag === 'reconnecting' ? 'a' : 'b';
  return `${news.reason.slice(0, 1)}${news.over ? '.' : ''}`;
};
const words = { a: 'a', b: 'b', T: 'T', P: 'P', X: 'E.', F: 'T.' };

describe('vonage sessionEvents: reconnecting, reconnection, sessionError', () => {
  it.each([
    ['while it begins: nothing      ', 'dc12345cu', '---------'],
    ['an outage: gone, and back     ', 'dcu1-2-u1u', '---a---bab'],
    ['after five failures, once     ', 'dcu1234567u', '---a----T-b'],
    ['each outage has its own count ', 'dcu12345u12u', '---a----ba-b'],
    ['a line that was unstable      ', 'dcu34567u', '---a----b'],
    ['the far side had fallen silent', 'dcuz23456u', '---a----Pb'],
    ['the token has expired: over   ', 'dcux12345u', '---X------'],
    ['it has expired meanwhile: over', 'dcu1x2345u', '---aX-----'],
    ['it is let in no more: over    ', 'dcu1fd----', '---aF-----'],
    ['we have left: nothing         ', 'dcu1ld1---', '---a------'],
  ])('%s', (_, session$, news$) => {
    marbles(({ hot, expectObservable }) => {
      const told$ = sessionEvents(hot(session$, sessions)).pipe(map(letterOf));
      expectObservable(told$).toBe(news$, words);
    });
  });
});
