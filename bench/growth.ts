import { Subject } from 'rxjs';
import { noRequests, stepRequests, type RequestsInput } from '../lib/conversation/requests.js';
import { createClient, right, snapshot } from '../lib/index.js';
import { fakeLine, type Letter } from '../lib/testing/index.js';

/** How the cost of one input grows with what is there and not concerned by it. */
export type Growth = {
  readonly name: string;
  readonly costs: readonly (readonly [amount: number, us: number])[];
  /** How many times the cost of the smallest amount that of the largest may be. */
  readonly limit: number;
};

/** Median cost of `run`, in µs, over several rounds. */
const cost = (run: () => void, rounds: number): number => {
  for (let warm = 0; warm < rounds; warm += 1) run();
  const samples = Array.from({ length: 9 }, () => {
    const began = performance.now();
    for (let at = 0; at < rounds; at += 1) run();
    return ((performance.now() - began) / rounds) * 1_000;
  }).sort((a, b) => a - b);
  return samples[4]!;
};

/** A client with so many answered calls, whose far side then holds and unholds one of them. */
const withCalls = async (calls: number, watched: number): Promise<number> => {
  const report$ = new Subject<Letter>();
  const line = fakeLine({ report$ });
  const client = createClient({ calling: [line], summaries: false });
  const link = client.connect();
  // Reports are deferred until the call stack of `connect()` has ended.
  await new Promise(resolve => setTimeout(resolve));
  const ids: string[] = [];
  for (let at = 0; at < calls; at += 1) {
    const id = `call-${at}`;
    ids.push(id);
    report$.next({
      _tag: 'incoming',
      call: id,
      ref: id,
      autoAnswer: false,
      identity: { phoneNumber: String(at), anonymous: false },
    });
    client.answer(id);
    report$.next({ _tag: 'gathered', call: id });
  }
  const viewers = Array.from({ length: watched }, (_, at) => client.call$(ids[at % calls]!).subscribe());
  const incoming = Array.from({ length: watched }, () => client.incoming$.subscribe());
  await new Promise(resolve => setTimeout(resolve, 500));
  if (snapshot(client.session$).calls.some(({ status }) => status !== 'active'))
    throw new Error('a call is not answered');
  let on = false;
  const us = cost(
    () => {
      on = !on;
      report$.next({ _tag: 'remote-hold', call: ids[0]!, on });
    },
    watched > 100 ? 20 : 300,
  );
  [...viewers, ...incoming, link].forEach(one => {
    one.unsubscribe();
  });
  return us;
};

const each = async (
  name: string,
  limit: number,
  amounts: readonly number[],
  run: (amount: number) => Promise<number>,
): Promise<Growth> => {
  const costs: [number, number][] = [];
  for (const amount of amounts) costs.push([amount, await run(amount)]);
  return { name, costs, limit };
};

/** So many conversations that are watched at once: three requests each, all of them answered. Cost of one request. */
const requests = (conversations: number): number => {
  const line: RequestsInput = { _tag: 'line', line: { wanted: true, up: true, coming: false } };
  const moment = { at: 0, random: 0 };
  return (
    cost(
      () => {
        let state = stepRequests(noRequests, line, moment).state;
        const out: string[] = [];
        const take = (input: RequestsInput): void => {
          const { state: next, orders } = stepRequests(state, input, moment);
          state = next;
          for (const order of orders) if (order._tag === 'ask') out.push(order.ref);
        };
        for (let at = 0; at < conversations; at += 1)
          for (const purpose of ['info', 'members', 'newest'] as const)
            take({
              _tag: 'request',
              owner: { _tag: 'conversation', id: `CON-${at}`, purpose },
              request: { verb: 'getConversation', args: { conversation: `CON-${at}` } },
            });
        for (let at = 0; at < out.length; at += 1) take({ _tag: 'answered', ref: out[at]!, result: right(undefined) });
        if (out.length !== conversations * 3) throw new Error('a request was not sent');
      },
      Math.max(1, Math.round(300 / conversations)),
    ) /
    (conversations * 3)
  );
};

export const growths = async (): Promise<readonly Growth[]> => [
  await each('an input about one call, beside others', 4, [1, 10, 100, 200], calls => withCalls(calls, 0)),
  await each(
    // One in fifty of the subscribers is concerned.
    'an input about one of 50 calls, with subscribers of call$ and incoming$',
    10,
    [1, 100, 1_000, 10_000],
    watched => withCalls(50, watched),
  ),
  await each('a request, when so many conversations are watched at once', 2, [10, 100, 1_000, 5_000], conversations =>
    Promise.resolve(requests(conversations)),
  ),
];
