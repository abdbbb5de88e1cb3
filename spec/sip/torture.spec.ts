import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { headerOf, liveClient, request, type Frame, type Live, type Reaction } from '../support/fuzz.js';
import { browserOffer } from '../support/standin.js';
import { dial, finalTo, outcome, response } from '../fuzz/talk.js';
import { messages, type Row } from './rfc4475/table.js';

const folder = join(__dirname, 'rfc4475');
const octets = (name: string): Buffer => readFileSync(join(folder, `${name}.dat`));

/** As it would come over a WebSocket: as text where it is text, else as a binary frame. RFC 7118 §4. */
const frameOf = (name: string): Frame => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets(name));
  } catch {
    return octets(name);
  }
};

/** The address that the message asks for, so that the client is the one who is meant; with escapes it is not. */
const asked = (name: string): string => {
  const [, uri] = /^(?:INVITE|MESSAGE)\s+<?(sip:[^\s>;?%]+)(?=[\s>;?])/.exec(octets(name).toString()) ?? [];
  return uri ?? 'sip:bob@example.com';
};

const statuses = ({ sent }: Reaction): readonly number[] => sent.map(text => Number(text.split(' ')[1]));

/** What came of it, in the words of the table. */
const verdict = (reaction: Reaction): Row['ours'] | Reaction => {
  const [status, ...others] = statuses(reaction);
  const [report, ...more] = reaction.reported;
  if (others.length > 0 || more.length > 0) return reaction;
  if (status === 100 && report?._tag === 'incoming') return 'rings';
  if (status === 488 && report?._tag === 'fault' && report.fault.statusCode === 488) return status;
  if (status === undefined && report?._tag === 'fault' && report.fault.code === 'malformed-frame') return 'dropped';
  return status === undefined || report !== undefined ? reaction : status;
};

/** Refuses what rings, and sees it refused. */
const refuse = async (live: Live, invite: string, { reported }: Reaction): Promise<void> => {
  for (const report of reported) {
    if (report._tag !== 'incoming') continue;
    live.perform({ _tag: 'refuse', call: report.call, statusCode: 486 });
    const refused = await live.sent.take(text => text.startsWith('SIP/2.0 486 '));
    expect(headerOf(refused, 'Call-ID')).toBe(headerOf(invite, 'Call-ID'));
  }
};

const expectCall = async (live: Live, uri: string): Promise<void> => {
  const invite = request('INVITE', { uri });
  const reaction = await live.react(invite);
  expect(verdict(reaction)).toBe('rings');
  await refuse(live, invite, reaction);
};

