import * as fc from 'fast-check';
import { answerTo, closeFar, offer } from '../sip/adapter/platform.js';
import { liveClient, request, type Live } from '../support/fuzz.js';
import { runs } from '../support/runs.js';
import { descriptionLike, plainOffer } from './sdp.js';
import { expectSound } from './sound.js';
import { answer, dial, finalTo, inDialog, isFinal, outcome, prepare, response } from './talk.js';

describe('fuzz: a live client with media', () => {
  let live: Live;
  let descriptions: fc.Arbitrary<string>;
  beforeEach(async () => {
    live = await liveClient();
    descriptions = fc.oneof(descriptionLike(await offer()), descriptionLike(plainOffer));
  });
  afterEach(async () => {
    closeFar();
    await live.close();
  });

  /** Offers within the call, and sees it answered or refused. */
  const reoffer = async (invite: string, ok: string, sdp: string): Promise<void> => {
    const again = inDialog('INVITE', invite, ok, 2, sdp);
    const { reported, sent } = await live.react(again);
    const offered = reported.find(report => report._tag === 'offered');
    if (offered?._tag !== 'offered') {
      expect(sent.some(text => isFinal(text, again))).toBe(true);
      return;
    }
    live.perform({ _tag: 'accept-offer', ref: offered.offer, call: offered.call, hold: false });
    const answered = await finalTo(live, again);
    if (answered.startsWith('SIP/2.0 200 ')) live.send(inDialog('ACK', invite, answered, 2, plainOffer));
    await outcome(live, offered.offer);
  };

  it('takes or refuses whatever is offered, at the beginning and in the call', async () => {
    const seen = { Left: 0, Right: 0 };
    await fc.assert(
      fc.asyncProperty(descriptions, descriptions, async (first, second) => {
        const invite = request('INVITE', { body: first });
        const { reported, sent } = await live.react(invite);
        const [incoming] = reported;
        expectSound(live, reported);
        if (incoming?._tag === 'fault') {
          seen.Left++;
          expect(incoming.fault).toMatchObject({ code: 'media-failed', statusCode: 488 });
          live.send(inDialog('ACK', invite, sent.find(text => isFinal(text, invite)) ?? '', 1));
          return;
        }
        if (incoming?._tag !== 'incoming') throw new Error('It does not ring.');
        const { call } = incoming;
        const prepared = await prepare(live, call);
        seen[prepared]++;
        if (prepared === 'Left') {
          live.perform({ _tag: 'refuse', call, statusCode: 488 });
          live.send(inDialog('ACK', invite, await finalTo(live, invite), 1));
        } else {
          const ok = await answer(live, call, invite);
          live.send(inDialog('ACK', invite, ok, 1, first === '' ? second : ''));
          await reoffer(invite, ok, second);
          const bye = inDialog('BYE', invite, ok, 3);
          live.send(bye);
          // A call that was hopeless is over on this side too.
          expect(await finalTo(live, bye)).toMatch(/^SIP\/2\.0 (?:200|481) /);
        }
        expectSound(live, (await live.react()).reported);
      }),
      { ...runs(0.03), timeout: 20_000 },
    );
    expect(seen.Left).toBeGreaterThan(0);
    expect(seen.Right).toBeGreaterThan(0);
  }, 1_200_000);

  it('takes or hangs up on whatever is answered, early and late', async () => {
    const seen = { accepted: 0, ended: 0 };
    const first = await dial(live);
    const base = await answerTo(first.invite.split('\r\n\r\n')[1]!);
    live.perform({ _tag: 'forget', call: first.call });
    const answers = fc.oneof({ weight: 3, arbitrary: descriptionLike(base) }, descriptions);
    await fc.assert(
      fc.asyncProperty(answers, answers, async (early, late) => {
        const { call, invite } = await dial(live);
        live.send(response(invite, '183 Progress', early), response(invite, '200 OK', late));
        const end = await live.reported.take(({ _tag }) => _tag === 'accepted' || _tag === 'ended');
        seen[end._tag as keyof typeof seen]++;
        live.perform({ _tag: 'end', call });
        const bye = await live.sent.take(text => text.startsWith('BYE '));
        live.send(response(bye, '200 OK'));
        const { reported } = await live.react();
        const codes = reported.flatMap(report => (report._tag === 'fault' ? [report.fault.code] : []));
        expect(codes.filter(code => code !== 'media-failed')).toEqual([]);
        expect(live.end()).toBeUndefined();
      }),
      { ...runs(0.03), timeout: 20_000 },
    );
    expect(seen.accepted).toBeGreaterThan(0);
    expect(seen.ended).toBeGreaterThan(0);
  }, 1_200_000);
});
