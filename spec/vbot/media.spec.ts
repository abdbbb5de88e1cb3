import type { Fault } from '../../lib/core/fault.js';
import type { VBotClient } from '../../lib/vbot/index.js';
import { openWorld, reasonOf, ring, talk, unhandled, until, type Talk, type World } from './support/world.js';

describe('vbot media', () => {
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

  const faults = (client: VBotClient): Fault[] => {
    const found: Fault[] = [];
    client.streams.fault$.subscribe(fault => found.push(fault));
    return found;
  };
  const settled = async ({ caller }: Talk, is: (call: { readonly input: { readonly id?: string } }) => boolean) =>
    until(alice.streams.call$(caller.id), call => call !== undefined && is(call));

  it('of a call begins as the document says', async () => {
    const { caller } = await talk(alice, bob, '102');
    expect({ ...caller.media.input }).toEqual({ id: undefined, volume: 1, audioProcessing: true, muted: false });
    expect({ ...caller.media.output }).toEqual({ id: undefined, volume: 1, muted: false });
  });

  it('of a call is set one by one', async () => {
    const session = await talk(alice, bob, '102');
    const { input, output } = session.caller.media;
    input.muted = true;
    expect(input.muted).toBe(true);
    input.muted = !input.muted;
    expect(input.muted).toBe(false);
    input.volume = 80;
    input.audioProcessing = false;
    input.id = 'headset';
    await settled(session, call => call.input.id === 'headset');
    expect({ ...input }).toEqual({ id: 'headset', volume: 0.8, audioProcessing: false, muted: false });
    input.id = undefined;
    await settled(session, call => call.input.id === undefined);
    output.volume = 250;
    output.muted = true;
    output.id = 'speaker';
    await session.caller.media.setOutput({});
    await until(alice.streams.call$(session.caller.id), call => call?.output.id === 'speaker');
    expect({ ...output }).toEqual({ id: 'speaker', volume: 1, muted: true });
  });

  it('of a call is set together, and what is left out stays', async () => {
    const { caller } = await talk(alice, bob, '102');
    await caller.media.setInput({ id: 'headset', audioProcessing: true, volume: 0.8, muted: false });
    await caller.media.setInput({ volume: 40 });
    await caller.media.setInput({});
    await caller.media.setOutput({ volume: -1 });
    await caller.media.setOutput({ muted: true });
    expect({ ...caller.media.input }).toEqual({ id: 'headset', volume: 0.4, audioProcessing: true, muted: false });
    expect({ ...caller.media.output }).toEqual({ id: undefined, volume: 0, muted: true });
  });

  it('stays muted whatever else is set, and whether or not it can be', async () => {
    const { caller } = await talk(alice, bob, '102');
    const switched = caller.media.setInput({ id: 'headset' });
    caller.media.input.muted = true;
    await switched;
    await caller.media.setInput({ volume: 1, audioProcessing: false });
    expect((await reasonOf(caller.media.setInput({ id: 'missing' }))).code).toBe('mic-missing');
    expect({ ...caller.media.input }).toEqual({ id: 'headset', volume: 1, audioProcessing: false, muted: true });
  });

  it('that cannot be set rejects where it is awaited, and is a fault in any case', async () => {
    const session = await talk(alice, bob, '102');
    const { media } = session.caller;
    const found = faults(alice);
    const told = until(alice.streams.fault$, ({ code }) => code === 'invalid-volume');
    const reasons = await unhandled(async () => {
      const missing = until(alice.streams.fault$, ({ code }) => code === 'mic-missing');
      void media.setInput({ id: 'missing' });
      await missing;
      media.input.id = 'missing';
      await until(alice.streams.fault$, ({ code }) => code === 'mic-missing');
      media.input.volume = NaN;
    });
    await told.catch(() => undefined);
    expect(reasons).toEqual([]);
    expect(found.map(({ code }) => code)).toEqual(['mic-missing', 'mic-missing', 'invalid-volume']);
    expect(await reasonOf(media.setInput({ id: 'missing' }))).toMatchObject({ name: 'VBotError', code: 'mic-missing' });
    expect((await reasonOf(media.setOutput({ volume: NaN }))).code).toBe('invalid-volume');
    expect({ ...media.input }).toMatchObject({ id: undefined, volume: 1 });
    expect(session.caller.status).toBe('active');
  });

  it('never throws, not even when the call is over', async () => {
    const { caller } = await talk(alice, bob, '102');
    await caller.terminate();
    const reasons = await unhandled(() => {
      caller.media.input.id = 'headset';
      caller.media.input.volume = 80;
      caller.media.input.audioProcessing = false;
      caller.media.input.muted = true;
      caller.media.output.id = 'speaker';
      caller.media.output.volume = 80;
      caller.media.output.muted = true;
      void caller.media.setInput({ muted: true });
    });
    expect(reasons).toEqual([]);
    expect(caller.media.input.muted).toBe(false);
  });

  describe('by default', () => {
    it('is what calls begin with', async () => {
      alice.defaultMedia.input.id = 'headset';
      alice.defaultMedia.input.volume = 80;
      alice.defaultMedia.input.audioProcessing = false;
      alice.defaultMedia.output.id = 'speaker';
      alice.defaultMedia.output.volume = 0.5;
      expect({ ...alice.defaultMedia.input }).toEqual({
        id: 'headset',
        volume: 0.8,
        audioProcessing: false,
        muted: false,
      });
      expect({ ...alice.defaultMedia.output }).toEqual({ id: 'speaker', volume: 0.5, muted: false });
      const { caller } = await ring(alice, bob, '102');
      expect({ ...caller.media.input }).toEqual({ ...alice.defaultMedia.input });
      expect({ ...caller.media.output }).toEqual({ ...alice.defaultMedia.output });
    });

    it('can be muted for the calls to come', async () => {
      const before = await talk(alice, bob, '102');
      alice.defaultMedia.input.muted = true;
      alice.defaultMedia.input.muted = true;
      alice.defaultMedia.output.muted = true;
      expect([alice.defaultMedia.input.muted, alice.defaultMedia.output.muted]).toEqual([true, true]);
      const carol = await world.person('carol');
      const outgoing = await ring(alice, carol, '103');
      const incoming = await ring(carol, alice, '101');
      alice.defaultMedia.input.muted = false;
      alice.defaultMedia.output.muted = false;
      const after = await ring(alice, carol, '103');
      const muted = [before.caller, outgoing.caller, incoming.callee, after.caller].map(
        ({ media }) => media.input.muted,
      );
      expect(muted).toEqual([false, true, true, false]);
      expect([alice.defaultMedia.input.muted, alice.defaultMedia.output.muted]).toEqual([false, false]);
    });
  });
});
