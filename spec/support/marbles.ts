import { timer, type ObservableNotification, type Subscription } from 'rxjs';
import { TestScheduler, type RunHelpers } from 'rxjs/testing';
import type { Client } from '../../lib/client/model.js';
import { connectFor } from '../../lib/testing/index.js';

type Message = { readonly frame: number; readonly notification: ObservableNotification<unknown> };

/** A message as a diff can show it on two lines. */
const readable = (message: unknown): unknown => {
  if (typeof message !== 'object' || message === null || !('notification' in message)) return message;
  const { frame, notification } = message as Message;
  if (notification.kind === 'N') return [frame, notification.value];
  return notification.kind === 'E' ? [frame, 'error', notification.error] : [frame, 'complete'];
};

const score = (messages: unknown): unknown => (Array.isArray(messages) ? messages.map(readable) : messages);

/** Runs one score in virtual time and compares what was heard with what was written. Returns the last frame: when nothing was left to do. */
export const marbles = (play: (helpers: RunHelpers) => void): number => {
  const scheduler = new TestScheduler((heard, written) => {
    expect(score(heard)).toEqual(score(written));
  });
  scheduler.run(play);
  return scheduler.frame;
};

/** Holds a `connect()` for as long as the row says: `--^-----!`. */
export const owns = (client: Client, row: string): void => {
  const { subscribedFrame, unsubscribedFrame } = TestScheduler.parseMarblesAsSubscriptions(row, true);
  timer(subscribedFrame).subscribe(() => {
    connectFor(client, unsubscribedFrame - subscribedFrame);
  });
};

/** Does at each letter what the table says. */
export const acts = ({ cold }: RunHelpers, row: string, table: Readonly<Record<string, () => unknown>>): Subscription =>
  cold(row).subscribe(letter => {
    table[letter]!();
  });
