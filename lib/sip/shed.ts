import {
  SessionDialog,
  SessionState,
  TransactionState,
  type Session,
  type Transaction,
} from 'sip.js/lib/core/index.js';

/** What sip.js keeps to itself. */
type Origin = { readonly initialTransaction: Transaction };

/**
 * Lets go of the INVITE of a call that stands. sip.js keeps the transaction that a dialog comes from for as long as the
 * dialog: the INVITE, its ACK or the answer to it, and whoever was to hear of them, which is more than the dialog itself.
 * Once that transaction is over, 64 × T1 after the answer, nothing is looked up in it any more.
 */
export const shed = (session: Session): void => {
  if (!(session instanceof SessionDialog)) return;
  const { initialTransaction: transaction } = session as unknown as Origin;
  transaction.addStateChangeListener(() => {
    // An ACK that is still awaited would be compared with it.
    if (transaction.state !== TransactionState.Terminated || session.sessionState === SessionState.AckWait) return;
    Object.assign(session, { initialTransaction: undefined });
  });
};
