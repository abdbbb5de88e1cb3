import type { Anchor, Mixer, Measured, OpenAnchor, Seat } from '../../lib/voice/model.js';
import { echo, tone } from '../../lib/voice/audio-sources.js';
import { createMixer } from '../../lib/voice/mixer.js';
import { loadAnchors } from '../../lib/voice/wrtc.js';
import { caller, only, type Caller } from '../support/caller.js';

const ends: (() => void)[] = [];
let openAnchor: OpenAnchor;

beforeAll(async () => {
  const loaded = await loadAnchors();
  if (!loaded) throw new Error('these specs need @roamhq/wrtc');
  openAnchor = loaded;
});

afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const ofTone = (hertz: number): Caller => {
  const far = caller(hertz);
  ends.push(far.close);
  return far;
};

const anchored = (towards: 'sip' | 'service' = 'service'): Anchor => {
  const anchor = openAnchor({ towards, lost: () => undefined });
  ends.push(anchor.close);
  return anchor;
};

interface Leg {
  readonly far: Caller;
  readonly anchor: Anchor;
  readonly seat: Seat;
  readonly answer: string;
}

/** A far end that has called, and sits in a room. */
const leg = async (hertz: number, table: Mixer, room = 'r'): Promise<Leg> => {
  const far = ofTone(hertz);
  const anchor = anchored();
  const seat = table.enter(room, anchor);
  ends.push(seat.leave);
  const answer = await anchor.answer(await far.offer());
  await far.accept(answer);
  return { far, anchor, seat, answer };
};

const origin = (sdp: string): { readonly id: string; readonly version: number } => {
  const [, id = '', version = ''] = /^o=- (\d+) (\d+) IN IP4 /m.exec(sdp) ?? [];
  return { id, version: Number(version) };
};

const lines = (sdp: string, pattern: RegExp): readonly string[] => sdp.split('\r\n').filter(line => pattern.test(line));

describe('server anchor: two legs', () => {
  it('hear each other, and not when muted', async () => {
    const table = createMixer();
    const [alice, bob] = await Promise.all([leg(400, table), leg(700, table)]);
    await Promise.all([alice.far.hears(8, only([700], [400])), bob.far.hears(8, only([400], [700]))]);
    alice.seat.mute(true);
    await bob.far.hears(30, only([], [400, 700]));
    const { packets } = await bob.far.received();
    await alice.far.hears(30, only([700]));
    // Silence is sent, too.
    expect((await bob.far.received()).packets).toBeGreaterThan(packets + 10);
    alice.seat.mute(false);
    bob.seat.earmuff(true);
    await bob.far.hears(30, only([], [400]));
    await alice.far.hears(8, only([700]));
    bob.seat.earmuff(false);
    await bob.far.hears(8, only([400]));
  });

  it('are one session to the far end whoever offers', async () => {
    const far = ofTone(400);
    const anchor = anchored();
    const table = createMixer();
    ends.push(table.enter('r', anchor).leave, table.enter('r', echo()).leave);
    await anchor.accept(await far.answer(await anchor.offer()));
    await far.hears(8, only([400]));
    const again = await anchor.answer(await far.offer());
    await far.accept(again);
    const third = await anchor.offer();
    await anchor.accept(await far.answer(third));
    expect([origin(again).version, origin(third)]).toEqual([2, { id: origin(again).id, version: 3 }]);
    await far.hears(8, only([400]));
  });
});

it('an echo and a tone are parties like any other', async () => {
  const table = createMixer();
  const { far } = await leg(400, table);
  const repeating = table.enter('r', echo());
  await far.hears(8, only([400]));
  repeating.leave();
  await far.hears(20, only([], [400]));
  const hum = tone(900);
  const seat = table.enter('r', hum);
  await far.hears(8, only([900]));
  seat.leave();
  hum.close();
});

