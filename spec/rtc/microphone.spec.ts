import { Subject, firstValueFrom, of } from 'rxjs';
import { isLeft, type Either } from '../../lib/core/either.js';
import type { Fault } from '../../lib/core/fault.js';
import type { InputSettings } from '../../lib/media/model.js';
import { plainMedia } from '../../lib/rtc/media.js';
import { provider, settings } from '../support/platform.js';

const words = (result: Either<Fault, MediaStreamTrack>): string =>
  isLeft(result) ? result.left.code : result.right.id;

describe('plainMedia().microphone', () => {
  const follow = () => {
    const platform = provider();
    const settings$ = new Subject<InputSettings>();
    const told: string[] = [];
    const subscription = plainMedia(platform.userMedia)
      .microphone(settings$)
      .subscribe(result => told.push(words(result)));
    return { platform, settings$, told, subscription };
  };

  it('opens nothing before its settings are known', () => {
    const { platform } = follow();
    expect(platform.asked).toEqual([]);
  });

  it('asks for the first device as a wish, for a later one as a demand, and for the platform’s own by saying nothing', async () => {
    const { platform, settings$ } = follow();
    settings$.next(settings('a'));
    await platform.grant();
    settings$.next({ ...settings('b'), processing: false });
    await platform.grant();
    settings$.next(settings(undefined));
    await platform.grant();
    const on = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    const off = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    expect(platform.asked).toEqual([
      { audio: { ...on, deviceId: { ideal: 'a' } } },
      { audio: { ...off, deviceId: { exact: 'b' } } },
      { audio: on },
    ]);
  });

  it('gives a new track for another device or processing, and stops the former one once the new one was given', async () => {
    const platform = provider();
    const settings$ = new Subject<InputSettings>();
    const seen: string[] = [];
    plainMedia(platform.userMedia)
      .microphone(settings$)
      .subscribe(() => seen.push(platform.states()));
    settings$.next(settings('a'));
    await platform.grant();
    settings$.next(settings('b'));
    await platform.grant();
    settings$.next({ ...settings('b'), processing: false });
    await platform.grant();
    expect(seen).toEqual(['live', 'live live', 'ended live live']);
    expect(platform.states()).toBe('ended ended live');
  });

  it.each([
    ['NotAllowedError', 'mic-denied'],
    ['SecurityError', 'mic-denied'],
    ['NotFoundError', 'mic-missing'],
    ['OverconstrainedError', 'mic-missing'],
    ['NotReadableError', 'mic-failed'],
    ['AbortError', 'mic-failed'],
  ])('%s is %s', async (name, code) => {
    const { platform, settings$, told } = follow();
    settings$.next(settings('a'));
    await platform.refuse(name);
    expect(told).toEqual([code]);
  });

  it('keeps what was open when a change fails, and tries again when the same is asked again', async () => {
    const { platform, settings$, told } = follow();
    settings$.next(settings('a'));
    await platform.grant();
    settings$.next(settings('b'));
    await platform.refuse('OverconstrainedError');
    expect(platform.states()).toBe('live');
    settings$.next(settings('b'));
    await platform.grant();
    expect(told).toEqual(['track 1', 'mic-missing', 'track 3']);
    expect(platform.states()).toBe('ended live');
  });

  it('opens the same again once its track has ended by itself', async () => {
    const { platform, settings$, told } = follow();
    settings$.next(settings('a'));
    await platform.grant();
    settings$.next(settings('a'));
    expect(platform.asked).toHaveLength(1);
    platform.tracks[0]!.stop();
    settings$.next(settings('a'));
    await platform.grant();
    expect(told).toEqual(['track 1', 'track 1', 'track 2']);
    expect(platform.states()).toBe('ended live');
  });

  it('stops what comes late when another was chosen meanwhile', async () => {
    const { platform, settings$, told } = follow();
    settings$.next(settings('a'));
    settings$.next(settings('b'));
    await platform.grant();
    await platform.grant();
    expect(told).toEqual(['track 2']);
    expect(platform.states()).toBe('ended live');
  });

  it('does not ask twice while the user is still being asked', async () => {
    const { platform, settings$, told } = follow();
    settings$.next(settings('a'));
    settings$.next({ ...settings('a'), volume: 0.5 });
    expect(platform.asked).toHaveLength(1);
    await platform.grant();
    expect(told).toEqual(['track 1']);
  });

  it('has no volume to change, and says so', async () => {
    const { platform, settings$, told } = follow();
    settings$.next({ ...settings('a'), volume: 0.5 });
    await platform.grant();
    settings$.next({ ...settings('a'), volume: 0.2 });
    settings$.next({ ...settings('a'), volume: 0.2 });
    expect(told).toEqual(['track 1', 'unsupported', 'track 1']);
    expect(platform.states()).toBe('live');
  });

  it('releases everything when it is unsubscribed, also while the user is being asked', async () => {
    const { platform, settings$, subscription } = follow();
    settings$.next(settings('a'));
    await platform.grant();
    settings$.next(settings('b'));
    subscription.unsubscribe();
    expect(settings$.observed).toBe(false);
    expect(platform.states()).toBe('ended');
    await platform.grant();
    expect(platform.states()).toBe('ended ended');
  });

  it('is a failure, not an error, where the platform has no microphones, or one that is empty', async () => {
    expect(words(await firstValueFrom(plainMedia().microphone(of(settings('a')))))).toBe('mic-failed');
    const empty = plainMedia(() => Promise.resolve({ getAudioTracks: () => [], getTracks: () => [] } as never));
    expect(words(await firstValueFrom(empty.microphone(of(settings('a')))))).toBe('mic-missing');
  });
});

describe('plainMedia().play', () => {
  it('has nothing to play where there is no document, and nothing fails', async () => {
    const played$ = plainMedia().play({} as MediaStream, of({ volume: 1, muted: false }));
    expect(await firstValueFrom(played$)).toMatchObject({ _tag: 'Right' });
  });
});
