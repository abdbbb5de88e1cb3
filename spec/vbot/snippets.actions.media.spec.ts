import type { Call, CallEvent } from '../../lib/call/model.js';
import type { VBotClient, VBotSession } from '../../lib/vbot/index.js';
import { actions } from './support/document.js';
import { runnable, valueOf } from './support/snippet.js';
import { loud, openWorld, ring, silent, talk, until, type Talk, type World } from './support/world.js';

type Stage = { readonly client: VBotClient; readonly far: VBotClient } & {
  readonly session: VBotSession;
  readonly other: VBotSession;
};
type Act = (stage: Stage) => Promise<unknown>;

/** "Actions during a call", statement by statement, each on a call in which it makes sense. */
describe('vbot document snippet, action', () => {
  let world: World;
  let alice: VBotClient;
  let bob: VBotClient;
  beforeAll(async () => {
    world = await openWorld();
  });
  beforeEach(async () => {
    [alice, bob] = await Promise.all([world.person('alice'), world.person('bob')]);
  });
  afterEach(() => world.leave());
  afterAll(() => world.close());

  const calling = ({ caller, callee }: Talk): Stage => ({ client: alice, session: caller, far: bob, other: callee });
  const called = ({ caller, callee }: Talk): Stage => ({ client: bob, session: callee, far: alice, other: caller });

  const ringingThere = async (): Promise<Stage> => calling(await ring(alice, bob, '102'));
  const ringingHere = async (): Promise<Stage> => called(await ring(alice, bob, '102'));
  const talking = async (): Promise<Stage> => calling(await talk(alice, bob, '102'));
  const holding = async (): Promise<Stage> => {
    const stage = await talking();
    await stage.session.hold();
    return stage;
  };
  const muted = async (): Promise<Stage> => {
    const stage = await talking();
    stage.session.media.input.muted = true;
    stage.session.media.output.muted = true;
    await here(stage, call => call.earmuffed);
    return stage;
  };

  const here = ({ client, session }: Stage, is: (call: Call) => boolean): Promise<unknown> =>
    until(client.streams.call$(session.id), call => call !== undefined && is(call));
  const there = ({ far, other }: Stage, is: (call: Call) => boolean): Promise<unknown> =>
    until(far.streams.call$(other.id), call => call !== undefined && is(call));

  /** The first frames after a change are still those before it, so that what is waited for is a level, not a time. */
  const levels = async (who: VBotClient, is: (level: number) => boolean): Promise<void> => {
    if (!is(await world.level(who))) await levels(who, is);
  };
  const sound = (who: VBotClient): Promise<void> => levels(who, level => level > loud);
  const quiet = (who: VBotClient): Promise<void> => levels(who, level => level < silent);

  const seen: Readonly<Record<string, readonly [() => Promise<Stage>, (act: Act, stage: Stage) => Promise<void>]>> = {
    'this.session.phoneNumber;': [
      talking,
      async (act, stage) => {
        expect(await act(stage)).toBe('102');
      },
    ],
    'await this.session.accept();': [
      ringingHere,
      async (act, stage) => {
        await act(stage);
        expect(stage.session.status).toBe('active');
        await there(stage, ({ status }) => status === 'active');
      },
    ],
    'await this.session.reject();': [
      ringingHere,
      async (act, stage) => {
        await act(stage);
        await expect(stage.other.accepted()).resolves.toMatchObject({ accepted: false, rejectCause: 'busy' });
      },
    ],
    'await this.session.terminate();': [
      talking,
      async (act, stage) => {
        await act(stage);
        await expect(stage.other.terminated()).resolves.toBe('hung_up');
      },
    ],
    'await this.session.cancel();': [
      ringingThere,
      async (act, stage) => {
        await act(stage);
        await expect(stage.other.accepted()).resolves.toMatchObject({ accepted: false, rejectCause: 'cancelled' });
      },
    ],
    'await this.session.hold();': [
      talking,
      async (act, stage) => {
        await act(stage);
        expect(stage.session.status).toBe('on_hold');
        await there(stage, ({ hold }) => hold.remote);
        await quiet(stage.far);
      },
    ],
    'await this.session.unhold();': [
      holding,
      async (act, stage) => {
        await there(stage, ({ hold }) => hold.remote);
        await act(stage);
        expect(stage.session.status).toBe('active');
        await there(stage, ({ hold }) => !hold.remote);
        await sound(stage.far);
      },
    ],
    'this.session.media.input.muted = !this.session.media.input.muted;': [
      talking,
      async (act, stage) => {
        await act(stage);
        expect(stage.session.media.input.muted).toBe(true);
        await quiet(stage.far);
        await act(stage);
        expect(stage.session.media.input.muted).toBe(false);
        await sound(stage.far);
      },
    ],
    'this.session.dtmf(dataset.key);': [
      talking,
      async (act, stage) => {
        const tone = until(stage.far.streams.callEvent$, isTone);
        expect(await act(stage)).toBe(true);
        await expect(tone).resolves.toMatchObject({ call: stage.other.id, tone: '5' });
      },
    ],
    "client.defaultMedia.output.id = 'device output id';": [
      talking,
      async (act, stage) => {
        await act(stage);
        expect(stage.client.defaultMedia.output.id).toBe('device output id');
        await here(stage, ({ output }) => output.id === 'device output id');
      },
    ],
    "client.defaultMedia.input.id = 'device input id';": [
      talking,
      async (act, stage) => {
        await act(stage);
        expect(stage.client.defaultMedia.input.id).toBe('device input id');
        await here(stage, ({ input }) => input.id === 'device input id');
      },
    ],
    'this.session.media.input.volume = 80;': [
      talking,
      async (act, stage) => {
        await act(stage);
        await here(stage, ({ input }) => input.volume === 0.8);
        await sound(stage.far);
      },
    ],
    'this.session.media.input.audioProcessing = false;': [
      talking,
      async (act, stage) => {
        await act(stage);
        await here(stage, ({ input }) => !input.processing);
      },
    ],
    'this.session.media.input.muted = true;': [
      talking,
      async (act, stage) => {
        await act(stage);
        await here(stage, call => call.muted);
        await quiet(stage.far);
      },
    ],
    'this.session.media.output.muted = false;': [
      muted,
      async (act, stage) => {
        await act(stage);
        await here(stage, ({ earmuffed }) => !earmuffed);
        expect(stage.session.media.output.muted).toBe(false);
      },
    ],
    "this.session.media.setInput({\n  id: 'device input id',\n  audioProcessing: true,\n  volume: 0.8,\n  muted: false\n});":
      [
        muted,
        async (act, stage) => {
          await act(stage);
          const input = { id: 'device input id', audioProcessing: true, volume: 0.8, muted: false };
          expect({ ...stage.session.media.input }).toEqual(input);
          await here(stage, call => call.input.id === 'device input id' && !call.muted);
        },
      ],
  };

  const isTone = ({ _tag }: CallEvent): boolean => _tag === 'dtmf';

  it('is every one of the document', () => {
    expect(Object.keys(seen)).toEqual(actions.map(({ code }) => code));
  });

  it.each(actions.map(action => [action.code, action] as const))('%s', async (code, action) => {
    const [prepare, check] = seen[code]!;
    const run = runnable(valueOf(action));
    const act: Act = ({ session, client }) => run({ session }, client, { key: '5' });
    await check(act, await prepare());
  });
});
