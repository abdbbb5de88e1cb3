import type { Fault, FaultCode } from '../core/fault.js';

/**
 * Rejection of every promise of this face: a redacted `Fault` of the streams as an `Error`.
 *
 * Compare `name` or `code`, not `instanceof`: a page may load both builds of this package.
 */
export class VBotError extends Error {
  override readonly name = 'VBotError';
  readonly code: FaultCode;
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.message);
    this.code = fault.code;
    this.fault = fault;
  }
}
