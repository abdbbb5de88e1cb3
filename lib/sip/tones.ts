import { SessionState, type IncomingResponseMessage } from 'sip.js/lib/core/index.js';
import { left, right } from '../core/either.js';
import type { Agent, SipCall } from './agent.js';
import { run, spoken } from './call.js';
import { formatDtmfRelay } from './dtmf.js';
import { failureOf } from './failure.js';
import { failed, type Settle } from './ledger.js';
import { hasTelephoneEvent } from './sdp.js';
import { recount } from './sequence.js';

/** How long an INFO says that its tone lasts. */
const duration = 100;

const byMedia = (call: SipCall): boolean =>
  call.peer?.canSendTones === true && call.remote !== undefined && hasTelephoneEvent(call.remote);

/** INFO belongs to an answered call only. RFC 6086 §4.2.1. */
const byInfo = ({ session }: SipCall): boolean => session?.sessionState === SessionState.Confirmed;

const inform = (call: SipCall, tone: string, settle: Settle<undefined>): void => {
  const { session } = call;
  const heard: typeof settle = result => {
    if (info !== undefined) recount(session, info.message);
    settle(result);
  };
  const refused = ({ message }: { readonly message: IncomingResponseMessage }): void => {
    heard(left(failureOf(message)));
  };
  const info = session?.info(
    {
      onAccept: () => {
        heard(right(undefined));
      },
      onRedirect: refused,
      onReject: refused,
    },
    {
      body: {
        contentDisposition: 'render',
        contentType: 'application/dtmf-relay',
        content: formatDtmfRelay(tone, duration),
      },
    },
  );
};

/** One tone, in the media where the far side takes it there, else beside them. RFC 4733. */
export const tone = (agent: Agent, call: SipCall, digit: string, settle: Settle<undefined>): void => {
  const { dtmf = 'auto' } = agent.options;
  if (dtmf !== 'info' && byMedia(call)) run(agent, call, peer => peer.tone(digit), settle);
  else if (dtmf !== 'rfc4733' && byInfo(call)) inform(call, digit, spoken(call, settle));
  else settle(left(failed('wrong-state')));
};
