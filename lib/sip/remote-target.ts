import type {
  Dialog,
  IncomingRequestMessage,
  IncomingResponseMessage,
  NameAddrHeader,
  Session,
  URI,
  UserAgentCore,
} from './sipjs.js';

type Incoming = IncomingRequestMessage | IncomingResponseMessage;
type Targeted = Dialog | Session;

/** A private member of sip.js's dialogs. */
type State = { readonly dialogState: { remoteTarget: URI } };

/** The URI of a Contact. */
export function contactOf(message: Incoming): URI | undefined {
  const contact = message.parseHeader('contact') as NameAddrHeader | undefined;
  return contact?.uri;
}

function setTarget(dialog: Targeted, target: URI): void {
  (dialog as unknown as State).dialogState.remoteTarget = target;
}

/**
 * Sets the remote target of a dialog from the Contact of a target refresh request, or of the 2xx to one. sip.js keeps the
 * Contact of the first response, and does not handle UPDATE. RFC 3261 §12.2.1.2, §12.2.2, RFC 3311 §5.1.
 */
export function refreshTarget(dialog: Targeted, message: Incoming): void {
  const target = contactOf(message);
  if (target !== undefined) setTarget(dialog, target);
}

const former = new WeakMap<IncomingRequestMessage, URI>();

/** Saves the remote target before sip.js receives a request within the dialog and applies its Contact. */
export function rememberTarget({ dialogs }: UserAgentCore, message: IncomingRequestMessage): void {
  const dialog = dialogs.get(`${message.callId}${message.toTag}${message.fromTag}`);
  if (dialog !== undefined) former.set(message, dialog.remoteTarget);
}

/** Restores the saved remote target after the request was refused. RFC 3261 §12.2.2. */
export function restoreTarget(dialog: Targeted, message: IncomingRequestMessage): void {
  const target = former.get(message);
  if (target !== undefined) setTarget(dialog, target);
}
