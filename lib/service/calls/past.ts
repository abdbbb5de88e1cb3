import type { CallId } from '../../call/model.js';

/** Why we leave a call: it stands in the query. */
export type Why = { readonly reason?: string; readonly reasonCode?: string };

/** What is still to come of a call that is over here. */
type Late = {
  readonly call: CallId;
  /** Whether we have hung up, and hear from the service how it was. */
  readonly awaited?: boolean;
  /** Its leg may still join a conversation, and is to be taken out of it then. */
  readonly undo?: Why;
};

/** The legs of calls that are over, as many as are worth knowing. */
export type Past = {
  readonly keep: (leg: string, late: Late) => void;
  readonly of: (leg: string) => Late | undefined;
};

const most = 64;

export const createPast = (): Past => {
  const legs = new Map<string, Late>();
  return {
    keep: (leg, late) => {
      legs.delete(leg);
      legs.set(leg, late);
      const [oldest] = legs.keys();
      if (legs.size > most && oldest !== undefined) legs.delete(oldest);
    },
    of: leg => legs.get(leg),
  };
};
