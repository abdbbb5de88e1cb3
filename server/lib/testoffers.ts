/** Offers and answers of a test call, one at a time. RFC 3261 §14. */
import { randomInt } from 'node:crypto';
import type { SipRequest } from './message.js';
import type { TestMedia } from './testmedia.js';

/** What it needs of the call. */
export interface OfferSettings {
  /** `undefined` until there is some. */
  readonly media: () => TestMedia | undefined;
  /** Answers a later offer of the caller, with no body where none is due. */
  readonly accept: (request: SipRequest, sdp: string) => void;
  readonly refuse: (request: SipRequest, status: number) => void;
  /** Sends ours; resolves with the final status, when its answer has been taken. */
  readonly send: (sdp: string) => Promise<number>;
  readonly pause: (seconds: number) => Promise<void>;
}

/** Both sides' offers. */
export interface Offers {
  /** Our description for an offer, or for none; `undefined` when it is unusable or the call is over by then. */
  readonly describe: (offer: string) => Promise<string | undefined>;
  /** A re-INVITE or UPDATE has come. */
  readonly change: (request: SipRequest) => Promise<void>;
  /** Makes one, again and again while the caller's own is in its way. */
  readonly offer: (direction: 'sendrecv' | 'sendonly') => Promise<void>;
}

/** No offer is under way. */
export function createOffers({ media, accept, refuse, send, pause }: OfferSettings): Offers {
  /** An offer of either side has no answer yet. */
  let negotiating = false;

  async function locked<A>(work: () => Promise<A>): Promise<A> {
    negotiating = true;
    const done = await work();
    negotiating = false;
    return done;
  }

  const describe = (offer: string): Promise<string | undefined> => locked(async () => media()?.describe(offer));

  async function attempt(direction: string): Promise<number> {
    const sdp = await media()?.describe('');
    return sdp === undefined ? 481 : send(sdp.replace(/^a=sendrecv/m, `a=${direction}`));
  }

  return {
    describe,
    change: async request => {
      if (request.method === 'UPDATE' && request.body === '') accept(request, '');
      else if (negotiating || !media()) refuse(request, 491);
      else {
        const sdp = await describe(request.body);
        if (sdp === undefined) refuse(request, 488);
        else accept(request, sdp);
      }
    },
    offer: async direction => {
      while (negotiating || (await locked(() => attempt(direction))) === 491) {
        // Who has not begun the call waits up to 2 s. RFC 3261 §14.1.
        await pause(randomInt(201) / 100);
      }
    },
  };
}
