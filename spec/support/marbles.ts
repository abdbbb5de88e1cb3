import { TestScheduler, type RunHelpers } from 'rxjs/testing';

/** Runs one score in virtual time and compares what was heard with what was written. */
export const marbles = (score: (helpers: RunHelpers) => void): void => {
  new TestScheduler((heard, written) => {
    expect(heard).toEqual(written);
  }).run(score);
};
