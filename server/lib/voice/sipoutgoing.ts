/** A call from the service's side to SIP: one INVITE, many phones, one answer. RFC 3261 §13.2. */
import { parseAddress, quote } from '../address.js';
import { ackOf, cancelOf } from '../hop.js';
import { header, headerList, type Header, type SipRequest, type SipResponse } from '../message.js';
import { token } from '../reply.js';
import type { Users } from '../users.js';
import type { Across, AcrossNews, Ringing } from './model.js';
import { tagIn, type Agent } from './sipagent.js';
import { openDialog, type Dialog } from './sipdialog.js';
import { requestIn } from './sipparts.js';
import { addressOf, allow, namedIn, reasonsOf, sdpHeaders, uriOf, whyOf, type Why } from './sipwords.js';

/** What every call of this side shares. */
export interface Around {
  readonly agent: Agent;
  readonly realm: string;
  readonly users: Users;
}

/** Places the call; what becomes of it is told later, never within this function. */
export function placeCall(call: Ringing, hear: (news: AcrossNews) => void, around: Around): Across {
  const { agent, realm, users } = around;
  const callId = token();
  const ourTag = token();
  const caller = addressOf(call.from.user, realm);
  const uri = uriOf(call.to, realm);
  const display = call.from.displayName === undefined ? '' : `${quote(call.from.displayName)} `;
  const local = `${display}<${caller ?? ''}>;tag=${ourTag}`;
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
    invite = agent.ask(requestIn({ callId, local, remote: `<${to}>`, routes: [] }, to, wanted), respond);
  }

  /** Who has ended the call in a listener hears no more of it. */
  function tell(news: AcrossNews): void {
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
    // Of the phones that play something the first is heard: there is one connection for all of them.
    if (isEarly || response.body === '') return;
    isEarly = true;
    tell({ kind: 'early', sdp: response.body });
  }

  function answered(response: SipResponse): void {
    const tag = tagIn(response, 'To');
    const known = answers.get(tag);
    const dialog = known ?? dialogOf(response, tag);
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

  function dialogOf(response: SipResponse, theirTag: string): Dialog {
    const parts = {
      callId,
      ourTag,
      theirTag,
      local,
      remote: header(response, 'To') ?? '',
      target: parseAddress(headerList(response, 'Contact')[0] ?? '')?.uri ?? uri ?? '',
      routes: [...headerList(response, 'Record-Route')].reverse(),
      contact,
      sent: 1,
      heard: 0,
    };
    const dialog: Dialog = openDialog(parts, agent, {
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
    if (invite) agent.say(ackOf(invite, response));
    fail(response.status, whyOf(response).reason ?? response.reason);
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
    // Its own 200 says nothing: the INVITE is answered with 487, or with a 2xx that was faster.
    if (invite) agent.say(cancelOf(invite, reasons));
  }

  function end(why: Why = {}): void {
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
    change: offer => (phase === 'up' && winner ? winner.change(offer) : Promise.reject(new Error('481 no such call'))),
  };
}
