import { concatMap, map, merge, mergeAll, Subject, type Observable } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { createClient } from '../../lib/client/client.js';
import type { Client } from '../../lib/client/model.js';
import type { ConversingOrder, ConversingReport, Request, Messaging } from '../../lib/conversation/port.js';
import { left, right, type Either } from '../../lib/core/either.js';
import { fault, type FaultCode } from '../../lib/core/fault.js';
import type { Failure, Outcome } from '../../lib/core/port.js';
import { fakeChat, names, type ChatLetter, type FakeChatOptions } from '../../lib/testing/index.js';
import { codeOf } from '../support/legend.js';
import { marbles, owns } from '../support/marbles.js';

/*
 *     orders    O open  R register  U unregister  C close  g get  c create  t token  b backfill  a abandon
 *     commands  g get   c create
 *     wire      x the socket goes   5, 9 an event with this number
 *     outcomes  r right, or the code of the fault
 */
const letters: Readonly<Partial<Record<Request['verb'], string>>> = {
  getUser: 'g',
  createConversation: 'c',
  refreshSession: 't',
  getConversationEvents: 'b',
};
const lineLetters = { open: 'O', register: 'R', unregister: 'U', close: 'C', probe: 'P', abandon: 'a' } as const;
const letterOf = (order: ConversingOrder): string =>
  order._tag === 'ask' ? (letters[order.request.verb] ?? '?') : lineLetters[order._tag];

const user = right({ id: 'USR-1', name: 'alice' });
const no = (code: FaultCode, failure: Partial<Failure> = {}): Either<Failure, never> =>
  left({ fault: fault(code), ...failure });

/** What the service answers to each verb, one after the other; the last answer stays. */
const answers =
  (table: Readonly<Partial<Record<Request['verb'], readonly (Either<Failure, unknown> | undefined)[]>>>) =>
  (): NonNullable<FakeChatOptions['answer']> => {
    const counts = new Map<Request['verb'], number>();
    return ({ verb }) => {
      const list = table[verb] ?? [right({ items: [] })];
      const count = counts.get(verb) ?? 0;
      counts.set(verb, count + 1);
      return list[Math.min(count, list.length - 1)];
    };
  };

const event = (id: number): ConversingReport => ({
  _tag: 'event',
  event: { kind: 'unknown', conversationId: `CON-${id}`, id, raw: null },
});
const wire: Readonly<Record<string, ChatLetter>> = {
  x: { _tag: 'closed', code: 1006 },
  5: event(5),
  9: event(9),
};

const commands: Readonly<Record<string, (client: Messaging) => Outcome<unknown>>> = {
  g: client => client.getUser('me'),
  c: client => client.createConversation(),
};

type Play = {
  readonly client: Client & Messaging;
  readonly order$: Observable<string>;
  readonly outcome$: Observable<string>;
};

/** A client that is given commands by a marble, over a service that answers by a table. */
const world = (
  { hot }: RunHelpers,
  rows: { readonly commands?: string; readonly wire?: string },
  options: FakeChatOptions = {},
): Play => {
  const chat = fakeChat({ report$: hot(rows.wire ?? '-', wire), ...options });
  const client = createClient({ conversations: chat, random: () => 0.5, newId: names() });
  const outcomes = new Subject<Outcome<unknown>>();
  hot(rows.commands ?? '-').subscribe(letter => {
    const command = commands[letter];
    if (command !== undefined) outcomes.next(command(client));
  });
  return {
    client,
    order$: chat.order$.pipe(map(letterOf)),
    outcome$: outcomes.pipe(
      mergeAll(),
      map(outcome => (outcome._tag === 'Right' ? 'r' : codeOf(outcome.left))),
    ),
  };
};

