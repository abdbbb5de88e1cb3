import type { CallEnd, MediaStats, QualitySummary } from './model.js';

/** What the summary of a call is made of. */
export type Measured = { readonly last: MediaStats };

/** One measurement more. */
export const measured = (_: Measured | undefined, last: MediaStats): Measured => ({ last });

/** The end of a call with the summary of its media, unless the far system has told its own. */
export const summed = (known: Measured | undefined, end: CallEnd): CallEnd =>
  known === undefined || end.quality !== undefined ? end : { ...end, quality: summaryOf(known) };

const summaryOf = ({ last }: Measured): QualitySummary => ({ packets: last.received.packets });

/** How a call sounds. */
export type Quality = { readonly stats?: MediaStats };

/** Before anything has been measured. */
export const unmeasured: Quality = {};

/** How it sounds after one measurement more. */
export const qualified = (_: Quality, stats: MediaStats): Quality => ({ stats });
