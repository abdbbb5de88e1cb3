/** A call from SIP that rings a user's sessions at the service. RFC 3261 §13.3. */
import { asserting } from '../sip/identity.js';
import { header, type SipRequest } from '../sip/message.js';
import { reply, token } from '../sip/response.js';
import { transactionLifetimeMs } from '../sip/server-transaction.js';
import type { User, Users } from '../users.js';
import { branchOf, dialogKey, tagIn, type UserAgent } from '../user-agent/user-agent.js';
import type { SipCallEvent, ServiceSide } from './model.js';
import { openDialog, partsOfUas, recordRoutes, type Dialog, type DialogEvents } from '../user-agent/dialog.js';
import { addressOf, allow, callerOf, phraseOf, sdpHeaders, reasonOf, type EndCause } from '../user-agent/headers.js';

/** Services for a call from SIP. */
export interface Within {
  readonly agent: UserAgent;
  readonly realm: string;
  readonly users: Users;
  readonly service: ServiceSide;
  /** The devices that ring as the user's contacts. */
  readonly contacts: readonly string[];
}

/** Rings `user`. The INVITE has a description in it. */
export function takeCall(invite: SipRequest, user: User, within: Within): void {
  const { agent, realm, users, service, contacts } = within;
  const localTag = token();
  const key = dialogKey(header(invite, 'Call-ID') ?? '', localTag, tagIn(invite, 'From'));
  const branch = branchOf(invite);
  const contact = `<${addressOf(user.name, agent.host) ?? ''};transport=ws>`;
  let phase: 'ringing' | 'up' | 'over' = 'ringing';
  let dialog: Dialog | undefined;
  let unacknowledged: NodeJS.Timeout | undefined;

  function tell(status: number, body = ''): void {
    const headers = [...recordRoutes(invite), { name: 'Contact', value: contact }, allow, ...sdpHeaders(body)];
    agent.send(asserting(reply(invite, status, { tag: localTag, headers, body }), user, realm));
  }

  function refuse(status: number, reason?: string): void {
    const phrase = reason === undefined ? {} : { reason: phraseOf(reason) };
    leave();
    agent.send(reply(invite, status, { tag: localTag, ...phrase }));
  }

  function leave(): void {
    phase = 'over';
    clearTimeout(unacknowledged);
    agent.dialogs.delete(key);
    agent.invites.delete(branch);
    agent.calls.delete(close);
  }

  /** The caller is gone, or must go. */
  function drop(why: EndCause): void {
    if (phase === 'over') return;
    if (phase === 'ringing') refuse(487);
    dialog?.bye(why);
    leave();
    across.end(why);
  }

  const close = (): void => {
    drop({});
  };

  function answer(sdp: string): void {
    phase = 'up';
    dialog = openDialog(partsOfUas(invite, localTag, contact), agent, events);
    // A caller that never sends the ACK is gone. RFC 3261 §13.3.1.4.
    unacknowledged = setTimeout(() => {
      drop({ reason: 'no ACK' });
    }, transactionLifetimeMs).unref();
    agent.invites.delete(branch);
    tell(200, sdp);
  }

  const events: DialogEvents = {
    acknowledged: () => {
      clearTimeout(unacknowledged);
    },
    ended: drop,
    digit: digit => {
      across.digit(digit);
    },
    offered: (sdp, reply) => {
      // The service's sessions cannot make an offer for the 200.
      if (sdp === '') reply(undefined);
      else
        across.change(sdp).then(reply, () => {
          reply(undefined);
        });
    },
  };

  /** Handles requests before the answer. */
  function early(request: SipRequest): void {
    if (request.method === 'BYE') {
      agent.send(reply(request, 200));
      drop(reasonOf(request));
    } else if (request.method !== 'ACK') agent.send(reply(request, 491));
  }

  function hear(news: SipCallEvent): void {
    if (phase === 'ringing') whileRinging(news);
    else if (phase === 'up') whileUp(news);
  }

  function whileRinging(news: SipCallEvent): void {
    if (news.kind === 'ringing') tell(180);
    else if (news.kind === 'early') tell(183, news.sdp);
    else if (news.kind === 'answered') answer(news.sdp);
    else if (news.kind === 'refused') refuse(news.status, news.reason);
    else if (news.kind === 'ended') refuse(480, news.reason);
  }

  function whileUp(news: SipCallEvent): void {
    if (news.kind === 'digit') dialog?.digit(news.digit);
    else if (news.kind === 'offered') {
      dialog?.offer(news.sdp).then(
        sdp => {
          news.answer(sdp);
        },
        () => {
          news.answer(undefined);
        },
      );
    } else if (news.kind === 'ended') {
      dialog?.bye(news.reason === undefined ? {} : { reason: news.reason });
      leave();
    }
  }

  agent.calls.add(close);
  agent.dialogs.set(key, early);
  agent.invites.set(branch, request => {
    drop(reasonOf(request));
  });
  agent.send(reply(invite, 100));
  const across = service.ring({ from: callerOf(invite, users), to: user.name, offer: invite.body, contacts }, hear);
}
