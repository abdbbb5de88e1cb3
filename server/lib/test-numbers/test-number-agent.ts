/** The user agent behind the test numbers. */
import { parseUri } from '../sip/address.js';
import type { SipMessage, SipRequest } from '../sip/message.js';
import type { Peer } from '../sip/peer.js';
import { reply } from '../sip/response.js';
import { methods } from '../user-agent/headers.js';
import { createUserAgent, type UserAgent } from '../user-agent/user-agent.js';
import { createMixer } from '../voice/mixer.js';
import type { OpenAnchor } from '../voice/model.js';
import { startTestCall } from './test-call.js';
import { parseTestNumber, type TestNumber } from './test-numbers.js';

/** Settings of the test numbers. */
export interface TestNumberSettings {
  readonly host: string;
  readonly realm: string;
  readonly toProxy: (from: Peer, message: SipMessage) => void;
  /** Loads WebRTC; called when the first call needs it. */
  readonly load: () => Promise<OpenAnchor | undefined>;
  readonly log: (line: string) => void;
}

/** An agent without calls. */
export function createTestNumberAgent(settings: TestNumberSettings): Pick<UserAgent, 'peer' | 'close'> {
  const { host, realm, toProxy, load, log } = settings;
  const agent = createUserAgent({
    host,
    allow: methods,
    toProxy,
    outside,
    supports: (tag, request) => tag === 'timer' && numberOf(request)?.kind === 'timer',
  });
  const table = createMixer();
  let anchors: Promise<OpenAnchor | undefined> | undefined;

  async function loadOnce(): Promise<OpenAnchor | undefined> {
    const loaded = await load();
    if (!loaded) log('numbers with sound answer 480: there is no @roamhq/wrtc here, an optional package');
    return loaded;
  }

  const addressOf = (number: string): string => `sip:${number}@${realm}`;

  /** OPTIONS gets the status that an INVITE would get. RFC 3261 §11.2. */
  function outside(request: SipRequest): void {
    const number = numberOf(request);
    const answer = (status: number, name = '', value = ''): void => {
      agent.send(reply(request, status, name === '' ? {} : { headers: [{ name, value }] }));
    };
    if (number?.kind === 'code') answer(number.status);
    else if (number?.kind === 'busy') answer(486);
    else if (number?.kind === 'busy503') answer(503, 'Retry-After', '7');
    else if (number?.kind === 'move302') answer(302, 'Contact', `<${addressOf('echo')}>`);
    else if (request.method !== 'INVITE') agent.refuseMethod(request);
    else if (!number) answer(404);
    else
      startTestCall(request, number, {
        agent,
        loadAnchors: () => (anchors ??= loadOnce()),
        table,
        contact: `<sip:${parseUri(request.uri)?.user ?? ''}@${host};transport=ws>`,
        addressOf,
      });
  }

  return { peer: agent.peer, close: agent.close };
}

function numberOf(request: SipRequest): TestNumber | undefined {
  return parseTestNumber(parseUri(request.uri)?.user ?? '');
}
