import type { IncomingResponseMessage } from './sipjs.js';
import { fault, type FaultCode } from '../core/fault.js';
import { compact } from '../core/compact.js';
import type { Failure } from '../core/port.js';
import { headerValue, type SipMessage, retryAfter } from './message.js';
import { sourceOf } from './parse.js';

const empty: SipMessage = { startLine: '', headers: [], body: '', complete: false };

/** The source of a message; empty for a response that sip.js has generated. */
export function read(message: object): SipMessage {
  return sourceOf(message) ?? empty;
}

/**
 * True when sip.js generated this response: 408 when a transaction timed out, 503 when the socket refused a request.
 * RFC 3261 §8.1.3.1.
 */
export function isLocal(message: object): boolean {
  return sourceOf(message) === undefined;
}

const byStatus: Readonly<Partial<Record<number, FaultCode>>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  407: 'unauthorized',
  408: 'timeout',
  423: 'interval-too-brief',
  481: 'call-ended',
  488: 'media-failed',
  491: 'busy',
  606: 'media-failed',
};

function codeOf(status: number): FaultCode {
  return byStatus[status] ?? (status >= 500 && status < 600 ? 'server-error' : 'refused');
}

function minExpires(message: SipMessage): number | undefined {
  const value = headerValue(message, 'min-expires') ?? '';
  return /^\d{1,10}$/.test(value) ? Number(value) : undefined;
}

/** Maps a final response other than 2xx to a fault. */
export function failureOf(response: IncomingResponseMessage): Failure {
  const { statusCode = 500, reasonPhrase } = response;
  if (isLocal(response)) return { fault: fault(statusCode === 408 ? 'timeout' : 'line-lost') };
  const message = read(response);
  const seconds = retryAfter(message);
  const least = statusCode === 423 ? minExpires(message) : undefined;
  return {
    fault: fault(codeOf(statusCode), {
      statusCode,
      ...compact({ message: reasonPhrase || undefined }),
    }),
    ...compact({ retryAfter: seconds && seconds * 1000, minExpires: least }),
  };
}
