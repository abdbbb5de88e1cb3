import { SessionDialog, type OutgoingRequestMessage, type Session } from 'sip.js/lib/core/index.js';

/**
 * A request within a dialog that was challenged has gone out under two numbers, and sip.js has counted one: the next
 * request would bear the second one again, and be refused. RFC 3261 §12.2.1.1, §22.2.
 */
export const recount = (session: Session | undefined, { cseq }: OutgoingRequestMessage): void => {
  if (!(session instanceof SessionDialog)) return;
  while ((session.localSequenceNumber ?? cseq) < cseq) session.incrementLocalSequenceNumber();
};
