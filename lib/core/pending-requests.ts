import type { Ref } from './units.js';

/** Requests without an answer, each with what it belongs to. Each is answered once; another answer goes to nobody. */
export interface PendingRequests<Owner, Result> {
  /** Registers a request; returns what answers it. */
  add(ref: Ref, owner: Owner): (result: Result) => void;
  has(ref: Ref): boolean;
  answer(ref: Ref, result: Result): void;
  /** Answers every request of these owners. */
  answerAll(isOf: (owner: Owner) => boolean, result: Result): void;
  /** Gives the requests of these owners to another one. */
  assign(isOf: (owner: Owner) => boolean, to: Owner): void;
  /** Forgets the requests of these owners, or all; nobody gets an answer. */
  drop(isOf?: (owner: Owner) => boolean): void;
  some(isOf: (owner: Owner) => boolean): boolean;
}

/** `answered` is called once for each request that is answered. */
export const createPendingRequests = <Owner, Result>(
  answered: (ref: Ref, result: Result, owner: Owner) => void,
): PendingRequests<Owner, Result> => {
  const owners = new Map<Ref, Owner>();
  const refsOf = (isOf: (owner: Owner) => boolean): readonly Ref[] =>
    [...owners].filter(([, owner]) => isOf(owner)).map(([ref]) => ref);

  const answer = (ref: Ref, result: Result): void => {
    if (!owners.has(ref)) return;
    const owner = owners.get(ref) as Owner;
    owners.delete(ref);
    answered(ref, result, owner);
  };

  return {
    add: (ref, owner) => {
      owners.set(ref, owner);
      return result => {
        answer(ref, result);
      };
    },
    has: ref => owners.has(ref),
    answer,
    answerAll: (isOf, result) => {
      for (const ref of refsOf(isOf)) answer(ref, result);
    },
    assign: (isOf, to) => {
      for (const ref of refsOf(isOf)) owners.set(ref, to);
    },
    drop: (isOf = () => true) => {
      for (const ref of refsOf(isOf)) owners.delete(ref);
    },
    some: isOf => refsOf(isOf).length > 0,
  };
};
