import type { Ref } from './port.js';

/** Requests without an answer, each with its owner. A request is answered once; a second answer is ignored. */
export interface PendingRequests<Owner, Result> {
  /** Registers a request; returns the function that answers it. */
  add(ref: Ref, owner: Owner): (result: Result) => void;
  has(ref: Ref): boolean;
  answer(ref: Ref, result: Result): void;
  /** Answers every request of these owners. */
  answerAll(isOf: (owner: Owner) => boolean, result: Result): void;
  /** Gives the requests of these owners to another one. */
  assign(isOf: (owner: Owner) => boolean, to: Owner): void;
  /** Forgets the requests of these owners: they get no answer. */
  drop(isOf: (owner: Owner) => boolean): void;
  some(isOf: (owner: Owner) => boolean): boolean;
}

/** `answered` is called once for each request that is answered. */
export function createPendingRequests<Owner, Result>(
  answered: (ref: Ref, result: Result, owner: Owner) => void,
): PendingRequests<Owner, Result> {
  const owners = new Map<Ref, Owner>();
  /** The list is copied, as an answer may add requests. */
  const forEach = (isOf: (owner: Owner) => boolean, act: (ref: Ref) => void): void => {
    for (const [ref, owner] of [...owners]) if (isOf(owner)) act(ref);
  };

  const answer = (ref: Ref, result: Result): void => {
    const owner = owners.get(ref);
    if (owners.delete(ref)) answered(ref, result, owner as Owner);
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
      forEach(isOf, ref => {
        answer(ref, result);
      });
    },
    assign: (isOf, to) => {
      forEach(isOf, ref => owners.set(ref, to));
    },
    drop: isOf => {
      forEach(isOf, ref => owners.delete(ref));
    },
    some: isOf => [...owners.values()].some(isOf),
  };
}
