/**
 * The part of sip.js that the adapter uses. The build replaces this file by one that contains it, without its grammar,
 * agents and digest (`scripts/sipjs.mjs`): sip.js itself is no dependency of the package. Adapter code imports sip.js from
 * here alone.
 */
export {
  Dialog,
  IncomingRequestMessage,
  IncomingResponseMessage,
  LoggerFactory,
  NameAddrHeader,
  NonInviteServerTransaction,
  SessionDialog,
  SessionState,
  SignalingState,
  Timers,
  Transaction,
  TransactionState,
  TransportError,
  URI,
  UserAgentCore,
  UserAgentServer,
} from 'sip.js/lib/core/index.js';
export type {
  Body,
  DigestAuthentication,
  IncomingInfoRequest,
  IncomingInviteRequest,
  IncomingMessage,
  IncomingMessageRequest,
  IncomingNotifyRequest,
  IncomingReferRequest,
  OutgoingInviteRequest,
  OutgoingInviteRequestDelegate,
  OutgoingRequestMessage,
  OutgoingRequestMessageOptions,
  Session,
  UserAgentCoreDelegate,
} from 'sip.js/lib/core/index.js';