it('three in a room hear the sum of the others', async () => {
  const table = createMixer();
  const legs = await Promise.all([leg(400, table), leg(700, table), leg(1100, table)]);
  await Promise.all(
    [only([700, 1100], [400]), only([400, 1100], [700]), only([400, 700], [1100])].map((fits, index) =>
      legs[index]!.far.hears(20, fits),
    ),
  );
});

describe('server anchor: description', () => {
  it('has every candidate and says so', async () => {
    const anchor = anchored();
    const answer = await anchor.answer(await ofTone(400).offer());
    const candidates = lines(answer, /^a=candidate:/);
    const port = /^m=audio (\d+) /m.exec(answer)![1]!;
    const address = /^c=IN IP4 (\S+)/m.exec(answer)![1]!;
    expect(
      candidates.filter(line => line.includes(' udp ') && line.includes(` ${address} ${port} typ host`)),
    ).toHaveLength(1);
    expect(answer).not.toContain('trickle');
  });

  it('names no telephone-event towards SIP, however much the far end does', async () => {
    const far = ofTone(400);
    const anchor = anchored('sip');
    const offer = await far.offer();
    expect(offer).toContain('telephone-event');
    const answer = await anchor.answer(offer);
    const offered = await anchored('sip').offer();
    for (const sdp of [answer, offered]) {
      const [media = ''] = lines(sdp, /^m=audio/);
      const explained = lines(sdp, /^a=rtpmap:/).map(line => /\d+/.exec(line)![0]);
      expect(sdp).not.toContain('telephone-event');
      expect(
        media
          .split(' ')
          .slice(3)
          .filter(payload => !explained.includes(payload)),
      ).toEqual([]);
    }
    await far.accept(answer);
    const table = createMixer();
    ends.push(table.enter('r', anchor).leave, table.enter('r', echo()).leave);
    await far.hears(8, only([400]));
    expect(await anchored('service').offer()).toContain('telephone-event');
  });

  it('may come with candidates of no use: the far end is found by its checks', async () => {
    const table = createMixer();
    const far = ofTone(400);
    const anchor = anchored();
    ends.push(table.enter('r', anchor).leave, table.enter('r', echo()).leave);
    const offer = (await far.offer()).replace(/^a=candidate:.*\r\n/gm, '').replace(/^c=.*$/m, 'c=IN IP4 0.0.0.0');
    const dummy = 'a=candidate:1176891032 1 udp 2122260223 0.0.0.0 9 typ host generation 0\r\n';
    await far.accept(await anchor.answer(offer.replace('a=ice-ufrag', `${dummy}a=ice-ufrag`)));
    await far.hears(8, only([400]));
  });

  it.each([8, 9])('may name payload %d alone: its rate is made ours', async payload => {
    const table = createMixer();
    const far = ofTone(400);
    const anchor = anchored();
    ends.push(table.enter('r', anchor).leave, table.enter('r', echo()).leave);
    const offer = (await far.offer())
      .replace(/^(m=audio \d+ \S+) .*$/m, `$1 ${payload}`)
      .replace(/^a=(?:rtpmap|fmtp|rtcp-fb):(\d+) .*\r\n/gm, (line, other) => (Number(other) === payload ? line : ''));
    await far.accept(await anchor.answer(offer));
    await far.hears(8, only([400], [800, 1200]));
  });
});

