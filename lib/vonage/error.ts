import type { EndCause } from '../call/cause.js';
import type { CallEnd } from '../call/model.js';
import { fault, type Fault, type FaultCode, type Problem } from '../core/fault.js';
import { CSErrorCodes, SessionErrorCodes, VonageErrorType } from './enums.js';

/**
 * Rejection of every promise of this face: a redacted `Fault` of the streams in the terms of the document.
 *
 * Compare `name`, `type` or `code`, not `instanceof`: a page may load both builds of this package.
 */
export class VonageError extends Error {
  override name = 'VonageError';
  type: VonageErrorType;
  /** Code of the service; `null` without one. */
  readonly code: string | null;
  readonly fault: Fault;

  constructor(type: VonageErrorType, code: string | null, message: string, fault: Fault) {
    super(message);
    this.type = type;
    this.code = code;
    this.fault = fault;
  }
}

/** Type, code and message of a failure. */
type Name = readonly [type: VonageErrorType, code: string | null, message?: string];

const { CsError, NetworkError, SessionError, InternalError, UnknownError } = VonageErrorType;
const { InvalidSession, ExpiredToken, InvalidToken, MaxOpenSessions, ClientDisconnect } = SessionErrorCodes;

/** Failures by HTTP status. */
const byStatus: Readonly<Record<number, (fault: Fault) => Name>> = {
  401: ({ message }) => [InternalError, 'internal:auth:authorization_error', `Authorization Error: ${message}`],
  503: () => [NetworkError, 'internal:error:serviceNotAvailable', 'ServiceTempNotAvailable'],
};
function failed({ statusCode = 500 }: Fault): Name {
  return [InternalError, 'internal:error:service_no_available', `ServiceNotAvailable:${statusCode}`];
}

function illegal({ problems = [], message }: Fault): Name {
  return [
    InternalError,
    'internal:error:illegal_argument_exception',
    problems.length === 0 ? message : `Incorrect arguments provided to method${listed(problems)}`,
  ];
}
function illegible({ message }: Fault): Name {
  return [InternalError, 'internal:error:parsing_exception', message];
}
function unreachable(): Name {
  return [NetworkError, null, 'Failed to fetch'];
}

const noCall: Name = [InternalError, 'voice:error:no_call_found', 'No call found'];
const tooLate: Name = [InternalError, 'voice:error:invalid_call_action', 'Invalid call action'];
const noMedia: Name = [InternalError, 'voice:error:media_failed'];

/** Failures by fault code, for faults without a status. */
const byCode: { readonly [Code in FaultCode]?: (fault: Fault) => Name } = {
  'invalid-session': () => [SessionError, InvalidSession],
  'expired-token': () => [SessionError, ExpiredToken],
  'invalid-token': () => [SessionError, InvalidToken],
  'too-many-sessions': () => [SessionError, MaxOpenSessions],
  disconnected: () => [SessionError, ClientDisconnect],
  unauthorized: ({ serverCode = SessionErrorCodes.AuthorizationError }) => [SessionError, serverCode],
  forbidden: () => [CsError, CSErrorCodes.MemberNotFound],
  'not-found': () => [CsError, CSErrorCodes.ConversationNotFound],
  'invalid-argument': illegal,
  'too-large': illegal,
  'bad-answer': illegible,
  'line-lost': unreachable,
  'no-line': () => [NetworkError, null],
  timeout: () => [NetworkError, null],
  'no-such-call': () => noCall,
  'call-ended': () => tooLate,
  'wrong-state': () => tooLate,
  'invalid-dtmf': illegal,
  'invalid-target': illegal,
  'mic-denied': () => [InternalError, 'voice:error:media_permission_denied'],
  'mic-missing': () => [InternalError, 'voice:error:media_device_not_found'],
  'mic-failed': () => noMedia,
  'media-failed': () => noMedia,
  'no-relay': () => noMedia,
};

