import { compact } from './compact.js';

/** The message of each code. README's table of faults has the same rows. */
export const messages = {
  'invalid-target': 'The target is no number, name or SIP URI.',
  'invalid-header': 'A header field has an invalid name or value.',
  'invalid-dtmf': 'Tones are 0-9, A-D, *, # and comma.',
  'invalid-volume': 'A volume is a number from 0 to 1.',
  'invalid-status': 'A refusal has a status from 300 to 699.',
  'invalid-argument': 'The arguments are invalid.',
  'too-large': 'The body is too large.',
  'no-line': 'No line is connected.',
  'no-such-call': 'There is no such call.',
  'call-ended': 'The call has ended.',
  'wrong-state': 'The call is in the wrong state.',
  busy: 'Another negotiation is under way.',
  unauthorized: 'The server refused the credentials.',
  'expired-token': 'The token has expired.',
  'invalid-token': 'The token is invalid.',
  'invalid-session': 'The session is unknown.',
  'too-many-sessions': 'Too many sessions.',
  forbidden: 'The server does not allow this.',
  'not-found': 'The server does not know this.',
  conflict: 'The name is taken.',
  'rate-limited': 'Too many requests.',
  'interval-too-brief': 'The server asks for a longer lifetime.',
  refused: 'The far side refused.',
  'server-error': 'The server failed.',
  'bad-answer': 'The answer cannot be understood.',
  'malformed-frame': 'A malformed frame was dropped.',
  'storage-failed': 'The storage failed.',
  'mic-denied': 'The microphone was refused.',
  'mic-missing': 'There is no such microphone.',
  'mic-failed': 'The microphone failed.',
  'output-failed': 'The playback failed.',
  'media-failed': 'The media negotiation failed.',
  'no-relay': 'No relay answered.',
  cancelled: 'The command was cancelled.',
  'line-lost': 'The line was lost.',
  disconnected: 'The client was disconnected.',
  timeout: 'No answer came in time.',
  unsupported: 'The line does not support this.',
  internal: 'An internal error.',
} as const;

/** The closed list of codes. */
export type FaultCode = keyof typeof messages;

/** Codes after which a repeated command may succeed. */
export const retryableCodes: readonly FaultCode[] = [
  'no-line',
  'busy',
  'rate-limited',
  'interval-too-brief',
  'server-error',
  'storage-failed',
  'mic-failed',
  'output-failed',
  'no-relay',
  'line-lost',
  'disconnected',
  'timeout',
];

/** An error as plain JSON. Secrets are redacted when it is made. */
export type Fault = {
  readonly code: FaultCode;
  /** True where a repeated command may succeed. */
  readonly retryable: boolean;
  readonly message: string;
  /** SIP or HTTP status of the response. */
  readonly statusCode?: number;
  /** Error code of the service, such as `conversation:error:not-found`. */
  readonly serverCode?: string;
  /** Every invalid argument. */
  readonly problems?: readonly Problem[];
  readonly cause?: { readonly name: string; readonly message: string };
};

/** An invalid argument: its path, and what is expected. The value itself is never included. */
export type Problem = { readonly name: string; readonly reason: string };

type Details = {
  readonly message?: string;
  readonly statusCode?: number;
  readonly serverCode?: string;
  readonly problems?: readonly Problem[];
  readonly cause?: unknown;
};

/** Makes a fault; messages of servers and of original errors are redacted. */
export function fault(code: FaultCode, details: Details = {}): Fault {
  return {
    code,
    retryable: retryableCodes.includes(code),
    message: redact(details.message ?? messages[code]),
    ...compact({
      statusCode: details.statusCode,
      serverCode: details.serverCode && redact(details.serverCode),
      problems: details.problems?.map(redacted),
      cause: details.cause === undefined ? undefined : summary(details.cause),
    }),
  };
}

function redacted({ name, reason }: Problem): Problem {
  return { name: redact(name), reason: redact(reason) };
}

function summary(cause: unknown): { readonly name: string; readonly message: string } {
  const { name, message } = (typeof cause === 'object' && cause !== null ? cause : { message: cause }) as {
    readonly name?: unknown;
    readonly message?: unknown;
  };
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: redact(typeof message === 'string' ? message : ''),
  };
}

/**
 * Secrets: tokens, passwords, digest responses, keys of media and ICE, DTMF digits. The first group of each pattern stays, the
 * rest is replaced.
 */
const secrets: readonly RegExp[] = [
  /\b((?:proxy-)?authorization["']?\s*[=:]\s*["']?\w+\s+)[^\r\n]+/gi,
  // A name such as `password` and its value: bare, quoted, or quoted within quotes.
  /\b([\w-]{0,30}(?:token|password|passwd|pwd|secret|credential|api[_-]?key|ha1)\\?["']?\s*[=:]\s*)(?:\\?"[^"]*"|'[^']*'|[^\s"'&,;}]+)/gi,
  // `response=` of a digest; "Unexpected server response: 401" is no secret.
  /\b((?:response|c?nonce)\s*=\s*)(?:\\?"[^"]*"|'[^']*'|[^\s"'&,;}]+)/gi,
  /\b((?:wss?|https?|sips?|turns?|stuns?):(?:\/\/)?[^\s/@:]+:)[^\s/@]+(?=@)/gi,
  /\b(a=ice-pwd:)\S+/gi,
  /\b(inline:)\S+/gi,
  /\b(signal\s*[=:]\s*)[0-9A-D*#,]+(?!\w)/gi,
  /\b(bearer\s+)[\w.~+/-]+=*/gi,
  /()\beyJ[\w-]+\.[\w-]+\.[\w-]+/g,
];

/** The same text with every secret replaced by `[redacted]`. */
export function redact(text: string): string {
  return secrets.reduce((safe, secret) => safe.replace(secret, '$1[redacted]'), text);
}
