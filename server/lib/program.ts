/** The program behind the test numbers: a user agent that lives inside the server. */
import { parseAddress, parseUri } from './address.js';
import { header, headerList, type SipMessage, type SipRequest } from './message.js';
import { programPeer, type Peer } from './peer.js';
import { reply, toTag } from './reply.js';
import { startTestCall, type TestCall } from './testcall.js';
import { parseTestNumber, type LongNumber } from './testnumbers.js';
import type { OpenAnchor } from './voice/model.js';
import { createAgent, keyOf as dialogOf } from './voice/sipagent.js';
import { isDigit } from './voice/sipdigit.js';
import { createCopyTable } from './voice/table.js';

/** The far end of every test call. */
export interface Program {
  readonly peer: Peer;
  readonly close: () => void;
}

const allow = { name: 'Allow', value: 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, NOTIFY' };

/** What the program is given. */
export interface ProgramSettings {
  /** Its own name, which stands in its Contact. */
  readonly host: string;
  readonly realm: string;
  /** Takes what it answers. */
  readonly say: (message: SipMessage) => void;
  /** Opens its media; called when the first call needs it. */
  readonly load: () => Promise<OpenAnchor | undefined>;
  readonly log: (line: string) => void;
}

/** A program that waits for its first call. */
export function createProgram({ host, realm, say, load, log }: ProgramSettings): Program {
  const agent = createAgent(host, say);
  const calls = new Map<string, TestCall>();
  const table = createCopyTable();
  let anchors: Promise<OpenAnchor | undefined> | undefined;

  async function openMedia(): Promise<OpenAnchor | undefined> {
    const loaded = await load();
    if (!loaded) log('numbers with sound answer 480: there is no @roamhq/wrtc here, an optional package');
    return loaded;
  }

  function receive(request: SipRequest): void {
    const call = calls.get(keyOf(request));
    const placed = agent.dialogs.get(dialogOf(request));
    if (placed) placed(request);
    else if (request.method === 'ACK') call?.acknowledge(request);
    else if (request.method === 'CANCEL') {
      say(reply(request, call ? 200 : 481));
      call?.cancel();
    } else if (unsupported(request).length > 0) {
      say(reply(request, 420, { headers: unsupported(request).map(value => ({ name: 'Unsupported', value })) }));
    } else if (toTag(request) === undefined) outside(request);
    else if (call && call.tag() === toTag(request)) inside(call, request);
    else say(reply(request, 481));
  }

  function outside(request: SipRequest): void {
    const name = parseUri(request.uri)?.user ?? '';
    const number = parseTestNumber(name);
    const answer = (status: number, header?: string, value = ''): void => {
      say(reply(request, status, header === undefined ? {} : { headers: [{ name: header, value }] }));
    };
    if (number?.kind === 'code') answer(number.status);
    else if (number?.kind === 'busy') answer(486);
    else if (number?.kind === 'busy503') answer(503, 'Retry-After', '7');
    else if (number?.kind === 'move302') answer(302, 'Contact', `<${addressOf('echo')}>`);
    else if (request.method === 'OPTIONS') answer(200, allow.name, allow.value);
    else if (request.method !== 'INVITE') answer(405, allow.name, allow.value);
    else if (number) begin(request, name, number);
    else answer(404);
  }

  const addressOf = (number: string): string => `sip:${number}@${realm}`;

  function begin(invite: SipRequest, name: string, number: LongNumber): void {
    const key = keyOf(invite);
    const call = startTestCall(invite, number, {
      anchors: () => (anchors ??= openMedia()),
      table,
      agent,
      contact: `<sip:${name}@${host};transport=ws>`,
      addressOf,
      ended: () => calls.delete(key),
    });
    calls.set(key, call);
  }

  function inside(call: TestCall, request: SipRequest): void {
    switch (request.method) {
      case 'INVITE':
      case 'UPDATE':
        call.change(request);
        return;
      case 'BYE':
        say(reply(request, 200));
        call.end();
        return;
      case 'INFO':
        say(reply(request, isDigit(request) ? 200 : 469));
        if (isDigit(request)) call.key();
        return;
      case 'NOTIFY':
        call.notified(request);
        return;
      case 'OPTIONS':
        say(reply(request, 200, { headers: [allow] }));
        return;
      default:
        say(reply(request, 405, { headers: [allow] }));
    }
  }

  return {
    peer: programPeer(message => {
      if (message.kind === 'response') agent.respond(message);
      else receive(message);
    }),
    close: () => {
      for (const call of [...calls.values()]) call.end();
      for (const end of [...agent.calls]) end();
    },
  };
}

/** What a request of theirs says of their call: From is the caller's in each. */
function keyOf(request: SipRequest): string {
  const from = parseAddress(header(request, 'From') ?? '')?.params.get('tag') ?? '';
  return `${header(request, 'Call-ID') ?? ''} ${from}`;
}

/** Only the numbers with a timer know of an extension. */
function unsupported(request: SipRequest): readonly string[] {
  const kind = parseTestNumber(parseUri(request.uri)?.user ?? '')?.kind;
  return headerList(request, 'Require').filter(tag => kind !== 'timer' || tag !== 'timer');
}
