/** The list of calls behind the lamps: who is gone for too long is in no call any more. */
import { parseMessage, type SipRequest } from '../../lib/sip/message.js';
import { localPeer } from '../../lib/sip/peer.js';
import { createUsers } from '../../lib/users.js';
import { createCalls, type Calls, type Part } from '../../lib/subscriptions/dialog-state.js';

const users = createUsers();
const [alice, bob] = [users.find('alice')!, users.find('bob')!];
const [desk, pocket] = [localPeer(() => undefined), localPeer(() => undefined)];

const invite = parseMessage(
  [
    'INVITE sip:bob@callstream.test SIP/2.0',
    'Via: SIP/2.0/WS alice.invalid;branch=z9hG4bKa',
    'From: <sip:alice@callstream.test>;tag=a',
    'To: <sip:bob@callstream.test>',
    'Call-ID: c',
    'CSeq: 1 INVITE',
    'Contact: <sip:alice@alice.invalid>',
    '',
    '',
  ].join('\r\n'),
) as SipRequest;

interface Stage {
  readonly calls: Calls;
  readonly present: Set<string>;
  /** The next part that is over. */
  readonly over: Promise<Part>;
}

/** Alice talks with Bob. */
function talking(): Stage {
  const present = new Set(['sip:alice@alice.invalid', 'sip:bob@bob.invalid']);
  let tell: (part: Part) => void = () => undefined;
  const over = new Promise<Part>(resolve => (tell = resolve));
  const calls = createCalls({
    users,
    isReachable: uri => present.has(uri),
    patience: 30,
    changed: part => {
      if (part.state === 'terminated') tell(part);
    },
  });
  pocket.user = bob;
  calls.begun(invite, alice, [{ peer: pocket, uri: 'sip:bob@bob.invalid' }]);
  const ok = {
    kind: 'response',
    status: 200,
    reason: 'OK',
    headers: invite.headers.map(({ name, value }) => ({ name, value: name === 'To' ? `${value};tag=b` : value })),
    body: '',
  } as const;
  calls.answered(ok, pocket);
  calls.told(invite, ok);
  return { calls, present, over };
}

const states = (calls: Calls): readonly string[] =>
  [alice, bob].flatMap(user => calls.of(user).map(part => part.state));

it('keeps a call while one of its sockets is gone, and then ends that side of it', async () => {
  const { calls, present, over } = talking();
  expect(states(calls)).toEqual(['confirmed', 'confirmed']);
  present.delete('sip:alice@alice.invalid');
  calls.gone(desk);
  expect(states(calls)).toEqual(['confirmed', 'confirmed']);
  expect((await over).user).toBe(alice);
  expect(states(calls)).toEqual(['confirmed']);
});

it('keeps the call of who comes back in time', async () => {
  const { calls, present, over } = talking();
  present.delete('sip:alice@alice.invalid');
  calls.gone(desk);
  present.add('sip:alice@alice.invalid');
  // Bob goes later, and his time is up after hers would have been.
  present.delete('sip:bob@bob.invalid');
  calls.gone(pocket);
  expect((await over).user).toBe(bob);
  expect(calls.of(alice)).toHaveLength(1);
});
