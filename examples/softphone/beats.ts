import type { Call, Session, StreamEvent } from 'callstream';
import { kindOf, type EventKind } from './event-kind.js';
import { nameOf } from './words.js';

/** What a marble of the strip stands for. `complete`: the call has left the session, its stream is over. */
export type Beat = {
  readonly lane: string;
  readonly stream: 'session$' | 'call$' | 'event$';
  /** Of a call: with whom. */
  readonly who: string;
  readonly status: Session['connection'] | Call['status'] | 'complete' | EventKind;
};

/** The letters of the strip, in the order of its legend. */
export const letters = {
  session$: { connecting: 'c', connected: 'o', recovering: 'v', disconnecting: 'x', disconnected: 'd' },
  call$: { trying: 't', ringing: 'r', active: 'a', on_hold: 'h', terminated: 'e', complete: '|' },
  event$: { message: 'm', receipt: 'r', deletion: 'x', member: 'p', moment: 'i', other: 'u', gap: 'g' },
} as const;

const letterOfStatus: Readonly<Record<Beat['status'], string>> = {
  ...letters.session$,
  ...letters.call$,
  ...letters.event$,
};

export const letterOf = ({ status }: Beat): string => letterOfStatus[status];

/** A status in plain words. */
export const wordOf = (status: string): string => (status === 'complete' ? 'completes' : status.replace('_', ' '));

const state = (session: Session): readonly Beat[] => [
  { lane: 'session$', stream: 'session$', who: '', status: session.connection },
  ...session.calls.map(call => ({ lane: call.id, stream: 'call$' as const, who: nameOf(call), status: call.status })),
];

/**
 * What is new in a session, as marbles.
 *
 *     session$   d--c--o-----o------o     its connection
 *     calls      ------------t------      the call appears, and leaves again
 *     beats      d--c--o-----t------|
 */
export const beats = (before: Session | undefined, now: Session): readonly Beat[] => {
  const past = before === undefined ? [] : state(before);
  const present = state(now);
  const gone = past.filter(({ lane }) => present.every(beat => beat.lane !== lane));
  return [
    ...present.filter(({ lane, status }) => past.every(beat => beat.lane !== lane || beat.status !== status)),
    ...gone.map(beat => ({ ...beat, status: 'complete' as const })),
  ];
};

/** An event is a marble of its own: there is nothing that holds until the next one. */
export const beatOf = (event: StreamEvent): Beat => ({
  lane: 'event$',
  stream: 'event$',
  who: '',
  status: kindOf(event),
});
