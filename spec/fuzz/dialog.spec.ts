import * as fc from 'fast-check';
import { closeFar, offer } from '../sip/adapter/platform.js';
import { headerOf, liveClient, request, unique, type Live } from '../support/fuzz.js';
import { flaw, flawed, requestLine, type Flaw } from './messages.js';
import { runs } from '../support/runs.js';
import { expectSound } from './sound.js';
import { answer, finalTo, inDialog, prepare } from './talk.js';

const bob = 'sip:bob@example.com';

/** A call that is up: the INVITE, and the 200 to it. */
type Talk = { readonly invite: string; readonly ok: string };

const talk = async (live: Live, sdp: string): Promise<Talk> => {
  const invite = request('INVITE', { body: sdp });
  const { reported } = await live.react(invite);
  const incoming = reported.find(({ _tag }) => _tag === 'incoming');
  if (incoming?._tag !== 'incoming') throw new Error('It does not ring.');
  expect(await prepare(live, incoming.call)).toBe('Right');
  const ok = await answer(live, incoming.call, invite);
  live.send(inDialog('ACK', invite, ok, 1));
  return { invite, ok };
};

let sequence = 1;

/** A request of the far side within the call. */
const inside = ({ invite, ok }: Talk, line: string, wrong: Flaw): string =>
  flawed(
    line,
    {
      Via: `SIP/2.0/WSS stranger.example.org;branch=z9hG4bK${unique()}`,
      From: headerOf(invite, 'From'),
      To: headerOf(ok, 'To'),
      'Call-ID': headerOf(invite, 'Call-ID'),
      CSeq: `${++sequence} ${line.split(' ')[0] ?? ''}`,
      Contact: '<sip:eve@stranger.example.org>',
      'Content-Type': 'application/sdp',
    },
    wrong,
  );

describe('fuzz: a live call', () => {
  let live: Live;
  beforeEach(async () => {
    live = await liveClient();
  });
  afterEach(async () => {
    closeFar();
    await live.close();
  });

  it('goes on or ends, whatever the far side says in it', async () => {
    const sdp = await offer();
    const requests = fc.array(fc.tuple(requestLine(bob), flaw), { minLength: 1, maxLength: 5 });
    const tags = new Set<string>();
    await fc.assert(
      fc.asyncProperty(requests, async all => {
        const call = await talk(live, sdp);
        const { reported } = await live.react(...all.map(([line, wrong]) => inside(call, line, wrong)));
        expectSound(live, reported);
        for (const { _tag } of reported) tags.add(_tag);
        const bye = inside(call, `BYE ${bob} SIP/2.0`, { changes: [], content: '', noise: undefined });
        live.send(bye);
        expect(await finalTo(live, bye)).toMatch(/^SIP\/2\.0 (?:200|481) /);
      }),
      {
        ...runs(0.05),
        // These examples guarantee that each kind of request occurs.
        examples: [
          [[[`INVITE ${bob} SIP/2.0`, { changes: [], content: sdp, noise: undefined }]]],
          [[[`BYE ${bob} SIP/2.0`, { changes: [], content: '', noise: undefined }]]],
        ],
      },
    );
    expect([...tags]).toEqual(expect.arrayContaining(['offered', 'ended']));
  }, 1_200_000);
});
