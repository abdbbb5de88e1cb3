import type { Fault, FaultCode } from '../core/fault.js';

/**
 * What every promise of this face rejects with: a `Fault` of the streams as an `Error`, redacted when it was made.
 *
 * Tell it by `name` or `code`, not by `instanceof`: a page may hold both builds of this package.
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
