/** What is heard in a call to a test number. */
import { token } from '../sip/response.js';
import type { Anchor, Mixer, OpenAnchor } from '../voice/model.js';
import { echo, tone } from '../voice/audio-sources.js';

/** Who is heard at the other end: 440 Hz, or the caller. */
export type Sound = 'tone' | 'echo';

/** The media of one phone of ours. */
export interface TestMedia {
  /** An answer to an offer, or an offer for none; `undefined` when the offer is unusable or all is closed by then. */
  readonly describe: (offer: string) => Promise<string | undefined>;
  /** The answer to our offer. An unusable one changes nothing. */
  readonly accept: (answer: string) => Promise<void>;
  readonly close: () => void;
}

const parties = {
  tone: () => tone(440),
  echo: () => ({ ...echo(), close: () => undefined }),
};

/** @param lost - the connection has been broken for a minute */
export function openTestMedia(openAnchor: OpenAnchor, table: Mixer, sound: Sound, lost: () => void): TestMedia {
  const room = token();
  const anchor: Anchor = openAnchor({ towards: 'sip', lost });
  const party = parties[sound]();
  const seats = [anchor, party].map(one => table.enter(room, one));
  let closed = false;

  return {
    describe: async offer => {
      try {
        const sdp = await (offer === '' ? anchor.offer() : anchor.answer(offer));
        return closed ? undefined : sdp;
      } catch {
        return undefined;
      }
    },
    accept: answer => anchor.accept(answer).catch(() => undefined),
    close: () => {
      if (closed) return;
      closed = true;
      for (const seat of seats) seat.leave();
      party.close();
      anchor.close();
    },
  };
}
