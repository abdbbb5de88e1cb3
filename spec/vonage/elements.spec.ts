import { switchboard } from './support/switchboard.js';

type Played = { readonly tag: string; srcObject: unknown; paused: boolean };

/** A page as far as we look into it: what is made there says when it plays. */
const page = (): { readonly document: object; readonly playing: Promise<Played>; readonly made: Played[] } => {
  const made: Played[] = [];
  let plays: (element: Played) => void;
  const playing = new Promise<Played>(resolve => {
    plays = resolve;
  });
  const createElement = (tag: string): Played => {
    const element = {
      tag,
      srcObject: null as unknown,
      volume: 1,
      muted: false,
      paused: true,
      play: () => {
        element.paused = false;
        plays(element);
        return Promise.resolve();
      },
      pause: () => {
        element.paused = true;
      },
    };
    made.push(element);
    return element;
  };
  return { document: Object.assign(new EventTarget(), { createElement }), playing, made };
};

describe('vonage getAudioOutputElement', () => {
  const home = switchboard();
  let here: ReturnType<typeof page>;
  beforeEach(() => {
    here = page();
    Object.assign(globalThis, { document: here.document });
  });
  afterEach(() => {
    Reflect.deleteProperty(globalThis, 'document');
  });

  it('is where the call plays, and is made when it begins to', async () => {
    const alice = await home().caller('alice');
    expect(alice.getAudioOutputElement()).toBeUndefined();
    const ours = await alice.serverCall({ callee: 'echo' });
    const element = await here.playing;
    expect(alice.getAudioOutputElement()).toBe(element);
    expect([element.tag, element.srcObject === null, here.made.length]).toEqual(['audio', false, 1]);
    await alice.hangup(ours);
    expect(element.srcObject).toBeNull();
  });

  it('is another one for another call', async () => {
    const alice = await home().caller('alice');
    await alice.serverCall({ callee: 'echo' });
    const first = await here.playing;
    await alice.serverCall({ callee: 'echo' });
    expect(alice.getAudioOutputElement()).not.toBe(first);
    expect(here.made).toHaveLength(2);
  });
});
