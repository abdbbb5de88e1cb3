import { sharedContext } from '../../lib/browser/context.js';
import { createGain } from '../../lib/browser/gain.js';
import { FakeTrack } from '../support/platform.js';

/** An AudioContext as far as our code looks into it: what comes out is in the e2e, here it is who holds what. */
class Context {
  state = 'suspended';
  readonly gains: { readonly gain: { value: number }; connect: (to: unknown) => unknown; disconnect: () => void }[] =
    [];
  readonly sources: FakeTrack[] = [];
  readonly outputs: FakeTrack[] = [];
  resume(): Promise<void> {
    this.state = 'running';
    return Promise.resolve();
  }
  close(): Promise<void> {
    this.state = 'closed';
    return Promise.resolve();
  }
  createMediaStreamSource(stream: { getAudioTracks: () => FakeTrack[] }) {
    this.sources.push(...stream.getAudioTracks());
    return { connect: (to: unknown) => to, disconnect: () => undefined };
  }
  createGain() {
    const node = { gain: { value: 1 }, connect: (to: unknown) => to, disconnect: () => undefined };
    this.gains.push(node);
    return node;
  }
  createMediaStreamDestination() {
    const track = new FakeTrack('amplified', 'nobody');
    this.outputs.push(track);
    return { stream: { getAudioTracks: () => [track] } };
  }
}

describe('createGain', () => {
  beforeAll(() => {
    Object.assign(globalThis, {
      MediaStream: function streamOf(tracks: readonly FakeTrack[]) {
        return { getAudioTracks: () => tracks };
      },
    });
  });
  afterAll(() => {
    Reflect.deleteProperty(globalThis, 'MediaStream');
  });

  const made = () => {
    const contexts: Context[] = [];
    const amplified = createGain(
      sharedContext(() => {
        const context = new Context();
        contexts.push(context);
        return context as unknown as AudioContext;
      }),
    );
    const open = (id: string) => {
      const own = new FakeTrack(id, id);
      const microphone = amplified({
        track: own as unknown as MediaStreamTrack,
        release: () => {
          own.stop();
        },
      });
      return { own, microphone };
    };
    return { contexts, open };
  };

  it('sends the microphone’s own track at full volume, without an AudioContext', () => {
    const { contexts, open } = made();
    const { own, microphone } = open('a');
    expect(microphone.at?.(1)).toBe(own);
    microphone.release();
    expect(own.readyState).toBe('ended');
    expect(contexts).toEqual([]);
  });

  it('keeps one amplified track from the first other volume on, and it has the microphone’s name', () => {
    const { contexts, open } = made();
    const { own, microphone } = open('a');
    const track = microphone.at?.(0.5);
    expect(track).not.toBe(own);
    expect(track?.getSettings().deviceId).toBe('a');
    expect(microphone.at?.(1)).toBe(track);
    expect(contexts).toHaveLength(1);
    expect(contexts[0]!.state).toBe('running');
    expect(contexts[0]!.gains.map(({ gain }) => gain.value)).toEqual([1]);
  });

  it('is fed by a clone, so that a mute of the former track neither ends nor is ended by it', () => {
    const { contexts, open } = made();
    const { own, microphone } = open('a');
    own.enabled = false;
    microphone.at?.(0.5);
    expect(own.enabled).toBe(false);
    expect(contexts[0]!.sources.map(source => source.enabled)).toEqual([true]);
  });

  it('ends when the microphone is unplugged', () => {
    const { open } = made();
    const { own, microphone } = open('a');
    const told: string[] = [];
    microphone.at?.(0.5).addEventListener('ended', () => told.push('ended'));
    own.dispatchEvent(new Event('ended'));
    expect(told).toEqual(['ended']);
  });

  it('shares its context among microphones and closes it with the last', () => {
    const { contexts, open } = made();
    const [a, b] = [open('a').microphone, open('b').microphone];
    a.at?.(0.5);
    b.at?.(0.5);
    expect(contexts).toHaveLength(1);
    const [context] = contexts;
    a.release();
    expect(context!.state).toBe('running');
    b.release();
    expect(context!.state).toBe('closed');
    expect([...context!.sources, ...context!.outputs].map(track => track.readyState)).toEqual(Array(4).fill('ended'));
    const { microphone } = open('c');
    microphone.at?.(0.2);
    expect(contexts).toHaveLength(2);
  });
});