describe('conversation: requests', () => {
  it('is asked once, and answered', () => {
    marbles(helpers => {
      const answer = answers({ getUser: [user] })();
      const { client, order$, outcome$ } = world(helpers, { commands: '------g' }, { answer });
      owns(client, '                                -^---------!');
      helpers.expectObservable(order$).toBe('        -(OR)-g----(UC)');
      helpers.expectObservable(outcome$).toBe('      ------r');
    });
  });

  it('that only reads is asked again after a server error, not before Retry-After, and three times at most', () => {
    marbles(helpers => {
      const answer = answers({ getUser: [no('rate-limited', { retryAfter: 7_000 }), no('server-error')] })();
      const { client, order$, outcome$ } = world(helpers, { commands: '------g' }, { answer });
      owns(client, '                                -^---- - 7s - 10s !');
      helpers.expectObservable(order$).toBe('        -(OR)-g 6999ms g 499ms g 9501ms (UC)');
      helpers.expectObservable(outcome$).toBe('      ------- 7s 499ms s', { s: 'server-error' });
    });
  });

  it('that does something is asked once, whatever comes of it', () => {
    marbles(helpers => {
      const answer = answers({ createConversation: [no('server-error')] })();
      const { client, order$, outcome$ } = world(helpers, { commands: '------c' }, { answer });
      owns(client, '                                -^-------- 10s !');
      helpers.expectObservable(order$).toBe('        -(OR)-c--- 10s (UC)');
      helpers.expectObservable(outcome$).toBe('      ------s', { s: 'server-error' });
    });
  });

  it('that nobody answers is over after 20 s', () => {
    marbles(helpers => {
      const answer = answers({ createConversation: [undefined] })();
      const { client, outcome$ } = world(helpers, { commands: '------c' }, { answer });
      owns(client, '                                -^-------- 40s !');
      helpers.expectObservable(outcome$).toBe('      ------ 20s t', { t: 'timeout' });
    });
  });
});

describe('conversation: 401', () => {
  it('has the token refreshed, once for all who were refused, and each asks once more', () => {
    marbles(helpers => {
      const answer = answers({
        getUser: [no('unauthorized'), no('unauthorized'), user],
        refreshSession: [undefined],
      })();
      const { client, order$, outcome$ } = world(
        helpers,
        { commands: '------(gg)' },
        {
          answer,
          report$: helpers.hot<ChatLetter>('------------a', {
            a: refOf => ({ _tag: 'answered', ref: refOf('refreshSession'), result: right(undefined) }),
          }),
        },
      );
      owns(client, '                          -^---------------------!');
      helpers.expectObservable(order$).toBe('  -(OR)-(gtg)-(gg)-------(UC)');
      helpers.expectObservable(outcome$).toBe('------------(rr)');
    });
  });

  it('that comes again is told', () => {
    marbles(helpers => {
      const answer = answers({ getUser: [no('unauthorized')], refreshSession: [right(undefined)] })();
      const { client, order$, outcome$ } = world(helpers, { commands: '------g' }, { answer });
      owns(client, '                                -^---------!');
      helpers.expectObservable(order$).toBe('        -(OR)-(gtg)(UC)');
      helpers.expectObservable(outcome$).toBe('      ------u', { u: 'unauthorized' });
    });
  });

  it('is told when there is no other token', () => {
    marbles(helpers => {
      const answer = answers({ getUser: [no('unauthorized')], refreshSession: [no('expired-token')] })();
      const { client, order$, outcome$ } = world(helpers, { commands: '------g' }, { answer });
      owns(client, '                                -^---------!');
      helpers.expectObservable(order$).toBe('        -(OR)-(gt)-(UC)');
      helpers.expectObservable(outcome$).toBe('      ------u', { u: 'unauthorized' });
    });
  });
});

