import * as fc from 'fast-check';
import type { CallingReport } from '../../lib/call/calling.js';
import { headerOf, liveClient, request, unique, type Live } from '../support/fuzz.js';
import { flaw, flawed, requestLine, statusLine, type Flaw } from './messages.js';
import { runs } from '../support/runs.js';
import { expectSound } from './sound.js';

const bob = 'sip:bob@example.com';

const stranger = (line: string, wrong: Flaw): string =>
  flawed(
    line,
    {
      Via: `SIP/2.0/WSS stranger.example.org;branch=z9hG4bK${unique()}`,
      From: `<sip:eve@example.org>;tag=${unique()}`,
      To: `<${bob}>`,
      'Call-ID': unique(),
      CSeq: `1 ${line.split(' ')[0] ?? ''}`,
      Contact: '<sip:eve@stranger.example.org>',
      'Content-Type': 'application/sdp',
    },
    wrong,
  );

/** A response to this request. */
const response = (to: string, status: string, wrong: Flaw): string =>
  flawed(
    status,
    {
      ...Object.fromEntries(['Via', 'From', 'Call-ID', 'CSeq'].map(name => [name, headerOf(to, name)])),
      To: `${headerOf(to, 'To')};tag=far`,
      Contact: `${headerOf(to, 'Contact')};expires=600`,
    },
    wrong,
  );

const flawless: Flaw = { changes: [], content: '', noise: undefined };
const ways = ['refuse', 'ring', 'end', 'forget'] as const;

/** What the core might do about a call: each way in its turn. */
const dealWith = (live: Live, reported: readonly CallingReport[]): void => {
  reported.forEach((report, index) => {
    if (report._tag !== 'incoming') return;
    const { call } = report;
    const way = ways[index % ways.length]!;
    if (way === 'refuse') live.perform({ _tag: way, call, statusCode: 486 });
    else live.perform({ _tag: way, call });
    if (way === 'ring') live.perform({ _tag: 'end', call });
  });
};

describe('fuzz: a live client', () => {
  let live: Live;
  beforeEach(async () => {
    live = await liveClient({ credentials: { username: 'bob', password: 'x' } });
  });
  afterEach(() => live.close());

  it('answers or drops whatever strangers send, and goes on', async () => {
    let calls = 0;
    const frames = fc.array(fc.tuple(requestLine(bob), flaw), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(frames, async all => {
        const { reported } = await live.react(...all.map(([line, wrong]) => stranger(line, wrong)));
        expectSound(live, reported);
        dealWith(live, reported);
        calls += reported.filter(({ _tag }) => _tag === 'incoming').length;
      }),
      runs(0.1),
    );
    expect(calls).toBeGreaterThan(0);
    const { reported } = await live.react(request('INVITE'));
    expect(reported.map(({ _tag }) => _tag)).toEqual(['incoming']);
  }, 600_000);

  it('has an outcome for every registration, whatever the registrar says first', async () => {
    const outcomes = new Set<string>();
    const answers = fc.array(fc.tuple(statusLine, flaw), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(answers, async all => {
        const ref = unique();
        live.perform({ _tag: 'register', ref, expires: 600 });
        const asked = await live.sent.take(text => text.startsWith('REGISTER '));
        const { sent, reported } = await live.react(...all.map(([status, wrong]) => response(asked, status, wrong)));
        const again = sent.filter(text => text.startsWith('REGISTER '));
        const then = await live.react(...[asked, ...again].map(text => response(text, 'SIP/2.0 200 OK', flawless)));
        expectSound(live, [...reported, ...then.reported]);
        const done = [...reported, ...then.reported].filter(report => report._tag === 'done');
        expect(done).toMatchObject([{ ref }]);
        outcomes.add(done[0]!.result._tag);
      }),
      runs(0.04),
    );
    expect([...outcomes].sort()).toEqual(['Left', 'Right']);
  }, 600_000);
});
