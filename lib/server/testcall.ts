/** One call to a test number, from its INVITE to its end. */
import { headerLines, type SipMessage, type SipRequest } from './message.js';
import { reply, token, type Extra } from './reply.js';
import type { TestNumber } from './testnumbers.js';
import type { Anchor, CopyTable, OpenAnchor } from './voice/model.js';
import { echo, tone } from './voice/parties.js';

/** A number whose call is more than one answer. */
export type LongNumber = Exclude<TestNumber, { readonly kind: 'code' | 'busy' }>;

/** A call that has begun. */
export interface TestCall {
  readonly tag: string;
  /** A later offer: re-INVITE, or UPDATE. */
  readonly change: (request: SipRequest) => void;
  readonly acknowledge: (request: SipRequest) => void;
  /** The caller gave up; too late once it was answered. */
  readonly cancel: () => void;
  readonly end: () => void;
}

/** What a test call needs from the program. */
export interface Around {
  /** `undefined` where there is no media to be had. */
  readonly anchors: () => Promise<OpenAnchor | undefined>;
  /** Where caller and number hear each other. */
  readonly table: CopyTable;
  readonly say: (message: SipMessage) => void;
  readonly contact: string;
  readonly ended: () => void;
}

type Sound = 'tone' | 'echo';

/** Who is heard at the other end. */
const parties = {
  tone: () => tone(440),
  echo: () => ({ ...echo(), close: () => undefined }),
};

/** Plays the number's part. */
export function startTestCall(invite: SipRequest, number: LongNumber, around: Around): TestCall {
  const tag = token();
  const timers = new Set<NodeJS.Timeout>();
  let talk: Anchor | undefined;
  let hushUp: (() => void) | undefined;
  /** The INVITE has its final response. */
  let settled = false;
  let over = false;
  let describing = false;

  function tell(request: SipRequest, status: number, body = ''): void {
    const routes = headerLines(request, 'Record-Route').map(value => ({ name: 'Record-Route', value }));
    const content = body === '' ? [] : [{ name: 'Content-Type', value: 'application/sdp' }];
    const extra: Extra = { tag, body, headers: [...routes, { name: 'Contact', value: around.contact }, ...content] };
    if (status > 100 && status < 300) around.say(reply(request, status, extra));
    else around.say(reply(request, status, { tag }));
  }

  function answer(sdp: string): void {
    settled = true;
    tell(invite, 200, sdp);
  }

  function refuse(status: number): void {
    if (settled) return;
    settled = true;
    tell(invite, status);
    end();
  }

  function end(): void {
    over = true;
    for (const timer of timers) clearTimeout(timer);
    hushUp?.();
    talk?.close();
    around.ended();
  }

  const pause = (seconds: number): Promise<void> =>
    new Promise(resolve => {
      timers.add(setTimeout(resolve, seconds * 1000).unref());
    });

  /** Whether there is something to talk with, and still somebody to talk to. */
  async function open(sound: Sound): Promise<boolean> {
    const openAnchor = await around.anchors();
    if (!openAnchor) refuse(480);
    if (over || !openAnchor) return false;
    talk = openAnchor({ towards: 'sip', lost: end });
    const party = parties[sound]();
    const seats = [talk, party].map(one => around.table.enter(tag, one));
    hushUp = () => {
      for (const seat of seats) seat.leave();
      party.close();
    };
    return true;
  }

  /** Our description; `undefined` when the offer is unusable or the call is over by then. */
  async function describe(offer: string): Promise<string | undefined> {
    describing = true;
    try {
      const sdp = await (offer === '' ? talk?.offer() : talk?.answer(offer));
      return over ? undefined : sdp;
    } catch {
      return undefined;
    } finally {
      describing = false;
    }
  }

  async function play(): Promise<void> {
    tell(invite, 100);
    switch (number.kind) {
      case 'blackhole':
        return;
      case 'echo':
        if (await open('echo')) await answerSoon(0);
        return;
      case 'ring':
        if (!(await open('tone'))) return;
        tell(invite, 180);
        await answerSoon(number.seconds);
        return;
      case 'early':
      case 'early486':
        if (await open('tone')) await early(number.kind === 'early');
    }
  }

  async function answerSoon(seconds: number): Promise<void> {
    if (seconds > 0) await pause(seconds);
    const sdp = await describe(invite.body);
    if (sdp === undefined) refuse(488);
    else answer(sdp);
  }

  async function early(willAnswer: boolean): Promise<void> {
    const sdp = await describe(invite.body);
    if (sdp === undefined) {
      refuse(488);
      return;
    }
    // Without an offer there is nothing to answer yet: ours goes into the 200.
    tell(invite, 183, invite.body === '' ? '' : sdp);
    await pause(willAnswer ? 2 : 1);
    if (willAnswer) answer(sdp);
    else refuse(486);
  }

  async function change(request: SipRequest): Promise<void> {
    if (request.method === 'UPDATE' && request.body === '') tell(request, 200);
    // Two offers at once. RFC 3261 §14.2.
    else if (describing || !talk) tell(request, 491);
    else {
      const sdp = await describe(request.body);
      tell(request, sdp === undefined ? 488 : 200, sdp);
    }
  }

  void play();
  return {
    tag,
    end,
    change: request => {
      void change(request);
    },
    acknowledge: ({ body }) => {
      // An answer comes this way only when the offer was ours.
      if (body !== '') talk?.accept(body).catch(() => undefined);
    },
    cancel: () => {
      refuse(487);
    },
  };
}
