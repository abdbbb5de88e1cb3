import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startServer } from 'callstream-server';
import { readActions } from '../../lib/voice/ncco.js';
import { isSsml } from '../../lib/voice/ssml.js';
import { only } from '../support/caller.js';
import { at, idOf, joined, town, type Town } from '../support/chatter.js';
import { atService, type AtService } from '../support/people.js';

/** What the answer URL answers, and what it was asked. */
let answer: unknown;
let asked: URLSearchParams[] = [];
let url = '';
let web: Server;
const lines: string[] = [];

beforeAll(async () => {
  web = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://web.test').searchParams;
    asked.push(query);
    if (request.method === 'POST') {
      request.on('data', (data: Buffer) => {
        query.set('body', data.toString());
      });
    }
    if (typeof answer === 'number') response.writeHead(answer).end();
    else if (answer !== undefined) response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>(resolve => web.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(web.address() as AddressInfo).port}/answer?kept=1`;
});
afterAll(() => {
  web.closeAllConnections();
  web.close();
});

const options = {
  media: true,
  log: (line: string) => lines.push(line),
  get answerUrl() {
    return url;
  },
};
const home = town(options);
const leaving: (() => void)[] = [];
beforeEach(() => {
  asked = [];
  lines.length = 0;
});
afterEach(() => {
  for (const leave of leaving.splice(0)) leave();
});

async function somebody(name: string, hertz: number): Promise<AtService> {
  const one = await atService(home(), name, hertz);
  leaving.push(one.close);
  return one;
}

const reasonOf = async (one: AtService): Promise<unknown> => (await one.line.event('rtc:hangup')).body['reason'];

describe('server voice: answer URL', () => {
  it('is asked with all that it needs to know', async () => {
    answer = [];
    const alice = await somebody('alice', 400);
    const call = await alice.place({ callee: 'bob', nested: { a: [1] } });
    expect(await reasonOf(alice)).toEqual({ code: '', text: '', sip_code: 200 });
    expect(asked.map(query => Object.fromEntries(query))).toEqual([
      {
        kept: '1',
        callee: 'bob',
        nested: '{"a":[1]}',
        from_user: 'alice',
        to: '',
        endpoint_type: 'app',
        uuid: call.leg,
        conversation_uuid: call.conversation,
        custom_data: '{"callee":"bob","nested":{"a":[1]}}',
      },
    ]);
  });

  it.each([
    [{ to: 'bob' }, 'bob'],
    [{ to: 447700900000 }, '447700900000'],
    [{ to: ['bob'] }, ''],
    [{ from_user: 'eve', uuid: 'x', custom_data: 'x', to: 'bob' }, 'bob'],
  ])('hears of %j whom to call, and no key of it takes the place of what the server says', async (context, to) => {
    answer = [];
    const alice = await somebody('alice', 400);
    const call = await alice.place(context);
    await reasonOf(alice);
    expect(Object.fromEntries(asked[0]!)).toMatchObject({
      to,
      from_user: 'alice',
      uuid: call.leg,
      custom_data: JSON.stringify(context),
    });
  });

  it('does what it knows, says what it skips, and calls as the number that it is told', async () => {
    answer = [
      { action: 'record', eventUrl: ['https://x.test'] },
      { action: 'talk', text: 'hello', bargeIn: true, level: '0' },
      {
        action: 'connect',
        from: '447700900000',
        timeout: '20',
        eventUrl: ['https://x.test'],
        endpoint: [
          { type: 'phone', number: 'bob' },
          { type: 'websocket', uri: 'wss://x.test' },
        ],
      },
    ];
    const [alice, bob] = [await somebody('alice', 400), await somebody('bob', 700)];
    const call = await alice.place({});
    const held = await bob.invited();
    expect(at(held.event.body, 'channel')).toMatchObject({ from: { type: 'phone', number: '447700900000' } });
    await bob.answer(held);
    await alice.voice.hears(8, only([700]));
    await alice.leave(call);
    expect(
      lines.filter(line => line.includes('not done here')).map(line => line.split(': ').slice(1).join(': ')),
    ).toEqual([
      'there is no action "record"',
      'talk: there is no field "bargeIn"',
      'connect: there is no field "eventUrl"',
    ]);
  });

  it('connects, and goes on when whoever was called is gone', async () => {
    answer = [
      { action: 'talk', text: 'one moment', level: -1 },
      { action: 'connect', endpoint: [{ type: 'app', user: 'bob' }], timeout: 20 },
      { action: 'connect', endpoint: [{ type: 'app', user: 'echo' }] },
    ];
    const [alice, bob] = [await somebody('alice', 400), await somebody('bob', 700)];
    const call = await alice.place({});
    const held = await bob.invited();
    await bob.answer(held);
    await alice.voice.hears(8, only([700]));
    await bob.leave(held);
    await alice.voice.hears(8, only([400]));
    await alice.leave(call);
    expect(await reasonOf(alice)).toMatchObject({ sip_code: 200 });
  });

  it('rings several, of whom the first has the call', async () => {
    answer = [
      {
        action: 'connect',
        endpoint: [
          { type: 'app', user: 'bob' },
          { type: 'app', user: 'carol' },
        ],
      },
    ];
    const [alice, bob, carol] = [
      await somebody('alice', 400),
      await somebody('bob', 700),
      await somebody('carol', 900),
    ];
    await alice.place({});
    await carol.invited();
    await bob.answer(await bob.invited());
    await alice.voice.hears(8, only([700], [900]));
    expect(await reasonOf(carol)).toEqual({ code: '', text: '', sip_code: 200 });
  });

  it('says why nobody was reached', async () => {
    answer = [{ action: 'connect', endpoint: [{ type: 'app', user: 'busy' }] }];
    const alice = await somebody('alice', 400);
    await alice.place({});
    expect(await reasonOf(alice)).toMatchObject({ sip_code: 486 });
  });

  it('waits no longer than it says', async () => {
    answer = [{ action: 'connect', endpoint: [{ type: 'app', user: 'bob' }], timeout: 1 }];
    const [alice, bob] = [await somebody('alice', 400), await somebody('bob', 700)];
    await alice.place({});
    await bob.invited();
    expect(await reasonOf(bob)).toMatchObject({ sip_code: 487 });
    expect(await reasonOf(alice)).toMatchObject({ sip_code: 480 });
  });

  it('brings callers together in a conversation, in which the others stay', async () => {
    answer = [{ action: 'conversation', name: 'standup' }];
    const room = await standup(home());
    const [alice, bob, carol] = [
      await somebody('alice', 400),
      await somebody('bob', 700),
      await somebody('carol', 900),
    ];
    const moved = async (one: AtService): Promise<{ leg: string; conversation: string; member: string }> => {
      const { leg } = await one.place({});
      const told = await one.line.event('rtc:transfer');
      return { leg, conversation: String(told.cid), member: String(told.from) };
    };
    const [a, b] = [await moved(alice), await moved(bob)];
    await moved(carol);
    expect([a.conversation, b.conversation]).toEqual([room, room]);
    await alice.voice.hears(8, only([700, 900]));
    await bob.leave(b);
    await alice.voice.hears(8, only([900], [700]));
    await alice.leave(a);
    await carol.voice.hears(20, only([], [400, 700]));
    expect(
      home()
        .server.voice.legs()
        .filter(({ status }) => status !== 'completed'),
    ).toHaveLength(1);
  });

  it.each([
    [404, 'it answers 404'],
    ['no JSON', 'its answer is no JSON'],
    [{}, 'the answer is not a list of actions'],
    [[{ action: 'talk', text: 'x' }, { action: 'talk' }], 'talk: text is missing'],
  ])('that answers %j ends the call with 500 and a line in the log', async (wrong, line) => {
    answer = wrong;
    const alice = await somebody('alice', 400);
    await alice.place({});
    expect(await reasonOf(alice)).toMatchObject({ sip_code: 500 });
    expect(lines.filter(one => one.includes(line))).toHaveLength(1);
  });

  it('that does not answer ends the call after five seconds', async () => {
    answer = undefined;
    const alice = await somebody('alice', 400);
    await alice.place({});
    // One wait is as long as the server's own.
    const reason = await reasonOf(alice).catch(() => reasonOf(alice));
    expect(reason).toMatchObject({ sip_code: 500 });
  });

  it.each(['ftp://x.test', 'nonsense', ''])('%j is none', async text => {
    await expect(startServer({ port: 0, answerUrl: text })).rejects.toThrow(RangeError);
  });
});

/** A conversation of that name which Dave has made. */
async function standup({ ask }: Town): Promise<string> {
  const dave = await ask('dave');
  const id = idOf(await dave('POST', '/v0.3/conversations', { name: 'standup' }));
  expect((await joined(dave, id)).status).toBe(201);
  return id;
}

describe('server voice: NCCO actions', () => {
  it.each([
    [
      [{ action: 'talk', text: 'hi', language: 'en-GB', style: 2, loop: 0, level: -0.5, ssml: false }],
      [{ kind: 'talk', words: { text: 'hi', ssml: false, loop: 0, level: -0.5, voice: 'en-GB' } }],
    ],
    [
      [{ action: 'talk', text: '<speak>hi</speak>' }],
      [{ kind: 'talk', words: { text: '<speak>hi</speak>', ssml: true, loop: 1, level: 0 } }],
    ],
    [
      [{ action: 'connect', endpoint: [{ type: 'sip', uri: 'sip:bob@host' }], timeout: 5 }],
      [{ kind: 'connect', to: ['sip:bob@host'], patience: 5000 }],
    ],
    [[{ action: 'conversation', name: 'x' }], [{ kind: 'conversation', name: 'x' }]],
    [
      [
        {
          action: 'connect',
          endpoint: [
            { type: 'phone', number: '14155550100' },
            { type: 'phone', number: 7 },
          ],
          from: 1,
        },
      ],
      [{ kind: 'connect', to: ['14155550100', '7'], from: '1' }],
    ],
    [
      [{ action: 'talk', text: 'hi', loop: '0', level: '-0.5', style: '2' }],
      [{ kind: 'talk', words: { text: 'hi', ssml: false, loop: 0, level: -0.5 } }],
    ],
    [[], []],
  ])('%j is read', (given, actions) => {
    expect(readActions(given)).toEqual({ actions, skipped: [] });
  });

  it.each([
    [[{ action: 'constructor' }], [], ['there is no action "constructor"']],
    [
      [{ action: 'talk', text: 'x', bargeIn: true, toString: 1, __proto__: null }],
      ['talk'],
      ['talk: there is no field "bargeIn"', 'talk: there is no field "toString"'],
    ],
    [
      [{ action: 'connect', endpoint: [{ type: 'websocket', uri: 'ws://x' }] }, { action: 'wait' }],
      [],
      ['connect: there is no endpoint of that type', 'there is no action "wait"'],
    ],
    [
      [{ action: 'conversation', name: 'x', startOnEnter: false, record: true }],
      ['conversation'],
      ['conversation: there is no field "startOnEnter"', 'conversation: there is no field "record"'],
    ],
  ])('case %# leaves out what is unknown', (given, kinds, skipped) => {
    const read = readActions(given);
    expect('actions' in read && [read.actions.map(({ kind }) => kind), read.skipped]).toEqual([kinds, skipped]);
  });

  it.each([
    [null, 'the answer is not a list of actions'],
    [[null], 'an action has no name'],
    [[{ action: 7 }], 'an action has no name'],
    [[{ action: 'talk', text: '' }], 'talk: text is wrong'],
    [[{ action: 'talk', text: 'x'.repeat(1501) }], 'talk: text is wrong'],
    [[{ action: 'talk', text: 'x', level: 2 }], 'talk: level is wrong'],
    [[{ action: 'talk', text: 'x', ssml: true }], 'talk: its text is no SSML'],
    [[{ action: 'connect', endpoint: [] }], 'connect: endpoint is wrong'],
    [[{ action: 'connect', endpoint: [{ type: 'phone', number: '' }] }], 'connect: endpoint is wrong'],
    [[{ action: 'connect', endpoint: [{ type: 'phone' }] }], 'connect: endpoint is wrong'],
    [[{ action: 'connect', endpoint: ['bob'] }], 'connect: endpoint is wrong'],
    [[{ action: 'talk', text: 'x', loop: 'often' }], 'talk: loop is wrong'],
    [[{ action: 'connect', endpoint: [{ type: 'sip', uri: 'bob' }] }], 'connect: endpoint is wrong'],
    [[{ action: 'connect', endpoint: [{ type: 'app', user: 'a' }], timeout: 0 }], 'connect: timeout is wrong'],
    [[{ action: 'conversation' }], 'conversation: name is missing'],
  ])('case %# is refused with its name', (given, wrong) => {
    expect(readActions(given)).toEqual({ wrong });
  });
});

describe('server voice: SSML', () => {
  it.each([
    '<speak>hi</speak>',
    ' <?xml version="1.0"?><speak version="1.1" xml:lang=\'en\'>a &amp; b &#233; <break time="1s"/> <p>x</p></speak> ',
    '<speak><!-- a < b --></speak>',
    '<speak/>',
  ])('is %s', text => {
    expect(isSsml(text)).toBe(true);
  });

  it.each([
    '',
    'hi',
    '<speak>',
    '</speak>',
    '<p>x</p>',
    '<speak><p></speak></p>',
    '<speak>a</speak><speak>b</speak>',
    '<speak>a</speak> b',
    '<speak>a & b</speak>',
    '<speak a=b>c</speak>',
    '<speak>a < b</speak>',
    '<!DOCTYPE speak><speak>a</speak>',
  ])('is not %j', text => {
    expect(isSsml(text)).toBe(false);
  });
});

describe('server voice: no answer URL', () => {
  const plain = town({ media: true, log: line => lines.push(line) });

  it('the log says what to do with a call that goes nowhere', async () => {
    const alice = await atService(plain(), 'alice', 400);
    leaving.push(alice.close);
    await alice.place({ calee: 'bob' });
    expect(await reasonOf(alice)).toMatchObject({ sip_code: 404 });
    expect(lines.filter(line => line.includes("{ callee: 'bob' }") && line.includes('--answer-url'))).toHaveLength(1);
  });
});

describe('server voice: answer URL by POST', () => {
  const post = town({
    media: true,
    answerMethod: 'POST',
    get answerUrl() {
      return url;
    },
  });

  it('hears the same as JSON', async () => {
    answer = [];
    const alice = await atService(post(), 'alice', 400);
    leaving.push(alice.close);
    const call = await alice.place({ to: 'bob', n: 1 });
    await reasonOf(alice);
    expect(JSON.parse(asked[0]!.get('body')!)).toEqual({
      to: 'bob',
      n: 1,
      from_user: 'alice',
      endpoint_type: 'app',
      uuid: call.leg,
      conversation_uuid: call.conversation,
      custom_data: '{"to":"bob","n":1}',
    });
  });
});
