import { eventFirst, recorded } from './support/recorded.js';
import { startReplay, type Replay } from './support/replay.js';

/** Calls as they were recorded with the existing client: the same callbacks, with the same arguments, in the same order. */
describe('vonage recorded traffic, same result as the existing client:', () => {
  let replay: Replay;
  beforeAll(async () => {
    replay = await startReplay();
  });
  afterAll(() => replay.close());

  it.each(recorded.filter(({ ours }) => ours === undefined))('$name', async recording => {
    expect(await replay.play(recording)).toEqual(eventFirst(recording.told));
  });
});

describe('vonage recorded traffic, other result than the existing client', () => {
  let replay: Replay;
  beforeAll(async () => {
    replay = await startReplay();
  });
  afterAll(() => replay.close());

  it.each(recorded.flatMap(({ ours, ...rest }) => (ours === undefined ? [] : [{ ...rest, ours }])))(
    '$name ($ours.why)',
    async ({ ours, told, steps }) => {
      const heard = await replay.play({ steps });
      expect(heard).toEqual(eventFirst(ours.told));
      expect(heard).not.toEqual(eventFirst(told));
    },
  );

  it('where one event leads to two callbacks, the event itself is told first', () => {
    expect(recorded.filter(({ told }) => eventFirst(told).some((one, at) => one !== told[at])).length).toBeGreaterThan(
      0,
    );
  });
});
