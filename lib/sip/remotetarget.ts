import type {
  Dialog,
  IncomingRequestMessage,
  IncomingResponseMessage,
  NameAddrHeader,
  Session,
  URI,
  UserAgentCore,
} from 'sip.js/lib/core/index.js';

type Incoming = IncomingRequestMessage | IncomingResponseMessage;
type Targeted = Dialog | Session;

/** What sip.js keeps to itself. */
type State = { readonly dialogState: { remoteTarget: URI } };

/** The URI of a Contact. */
export const contactOf = (message: Incoming): URI | undefined => {
  const contact = message.parseHeader('contact') as NameAddrHeader | undefined;
  return contact?.uri;
};

const setTarget = (dialog: Targeted, target: URI): void => {
  (dialog as unknown as State).dialogState.remoteTarget = target;
};

/**
 * The far side of a dialog is reached where this message says: the 2xx to a request that refreshes the target, or such a
 * request. sip.js takes the first response's Contact for the whole dialog, and knows no UPDATE. RFC 3261 §12.2.1.2,
 * §12.2.2, RFC 3311 §5.1.
 */
export const refreshTarget = (dialog: Targeted, message: Incoming): void => {
  const target = contactOf(message);
  if (target !== undefined) setTarget(dialog, target);
};

const former = new WeakMap<IncomingRequestMessage, URI>();

/** A request within a dialog is about to be received, by which sip.js goes to its Contact at once. */
export const rememberTarget = ({ dialogs }: UserAgentCore, message: IncomingRequestMessage): void => {
  const dialog = dialogs.get(`${message.callId}${message.toTag}${message.fromTag}`);
  if (dialog !== undefined) former.set(message, dialog.remoteTarget);
};

/** It was refused: nothing has changed by it. RFC 3261 §12.2.2. */
export const restoreTarget = (dialog: Targeted, message: IncomingRequestMessage): void => {
  const target = former.get(message);
  if (target !== undefined) setTarget(dialog, target);
};
