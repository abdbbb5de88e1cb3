import { adopt, inherit } from './adoption.js';
import { dial, ring } from './begin.js';
import { isTalking } from './negotiation.js';
import type { CallRoom } from './calling.js';
import { unwatched, watched } from './quality.js';
import { stepCall } from './step.js';

/** The room itself, for the adapters that carry calls to bring with them. */
export const callRoom: CallRoom = {
  dial,
  ring,
  step: stepCall,
  isTalking,
  inherit,
  adopt,
  rating: { begin: unwatched, next: watched },
};