function listed(problems: readonly Problem[]): string {
  return ` - invalid_parameters: [${problems.map(({ name, reason }) => `InvalidParameter(name=${name}, reason=${reason})`).join(', ')}]`;
}

/** Failure from a problem detail; without a code it is a parsing error. */
function said(fault: Fault): Name {
  const { serverCode, message, problems = [] } = fault;
  return serverCode === undefined
    ? illegible(fault)
    : [CsError, serverCode, problems.length === 0 ? message : message + listed(problems)];
}

function nameOf(fault: Fault): Name {
  const { statusCode, code } = fault;
  if (statusCode === undefined || code === 'bad-answer') return byCode[code]?.(fault) ?? [UnknownError, null];
  return (byStatus[statusCode] ?? (statusCode >= 500 ? failed : said))(fault);
}

/** Maps a fault to a method's own failure. */
export type Naming = (fault: Fault) => VonageError;

/** Maps a fault to type, code and message. */
export const toError: Naming = fault => errorOf(nameOf(fault), fault);

function errorOf([type, code, message]: Name, fault: Fault): VonageError {
  return new VonageError(type, code, message ?? fault.message, fault);
}

/** As `toError`, with failures of the method's own. */
function orElse(own: { readonly [Code in FaultCode]?: Name }): Naming {
  return fault => errorOf(own[fault.code] ?? nameOf(fault), fault);
}

const noInvite: Name = [InternalError, 'voice:error:no_invite_found', 'No invite found'];
const noLeg: Name = [InternalError, 'voice:error:no_leg_found', 'No leg found'];

/** Failures of methods for incoming calls. */
export const ofInvite = orElse({ 'no-such-call': noInvite });
/** The service has no such leg. */
export const ofLeg = orElse({ 'not-found': noLeg });
/** Failures of `reconnectCall`. */
export const ofReturn = orElse({ 'not-found': noLeg, 'call-ended': noLeg });
/** Failures of `serverCall`. */
export const ofPlacing = orElse({ refused: [CsError, 'voice:error:call_refused'] });

/** Outcome of a call that was never answered, as a failure. */
export function faultOf({ cause, statusCode, reason, serverCode }: CallEnd): Fault {
  return fault(codes[cause] ?? 'refused', {
    // `media_failed` is local: it has no status.
    ...(statusCode === undefined || cause === 'media_failed' ? {} : { statusCode }),
    ...(serverCode === undefined ? {} : { serverCode }),
    message: reason ?? `The call has ended before it took place: ${cause}.`,
  });
}

const codes: { readonly [Cause in EndCause]?: FaultCode } = {
  line_lost: 'line-lost',
  media_failed: 'media-failed',
  unauthorized: 'unauthorized',
  service_unavailable: 'server-error',
  server_error: 'server-error',
};

function ofSession(code: SessionErrorCodes, fault: Fault): VonageError {
  return new VonageError(SessionError, code, fault.message, fault);
}

/** There is no session. */
export function noSession(): VonageError {
  return ofSession(SessionErrorCodes.NoActiveSession, fault('no-line', { message: 'There is no active session.' }));
}

/** There is nothing to sign in with. */
export function emptyToken(): VonageError {
  return ofSession(SessionErrorCodes.EmptyToken, fault('invalid-token', { message: 'The token is empty.' }));
}

/** The login timeout. */
export function lateSession(): VonageError {
  return ofSession(SessionErrorCodes.Timeout, fault('timeout', { message: 'The session did not begin in time.' }));
}

/** An invalid configuration; the message names the property. */
export function badConfig(cause: unknown): VonageError {
  return toError(fault('invalid-argument', cause instanceof TypeError ? { message: cause.message } : {}));
}

/** Emergency calls are not supported. */
export function noEmergency(): VonageError {
  const message =
    'This SDK has no certified emergency service, so it does not place emergency calls: ' +
    'a call that only seems to be placed costs lives. Dial the emergency number with a phone.';
  return errorOf([InternalError, 'emergency:error:not-supported'], fault('unsupported', { message }));
}
