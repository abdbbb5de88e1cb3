import { fork } from 'node:child_process';
import { startServer, type DevServer } from 'callstream-server';
import type { Count, Crowding, FromCrowd } from '../support/crowd.js';

type Counted = Extract<FromCrowd, { readonly say: 'counted' }>;

/** What may not be more than it was: some of it is there only for the first seconds of a line. */
const eased = ({ timers, listeners, Subscription, ...rest }: Count) => ({ timers, listeners, Subscription, rest });

describe('client leaks: resources after calls', () => {
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
    { calls: Number(process.env['CALLSTREAM_RUNS'] ?? 200), batch: 50, media: 'none', owed: 0 },
    // A real connection may never tell what it has counted when it is closed: that is waited for until the client goes.
    { calls: 20, batch: 5, media: 'real', owed: Infinity },
  ] as const)('$calls of them, however they end; media: $media', async ({ owed, ...crowding }) => {
    const { stages, fates, strange, readable } = await crowd(crowding);
    const { before, left, gone } = stages;
    expect(strange).toEqual([]);
    expect(Math.min(...Object.values(fates))).toBeGreaterThan(0);
    expect(readable).toBeLessThanOrEqual(64);

    const [base, after] = [eased(stages.base), eased(stages.after)];
    expect(after.rest).toEqual(base.rest);
    expect(after.timers).toBeLessThanOrEqual(base.timers);
    expect(after.listeners).toBeLessThanOrEqual(base.listeners);
    expect(after.Subscription).toBeLessThanOrEqual(base.Subscription + owed);

    // The clients are still there, and so are their user agents, which may be connected again.
    const { Subscription, UserAgentCore } = before;
    expect({ ...left, Subscription, UserAgentCore }).toEqual(before);
    expect(gone).toEqual(before);
  });
});