describe('RFC 4475 torture message', () => {
  let live: Live | undefined;
  afterEach(() => live?.close());

  it.each(messages)('$name ($section): $ours', async ({ name, ours }) => {
    const uri = asked(name);
    live = await liveClient({ aor: uri });
    const reaction = await live.react(frameOf(name));
    expect(verdict(reaction)).toBe(ours);
    await refuse(live, octets(name).toString().replace(/^i *:/im, 'Call-ID:'), reaction);
    await expectCall(live, uri);
    expect(live.end()).toBeUndefined();
  });

  it.each([
    ['longreq', 'amazinglylongcallername'.repeat(5)],
    ['wsinv', 'jdrosen'],
    ['esc01', 'I have spaces'],
  ])('%s rings behind a hop that knows where it goes and has put its own Via on top', async (name, phoneNumber) => {
    live = await liveClient();
    const [, ...lines] = octets(name).toString().split('\r\n');
    const top = ['INVITE sip:bob@example.com SIP/2.0', 'Via: SIP/2.0/WSS proxy.example.org;branch=z9hG4bKtop'];
    // The tag is that of a dialog which is not there.
    const [head = ''] = [...top, ...lines]
      .join('\r\n')
      .replace(/ *;\s*tag\s*=\s*1918181833n/, '')
      .split('\r\n\r\n');
    // Without its offer of plain RTP.
    const reaction = await live.react(`${head.replace(/^(?:l|Content-Length)\s*:.*$/im, 'l: 0')}\r\n\r\n`);
    expect(verdict(reaction)).toBe('rings');
    expect(reaction.reported).toMatchObject([{ identity: { phoneNumber } }]);
  });

  it.each(messages.filter(({ ours }) => ours === 488))(
    '$name rings with an offer that a browser can answer',
    async ({ name }) => {
      live = await liveClient({ aor: asked(name) });
      const [head = ''] = octets(name).toString().split('\r\n\r\n');
      const body = browserOffer();
      const said = head.replace(/^(?:l|Content-Length)\s*:.*$/im, `Content-Length: ${String(Buffer.byteLength(body))}`);
      expect(verdict(await live.react(`${said}\r\n\r\n${body}`))).toBe('rings');
    },
  );

  it('costs a standing call nothing, whether it names that call or not: it can still be held, and is spoken to', async () => {
    live = await liveClient();
    const far = live;
    const { call, invite } = await dial(far);
    far.send(response(invite, '200 OK', browserOffer()));
    await far.reported.take(({ _tag }) => _tag === 'accepted');
    await far.sent.take(text => text.startsWith('ACK '));
    const [to, from, callId] = ['To', 'From', 'Call-ID'].map(name => headerOf(invite, name));
    const named = (name: string): Frame =>
      Buffer.from(
        octets(name)
          .toString('latin1')
          .replace(/^(?:from|f)\s*:.*(?:\r\n[ \t].*)*/gim, `From: ${to};tag=far`)
          .replace(/^(?:to|t)\s*:.*(?:\r\n[ \t].*)*/gim, `To: ${from}`)
          .replace(/^(?:call-id|i)\s*:.*(?:\r\n[ \t].*)*/gim, `Call-ID: ${callId}`),
        'latin1',
      );
    for (const { name } of messages)
      for (const frame of [frameOf(name), named(name)]) {
        const reaction = await far.react(frame, frame.toString());
        expect(reaction.reported.filter(report => report._tag === 'ended' && report.call === call)).toEqual([]);
        for (const report of reaction.reported)
          if (report._tag === 'incoming') far.perform({ _tag: 'refuse', call: report.call, statusCode: 486 });
      }

    far.perform({ _tag: 'change', ref: 'hold', call, hold: true });
    const held = await far.sent.take(text => text.startsWith('INVITE '));
    expect(headerOf(held, 'Call-ID')).toBe(callId);
    expect(held).toMatch(/^a=sendonly\r?$/m);
    far.send(response(held, '200 OK', browserOffer().replace('a=sendrecv', 'a=recvonly')));
    expect(await outcome(far, 'hold')).toBe('Right');
    const headers = { From: `${to};tag=far`, To: from!, 'Call-ID': callId!, CSeq: `${2 ** 31 - 1} INFO` };
    const info = request('INFO', { headers });
    far.send(info);
    expect(await finalTo(far, info)).toMatch(/^SIP\/2\.0 200 /);
    far.perform({ _tag: 'end', call });
    expect(headerOf(await far.sent.take(text => text.startsWith('BYE ')), 'Call-ID')).toBe(callId);
  });

  it('says in its answer what would do', async () => {
    live = await liveClient();
    const { sent } = await live.react(...['bext01', 'invut', 'esc02'].map(frameOf));
    expect(headerOf(sent[0]!, 'Unsupported')).toBe('nothingSupportsThis, nothingSupportsThisEither');
    expect(headerOf(sent[1]!, 'Accept')).toBe('application/sdp, multipart/mixed');
    expect(headerOf(sent[2]!, 'Allow')).toContain('INVITE');
  });

  it('stands in the table, every one of the 49', () => {
    const files = readdirSync(folder).filter(file => file.endsWith('.dat'));
    expect(files).toEqual(messages.map(({ name }) => `${name}.dat`).sort());
    expect(files).toHaveLength(49);
  });

  it('is answered as the RFC has it, or the table says why not', () => {
    const taken: readonly unknown[] = ['rings', 200];
    const other = messages.filter(
      ({ theirs, ours }) => !theirs.includes(String(ours)) && !(theirs === 'well-formed' && taken.includes(ours)),
    );
    expect(other.filter(({ why }) => why === undefined)).toEqual([]);
  });
});
