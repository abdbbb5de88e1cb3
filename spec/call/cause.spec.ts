import * as fc from 'fast-check';
import { causeOf, type EndCause, type Ending, type Reason } from '../../lib/call/cause.js';
import { runs } from '../support/runs.js';

const causes: ReadonlySet<EndCause> = new Set<EndCause>([
  'bad_request',
  'unauthorized',
  'forbidden',
  'not_found',
  'request_timeout',
  'temporarily_unavailable',
  'address_incomplete',
  'busy',
  'request_terminated',
  'not_acceptable',
  'service_unavailable',
  'declined',
  'redirected',
  'client_error',
  'server_error',
  'global_failure',
  'hung_up',
  'cancelled',
  'no_answer',
  'answered_elsewhere',
  'transferred',
  'replaced',
  'session_expired',
  'line_lost',
  'media_failed',
]);

const codes: readonly (readonly [number, EndCause])[] = [
  [300, 'redirected'],
  [302, 'redirected'],
  [399, 'redirected'],
  [400, 'bad_request'],
  [401, 'unauthorized'],
  [402, 'client_error'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [405, 'client_error'],
  [407, 'unauthorized'],
  [408, 'request_timeout'],
  [410, 'client_error'],
  [480, 'temporarily_unavailable'],
  [481, 'client_error'],
  [484, 'address_incomplete'],
  [486, 'busy'],
  [487, 'request_terminated'],
  [488, 'not_acceptable'],
  [491, 'client_error'],
  [500, 'server_error'],
  [502, 'server_error'],
  [503, 'service_unavailable'],
  [504, 'server_error'],
  [580, 'server_error'],
  [600, 'busy'],
  [603, 'declined'],
  [604, 'global_failure'],
  [606, 'not_acceptable'],
  [607, 'global_failure'],
  [699, 'global_failure'],
];

const isdn = (cause: number): readonly Reason[] => [{ protocol: 'Q.850', cause }];
const sip = (cause: number): readonly Reason[] => [{ protocol: 'SIP', cause }];

describe('causeOf', () => {
  it.each(codes)('calls %d %s', (statusCode, cause) => {
    expect(causeOf({ statusCode })).toBe(cause);
  });

  it.each([
    ['a BYE', { method: 'BYE' }, 'hung_up'],
    ['a BYE with normal clearing', { method: 'BYE', reason: isdn(16) }, 'hung_up'],
    ['a BYE whose Reason is a success', { method: 'BYE', reason: sip(200) }, 'hung_up'],
    ['a BYE for want of a codec', { method: 'BYE', reason: sip(488) }, 'not_acceptable'],
    ['a BYE after a timeout', { method: 'BYE', reason: sip(408) }, 'request_timeout'],
    ['a BYE from a failing server', { method: 'BYE', reason: sip(503) }, 'service_unavailable'],
    ['a BYE from a failing network', { method: 'BYE', reason: isdn(38) }, 'service_unavailable'],
    ['a CANCEL', { method: 'CANCEL' }, 'cancelled'],
    ['a CANCEL of a losing branch', { method: 'CANCEL', reason: sip(200) }, 'answered_elsewhere'],
    ['a CANCEL of a losing branch, ISDN', { method: 'CANCEL', reason: isdn(26) }, 'answered_elsewhere'],
    ['a CANCEL because another declined for all', { method: 'CANCEL', reason: sip(603) }, 'declined'],
    ['a CANCEL whose caller has given up, as Asterisk says it', { method: 'CANCEL', reason: isdn(127) }, 'cancelled'],
    ['a CANCEL because of a status that refuses nothing', { method: 'CANCEL', reason: sip(500) }, 'cancelled'],
    ['a CANCEL because another refused it, ISDN', { method: 'CANCEL', reason: isdn(21) }, 'declined'],
    ['a CANCEL with normal clearing', { method: 'CANCEL', reason: isdn(16) }, 'cancelled'],
    ['480 from a busy trunk', { statusCode: 480, reason: isdn(17) }, 'busy'],
    ['480 because nobody answered', { statusCode: 480, reason: isdn(19) }, 'no_answer'],
    ['500 for a number that does not exist', { statusCode: 500, reason: isdn(1) }, 'not_found'],
    ['503 with a SIP reason', { statusCode: 503, reason: sip(486) }, 'busy'],
    ['503 with an ISDN cause nobody knows', { statusCode: 503, reason: isdn(99) }, 'service_unavailable'],
    ['486, which a gateway does not overrule', { statusCode: 486, reason: isdn(19) }, 'busy'],
    ['603, which a gateway does not overrule', { statusCode: 603, reason: isdn(17) }, 'declined'],
    [
      'both kinds of Reason: the ISDN one is exacter',
      { statusCode: 500, reason: [...sip(503), ...isdn(28)] },
      'address_incomplete',
    ],
    [
      'the first Reason that says something',
      { method: 'BYE', reason: [...isdn(16), ...isdn(41)] },
      'service_unavailable',
    ],
    ['nothing at all', {}, 'hung_up'],
    ['a number that is no status', { statusCode: 9000 }, 'hung_up'],
  ] satisfies readonly (readonly [string, Ending, EndCause])[])('%s', (_name, ending, cause) => {
    expect(causeOf(ending)).toBe(cause);
  });

  it('has a cause for every final response, and only its class for one without a name', () => {
    const generic: Readonly<Partial<Record<number, EndCause>>> = {
      3: 'redirected',
      4: 'client_error',
      5: 'server_error',
      6: 'global_failure',
    };
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 699 }), statusCode => {
        const named = new Map(codes).get(statusCode);
        const cause = causeOf({ statusCode });
        expect(cause).toBe(named ?? generic[Math.floor(statusCode / 100)]);
      }),
      runs(0.5),
    );
  });

  it('stays within the list, whatever the numbers are', () => {
    const reason = fc.record({ protocol: fc.constantFrom('SIP' as const, 'Q.850' as const), cause: fc.double() });
    fc.assert(
      fc.property(
        fc.record(
          {
            statusCode: fc.oneof(fc.integer(), fc.double()),
            method: fc.constantFrom('BYE' as const, 'CANCEL' as const),
            reason: fc.array(reason),
          },
          { requiredKeys: [] },
        ),
        ending => causes.has(causeOf(ending)),
      ),
    );
  });
});
