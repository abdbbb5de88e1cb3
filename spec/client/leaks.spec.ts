import { fork } from 'node:child_process';
import { startServer, type DevServer } from 'callstream/server';
import type { Count, Crowding, FromCrowd } from '../support/crowd.js';

type Counted = Extract<FromCrowd, { readonly say: 'counted' }>;

/**
 * What is counted. Over real media what waits for a connection that was closed may be kept by it: what lies in the memory is
 * counted over the stand-in.
 */
const countedOf = (count: Count, media: Crowding['media']): Count =>
  media === 'none' ? count : { ...count, Dialog: 0, Transaction: 0, Subscription: 0, UserAgentCore: 0 };

type Counts = ReturnType<typeof countedOf>;

/** What may not be more than it was: some of it is there only for the first seconds of a line. */
const eased = ({ timers, Subscription, ...rest }: ReturnType<typeof countedOf>) => ({ timers, Subscription, rest });

describe('calls leave nothing behind', () => {
  let server: DevServer;
  beforeAll(async () => {
    server = await startServer({ port: 0, media: false });
  });
  afterAll(() => server.close());

  const crowd = ({ calls, batch, media }: Pick<Crowding, 'calls' | 'batch' | 'media'>): Promise<Counted> => {
    const [alice, bob, carol, dave] = [
      server.user('alice'),
      server.user('bob'),
      server.user('carol'),
      server.user('dave'),
    ];
    const child = fork('spec/support/crowd.ts', { execArgv: ['--import', 'tsx'] });
    const people = { alice, bob, carol, dave };
    child.send({ server: server.wsUrl, people, calls, batch, media } satisfies Crowding);
    return new Promise((resolve, reject) => {
      child.on('message', (message: FromCrowd) => {
        if (message.say === 'cut') server.drop();
        else resolve(message);
      });
      child.once('exit', code => {
        reject(new Error(`the crowd has left: ${String(code)}`));
      });
    });
  };

  it.each([
    { calls: 1_000, batch: 50, media: 'none' },
    { calls: 30, batch: 5, media: 'real' },
  ] as const)(
    '$calls of them, however they end; media: $media',
    async crowding => {
      const { stages: all, fates, strange, readable } = await crowd(crowding);
      const [before, registered, called, left, gone] = [all.before, all.base, all.after, all.left, all.gone].map(
        count => countedOf(count, crowding.media),
      ) as [Counts, Counts, Counts, Counts, Counts];
      expect(strange).toEqual([]);
      expect(Math.min(...Object.values(fates))).toBeGreaterThan(0);
      expect(readable).toBeLessThanOrEqual(64);

      const [base, after] = [eased(registered), eased(called)];
      expect(after.rest).toEqual(base.rest);
      expect(after.timers).toBeLessThanOrEqual(base.timers);
      expect(after.Subscription).toBeLessThanOrEqual(base.Subscription);

      // The clients are still there, and so are their user agents, which may be connected again.
      const { Subscription, UserAgentCore } = before;
      expect({ ...left, Subscription, UserAgentCore }).toEqual(before);
      expect(gone).toEqual(before);
    },
    240_000,
  );
});
