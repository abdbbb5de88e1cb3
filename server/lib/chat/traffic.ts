/** Traffic of the conversation service, and the interference that tests order. */
import { createHolds } from '../holds.js';
import type { Chat, LostAnswer } from './controls.js';
import { fits, pathFits, type ChatMatch, type ChatPassing } from './traffic-item.js';

/** The record of what passed, and the orders to stop or lose it. */
export interface ChatTraffic extends Pick<Chat, 'passed' | 'next' | 'hold' | 'loseAnswer'> {
  /** Notes a passing and calls `go`, at once or when it is let go. */
  readonly pass: (passing: ChatPassing, go: () => void) => void;
  /** True when the response to this request is to be lost; consumes the order. */
  readonly losesAnswer: (passing: ChatPassing) => boolean;
}

/** @param size - how many passings are kept */
export function createChatTraffic(size: number): ChatTraffic {
  const kept: ChatPassing[] = [];
  const holds = createHolds(fits);
  const waiting = new Set<{ readonly match: ChatMatch; readonly tell: (passing: ChatPassing) => void }>();
  const losing: { readonly of: LostAnswer; left: number }[] = [];

  return {
    get passed() {
      return [...kept];
    },
    next: match =>
      new Promise(tell => {
        waiting.add({ match, tell });
      }),
    hold: holds.hold,
    loseAnswer: (of = {}) => {
      losing.push({ of, left: of.times ?? 1 });
    },
    pass: (passing, go) => {
      kept.push(passing);
      if (kept.length > size) kept.splice(0, kept.length - size);
      for (const entry of waiting) {
        if (!fits(entry.match, passing)) continue;
        waiting.delete(entry);
        entry.tell(passing);
      }
      holds.pass(passing, go);
    },
    losesAnswer: ({ method, path = '', user }) => {
      const order = losing.find(
        ({ of }) =>
          (of.method === undefined || of.method === method) &&
          (of.path === undefined || pathFits(of.path, path)) &&
          (of.user === undefined || of.user.toLowerCase() === user),
      );
      if (!order) return false;
      order.left -= 1;
      if (order.left <= 0) losing.splice(losing.indexOf(order), 1);
      return true;
    },
  };
}
