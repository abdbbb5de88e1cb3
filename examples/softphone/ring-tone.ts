import type { Call } from 'callstream';
import { distinctUntilChanged, EMPTY, fromEvent, map, merge, Observable, switchMap, tap, timer } from 'rxjs';
import { drawn } from './dom.js';
import { isTalk, isWaiting, type Shown } from './shown-calls.js';
import { hasBell } from './words.js';

/**
 * What the page plays: a soft tone for a caller during a call, and the far side's bell for the one who calls. The ring for
 * a caller is the client's.
 */
export type Ring = 'none' | 'waiting' | 'ringback';

export const ringOf = (calls: readonly Call[]): Ring => {
  const live = calls.filter(({ status, hold }) => status !== 'terminated' && !hold.local);
  if (live.some(isWaiting)) return live.every(isWaiting) ? 'none' : 'waiting';
  const talking = live.some(isTalk);
  const ringing = live.filter(({ status }) => status === 'ringing');
  return ringing.some(call => !hasBell(call)) && !talking ? 'ringback' : 'none';
};

type Note = { readonly at: number; readonly hertz: number; readonly seconds: number; readonly loud: number };
type Tune = { readonly every: number; readonly notes: readonly Note[] };

const tunes: Readonly<Record<Exclude<Ring, 'none'>, Tune>> = {
  waiting: { every: 4000, notes: [{ at: 0, hertz: 880, seconds: 0.25, loud: 0.05 }] },
  // As Europe's networks ring: 425 Hz, one second on and four off (ITU-T E.180).
  ringback: { every: 5000, notes: [{ at: 0, hertz: 425, seconds: 1, loud: 0.06 }] },
};

const strike = (context: AudioContext, { at, hertz, seconds, loud }: Note): void => {
  const start = context.currentTime + at;
  const gain = context.createGain();
  gain.connect(context.destination);
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(loud, start + 0.02);
  gain.gain.setValueAtTime(loud, start + seconds - 0.1);
  gain.gain.linearRampToValueAtTime(0, start + seconds);
  const tone = new OscillatorNode(context, { frequency: hertz });
  tone.connect(gain);
  tone.start(start);
  tone.stop(start + seconds);
};

/** Plays for as long as it is subscribed to. */
const playing = ({ every, notes }: Tune): Observable<unknown> =>
  new Observable(subscriber => {
    const context = new AudioContext();
    // A page that nobody has touched yet may not sound; the first touch sets it free.
    const touched$ = merge(fromEvent(document, 'pointerdown'), fromEvent(document, 'keydown'));
    const bars$ = fromEvent(context, 'statechange').pipe(
      switchMap(() => (context.state === 'running' ? timer(0, every) : EMPTY)),
      tap(() => {
        notes.forEach(note => {
          strike(context, note);
        });
      }),
    );
    subscriber.add(
      merge(
        drawn(touched$, () => void context.resume()),
        bars$,
      ).subscribe(subscriber),
    );
    return () => void context.close();
  });

export const ringTone = (shown$: Observable<readonly Shown[]>): Observable<never> =>
  drawn(
    shown$.pipe(
      map(all => ringOf(all.map(({ call }) => call))),
      distinctUntilChanged(),
      // Only the present ring is heard.
      switchMap(ring => (ring === 'none' ? EMPTY : playing(tunes[ring]))),
    ),
    () => undefined,
  );