describe('server anchor: later offer', () => {
  it('holds and takes off hold', async () => {
    const table = createMixer();
    const [alice, bob] = await Promise.all([leg(400, table), leg(700, table)]);
    await bob.far.hears(8, only([400]));
    const held = await alice.anchor.answer(await alice.far.offer({ direction: 'sendonly' }));
    await alice.far.accept(held);
    expect(lines(held, /^a=(?:recvonly|sendrecv|sendonly|inactive)$/)).toEqual(['a=recvonly']);
    await bob.far.hears(8, only([400]));
    const idle = await alice.anchor.answer(await alice.far.offer({ direction: 'inactive' }));
    await alice.far.accept(idle);
    expect(lines(idle, /^a=(?:recvonly|sendrecv|sendonly|inactive)$/)).toEqual(['a=inactive']);
    await bob.far.hears(20, only([], [400]));
    const back = await alice.anchor.answer(await alice.far.offer({ direction: 'sendrecv' }));
    await alice.far.accept(back);
    await Promise.all([alice.far.hears(8, only([700])), bob.far.hears(8, only([400]))]);

    const all = [alice.answer, held, idle, back];
    expect(all.map(sdp => origin(sdp).version)).toEqual([1, 2, 3, 4]);
    expect(new Set(all.map(sdp => origin(sdp).id)).size).toBe(1);
    expect(
      new Set(
        all.map(sdp =>
          lines(sdp, /^(?:m=audio|a=mid|a=setup)/)
            .map(line => line.replace(/\d{3,}/, ''))
            .join(),
        ),
      ).size,
    ).toBe(1);
  });

  it('restarts ICE', async () => {
    const table = createMixer();
    const { far, anchor, answer } = await leg(400, table);
    ends.push(table.enter('r', echo()).leave);
    await far.hears(8, only([400]));
    const restarted = await anchor.answer(await far.offer({ iceRestart: true }));
    expect(lines(restarted, /^a=ice-ufrag/)).not.toEqual(lines(answer, /^a=ice-ufrag/));
    expect(lines(restarted, /^a=fingerprint/)).toEqual(lines(answer, /^a=fingerprint/));
    await far.accept(restarted);
    const { packets } = await far.received();
    await far.hears(30, only([400]));
    expect((await far.received()).packets).toBeGreaterThan(packets);
  });

  it('may come from another connection of the far end', async () => {
    const table = createMixer();
    const [alice, bob] = await Promise.all([leg(400, table), leg(700, table)]);
    await bob.far.hears(8, only([400]));
    alice.far.close();
    const elsewhere = ofTone(1100);
    const answer = await alice.anchor.answer(await elsewhere.offer());
    await elsewhere.accept(answer);
    await Promise.all([elsewhere.hears(8, only([700])), bob.far.hears(8, only([1100], [400]))]);
    expect(origin(answer)).toEqual({ id: origin(alice.answer).id, version: 2 });
    alice.seat.mute(true);
    await bob.far.hears(20, only([], [1100]));
  });

  it.each<[string, (offer: string) => string]>([
    ['is nonsense', () => 'v=nonsense'],
    ['is empty', () => ''],
    ['has another order', offer => offer.replace(/^a=mid:.*$/m, 'a=mid:zz').replace('BUNDLE 0', 'BUNDLE zz')],
    [
      'has no codec of ours',
      offer => offer.replace(/^(m=audio \d+ \S+) .*$/m, '$1 99').replace(/^a=(?:rtpmap|fmtp|rtcp-fb):.*\r\n/gm, ''),
    ],
    [
      'has another certificate and no codec',
      offer =>
        offer
          .replace(/^(m=audio \d+ \S+) .*$/m, '$1 99')
          .replace(/^a=(?:rtpmap|fmtp|rtcp-fb):.*\r\n/gm, '')
          .replace(/sha-256 ../, 'sha-256 00'),
    ],
  ])('that %s is refused, and the talk goes on', async (_, broken) => {
    const table = createMixer();
    const { far, anchor } = await leg(400, table);
    ends.push(table.enter('r', echo()).leave);
    await far.hears(8, only([400]));
    const offer = await far.offer();
    await expect(anchor.answer(broken(offer))).rejects.toThrow();
    await far.hears(8, only([400]));
    const answer = await anchor.answer(offer);
    expect(origin(answer).version).toBe(2);
    await far.accept(answer);
    await far.hears(8, only([400]));
  });

  it('takes the place of one of ours that got no answer', async () => {
    const table = createMixer();
    const { far, anchor } = await leg(400, table);
    ends.push(table.enter('r', echo()).leave);
    expect(origin(await anchor.offer()).version).toBe(2);
    const answer = await anchor.answer(await far.offer());
    expect(origin(answer).version).toBe(3);
    await far.accept(answer);
    await far.hears(8, only([400]));
  });
});

