/** A call to a test number, from its INVITE to its end. */
import { randomInt } from 'node:crypto';
import { header, type Header, type SipRequest } from '../sip/message.js';
import { reply, token } from '../sip/response.js';
import {
  openDialog,
  partsOfUas,
  recordRoutes,
  RequestRefused,
  type Dialog,
  type DialogEvents,
} from '../user-agent/dialog.js';
import { isDigit } from '../user-agent/dtmf-info.js';
import { allow, sdpHeaders, type EndCause } from '../user-agent/headers.js';
import { branchOf, dialogKey, tagIn, type UserAgent } from '../user-agent/user-agent.js';
import type { Mixer, OpenAnchor } from '../voice/model.js';
import { createCallEvents } from './call-events.js';
import { takeOver } from './replace.js';
import { scripts, type Stage } from './scripts.js';
import { openTestMedia, type Sound, type TestMedia } from './test-media.js';
import type { LongNumber } from './test-numbers.js';

/** Services for a test call. */
export interface TestCallSettings {
  readonly agent: UserAgent;
  /** Opens media; `undefined` without `@roamhq/wrtc`. */
  readonly loadAnchors: () => Promise<OpenAnchor | undefined>;
  /** Mixer of caller and number. */
  readonly table: Mixer;
  readonly contact: string;
  /** The address of a test number. */
  readonly addressOf: (number: string) => string;
}

const noSound: Header = {
  name: 'Warning',
  value: '399 callstream.test "This server has no sound: @roamhq/wrtc is not installed"',
};

/** Answers an INVITE by the script of the number. */
export function startTestCall(invite: SipRequest, number: LongNumber, settings: TestCallSettings): void {
  const { agent, contact, loadAnchors, table, addressOf } = settings;
  const branch = branchOf(invite);
  const events = createCallEvents();
  let tag = token();
  let media: TestMedia | undefined;
  let dialog: Dialog | undefined;
  /** The description that was sent in a 183. */
  let early: string | undefined;
  let isAnswered = false;
  let isOver = false;

  const keyOf = (): string => dialogKey(header(invite, 'Call-ID') ?? '', tag, tagIn(invite, 'From'));

  function respond(status: number, body = '', more: readonly Header[] = []): void {
    const dialogHeaders = [...recordRoutes(invite), { name: 'Contact', value: contact }, allow];
    const headers = status > 100 && status < 300 ? [...dialogHeaders, ...more, ...sdpHeaders(body)] : more;
    agent.send(reply(invite, status, { tag, body, headers }));
  }

  function refuse(status: number, headers: readonly Header[] = []): void {
    if (isAnswered || isOver) return;
    respond(status, '', headers);
    end();
  }

  function end(): void {
    if (isOver) return;
    isOver = true;
    agent.calls.delete(end);
    agent.invites.delete(branch);
    if (!isAnswered) agent.dialogs.delete(keyOf());
    events.end();
    media?.close();
  }

  function hangUp(cause: EndCause = {}): void {
    if (!isAnswered) refuse(480);
    dialog?.bye(cause);
    end();
  }

  async function open(sound: Sound): Promise<boolean> {
    const openAnchor = await loadAnchors();
    if (!openAnchor) refuse(480, [noSound]);
    if (isOver || !openAnchor) return false;
    media = openTestMedia(openAnchor, table, sound, hangUp);
    return true;
  }

  async function playEarly(): Promise<boolean> {
    early = await media?.describe(invite.body);
    if (early === undefined) refuse(488);
    // Without an offer in the INVITE, our offer goes into the 200.
    else respond(183, invite.body === '' ? '' : early);
    return early !== undefined;
  }

  async function answer(more: readonly Header[] = []): Promise<void> {
    const sdp = early ?? (await media?.describe(invite.body));
    if (isOver) return;
    if (sdp === undefined) {
      refuse(488);
      return;
    }
    isAnswered = true;
    agent.invites.delete(branch);
    dialog = openDialog(partsOfUas(invite, tag, contact), agent, dialogEvents, more);
    const acknowledged = events.next('ack');
    respond(200, sdp, more);
    await acknowledged;
  }

  const dialogEvents: DialogEvents = {
    acknowledged: sdp => {
      events.happened('ack');
      // The ACK carries an answer only when the 200 had our offer.
      if (sdp !== '') void media?.accept(sdp);
    },
    ended: end,
    digit: () => {
      events.happened('key');
    },
    offered: (sdp, reply) => {
      events.happened('change');
      void describe(sdp).then(own => {
        reply(own, answer => void media?.accept(answer));
      });
    },
    // The referred caller has arrived at the target. RFC 5589 §6.
    notified: ({ body }) => {
      if (/^SIP\/2\.0 2\d\d /.test(body)) hangUp();
    },
  };

  async function describe(offer: string): Promise<string | undefined> {
    return media?.describe(offer);
  }

  /** Handles requests before the answer. RFC 3261 §12.3, RFC 3311. */
  function beforeAnswer(request: SipRequest): void {
    const { method, body } = request;
    if (method === 'BYE') {
      agent.send(reply(request, 200));
      refuse(487);
    } else if (method === 'INFO') {
      agent.send(reply(request, isDigit(request) ? 200 : 469));
      if (isDigit(request)) events.happened('key');
    } else if (method === 'UPDATE' && body === '') agent.send(reply(request, 200));
    else if (method === 'UPDATE' || method === 'INVITE') agent.send(reply(request, 491));
    else if (method !== 'ACK') agent.refuseMethod(request);
  }

  async function offer(direction: string): Promise<void> {
    for (;;) {
      const sdp = await describe('');
      if (sdp === undefined || !dialog) return;
      try {
        const answered = await dialog.offer(sdp.replace(/^a=sendrecv/m, `a=${direction}`));
        await media?.accept(answered);
        return;
      } catch (error) {
        if (!(error instanceof RequestRefused) || error.status !== 491) return;
      }
      // The callee retries after at most 2 s. RFC 3261 §14.1.
      await events.pause(randomInt(201) / 100);
    }
  }

  async function request(method: string, headers: readonly Header[]): Promise<void> {
    await dialog?.request(method, headers);
  }

  async function replace(): Promise<void> {
    const openAnchor = await loadAnchors();
    if (isOver || !openAnchor || !dialog) return;
    await takeOver({
      // As the caller sees the dialog. RFC 3891 §6.1.
      replaces: `${header(invite, 'Call-ID') ?? ''};to-tag=${tagIn(invite, 'From')};from-tag=${tag}`,
      target: dialog.target(),
      from: addressOf('echo'),
      contact,
      agent,
      openMedia: onLost => openTestMedia(openAnchor, table, 'echo', onLost),
    });
  }

  const stage: Stage = {
    invite,
    open,
    ring: () => {
      respond(180);
    },
    early: playEarly,
    fork: () => {
      media?.close();
      early = undefined;
      agent.dialogs.delete(keyOf());
      tag = token();
      agent.dialogs.set(keyOf(), beforeAnswer);
    },
    refuse,
    answer,
    pause: events.pause,
    key: () => events.next('key'),
    change: () => events.next('change'),
    offer,
    request,
    refer: to => request('REFER', [{ name: 'Refer-To', value: `<${addressOf(to)}>` }]),
    replace,
    hangUp,
  };

  agent.calls.add(end);
  agent.dialogs.set(keyOf(), beforeAnswer);
  agent.invites.set(branch, () => {
    refuse(487);
  });
  respond(100);
  void scripts[number.kind](stage, 'seconds' in number ? number.seconds : 0);
}
