import * as fc from 'fast-check';
import { restoreUris } from '../../lib/sip/address.js';
import type { Gated } from '../../lib/sip/gate.js';
import { flaw, flawed, requestLine, statusLine, type Flaw } from './messages.js';
import { runs } from '../support/runs.js';
import { answerAll, body, close, contact, gated, receive, uri, userAgent } from './useragent.js';

const target = 'sip:alice@abc.invalid';
const complete = /^SIP\/2\.0 \d{3} [\w /]+\r\n(?:[\w-]+: [^\r\n]*\r\n)*Content-Length: 0\r\n\r\n$/;

const request = (line: string, to: string, wrong: Flaw): string =>
  flawed(
    line,
    {
      Via: `SIP/2.0/WSS proxy.example.org;branch=z9hG4bK${line.length}${to.length}`,
      From: '"Bob" <sip:bob@example.org>;tag=far',
      To: `<sip:alice@example.com>${to}`,
      'Call-ID': 'call@example.org',
      CSeq: `${to.length + 1} ${line.split(' ')[0] ?? ''}`,
      Contact: '<sip:bob@192.0.2.4:5060>',
      'Content-Type': 'application/sdp',
    },
    wrong,
  );

/** How many of each verdict there were: a property that only ever saw one of them has shown little. */
type Tally = Partial<Record<Gated['_tag'], number>>;
const count = (tally: Tally, { _tag }: Gated): void => {
  tally[_tag] = (tally[_tag] ?? 0) + 1;
};

/** Found by a longer run: sip.js's grammar puts parameters without a value first. */
const found: Flaw = { changes: [['To', 'sip:bob@example.org;tag=t;x']], content: '', noise: undefined };

describe('fuzz: messages that pass the gate', () => {
  beforeAll(() => jest.useFakeTimers());
  afterAll(() => jest.useRealTimers());

  it('is parsed and received by sip.js: requests, answered and in a dialog', () => {
    const seen: Tally = {};
    const amount = runs(0.2);
    let dialogs = 0;
    fc.assert(
      fc.property(requestLine(target), requestLine(target), flaw, (line, second, wrong) => {
        const { core, sent } = userAgent({ onInvite: answerAll });
        try {
          const outcome = gated(core, request(line, '', wrong));
          count(seen, outcome);
          if (outcome._tag === 'pass') receive(core, outcome.message);
          if (outcome._tag === 'reply' && outcome.text !== '\r\n') expect(outcome.text).toMatch(complete);
          const [dialog] = core.dialogs.values();
          if (dialog === undefined) return;
          dialogs++;
          const bye = dialog.createOutgoingRequestMessage('BYE').toString();
          expect(restoreUris(bye)).toMatch(/^BYE \S+ SIP\/2\.0\r\n/);
          for (const next of [`ACK ${target} SIP/2.0`, second, `BYE ${target} SIP/2.0`]) {
            const inside = gated(core, request(next, `;tag=${dialog.localTag}`, { ...wrong, noise: undefined }));
            if (inside._tag === 'pass') receive(core, inside.message);
          }
          expect(sent.filter(text => !text.startsWith('SIP/2.0 '))).toEqual([]);
        } finally {
          close(core);
        }
      }),
      { ...amount, examples: [[`INVITE ${target} SIP/2.0`, `INVITE ${target} SIP/2.0`, found]] },
    );
    expect(Object.keys(seen)).toEqual(expect.arrayContaining(['pass', 'reply', 'drop']));
    expect(dialogs).toBeGreaterThan(amount.numRuns / 5);
  }, 600_000);

  it('is parsed and received by sip.js: responses to INVITE and REGISTER', () => {
    const seen: Tally = {};
    const amount = runs(0.2);
    const methods = fc.constantFrom('INVITE' as const, 'REGISTER' as const);
    const lines = fc.array(statusLine, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(methods, lines, flaw, (method, statuses, wrong) => {
        const { core } = userAgent();
        const message = core.makeOutgoingRequestMessage(
          method,
          uri('sip:bob@example.org'),
          uri('sip:alice@example.com'),
          uri('sip:bob@example.org'),
          {},
          [`Contact: <${contact.toString()}>`],
          method === 'INVITE' ? body : undefined,
        );
        try {
          if (method === 'INVITE') core.invite(message, { onAccept: response => void response.ack() });
          else core.register(message);
          const headers = {
            Via: message.getHeader('Via') ?? '',
            From: message.getHeader('From') ?? '',
            To: `${message.getHeader('To') ?? ''};tag=far`,
            'Call-ID': message.callId,
            CSeq: `${message.cseq} ${method}`,
            Contact: '<sip:bob@192.0.2.4:5060>',
            'Record-Route': '<sip:proxy.example.org;lr>',
            'Content-Type': 'application/sdp',
          };
          for (const status of statuses) {
            const outcome = gated(core, flawed(status, headers, wrong));
            count(seen, outcome);
            if (outcome._tag === 'pass') receive(core, outcome.message);
          }
        } finally {
          close(core);
        }
      }),
      { ...amount, examples: [['INVITE', ['SIP/2.0 100 Words'], found]] },
    );
    expect(Object.keys(seen)).toEqual(expect.arrayContaining(['pass', 'drop']));
    expect(seen.pass).toBeGreaterThan(amount.numRuns / 5);
  }, 600_000);
});