it('an answer may come early and again', async () => {
  const table = createMixer();
  const anchor = anchored('sip');
  ends.push(table.enter('r', anchor).leave, table.enter('r', echo()).leave);
  const far = ofTone(400);
  const answer = await far.answer(await anchor.offer());
  await anchor.accept(answer);
  await far.hears(8, only([400]));
  await anchor.accept(answer);
  await far.accept(await anchor.answer(await far.offer()));
  await far.hears(8, only([400]));
});

it('an answer may come early from one end and at last from another', async () => {
  const table = createMixer();
  const anchor = anchored('sip');
  ends.push(table.enter('r', anchor).leave, table.enter('r', echo()).leave);
  const [early, last] = [ofTone(400), ofTone(700)];
  const offer = await anchor.offer();
  await anchor.accept(await early.answer(offer));
  await early.hears(8, only([400]));
  early.close();
  await anchor.accept(await last.answer(offer));
  await last.hears(8, only([700]));
  await last.accept(await anchor.answer(await last.offer()));
  await last.hears(8, only([700]));
});

describe('server anchor: statistics', () => {
  const numbers = ({ bandwidth, quality }: Measured): readonly number[] => [
    ...Object.values(bandwidth),
    ...Object.values(quality),
  ];

  it('is finite before anything has come', async () => {
    const anchor = anchored();
    const measured = await anchor.measured();
    expect(numbers(measured)).toEqual(new Array(11).fill(0));
  });

  it('is a good line over loopback, also after its end and over two connections', async () => {
    const table = createMixer();
    const { far, anchor } = await leg(400, table);
    await far.hears(100, only([]));
    const first = await anchor.measured();
    expect(numbers(first).every(Number.isFinite)).toBe(true);
    expect(first.quality.mos_score).toBeGreaterThan(4);
    expect(first.quality.quality_percentage).toBeGreaterThan(80);
    expect(first.quality.packet_cnt).toBeGreaterThan(20);
    expect(Math.min(first.bandwidth.bytes_in, first.bandwidth.bytes_out)).toBeGreaterThan(1000);
    const elsewhere = ofTone(1100);
    await elsewhere.accept(await anchor.answer(await elsewhere.offer()));
    await elsewhere.hears(100, only([]));
    const second = await anchor.measured();
    expect(second.quality.packet_cnt).toBeGreaterThan(first.quality.packet_cnt + 20);
    anchor.close();
    expect(await anchor.measured()).toEqual(second);
  });
});

describe('server anchor: close', () => {
  it('rejects what is asked for afterwards, and what is under way', async () => {
    const anchor = anchored();
    const offer = await ofTone(400).offer();
    const underWay = anchor.answer(offer);
    anchor.close();
    await expect(underWay).rejects.toThrow();
    await expect(anchor.answer(offer)).rejects.toThrow();
    await expect(anchor.offer()).rejects.toThrow();
    anchor.play(new Int16Array(480));
    anchor.close();
  });

  it('leaves no clock', async () => {
    const begun = jest.spyOn(globalThis, 'setInterval');
    const ended = jest.spyOn(globalThis, 'clearInterval');
    const anchor = anchored();
    const far = ofTone(400);
    await far.accept(await anchor.answer(await far.offer()));
    anchor.close();
    far.close();
    const over = new Set<unknown>(ended.mock.calls.map(([timer]) => timer));
    expect(begun.mock.results.length).toBeGreaterThan(1);
    expect(begun.mock.results.filter(({ value }) => !over.has(value))).toEqual([]);
    jest.restoreAllMocks();
  });
});
