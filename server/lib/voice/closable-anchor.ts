/** Connections that are closed while something is asked of them. */
import type { Anchor, OpenAnchor } from './model.js';

/** WebRTC never settles a request of a connection that is closed meanwhile; here it rejects. */
export function rejectWhenClosed(open: OpenAnchor): OpenAnchor {
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