describe('conversation: 429 and 503', () => {
  it('is asked by nobody until then', () => {
    marbles(helpers => {
      const answer = answers({
        getUser: [no('rate-limited', { retryAfter: 5_000 }), user],
        createConversation: [right('CON-1')],
      })();
      const { client, order$, outcome$ } = world(helpers, { commands: '------g-c' }, { answer });
      owns(client, '                                -^-------- 10s !');
      helpers.expectObservable(order$).toBe('        -(OR)-g 4999ms (gc) 5s (UC)');
      helpers.expectObservable(outcome$).toBe('      ------- 4999ms (rr)');
    });
  });

  it('has not carried out what it refused: anything is asked again', () => {
    marbles(helpers => {
      const answer = answers({
        createConversation: [no('rate-limited', { retryAfter: 1_000 }), right('CON-1')],
      })();
      const { client, order$, outcome$ } = world(helpers, { commands: '------c' }, { answer });
      owns(client, '                                -^-------- 10s !');
      helpers.expectObservable(order$).toBe('        -(OR)-c 999ms c 9003ms (UC)');
      helpers.expectObservable(outcome$).toBe('      ------- 999ms r');
    });
  });

  it('for longer than a person waits: commands hear it at once, also those that wait', () => {
    marbles(helpers => {
      const answer = answers({ getUser: [undefined, no('rate-limited', { retryAfter: 90_000 })] })();
      const { client, order$, outcome$ } = world(helpers, { commands: '------ggcg' }, { answer });
      owns(client, '                                -^-------- 1s !');
      helpers.expectObservable(order$).toBe('        -(OR)-gg--- 999ms (UC)');
      helpers.expectObservable(outcome$).toBe('      -------lll 1000ms d', { l: 'rate-limited', d: 'disconnected' });
    });
  });

  it('by 503 without a time is left alone for longer and longer, and asked at once when it is well', () => {
    marbles(helpers => {
      const down = left({ fault: fault('server-error', { statusCode: 503 }) });
      const answer = answers({ getUser: [down, down, user] })();
      const { client, order$, outcome$ } = world(helpers, { commands: '------g 8s g' }, { answer });
      owns(client, '                                -^-------- 10s !');
      helpers.expectObservable(order$).toBe('        -(OR)-g 249ms g 499ms g 7250ms g 2002ms (UC)');
      helpers.expectObservable(outcome$).toBe('      ------- 249ms - 499ms r 7250ms r');
    });
  });
});

describe('conversation: refused token', () => {
  it('is refused once, and commands hear it at once', () => {
    marbles(helpers => {
      const answer = answers({ getUser: [no('unauthorized')], refreshSession: [no('expired-token')] })();
      const { client, order$, outcome$ } = world(helpers, { commands: '------g---g' }, { answer });
      owns(client, '                                -^-------- 1s !');
      helpers.expectObservable(order$).toBe('        -(OR)-(gt)g 999ms (UC)');
      helpers.expectObservable(outcome$).toBe('      ------u---u', { u: 'unauthorized' });
    });
  });
});

describe('conversation: commands', () => {
  it('is refused without a line', () => {
    marbles(helpers => {
      const { client, outcome$ } = world(helpers, { commands: '---g' });
      owns(client, '                                -------^--!');
      helpers.expectObservable(outcome$).toBe('      ---n', { n: 'no-line' });
    });
  });

  it('waits for a line that is on its way', () => {
    marbles(helpers => {
      const answer = answers({ getUser: [user] })();
      const { client, order$, outcome$ } = world(helpers, { commands: '-------g', wire: '------x' }, { answer });
      owns(client, '                                -^-------- 1s !');
      helpers.expectObservable(order$).toBe('        -(OR)- 250ms (ORg) 749ms (UC)');
      helpers.expectObservable(outcome$).toBe('      256ms r');
    });
  });

  it('is told that it does not come, after 10 s', () => {
    marbles(helpers => {
      const { client, outcome$ } = world(helpers, { commands: '-------g' }, { line: () => [] });
      owns(client, '                                -^-------- 15s !');
      helpers.expectObservable(outcome$).toBe('      ------- 10s n', { n: 'no-line' });
    });
  });

  it('is told when the client is left', () => {
    marbles(helpers => {
      const answer = answers({ getUser: [undefined] })();
      const { client, outcome$ } = world(helpers, { commands: '-------g' }, { answer });
      owns(client, '                                -^-----------!');
      helpers.expectObservable(outcome$).toBe('      -------------d', { d: 'disconnected' });
    });
  });
});

describe('conversation: reconnect with a thousand conversations', () => {
  it('are looked after six at a time', () => {
    marbles(({ hot, expectObservable }) => {
      const many = Array.from({ length: 20 }, (_, index) => event(index + 1));
      const report$ = merge(
        hot('------m').pipe(concatMap(() => many)),
        hot<ChatLetter>('-------x', { x: { _tag: 'closed' } }),
      );
      const busy = fakeChat({ answer: () => undefined, report$ });
      const client = createClient({ conversations: busy, random: () => 0, newId: names() });
      owns(client, '                                               -^------------------!');
      expectObservable(busy.order$.pipe(map(letterOf))).toBe('        -(OR)--(ORbbbbbb)---(UC)');
    });
  });
});
