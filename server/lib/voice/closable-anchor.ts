/** Connections that are closed while something is asked of them. */
import type { Anchor, OpenAnchor } from './model.js';

/** WebRTC leaves open what it was asked before it was closed; here that is rejected, so that nobody waits for ever. */
export function mortal(open: OpenAnchor): OpenAnchor {
  return around => {
    const anchor = open(around);
    let die: (reason: Error) => void = () => undefined;
    const death = new Promise<never>((_, reject) => {
      die = reject;
    });
    death.catch(() => undefined);
    const orDie = <A>(work: Promise<A>): Promise<A> => Promise.race([work, death]);
    const mortals: Pick<Anchor, 'answer' | 'offer' | 'accept'> = {
      answer: offer => orDie(anchor.answer(offer)),
      offer: () => orDie(anchor.offer()),
      accept: answer => orDie(anchor.accept(answer)),
    };
    return {
      ...anchor,
      ...mortals,
      close: () => {
        anchor.close();
        die(new Error('the connection is closed'));
      },
    };
  };
}
