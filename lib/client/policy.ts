import type { ClientOptions } from './model.js';
import type { Policy } from './state.js';

/** What the application has settled for all calls, and what is usual where it has not. */
export const policyOf = ({
  linger = 3_000,
  noAnswer = {},
  onAnswer = 'leave-others',
  callWaiting = 'ring',
  onRedirect = 'show',
  recovery = 60_000,
  summaries = true,
}: ClientOptions): Policy => ({
  linger,
  outgoing: noAnswer.outgoing ?? 180_000,
  incoming: noAnswer.incoming ?? 60_000,
  onAnswer,
  callWaiting,
  onRedirect,
  recovery,
  ...(summaries ? { sampling: 10_000 } : {}),
});
