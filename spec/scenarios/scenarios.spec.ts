import { startServer, type DevServer } from 'callstream-server';
import { provideMediaStream } from '../support/wrtc.js';
import { person, type Person, type Wire } from './stage.js';
import { scenarios, type Scenario, type Seen } from './table.js';

/** What this wire shows: what both show, but for what it can't say so. */
const expected = ({ caller, callee, notes = [], differs }: Scenario, wire: Wire) => {
  const own: Partial<Seen> = differs?.wire === wire ? differs : {};
  return { caller: own.caller ?? caller, callee: own.callee ?? callee, notes: own.notes ?? notes };
};

describe.each<Wire>(['sip', 'service'])('over %s', wire => {
  let server: DevServer;
  let count = 0;
  beforeAll(async () => {
    provideMediaStream();
    server = await startServer({ port: 0 });
  });
  afterAll(() => server.close());

  it.each(scenarios.map(scenario => [scenario.name, scenario] as const))('%s', async (_, scenario) => {
    count += 1;
    const people: Person[] = [];
    const enter = async (name: string, options?: Scenario['callerOptions']): Promise<Person> => {
      const one = await person(server, wire, `${name}${count}`, options?.());
      people.push(one);
      return one;
    };
    const notes: string[] = [];
    const caller = await enter('caller', scenario.callerOptions);
    const callee = await enter('callee', scenario.calleeOptions);
    await scenario.play({
      wire,
      server,
      caller,
      callee,
      other: () => enter('callee'),
      note: (...words) => notes.push(...words),
    });
    const seen = { caller: [...caller.history()], callee: [...callee.history()], notes };
    await Promise.all(people.map(({ leave }) => leave()));
    expect(seen).toEqual(expected(scenario, wire));
  });
});

it('are thirty and some, and each difference has its reason', () => {
  expect(scenarios.length).toBeGreaterThanOrEqual(30);
  for (const { differs } of scenarios) expect(differs?.because ?? 'none').not.toBe('');
});
