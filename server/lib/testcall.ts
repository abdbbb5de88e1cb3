/** One call to a test number, from its INVITE to its end. */
import { header, headerLines, type Header, type SipRequest } from './message.js';
import { reply, token, type Extra } from './reply.js';
import { acts, type Stage } from './testacts.js';
import { createCues } from './testcues.js';
import { openCalledDialog, type CalledDialog } from './testdialog.js';
import { openTestMedia, type Sound, type TestMedia } from './testmedia.js';
import type { LongNumber } from './testnumbers.js';
import { createOffers } from './testoffers.js';
import { takeOver } from './testreplace.js';
import type { CopyTable, OpenAnchor } from './voice/model.js';
import type { Agent } from './voice/sipagent.js';
import { sdpHeaders } from './voice/sipwords.js';

/** A call that has begun. */
export interface TestCall {
  /** Ours; another one once another phone has answered. */
  readonly tag: () => string;
  /** A later offer: re-INVITE, or UPDATE. */
  readonly change: (request: SipRequest) => void;
  readonly acknowledge: (request: SipRequest) => void;
  /** A key was pressed. */
  readonly key: () => void;
  /** What has become of a REFER of ours. */
  readonly notified: (request: SipRequest) => void;
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
  readonly agent: Agent;
  readonly contact: string;
  /** The address of a test number. */
  readonly addressOf: (number: string) => string;
  readonly ended: () => void;
}

const noSound: Header = {
  name: 'Warning',
  value: '399 callstream.test "This server has no sound: @roamhq/wrtc is not installed"',
};

/** Plays the number's part. */
export function startTestCall(invite: SipRequest, number: LongNumber, around: Around): TestCall {
  const { agent, contact } = around;
  let tag = token();
  const cues = createCues();
  let media: TestMedia | undefined;
  let dialog: CalledDialog | undefined;
  /** What stands in every 2xx to an offer. */
  let standing: readonly Header[] = [];
  /** The description that went out before the answer. */
  let told: string | undefined;
  /** The INVITE has its final response. */
  let settled = false;
  let over = false;

  const offers = createOffers({
    media: () => media,
    accept: (request, sdp) => {
      tell(request, 200, sdp, standing);
    },
    refuse: tell,
    send: sdp => ask('INVITE', sdpHeaders(sdp), sdp),
    pause: cues.pause,
  });

  function tell(request: SipRequest, status: number, body = '', more: readonly Header[] = []): void {
    const routes = headerLines(request, 'Record-Route').map(value => ({ name: 'Record-Route', value }));
    const headers = [...routes, { name: 'Contact', value: contact }, ...more, ...sdpHeaders(body)];
    const extra: Extra = status > 100 && status < 300 ? { tag, body, headers } : { tag, headers: more };
    agent.say(reply(request, status, extra));
  }

  function refuse(status: number, headers: readonly Header[] = []): void {
    if (settled) return;
    settled = true;
    tell(invite, status, '', headers);
    end();
  }

  function end(): void {
    over = true;
    cues.end();
    media?.close();
    around.ended();
  }

  function hangUp(headers: readonly Header[] = []): void {
    if (over) return;
    if (!settled) refuse(480);
    else {
      void dialog?.ask('BYE', headers);
      end();
    }
  }

  async function open(sound: Sound): Promise<boolean> {
    const openAnchor = await around.anchors();
    if (!openAnchor) refuse(480, [noSound]);
    if (over || !openAnchor) return false;
    media = openTestMedia(openAnchor, around.table, sound, hangUp);
    return true;
  }

  async function early(): Promise<boolean> {
    told = await offers.describe(invite.body);
    if (told === undefined) refuse(488);
    // Without an offer there is nothing to answer yet: ours goes into the 200.
    else tell(invite, 183, invite.body === '' ? '' : told);
    return told !== undefined;
  }

  async function answer(headers: readonly Header[] = []): Promise<void> {
    const sdp = told ?? (await offers.describe(invite.body));
    if (sdp === undefined) {
      refuse(488);
      return;
    }
    settled = true;
    standing = headers;
    dialog = openCalledDialog(invite, tag, contact, agent);
    const acknowledged = cues.next('ack');
    tell(invite, 200, sdp, standing);
    await acknowledged;
  }

  async function ask(method: string, headers: readonly Header[], body = ''): Promise<number> {
    const response = await dialog?.ask(method, headers, body);
    const status = response?.status ?? 481;
    if (status < 300 && body !== '') await media?.accept(response?.body ?? '');
    // The caller knows of no such call, or is gone. RFC 3261 §12.2.1.2.
    if (!over && (status === 481 || status === 408)) end();
    return status;
  }

  async function replace(): Promise<void> {
    const openAnchor = await around.anchors();
    if (over || !openAnchor || !dialog) return;
    const { replaces, target } = dialog;
    await takeOver({
      replaces,
      target: target(),
      from: around.addressOf('echo'),
      contact,
      agent,
      media: lost => openTestMedia(openAnchor, around.table, 'echo', lost),
    });
  }

  const stage: Stage = {
    invite,
    open,
    ring: () => {
      tell(invite, 180);
    },
    early,
    fork: () => {
      media?.close();
      told = undefined;
      tag = token();
    },
    refuse,
    answer,
    pause: cues.pause,
    key: () => cues.next('key'),
    change: () => cues.next('change'),
    offer: offers.offer,
    ask: async (method, headers) => {
      await ask(method, headers);
    },
    refer: async to => {
      await ask('REFER', [{ name: 'Refer-To', value: `<${around.addressOf(to)}>` }]);
    },
    replace,
    hangUp,
  };

  tell(invite, 100);
  void acts[number.kind](stage, 'seconds' in number ? number.seconds : 0);
  return {
    tag: () => tag,
    end,
    change: request => {
      dialog?.follow(request);
      cues.happened('change');
      void offers.change(request);
    },
    acknowledge: ({ body }) => {
      cues.happened('ack');
      // An answer comes this way only when the offer was ours.
      if (body !== '') void media?.accept(body);
    },
    key: () => {
      cues.happened('key');
    },
    notified: request => {
      tell(request, 200);
      // Who has arrived elsewhere is let go. RFC 5589 §6.
      if (/^SIP\/2\.0 2\d\d /.test(request.body) && header(request, 'Event')?.startsWith('refer') === true) hangUp();
    },
    cancel: () => {
      refuse(487);
    },
  };
}
