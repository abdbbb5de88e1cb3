/** The program behind the test numbers: a user agent that lives inside the server. */
import { parseAddress, parseUri } from './address.js';
import { header, headerList, type SipMessage, type SipRequest } from './message.js';
import { programPeer, type Peer } from './peer.js';
import { reply, toTag } from './reply.js';
import { startTestCall, type LongNumber, type TestCall } from './testcall.js';
import { parseTestNumber } from './testnumbers.js';
import type { OpenAnchor } from './voice/model.js';
import { createCopyTable } from './voice/table.js';

/** The far end of every test call. */
export interface Program {
  readonly peer: Peer;
  readonly close: () => void;
}

const allow = { name: 'Allow', value: 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE' };
const dtmfTypes = new Set(['application/dtmf-relay', 'application/dtmf']);

/** What the program is given. */
export interface ProgramSettings {
  /** Its own name, which stands in its Contact. */
  readonly host: string;
  /** Takes what it answers. */
  readonly say: (message: SipMessage) => void;
  /** Opens its media; called when the first call needs it. */
  readonly load: () => Promise<OpenAnchor | undefined>;
  readonly log: (line: string) => void;
}

/** A program that waits for its first call. */
export function createProgram({ host, say, load, log }: ProgramSettings): Program {
  const calls = new Map<string, TestCall>();
  const table = createCopyTable();
  let anchors: Promise<OpenAnchor | undefined> | undefined;

  async function openMedia(): Promise<OpenAnchor | undefined> {
    const loaded = await load();
    if (!loaded) log('ring, early and echo answer 480: there is no @roamhq/wrtc here, an optional package');
    return loaded;
  }

  function receive(request: SipRequest): void {
    const call = calls.get(keyOf(request));
    if (request.method === 'ACK') call?.acknowledge(request);
    else if (request.method === 'CANCEL') {
      say(reply(request, call ? 200 : 481));
      call?.cancel();
    } else if (headerList(request, 'Require').length > 0) {
      const headers = headerList(request, 'Require').map(value => ({ name: 'Unsupported', value }));
      say(reply(request, 420, { headers }));
    } else if (toTag(request) === undefined) outside(request);
    else if (call && call.tag === toTag(request)) inside(call, request);
    else say(reply(request, 481));
  }

  function outside(request: SipRequest): void {
    const name = parseUri(request.uri)?.user ?? '';
    const number = parseTestNumber(name);
    if (number?.kind === 'code') say(reply(request, number.status));
    else if (number?.kind === 'busy') say(reply(request, 486));
    else if (request.method === 'OPTIONS') say(reply(request, 200, { headers: [allow] }));
    else if (request.method !== 'INVITE') say(reply(request, 405, { headers: [allow] }));
    else if (number) begin(request, name, number);
    else say(reply(request, 404));
  }

  function begin(invite: SipRequest, name: string, number: LongNumber): void {
    const key = keyOf(invite);
    const call = startTestCall(invite, number, {
      anchors: () => (anchors ??= openMedia()),
      table,
      say,
      contact: `<sip:${name}@${host};transport=ws>`,
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
        say(reply(request, dtmfTypes.has(contentType(request)) ? 200 : 469));
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
      if (message.kind === 'request') receive(message);
    }),
    close: () => {
      for (const call of [...calls.values()]) call.end();
    },
  };
}

/** It is always the caller who asks a test number for something, so From is theirs in every request. */
function keyOf(request: SipRequest): string {
  const from = parseAddress(header(request, 'From') ?? '')?.params.get('tag') ?? '';
  return `${header(request, 'Call-ID') ?? ''} ${from}`;
}

function contentType(request: SipRequest): string {
  return (header(request, 'Content-Type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}
