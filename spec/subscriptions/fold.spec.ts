import * as fc from 'fast-check';
import { left, right } from '../../lib/core/either.js';
import { fault, type FaultCode } from '../../lib/core/fault.js';
import type { After, CancelAfter } from '../../lib/core/transition.js';
import { lamp } from '../../lib/subscriptions/notice-content.js';
import type { Notice, WatchReport } from '../../lib/subscriptions/port.js';
import { newWatch, type WatchInput, type WatchRequest } from '../../lib/subscriptions/state.js';
import { stepWatch } from '../../lib/subscriptions/step.js';
import { dialog, part, whole } from './support/scene.js';
import { runs } from '../support/runs.js';
import type { Millis } from '../../lib/core/port.js';

type Timer = { readonly due: Millis; readonly input: WatchInput };
type Asked = Extract<WatchRequest, { readonly _tag: 'subscribe' }> & { readonly at: Millis };

const step = stepWatch(lamp);

/** One lamp, its timers and a clock of its own, so that hours pass at once. */
const life = () => {
  const timers = new Map<string, Timer>();
  const asked: Asked[] = [];
  let record = newWatch(lamp, '102', true);
  let at: Millis = 0;

  const carryOut = (order: WatchRequest | After<WatchInput> | CancelAfter): void => {
    if (order._tag === 'after') timers.set(order.key, { due: at + order.ms, input: order.input });
    else if (order._tag === 'cancel-after') timers.delete(order.key);
    else if (order._tag === 'subscribe') asked.push({ ...order, at });
  };
  const take = (input: WatchInput): void => {
    const before = record;
    const turned = step(record, input, { at, random: 0.5 });
    record = turned.state;
    const wishes = turned.orders.filter(({ _tag }) => _tag === 'subscribe');
    // It asks once, for somebody, of a line that is up; and what is shown is another only where it says something else.
    expect(wishes.length).toBeLessThanOrEqual(1);
    if (wishes.length > 0) expect([record.wanted, record.up]).toEqual([true, true]);
    if (record.wanted && record.shown !== before.shown) expect(record.shown).not.toEqual(before.shown);
    turned.orders.forEach(carryOut);
  };
  const wait = (ms: Millis): void => {
    const end = at + ms;
    for (;;) {
      const [next] = [...timers].sort(([, a], [, b]) => a.due - b.due);
      if (next === undefined || next[1].due > end) break;
      timers.delete(next[0]);
      at = Math.max(at, next[1].due);
      take(next[1].input);
    }
    at = end;
  };
  return { take, wait, asked, timers, now: () => record };
};

const codes: readonly FaultCode[] = ['server-error', 'timeout', 'not-found', 'call-ended', 'line-lost', 'refused'];
const reasons = ['deactivated', 'timeout', 'probation', 'giveup', 'rejected', 'noresource', 'invariant', 'constructor'];

const notice = fc.oneof(
  fc.record({ version: fc.nat(9), full: fc.boolean(), busy: fc.boolean() }).map(({ version, full, busy }): Notice => {
    const one = dialog('1', busy ? 'confirmed' : 'terminated');
    return full ? whole(version, one) : part(version, one);
  }),
  fc.constantFrom<Notice>({ _tag: 'nothing' }, { _tag: 'unreadable' }),
);
const told = fc
  .record({
    state: fc.constantFrom<WatchReport['state']>('active', 'active', 'pending', 'terminated'),
    expires: fc.option(fc.nat(4_000), { nil: undefined }),
    reason: fc.option(fc.constantFrom(...reasons), { nil: undefined }),
    notice,
  })
  .map(({ state, expires, reason, notice: said }): WatchReport => ({
    _tag: 'notified',
    watch: 'w',
    state,
    notice: said,
    ...(expires === undefined ? {} : { expires }),
    ...(reason === undefined ? {} : { reason }),
  }));

/** Whatever a server and a line may do; an answer is that to what was asked last, or to something older. */
const event = fc.oneof(
  fc.record({
    _tag: fc.constant('answer' as const),
    back: fc.nat(1),
    code: fc.option(fc.constantFrom(...codes)),
    expires: fc.nat(4_000),
  }),
  told,
  fc.record({ _tag: fc.constant('line' as const), up: fc.boolean() }),
  fc.record({ _tag: fc.constant('wait' as const), ms: fc.oneof(fc.nat(100), fc.nat(20_000), fc.nat(4_000_000)) }),
);

describe('subscriptions: random notifiers', () => {
  it('it is not asked to go on more often than every ten seconds, and nothing is left when nobody looks', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), events => {
        const { take, wait, asked, timers, now } = life();
        take({ _tag: 'viewed' });
        for (const one of events) {
          if (one._tag === 'wait') wait(one.ms);
          else if (one._tag === 'answer') {
            const { back, code, expires } = one;
            const result = code === null ? right({ expires }) : left({ fault: fault(code) });
            take({ _tag: 'answered', nth: now().asked - back, result });
          } else take(one);
        }
        asked.forEach((one, index) => {
          if (!one.anew) expect(one.at - asked[index - 1]!.at).toBeGreaterThanOrEqual(10_000);
        });
        // It shows that it is kept up to date only while there is something that keeps it so.
        if (now().watching === 'yes') expect(now().standing).toBeDefined();
        if (now().watching === 'asking' && now().up) expect(timers.size).toBeGreaterThan(0);

        take({ _tag: 'unviewed' });
        wait(5_000);
        expect([...timers.keys()]).toEqual([]);
        expect(now().shown).toEqual({ uri: '102', state: 'unknown', dialogs: [], watching: 'no' });
      }),
      runs(0.075),
    );
  });

  it('a server that ends everything at once is not asked without a pause', () => {
    const { take, wait, asked } = life();
    take({ _tag: 'viewed' });
    for (let second = 0; second < 600; second += 1) {
      take({ _tag: 'answered', nth: asked.at(-1)!.nth, result: right({ expires: 3_600 }) });
      take({ _tag: 'notified', watch: 'w', state: 'terminated', reason: 'deactivated', notice: { _tag: 'nothing' } });
      wait(1_000);
    }
    expect(asked.length).toBeLessThan(120);
  });
});
