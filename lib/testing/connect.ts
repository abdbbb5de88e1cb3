import { timer, type Subscription } from 'rxjs';
import type { Client } from '../client/model.js';
import type { Millis } from '../core/port.js';

/**
 * Connects now and leaves after `ms`: a score that never leaves never ends, because a line that is up has a timer
 * running (is the far side still there?) and `TestScheduler.run()` waits for the last one.
 *
 *     connectFor(client, time('----------|'));
 */
export function connectFor(client: Client, ms: Millis): Subscription {
  const link = client.connect();
  // It ends with the connection.
  link.add(
    timer(ms).subscribe(() => {
      link.unsubscribe();
    }),
  );
  return link;
}
