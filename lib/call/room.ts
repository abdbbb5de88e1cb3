import { adopt, inherit } from './adoption.js';
import { dial, ring } from './begin.js';
import { isTalking } from './negotiation.js';
import type { CallRows } from './calling.js';
import { unwatched, watched } from './quality.js';
import { stepCall } from './step.js';

/** How calls live, whichever client they belong to. */
export const callRows: CallRows = {
  dial,
  ring,
  step: stepCall,
  isTalking,
  inherit,
  adopt,
  rating: { begin: unwatched, next: watched },
};
