import { snapshot, type Client, type Outcome } from '../../lib/index.js';
import { createClient } from '../../lib/client/client.js';
import { fakeLine, names } from '../../lib/testing/index.js';
import { outcomeOf } from '../support/legend.js';

/** What somebody who writes JavaScript might give instead of a text, a switch, or an object. */
const odd: readonly (readonly [name: string, value: never])[] = (
  [
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
    ['no number', NaN],
    ['a big one', 7n],
    ['a symbol', Symbol('x')],
    ['a function', () => 'x'],
    ['an empty object', {}],
    ['an object without a prototype', Object.create(null)],
    ['an array', [{}]],
    ['half a character', '\ud800'],
  ] as const
).map(([name, value]) => [name, value as never]);

const isTold = (of: readonly string[], name: string): boolean => !of.includes(name);

/** Each command with an argument that is none, how it is refused, and what would be none of that. */
const rows: readonly (readonly [
  name: string,
  command: (client: Client, odd: never) => Outcome<unknown>,
  code: string,
  fine?: readonly string[],
])[] = [
  ['invite', (client, odd) => client.invite(odd), 'invalid-target'],
  ['invite, headers', (client, odd) => client.invite('1', { headers: { 'X-A': odd } }), 'invalid-header'],
  [
    'invite, all headers',
    (client, odd) => client.invite('1', { headers: odd }),
    'invalid-header',
    ['undefined', 'an empty object', 'an object without a prototype'],
  ],
  [
    'invite, context',
    (client, odd) => client.invite('1', { context: odd }),
    'invalid-argument',
    ['undefined', 'an empty object', 'an object without a prototype', 'an array'],
  ],
  ['reconnectCall', (client, odd) => client.reconnectCall(odd), 'no-such-call'],
  ['answer', (client, odd) => client.answer(odd), 'no-such-call'],
  [
    'reject, status',
    (client, odd) => client.reject('c9', { statusCode: odd }),
    'invalid-status',
    ['undefined', 'null'],
  ],
  ['hangup, reason', (client, odd) => client.hangup('c9', { reason: odd }), 'invalid-header', ['undefined']],
  ['hangup, reason code', (client, odd) => client.hangup('c9', { reasonCode: odd }), 'invalid-header', ['undefined']],
  ['hold', (client, odd) => client.hold(odd), 'no-such-call'],
  ['swap', (client, odd) => client.swap('c9', odd), 'no-such-call'],
  ['mute', (client, odd) => client.mute('c9', odd), 'invalid-argument'],
  ['earmuff', (client, odd) => client.earmuff('c9', odd), 'invalid-argument'],
  ['dtmf', (client, odd) => client.dtmf('c9', odd), 'invalid-dtmf'],
  ['say', (client, odd) => client.say('c9', odd), 'invalid-argument', ['half a character']],
  ['say, text', (client, odd) => client.say('c9', { text: odd }), 'invalid-argument', ['half a character']],
  ['say, level', (client, odd) => client.say('c9', { text: 'x', level: odd }), 'invalid-argument', ['undefined']],
  ['transfer', (client, odd) => client.transfer('c9', odd), 'invalid-target'],
  ['consent', (client, odd) => client.consent('c9', odd), 'invalid-argument'],
  ['message', (client, odd) => client.message(odd, 'x'), 'invalid-target'],
  ['message, body', (client, odd) => client.message('1', odd), 'invalid-argument'],
  ['message, type', (client, odd) => client.message('1', 'x', { contentType: odd }), 'invalid-header', ['undefined']],
  ['doNotDisturb', (client, odd) => client.doNotDisturb(odd), 'invalid-argument'],
  [
    'chooseInput',
    (client, odd) => client.chooseInput(odd),
    'invalid-argument',
    ['undefined', 'null', 'half a character'],
  ],
  ['chooseRinger', (client, odd) => client.chooseRinger([odd]), 'invalid-argument', ['undefined', 'half a character']],
  ['setVolume', (client, odd) => client.setVolume('input', odd), 'invalid-volume', ['a number']],
  ['setVolume, side', (client, odd) => client.setVolume(odd, 1), 'invalid-argument'],
  ['setProcessing', (client, odd) => client.setProcessing(odd), 'invalid-argument'],
];

const clientOf = (): Client => createClient({ calling: [fakeLine()], newId: names() });

describe('client: invalid arguments', () => {
  it.each(
    rows.flatMap(([name, command, code, fine = []]) =>
      odd.filter(([what]) => isTold(fine, what)).map(([what, value]) => [name, what, command, code, value] as const),
    ),
  )('%s: %s', (_, __, command, code, value) => {
    const client = clientOf();
    const before = snapshot(client.session$);
    const told: string[] = [];
    command(client, value).subscribe(outcome => told.push(outcomeOf(outcome)));
    expect(told).toEqual([code]);
    expect(snapshot(client.session$)).toBe(before);
  });

  it.each(odd)('options that are %s count for nothing', (_, none) => {
    const client = clientOf();
    const told: string[] = [];
    const outcomes: readonly Outcome<unknown>[] = [
      client.invite('1', none),
      client.reject('c9', none),
      client.hangup('c9', none),
      client.message('1', 'x', none),
      client.reconnectCall('c9', none),
      client.chooseOutput('horn', none),
    ];
    for (const outcome of outcomes) outcome.subscribe(one => told.push(outcomeOf(one)));
    expect(told).toEqual(['no-line', 'no-such-call', 'no-such-call', 'no-line', 'no-such-call', 'right']);
  });

  it.each(odd.filter(([what]) => isTold(['undefined', 'half a character'], what)))(
    '%s is no extension that can be watched',
    (_, uri) => {
      const client = clientOf();
      expect(snapshot(client.lamp$(uri))).toMatchObject({ uri: '', watching: 'no', fault: { code: 'invalid-target' } });
      expect(snapshot(client.mailbox$(uri))).toMatchObject({ uri: '', fault: { code: 'invalid-target' } });
    },
  );

  it('a lamp without an address is none', () => {
    expect(snapshot(clientOf().lamp$(' '))).toMatchObject({ watching: 'no', fault: { code: 'invalid-target' } });
  });

  it('an empty text is none', () => {
    const told: string[] = [];
    clientOf()
      .message('1', '')
      .subscribe(outcome => told.push(outcomeOf(outcome)));
    expect(told).toEqual(['invalid-argument']);
  });

  it('a line that is too long for any header is none', () => {
    const told: string[] = [];
    clientOf()
      .hangup('c9', { reason: 'x'.repeat(8193) })
      .subscribe(outcome => told.push(outcomeOf(outcome)));
    expect(told).toEqual(['invalid-header']);
  });

  it('names what it should have been, and not what it was', () => {
    const told: unknown[] = [];
    clientOf()
      .mute('c9', 'secret' as never)
      .subscribe(outcome => told.push(outcome));
    expect(told).toMatchObject([{ left: { problems: [{ name: 'on', reason: 'true or false' }] } }]);
    expect(JSON.stringify(told)).not.toContain('secret');
  });

  it('a hang-up ends the call that was named, whatever stands in its options', () => {
    const told: string[] = [];
    clientOf()
      .hangup('c9', { _tag: 'doNotDisturb', on: true } as never)
      .subscribe(outcome => told.push(outcomeOf(outcome)));
    expect(told).toEqual(['no-such-call']);
  });
});
