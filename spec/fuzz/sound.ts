import type { CallingReport } from '../../lib/call/calling.js';
import type { Live } from '../support/fuzz.js';

/**
 * What must be true of everything that a client reports, whoever speaks to it: it is plain data, its stream goes on, and
 * a frame that is dropped is dropped by the gate, not because something behind it threw.
 */
export const expectSound = (live: Live, reported: readonly CallingReport[]): void => {
  expect(live.end()).toBeUndefined();
  for (const report of reported) {
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    if (report._tag === 'fault')
      expect(report.fault.message).toMatch(/^(?:A frame was dropped: [\w-]+|An offer was refused: [\w ,-]+)\.$/);
  }
};
