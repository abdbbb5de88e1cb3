import { Target } from '../support/page.js';
import { canSend, tonePlayed } from '../../lib/rtc/voice.js';

/** The platform's tone sender as far as our code looks into it; Node has none, and Chromium's is heard in the e2e. */
class Sender extends Target {
  readonly inserted: (readonly unknown[])[] = [];
  canInsertDTMF = true;
  insertDTMF(...args: readonly unknown[]): void {
    if (!this.canInsertDTMF) throw Object.assign(new Error('not now'), { name: 'InvalidStateError' });
    this.inserted.push(args);
  }
}

const sender = () => {
  const fake = new Sender();
  return { fake, real: fake as unknown as RTCDTMFSender };
};

describe('rtc tonePlayed', () => {
  it('plays for 100 ms with a gap of 70 ms, and is over when the platform has nothing left to play', () => {
    const { fake, real } = sender();
    const told: string[] = [];
    const tone$ = tonePlayed(real, '5');
    expect(fake.inserted).toEqual([]);
    tone$.subscribe({ next: () => told.push('played'), complete: () => told.push('over') });
    expect(fake.inserted).toEqual([['5', 100, 70]]);
    fake.fire('tonechange', { tone: '5' });
    expect(told).toEqual([]);
    fake.fire('tonechange', { tone: '' });
    expect(told).toEqual(['played', 'over']);
    expect(fake.listening).toBe(0);
  });

  it('errors as the platform does, and lets go of it', () => {
    const { fake, real } = sender();
    fake.canInsertDTMF = false;
    const told: unknown[] = [];
    tonePlayed(real, '5').subscribe({ error: (error: unknown) => told.push((error as Error).name) });
    expect(told).toEqual(['InvalidStateError']);
    expect(fake.listening).toBe(0);
  });
});

describe('rtc canSend', () => {
  it('is what the platform says, and false where it says nothing', () => {
    const { fake, real } = sender();
    expect(canSend(real)).toBe(true);
    fake.canInsertDTMF = false;
    expect(canSend(real)).toBe(false);
    expect(canSend(null)).toBe(false);
    expect(canSend(undefined)).toBe(false);
  });
});
