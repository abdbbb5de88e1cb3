import * as fc from 'fast-check';
import { distinctUntilChanged, firstValueFrom, map } from 'rxjs';
import { isLeft, right } from '../../lib/core/either.js';
import type { Failure } from '../../lib/core/port.js';
import type { Media } from '../../lib/media/port.js';
import { plainMedia } from '../../lib/rtc/media.js';
import { createVoice } from '../../lib/rtc/voice.js';
import { FakeTrack, provider, settings } from '../support/platform.js';
import { runs } from '../support/runs.js';

/** A sender as far as our code looks into it; replacing takes a moment, in order, as the platform's does. */
const line = () => {
  /** Whether the voice was let through by a track at the moment at which it came on the line. */
  const came: boolean[] = [];
  let chain: Promise<unknown> = Promise.resolve();
  const sender = {
    track: null as FakeTrack | null,
    replaceTrack: (track: FakeTrack) => {
      came.push(track.enabled);
      const replaced = chain.then(() => {
        sender.track = track;
      });
      chain = replaced;
      return replaced;
    },
  };
  return { sender, came, real: sender as unknown as RTCRtpSender };
};

/** The track ends by itself, and says so. */
const unplug = (track: FakeTrack | undefined): void => {
  track?.stop();
  track?.dispatchEvent(new Event('ended'));
};

const unheard = (failure: Failure): void => {
  throw new Error(failure.fault.code);
};

