/** A phone that watches somebody, in hand-written SIP. RFC 6665. */
import { inDialog, text, type Draft, type Frame, type Phone } from './phone.js';

export interface Watch {
  /** The answer to the SUBSCRIBE. */
  readonly answer: Frame;
  /** The next NOTIFY of this subscription; it is answered with 200, unless told. */
  readonly notified: (status?: number) => Promise<Frame>;
  /** A later SUBSCRIBE, over the same socket unless told; resolves with its answer. */
  readonly again: (expires: number, over?: Phone) => Promise<Frame>;
}

/** The SUBSCRIBE alone, with credentials once it is challenged. */
export function asked(from: Phone, to: string, event: string, headers: readonly string[] = []): Promise<Frame> {
  return from.ask(subscribing(from, to, event, headers));
}

export async function subscribe(
  from: Phone,
  to: string,
  event: string,
  headers: readonly string[] = ['Expires: 600'],
): Promise<Watch> {
  const draft = subscribing(from, to, event, headers);
  const answer = await from.ask(draft);
  if (answer.status !== 200) throw new Error(`SUBSCRIBE got ${answer.status}`);
  let number = draft.cseq + 1;
  return {
    answer,
    notified: async (status = 200) => {
      const notify = await from.expect(`NOTIFY of ${draft.callId}`);
      from.send(from.answer(notify, status, []));
      return notify;
    },
    again: async (expires, over = from) => {
      number += 1;
      const later = inDialog(draft, answer, 'SUBSCRIBE', number);
      const more = [`Contact: <${from.contact}>`, `Event: ${event}`, `Expires: ${expires}`];
      over.send(text({ ...later, headers: [...later.headers, ...more] }, over.host));
      return over.expect(`* SUBSCRIBE ${draft.callId} ${number}`);
    },
  };
}

function subscribing(from: Phone, to: string, event: string, headers: readonly string[]): Draft {
  return from.request('SUBSCRIBE', `sip:${to}@${from.me.realm}`, {
    headers: [`Contact: <${from.contact}>`, `Event: ${event}`, ...headers],
  });
}
