/** A call from the service's side to SIP: one INVITE, many phones, one answer. RFC 3261 §13.2. */
import { quote } from '../sip/address.js';
import { ackOf, cancelOf } from '../sip/hop-by-hop.js';
import type { Header, SipRequest, SipResponse } from '../sip/message.js';
import { token } from '../sip/response.js';
import type { Users } from '../users.js';
import type { SipCall, SipCallEvent, Ringing } from './model.js';
import { tagIn, type UserAgent } from '../user-agent/user-agent.js';
import { openDialog, partsOfUac, requestIn, type Dialog } from '../user-agent/dialog.js';
import {
  addressOf,
  allow,
  namedIn,
  reasonOf,
  reasonsOf,
  sdpHeaders,
  uriOf,
  type EndCause,
} from '../user-agent/headers.js';

/** Services for calls to SIP. */
export interface Around {
  readonly agent: UserAgent;
  readonly realm: string;
  readonly users: Users;
}

/** Places a call; its events are asynchronous. */
export function placeCall(call: Ringing, hear: (news: SipCallEvent) => void, around: Around): SipCall {
  const { agent, realm, users } = around;
  const callId = token();
  const localTag = token();
  const caller = addressOf(call.from.user, realm);
  const uri = uriOf(call.to, realm);
  const display = call.from.displayName === undefined ? '' : `${quote(call.from.displayName)} `;
  const local = `${display}<${caller ?? ''}>;tag=${localTag}`;
  const contact = `<${addressOf(call.from.user, agent.host) ?? ''};transport=ws>`;
  /** By the tag of the phone that answered. */
  const answers = new Map<string, Dialog>();
  let phase: 'calling' | 'up' | 'over' = 'calling';
  let winner: Dialog | undefined;
  let invite: SipRequest | undefined;
  let proceeding = false;
  /** The Reason values of a CANCEL that waits for the first 1xx. */
  let due: readonly string[] | undefined;
  let isRinging = false;
  let isEarly = false;

  function begin(to: string): void {
    const headers: readonly Header[] = [{ name: 'Contact', value: contact }, allow, ...sdpHeaders(call.offer)];
    const wanted = { method: 'INVITE', number: 1, headers, body: call.offer };
    invite = agent.request(requestIn({ callId, local, remote: `<${to}>`, routes: [] }, to, wanted), respond);
  }

  /** After `end` no event follows. */
  function tell(news: SipCallEvent): void {
    if (phase !== 'over') hear(news);
  }

  function respond(response: SipResponse): void {
    if (response.status < 200) progress(response);
    else if (response.status < 300) answered(response);
    else refused(response);
  }

  function progress(response: SipResponse): void {
    proceeding = true;
    if (due) cancel(due);
    due = undefined;
    if (phase !== 'calling' || response.status === 100) return;
    if (!isRinging && (response.status === 180 || response.body === '')) {
      isRinging = true;
      tell({ kind: 'ringing' });
    }
    // The first early media plays: all forks share one connection.
    if (isEarly || response.body === '') return;
    isEarly = true;
    tell({ kind: 'early', sdp: response.body });
  }

  function answered(response: SipResponse): void {
    if (!invite) return;
    const tag = tagIn(response, 'To');
    const known = answers.get(tag);
    const dialog = known ?? dialogOf(invite, response);
    answers.set(tag, dialog);
    dialog.acknowledge();
    if (known) return;
    if (phase === 'over' || winner) dialog.bye({ elsewhere: winner !== undefined });
    else if (response.body === '') {
      leave();
      dialog.bye({ reason: 'no description' });
      hear({ kind: 'refused', status: 488 });
    } else {
      winner = dialog;
      phase = 'up';
      const user = namedIn(response, users);
      hear({ kind: 'answered', sdp: response.body, ...(user === undefined ? {} : { user }) });
    }
  }

  function dialogOf(sent: SipRequest, response: SipResponse): Dialog {
    const dialog: Dialog = openDialog(partsOfUac(sent, response, contact), agent, {
      acknowledged: () => undefined,
      ended: why => {
        if (dialog !== winner || phase !== 'up') return;
        leave();
        hear({ kind: 'ended', ...(why.reason === undefined ? {} : { reason: why.reason }) });
      },
      digit: digit => {
        hear({ kind: 'digit', digit });
      },
      offered: (sdp, answer) => {
        hear({ kind: 'offered', sdp, answer });
      },
    });
    return dialog;
  }

  function refused(response: SipResponse): void {
    if (invite) agent.send(ackOf(invite, response));
    fail(response.status, reasonOf(response).reason ?? response.reason);
  }

  function fail(status: number, reason: string): void {
    if (phase !== 'calling') return;
    leave();
    hear({ kind: 'refused', status, reason });
  }

  function leave(): void {
    phase = 'over';
    agent.calls.delete(end);
  }

  function cancel(reasons: readonly string[]): void {
    // The 200 to the CANCEL is ignored: the INVITE is answered with 487, or with an earlier 2xx.
    if (invite) agent.send(cancelOf(invite, reasons));
  }

  function end(why: EndCause = {}): void {
    const was = phase;
    leave();
    if (was === 'up') winner?.bye(why);
    else if (was === 'calling' && proceeding) cancel(reasonsOf(why));
    // Before its first 1xx a CANCEL could overtake the INVITE. RFC 3261 §9.1.
    else if (was === 'calling') due = reasonsOf(why);
  }

  agent.calls.add(end);
  if (uri !== undefined && caller !== undefined) begin(uri);
  else {
    queueMicrotask(() => {
      fail(uri === undefined ? 416 : 403, 'not an address');
    });
  }
  return {
    end,
    digit: digit => {
      if (phase === 'up') winner?.digit(digit);
    },
    change: offer => (phase === 'up' && winner ? winner.offer(offer) : Promise.reject(new Error('481 no such call'))),
  };
}