describe('rtc voice: the sending side of a call', () => {
  const speak = async (live: boolean) => {
    const platform = provider();
    const { sender, came, real } = line();
    const faults: Failure[] = [];
    const voice = createVoice(
      plainMedia(platform.userMedia),
      { live },
      failure => faults.push(failure),
      () => undefined,
    );
    await voice.attach(real);
    return { platform, sender, came, voice, faults };
  };

  it('names the microphone that was really opened', async () => {
    const { platform, voice } = await speak(true);
    const opened = firstValueFrom(voice.open(settings('a')));
    await platform.grant();
    expect(await opened).toMatchObject({ right: { id: 'a' } });
    const changed = firstValueFrom(voice.change(settings(undefined)));
    await platform.grant();
    expect(await changed).toEqual(expect.objectContaining({ right: {} }));
  });

  it('says when the platform takes the sound of the microphone away, and when it gives it back', async () => {
    const platform = provider();
    const silenced: boolean[] = [];
    const voice = createVoice(plainMedia(platform.userMedia), { live: true }, unheard, on => silenced.push(on));
    const opened = firstValueFrom(voice.open(settings('a')));
    await platform.grant();
    await opened;
    const track = platform.tracks[0]!;
    const turn = (muted: boolean): void => {
      Object.assign(track, { muted });
      track.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
    };
    turn(true);
    turn(true);
    turn(false);
    turn(true);
    expect(silenced).toEqual([true, false, true]);
    // Another microphone is heard.
    const changed = firstValueFrom(voice.change(settings('b')));
    await platform.grant();
    await changed;
    expect(silenced).toEqual([true, false, true, false]);
    turn(false);
    expect(silenced).toHaveLength(4);
    voice.close();
  });

  it('answers a volume at once, and a wish that was replaced with the answer to the later one', async () => {
    const { platform, voice } = await speak(true);
    const first = firstValueFrom(voice.open(settings('a')));
    const second = firstValueFrom(voice.change(settings('b')));
    await platform.grant();
    await platform.grant();
    expect(await first).toMatchObject({ right: { id: 'b' } });
    expect(await second).toMatchObject({ right: { id: 'b' } });
    expect(await firstValueFrom(voice.change({ ...settings('b'), volume: 0.5 }))).toMatchObject({ right: { id: 'b' } });
    expect(platform.asked).toHaveLength(2);
  });

  it('tells a change that was refused to who asked, and goes back to it when asked again', async () => {
    const { platform, voice, sender, faults } = await speak(true);
    const opened = firstValueFrom(voice.open(settings('a')));
    await platform.grant();
    await opened;
    const refused = firstValueFrom(voice.change(settings('b')));
    await platform.refuse('NotAllowedError');
    expect(await refused).toMatchObject({ left: { fault: { code: 'mic-denied' } } });
    expect(sender.track?.deviceId).toBe('a');
    expect(await firstValueFrom(voice.change(settings('a')))).toMatchObject({ right: { id: 'a' } });
    expect(faults).toEqual([]);
  });

  it('says when the microphone went away', async () => {
    const { platform, voice, faults } = await speak(true);
    const opened = firstValueFrom(voice.open(settings('a')));
    await platform.grant();
    await opened;
    platform.tracks[0]!.dispatchEvent(new Event('ended'));
    expect(faults).toMatchObject([{ fault: { code: 'mic-missing' } }]);
    voice.close();
    expect(platform.states()).toBe('ended');
  });

  it('stops a microphone that comes after it was closed', async () => {
    const { platform, voice, sender } = await speak(true);
    voice.open(settings('a')).subscribe();
    voice.close();
    await platform.grant();
    expect(platform.states()).toBe('ended');
    expect(sender.track).toBeNull();
  });

  it('opens a microphone that went away again, under the same wish', async () => {
    const { platform, voice, sender } = await speak(false);
    const opened = firstValueFrom(voice.open(settings('a')));
    await platform.grant();
    await opened;
    unplug(platform.tracks[0]);
    const again = firstValueFrom(voice.change(settings('a')));
    await platform.grant();
    expect(await again).toMatchObject({ right: { id: 'a' } });
    expect(sender.track).toBe(platform.tracks[1]);
    expect(sender.track?.enabled).toBe(false);
    voice.close();
  });

  it('silences the track that is being replaced, too, while it is still on the line', async () => {
    const { sender, real } = line();
    const made = (id: string) => new FakeTrack(id, 'a');
    const [plain, amplified] = [made('plain'), made('amplified')];
    // A platform that sends another track of the same microphone once there is a gain.
    const media: Media = {
      ...plainMedia(),
      microphone: settings$ =>
        settings$.pipe(map(({ volume }) => right((volume === 1 ? plain : amplified) as unknown as MediaStreamTrack))),
    };
    const voice = createVoice(media, { live: true }, unheard, () => undefined);
    await voice.attach(real);
    await firstValueFrom(voice.open(settings('a')));
    voice.change({ ...settings('a'), volume: 0.5 }).subscribe();
    expect(sender.track).toBe(plain);
    voice.setLive(false);
    expect([plain.enabled, amplified.enabled]).toEqual([false, false]);
    voice.close();
  });

  it('lets nothing through that was muted or held, whatever is switched, unplugged, granted or refused meanwhile, in any order', async () => {
    const act = fc.oneof(
      fc.record({ mute: fc.boolean() }),
      fc.record({ hold: fc.boolean() }),
      fc.record({ device: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ volume: fc.constantFrom(0.5, 1) }),
      fc.constantFrom('grant' as const, 'refuse' as const, 'wait' as const, 'unplug' as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(act, { maxLength: 16 }), async (live, acts) => {
        const { platform, voice, sender, came } = await speak(live);
        // Two facts: the voice goes out when neither is set.
        let silenced = { mute: !live, hold: false };
        let heard = live;
        let wish = settings('a');
        let before = came.length;
        voice.open(wish).subscribe();
        for (const next of acts) {
          if (next === 'wait') await platform.heard();
          else if (next === 'grant') {
            if (platform.waiting.length > 0) await platform.grant();
          } else if (next === 'refuse') {
            if (platform.waiting.length > 0) await platform.refuse('NotReadableError');
          } else if (next === 'unplug') {
            // The devices have changed: the client takes another one.
            unplug(platform.tracks.filter(({ readyState }) => readyState === 'live').at(-1));
            wish = { ...wish, id: 'fallback' };
            voice.change(wish).subscribe();
          } else if ('mute' in next || 'hold' in next) {
            silenced = { ...silenced, ...next };
            heard = !silenced.mute && !silenced.hold;
            voice.setLive(heard);
          } else {
            wish = 'device' in next ? { ...wish, id: next.device } : { ...wish, volume: next.volume };
            voice.change(wish).subscribe();
          }
          // Not for a moment, and not by a track that is replaced already but still on the line.
          expect(came.slice(before).every(enabled => enabled === heard)).toBe(true);
          before = came.length;
          if (sender.track?.readyState === 'live') expect(sender.track.enabled).toBe(heard);
        }
        while (platform.waiting.length > 0) await platform.grant();
        await platform.heard();
        expect(sender.track === null || sender.track.enabled === heard).toBe(true);
        expect(platform.tracks.filter(track => track.readyState === 'live').length).toBeLessThanOrEqual(1);
        voice.close();
        expect(platform.tracks.every(track => track.readyState === 'ended')).toBe(true);
      }),
      runs(0.15),
    );
  });

  it('tells no one of a failure whose asker has left, but as a fault', async () => {
    const { platform, voice, faults } = await speak(true);
    const result = firstValueFrom(voice.open(settings('a')));
    await platform.grant();
    expect(isLeft(await result)).toBe(false);
    // The platform cannot change the volume; the asker was answered at once, since the microphone is the same.
    await firstValueFrom(voice.change({ ...settings('a'), volume: 0.5 }));
    await platform.heard();
    expect(faults).toMatchObject([{ fault: { code: 'unsupported' } }]);
  });

  it('answers a switch whose track is still being put on the line when a volume overtakes it', async () => {
    const { real } = line();
    const track = (deviceId: string): MediaStreamTrack =>
      Object.assign(new EventTarget(), {
        enabled: true,
        getSettings: () => ({ deviceId }),
      }) as unknown as MediaStreamTrack;
    // A platform that opens a microphone at once, and asks nobody for a volume.
    const prompt: Pick<Media, 'microphone'> = {
      microphone: settings$ =>
        settings$.pipe(
          distinctUntilChanged((before, now) => before.id === now.id),
          map(({ id = '' }) => right(track(id))),
        ),
    };
    const voice = createVoice({ ...plainMedia(), ...prompt }, { live: true }, unheard, () => undefined);
    await voice.attach(real);
    await firstValueFrom(voice.open(settings('a')));
    const switched = firstValueFrom(voice.change(settings('b')));
    const louder = firstValueFrom(voice.change({ ...settings('b'), volume: 0.5 }));
    expect(await Promise.all([switched, louder])).toEqual([right({ id: 'b' }), right({ id: 'b' })]);
    voice.close();
  });
});
