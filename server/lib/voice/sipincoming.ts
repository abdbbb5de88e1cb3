/** A call from SIP that rings a user's sessions at the service. RFC 3261 §13.3. */
import { parseAddress } from '../address.js';
import { asserting } from '../identity.js';
import { cseq, header, headerLines, headerList, type SipRequest } from '../message.js';
import { reply, token } from '../reply.js';
import { linger } from '../transaction.js';
import type { User, Users } from '../users.js';
import type { AcrossNews, ServiceSide } from './model.js';
import { branchOf, dialogKey, tagIn, type Agent } from './sipagent.js';
import { openDialog, type Dialog, type DialogEars } from './sipdialog.js';
import type { DialogParts } from './sipparts.js';
import { addressOf, allow, callerOf, phraseOf, sdpHeaders, whyOf, type Why } from './sipwords.js';

/** What such a call needs. */
export interface Within {
  readonly agent: Agent;
  readonly realm: string;
  readonly users: Users;
  readonly service: ServiceSide;
  /** The devices that ring as the user's contacts. */
  readonly contacts: readonly string[];
}

/** Rings `user`. The INVITE has a description in it. */
export function takeCall(invite: SipRequest, user: User, within: Within): void {
  const { agent, realm, users, service, contacts } = within;
  const ourTag = token();
  const callId = header(invite, 'Call-ID') ?? '';
  const theirTag = tagIn(invite, 'From');
  const key = dialogKey(callId, ourTag, theirTag);
  const branch = branchOf(invite);
  const contact = `<${addressOf(user.name, agent.host) ?? ''};transport=ws>`;
  let phase: 'ringing' | 'up' | 'over' = 'ringing';
  let dialog: Dialog | undefined;
  let unacknowledged: NodeJS.Timeout | undefined;

  function tell(status: number, body = ''): void {
    const routes = headerLines(invite, 'Record-Route').map(value => ({ name: 'Record-Route', value }));
    const headers = [...routes, { name: 'Contact', value: contact }, allow, ...sdpHeaders(body)];
    agent.say(asserting(reply(invite, status, { tag: ourTag, headers, body }), user, realm));
  }

  function refuse(status: number, reason?: string): void {
    const phrase = reason === undefined ? {} : { reason: phraseOf(reason) };
    leave();
    agent.say(reply(invite, status, { tag: ourTag, ...phrase }));
  }

  function leave(): void {
    phase = 'over';
    clearTimeout(unacknowledged);
    agent.dialogs.delete(key);
    agent.ringing.delete(branch);
    agent.calls.delete(close);
  }

  /** The caller is gone, or must go. */
  function drop(why: Why): void {
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
    dialog = openDialog(partsOf(), agent, ears);
    // A caller who never says ACK is gone. RFC 3261 §13.3.1.4.
    unacknowledged = setTimeout(() => {
      drop({ reason: 'no ACK' });
    }, linger).unref();
    agent.ringing.delete(branch);
    tell(200, sdp);
  }

  const partsOf = (): DialogParts => ({
    callId,
    ourTag,
    theirTag,
    local: `${header(invite, 'To') ?? ''};tag=${ourTag}`,
    remote: header(invite, 'From') ?? '',
    target: parseAddress(headerList(invite, 'Contact')[0] ?? '')?.uri ?? '',
    routes: headerList(invite, 'Record-Route'),
    contact,
    sent: 0,
    heard: cseq(invite)?.number ?? 0,
  });

  const ears: DialogEars = {
    acknowledged: () => {
      clearTimeout(unacknowledged);
    },
    ended: drop,
    digit: digit => {
      across.digit(digit);
    },
    offered: (sdp, reply) => {
      // There is nobody here who could make an offer of ours.
      if (sdp === '') reply(undefined);
      else
        across.change(sdp).then(reply, () => {
          reply(undefined);
        });
    },
  };

  /** What the caller may ask before there is an answer. */
  function early(request: SipRequest): void {
    if (request.method === 'BYE') {
      agent.say(reply(request, 200));
      drop(whyOf(request));
    } else if (request.method !== 'ACK') agent.say(reply(request, 491));
  }

  function hear(news: AcrossNews): void {
    if (phase === 'ringing') whileRinging(news);
    else if (phase === 'up') whileUp(news);
  }

  function whileRinging(news: AcrossNews): void {
    if (news.kind === 'ringing') tell(180);
    else if (news.kind === 'early') tell(183, news.sdp);
    else if (news.kind === 'answered') answer(news.sdp);
    else if (news.kind === 'refused') refuse(news.status, news.reason);
    else if (news.kind === 'ended') refuse(480, news.reason);
  }

  function whileUp(news: AcrossNews): void {
    if (news.kind === 'digit') dialog?.digit(news.digit);
    else if (news.kind === 'offered') {
      dialog?.change(news.sdp).then(
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
  agent.ringing.set(branch, request => {
    drop(whyOf(request));
  });
  agent.say(reply(invite, 100));
  const across = service.ring({ from: callerOf(invite, users), to: user.name, offer: invite.body, contacts }, hear);
}
