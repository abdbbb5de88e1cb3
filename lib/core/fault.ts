import { compact } from './compact.js';

/** Every code with what it means and whether doing the same again may help. The README's table is made of these rows. */
export const codes = {
  'invalid-target': { retryable: false, message: 'The target is not a number, a name or a SIP URI.' },
  'invalid-header': { retryable: false, message: 'A header has a name or a value that must not be sent.' },
  'invalid-dtmf': { retryable: false, message: 'Tones are 0-9, A-D, *, # and the comma.' },
  'invalid-volume': { retryable: false, message: 'A volume is a number from 0 to 1.' },
  'invalid-status': { retryable: false, message: 'A call is refused with a status from 300 to 699.' },
  'invalid-argument': { retryable: false, message: 'The arguments are not what this command takes.' },
  'too-large': { retryable: false, message: 'This is more than the server takes.' },
  'no-line': { retryable: true, message: 'No line can carry this now.' },
  'no-such-call': { retryable: false, message: 'There is no such call.' },
  'call-ended': { retryable: false, message: 'The call has ended.' },
  'wrong-state': { retryable: false, message: 'The call is in a state in which this is not possible.' },
  busy: { retryable: true, message: 'The far side is negotiating something else.' },
  unauthorized: { retryable: false, message: 'The server refused the credentials.' },
  'expired-token': { retryable: false, message: 'The token has expired.' },
  'invalid-token': { retryable: false, message: 'The token is none that the server accepts.' },
  'invalid-session': { retryable: false, message: 'The server does not know this session (any more).' },
  'too-many-sessions': { retryable: false, message: 'The user has as many sessions as the server allows.' },
  forbidden: { retryable: false, message: 'The server does not allow this.' },
  'not-found': { retryable: false, message: 'The server does not know this.' },
  conflict: { retryable: false, message: 'The server has something else under this name.' },
  'rate-limited': { retryable: true, message: 'The server asks to be asked less often.' },
  'interval-too-brief': { retryable: true, message: 'The server asks for a longer lifetime.' },
  refused: { retryable: false, message: 'The far side refused.' },
  'server-error': { retryable: true, message: 'The server failed.' },
  'bad-answer': { retryable: false, message: 'The server answered something that cannot be understood.' },
  'malformed-frame': { retryable: false, message: 'A frame that cannot be understood was dropped.' },
  'storage-failed': { retryable: true, message: 'What is to outlive the page could not be kept.' },
  'mic-denied': { retryable: false, message: 'The microphone was refused.' },
  'mic-missing': { retryable: false, message: 'There is no such microphone.' },
  'mic-failed': { retryable: true, message: 'The microphone could not be opened.' },
  'output-failed': { retryable: true, message: 'The sound could not be played.' },
  'media-failed': { retryable: false, message: 'The media could not be negotiated.' },
  'no-relay': { retryable: true, message: 'No relay answered and only relays are allowed.' },
  cancelled: { retryable: false, message: 'It was taken back.' },
  'line-lost': { retryable: true, message: 'The line to the server was lost.' },
  disconnected: { retryable: true, message: 'The client was disconnected.' },
  timeout: { retryable: true, message: 'No answer came in time.' },
  unsupported: { retryable: false, message: 'This line has no way to do that.' },
  internal: { retryable: false, message: 'A part of the client failed in a way nobody foresaw.' },
} as const;

/** What went wrong, as a word of one closed list. */
export type FaultCode = keyof typeof codes;

/** A failure as plain data: redacted when it is made, never thrown by a stream. */
export type Fault = {
  readonly code: FaultCode;
  /** Whether doing the same again, later, may succeed. */
  readonly retryable: boolean;
  readonly message: string;
  /** The SIP or HTTP status that the far side gave. */
  readonly statusCode?: number;
  /** The server's own word for it, as `conversation:error:not-found`. */
  readonly serverCode?: string;
  /** Every argument that is wrong, and why. */
  readonly problems?: readonly Problem[];
  readonly cause?: { readonly name: string; readonly message: string };
};

/** One argument that is wrong: its path, and what it should have been; never what it was. */
export type Problem = { readonly name: string; readonly reason: string };

type Details = {
  readonly message?: string;
  readonly statusCode?: number;
  readonly serverCode?: string;
  readonly problems?: readonly Problem[];
  readonly cause?: unknown;
};

/** A fault of this code; the server's words and the original error's go through the redaction. */
export const fault = (code: FaultCode, details: Details = {}): Fault => ({
  code,
  retryable: codes[code].retryable,
  message: redact(details.message ?? codes[code].message),
  ...compact({
    statusCode: details.statusCode,
    serverCode: details.serverCode && redact(details.serverCode),
    problems: details.problems?.map(redacted),
    cause: details.cause === undefined ? undefined : summary(details.cause),
  }),
});

const redacted = ({ name, reason }: Problem): Problem => ({ name: redact(name), reason: redact(reason) });

const summary = (cause: unknown): { readonly name: string; readonly message: string } => {
  const { name, message } = (typeof cause === 'object' && cause !== null ? cause : { message: cause }) as {
    readonly name?: unknown;
    readonly message?: unknown;
  };
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: redact(typeof message === 'string' ? message : ''),
  };
};

/**
 * What must never be read by anyone: tokens, passwords, digest answers, keys of media and ICE, digits.
 * Each row is a pattern whose first group stays and whose rest is replaced.
 */
const secrets: readonly RegExp[] = [
  /\b((?:proxy-)?authorization["']?\s*[=:]\s*["']?\w+\s+)[^\r\n]+/gi,
  // A name that says so, and its value: bare, or to the end of its quotes, which may themselves be quoted.
  /\b([\w-]{0,30}(?:token|password|passwd|pwd|secret|credential|api[_-]?key|ha1)\\?["']?\s*[=:]\s*)(?:\\?"[^"]*"|'[^']*'|[^\s"'&,;}]+)/gi,
  // Of a digest only: "Unexpected server response: 401" says nothing secret.
  /\b((?:response|c?nonce)\s*=\s*)(?:\\?"[^"]*"|'[^']*'|[^\s"'&,;}]+)/gi,
  /\b((?:wss?|https?|sips?|turns?|stuns?):(?:\/\/)?[^\s/@:]+:)[^\s/@]+(?=@)/gi,
  /\b(a=ice-pwd:)\S+/gi,
  /\b(inline:)\S+/gi,
  /\b(signal\s*[=:]\s*)[0-9A-D*#,]+(?!\w)/gi,
  /\b(bearer\s+)[\w.~+/-]+=*/gi,
  /()\beyJ[\w-]+\.[\w-]+\.[\w-]+/g,
];

/** The same text with every secret replaced by `[redacted]`. */
export const redact = (text: string): string =>
  secrets.reduce((safe, secret) => safe.replace(secret, '$1[redacted]'), text);
