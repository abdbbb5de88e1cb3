import { left, type Left } from '../core/either.js';
import { fault, type Fault, type FaultCode } from '../core/fault.js';
import type { Failure } from '../core/port.js';

/** The platform rejected an offer; a retry with the same offer fails again. */
export class Unanswerable extends Error {
  /** 488 Not Acceptable Here. RFC 3261 §21.4.26. */
  readonly statusCode = 488;
}

/** A failure of the platform, without `retryAfter`: a retry would fail as well. */
export function failed(code: FaultCode, cause?: unknown): Left<Failure> {
  return ofFault(fault(code, cause instanceof Unanswerable ? cause : { cause }));
}

export function ofFault(reason: Fault): Left<Failure> {
  return left({ fault: reason }) as Left<Failure>;
}

/**
 * Maps a rejection of getUserMedia to a fault. `OverconstrainedError` means that no device has the requested id.
 * https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia
 */
export function microphoneFault(error: unknown): Fault {
  const name = (error as { readonly name?: unknown } | undefined)?.name;
  if (name === 'NotAllowedError' || name === 'SecurityError') return fault('mic-denied', { cause: error });
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return fault('mic-missing', { cause: error });
  return fault('mic-failed', { cause: error });
}
