import { fault, type Fault, type FaultCode, type Problem } from '../kernel/fault.js';
import { SessionErrorCodes, VonageErrorType } from './enums.js';

/**
 * What every promise of this face rejects with: a `Fault` of the streams in the document's words, redacted when it was
 * made.
 *
 * Tell it by `name`, `type` or `code`, not by `instanceof`: a page may hold both builds of this package.
 */
export class VonageError extends Error {
  override readonly name = 'VonageError';
  readonly type: VonageErrorType;
  /** The service's own word for it, or one of the document's; `null` where there is none, as when nobody answers. */
  readonly code: string | null;
  readonly fault: Fault;

  constructor(type: VonageErrorType, code: string | null, message: string, fault: Fault) {
    super(message);
    this.type = type;
    this.code = code;
    this.fault = fault;
  }
}

/** What a failure is called: type, code and message. */
type Name = readonly [type: VonageErrorType, code: string | null, message?: string];

const { CsError, NetworkError, SessionError, InternalError, UnknownError } = VonageErrorType;
const { InvalidSession, ExpiredToken, InvalidToken, MaxOpenSessions, ClientDisconnect } = SessionErrorCodes;

/** By status, where the document's client does not pass on what the service says. */
const byStatus: Readonly<Record<number, (fault: Fault) => Name>> = {
  401: ({ message }) => [InternalError, 'internal:auth:authorization_error', `Authorization Error: ${message}`],
  503: () => [NetworkError, 'internal:error:serviceNotAvailable', 'ServiceTempNotAvailable'],
};
const failed = ({ statusCode = 500 }: Fault): Name => [
  InternalError,
  'internal:error:service_no_available',
  `ServiceNotAvailable:${statusCode}`,
];

const illegal = ({ problems = [], message }: Fault): Name => [
  InternalError,
  'internal:error:illegal_argument_exception',
  problems.length === 0 ? message : `Incorrect arguments provided to method${listed(problems)}`,
];
const illegible = ({ message }: Fault): Name => [InternalError, 'internal:error:parsing_exception', message];
const unreachable = (): Name => [NetworkError, null, 'Failed to fetch'];

/** By our own word, where no server has given a status. */
const byCode: { readonly [Code in FaultCode]?: (fault: Fault) => Name } = {
  'invalid-session': () => [SessionError, InvalidSession],
  'expired-token': () => [SessionError, ExpiredToken],
  'invalid-token': () => [SessionError, InvalidToken],
  'too-many-sessions': () => [SessionError, MaxOpenSessions],
  disconnected: () => [SessionError, ClientDisconnect],
  unauthorized: ({ serverCode = SessionErrorCodes.AuthorizationError }) => [SessionError, serverCode],
  'invalid-argument': illegal,
  'too-large': illegal,
  'bad-answer': illegible,
  'line-lost': unreachable,
  'no-line': () => [NetworkError, null],
  timeout: () => [NetworkError, null],
};

const listed = (problems: readonly Problem[]): string =>
  ` - invalid_parameters: [${problems.map(({ name, reason }) => `InvalidParameter(name=${name}, reason=${reason})`).join(', ')}]`;

/** What the service says of a request, in its own words; without a code of its own they are none that can be read. */
const said = (fault: Fault): Name => {
  const { serverCode, message, problems = [] } = fault;
  return serverCode === undefined
    ? illegible(fault)
    : [CsError, serverCode, problems.length === 0 ? message : message + listed(problems)];
};

const nameOf = (fault: Fault): Name => {
  const { statusCode, code } = fault;
  if (statusCode === undefined || code === 'bad-answer') return byCode[code]?.(fault) ?? [UnknownError, null];
  return (byStatus[statusCode] ?? (statusCode >= 500 ? failed : said))(fault);
};

/** The failure in the document's words. */
export const toError = (fault: Fault): VonageError => {
  const [type, code, message = fault.message] = nameOf(fault);
  return new VonageError(type, code, message, fault);
};

const ofSession = (code: SessionErrorCodes, fault: Fault): VonageError =>
  new VonageError(SessionError, code, fault.message, fault);

/** Nobody is signed in. */
export const noSession = (): VonageError =>
  ofSession(SessionErrorCodes.NoActiveSession, fault('no-line', { message: 'There is no active session.' }));

/** There is nothing to sign in with. */
export const emptyToken = (): VonageError =>
  ofSession(SessionErrorCodes.EmptyToken, fault('invalid-token', { message: 'The token is empty.' }));

/** The service has not let us in for as long as we wait. */
export const lateSession = (): VonageError =>
  ofSession(SessionErrorCodes.Timeout, fault('timeout', { message: 'The session did not begin in time.' }));

/** The configuration is none; `cause` says of which property. */
export const badConfig = (cause: unknown): VonageError =>
  toError(fault('invalid-argument', cause instanceof TypeError ? { message: cause.message } : {}));
