import { dial, ring } from './begin.js';
import type { CallRoom } from './port.js';
import { stepCall } from './step.js';

/** The room itself, for the adapters that carry calls to bring with them. */
export const callRoom: CallRoom = { dial, ring, step: stepCall };
