import { Timers, URI, type IncomingResponseMessage, type UserAgentCore } from '../../lib/sip/sipjs.js';
import { createAccount } from '../../lib/sip/account.js';
import { createAuthenticator, createKeyring } from '../../lib/sip/authentication.js';
import { createCore } from '../../lib/sip/core.js';
import { parseMessage } from '../../lib/sip/message.js';
import { parse } from '../../lib/sip/parse.js';
import { eventually } from '../e2e/support/eventually.js';

/** What 64 × T1 is here. */
const limit = 30;

/** A user agent whose far end is the spec: what it sends is kept, and answered by hand. */
const userAgent = () => {
  const sent: string[] = [];
  const core = createCore(
    {
      account: createAccount({ server: 'ws://127.0.0.1', aor: 'sip:alice@callstream.test' }, {}),
      authenticator: createAuthenticator({ keyring: createKeyring(undefined), isWithdrawn: () => false }),
      secure: false,
      send: text => sent.push(text) > 0,
    },
    {},
  );
  const line = (name: string, from = sent[0]!): string => new RegExp(`^${name}: .*$`, 'm').exec(from)?.[0] ?? '';
  const answer = (start: string, request = sent[0]!): void => {
    const copied = ['Via', 'From', 'Call-ID', 'CSeq'].map(name => line(name, request));
    const lines = [
      `SIP/2.0 ${start}`,
      ...copied,
      `${line('To', request)};tag=far`,
      'Contact: <sip:bob@far.invalid>',
      '',
      '',
    ];
    core.receiveIncomingResponseFromTransport(parse(parseMessage(lines.join('\r\n'))) as IncomingResponseMessage);
  };
  const invite = () => {
    const bob = new URI('sip', 'bob', 'callstream.test');
    return core.invite(
      core.makeOutgoingRequestMessage('INVITE', bob, new URI('sip', 'alice', 'callstream.test'), bob, {}),
    );
  };
  return { core, sent, answer, invite };
};

const held = ({ userAgentClients, dialogs }: UserAgentCore): string => `${userAgentClients.size} ${dialogs.size}`;

const nothing = (core: UserAgentCore): Promise<string> =>
  eventually(
    () => Promise.resolve(held(core)),
    now => now === '0 0',
  );

describe('sip.js: a cancelled INVITE', () => {
  const usual = { ...Timers };
  beforeEach(() => Object.assign(Timers, { TIMER_F: limit }));
  afterEach(() => Object.assign(Timers, usual));

  it('is let go, with its early dialogs, when no final response comes', async () => {
    const { core, sent, answer, invite } = userAgent();
    const request = invite();
    answer('180 Ringing');
    expect(held(core)).toBe('1 1');
    request.cancel();
    answer('200 OK', sent[1]);
    expect(await nothing(core)).toBe('0 0');
  });

  it('is over when the final response comes', async () => {
    Object.assign(Timers, { TIMER_F: 60_000 });
    const { core, sent, answer, invite } = userAgent();
    const request = invite();
    answer('180 Ringing');
    request.cancel();
    answer('200 OK', sent[1]);
    answer('487 Request Terminated');
    expect(await nothing(core)).toBe('0 0');
  });

  it('is waited for as long as its core is there', () => {
    Object.assign(Timers, { TIMER_F: 60_000 });
    const { core, answer, invite } = userAgent();
    const request = invite();
    answer('180 Ringing');
    request.cancel();
    const running = (): number => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length;
    const before = running();
    core.dispose();
    expect(held(core)).toBe('0 0');
    // The one of the CANCEL's own transaction, and the one that waits.
    expect(running()).toBe(before - 2);
  });
});
