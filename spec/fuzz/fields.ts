/** Every place where a text of the application's goes out by SIP. */
import type { CallingReport } from '../../lib/call/calling.js';
import { check } from '../../lib/client/arguments.js';
import type { SipOptions } from '../../lib/sip/index.js';
import { offer } from '../sip/adapter/platform.js';
import { liveClient, request, unique, type Live } from '../support/fuzz.js';
import { answer, inDialog, prepare, response, settings } from './talk.js';

/** What came of it: the code of the refusal, or what really left the socket. */
export type Outcome = { readonly refused: string } | { readonly frame: string };

const refusalOf = (report: CallingReport): Outcome | undefined =>
  report._tag === 'done' && report.result._tag === 'Left' ? { refused: report.result.left.fault.code } : undefined;

/** The first frame that starts so, or the refusal: whichever comes first. */
const first = async (live: Live, start: string): Promise<Outcome> =>
  Promise.race([
    live.sent.take(text => text.startsWith(start)).then(frame => ({ frame })),
    live.reported.take(report => refusalOf(report) !== undefined).then(report => refusalOf(report)!),
  ]);

/** REGISTER; with credentials the second one, which answers a challenge. */
const register = async (options: Partial<SipOptions>): Promise<Outcome> => {
  const live = await liveClient(options);
  live.perform({ _tag: 'register', ref: unique(), expires: 600 });
  const asked = await first(live, 'REGISTER ');
  const challenge = 'WWW-Authenticate: Digest realm="example.com", nonce="n", qop="auth", algorithm=SHA-256';
  if ('frame' in asked && options.credentials !== undefined)
    live.send(response(asked.frame, '401 Unauthorized').replace('\r\n', `\r\n${challenge}\r\n`));
  const outcome = options.credentials === undefined ? asked : await first(live, 'REGISTER ');
  await live.close();
  return outcome;
};

type Dial = { readonly target?: string; readonly headers?: Readonly<Record<string, string>> };

const invite = async ({ target = 'eve', headers = {} }: Dial, options: Partial<SipOptions> = {}): Promise<Outcome> => {
  const live = await liveClient(options);
  const call = unique();
  live.perform({ _tag: 'prepare', ref: unique(), call, place: { target, headers }, ...settings });
  const prepared = await live.reported.take(({ _tag }) => _tag === 'done');
  live.perform({ _tag: 'place', call });
  const outcome = refusalOf(prepared) ?? (await first(live, 'INVITE '));
  await live.close();
  return outcome;
};

/** What is sent in a call that is up. */
const talking = async (start: string, perform: (live: Live, call: string) => void): Promise<Outcome> => {
  const live = await liveClient({ dtmf: 'info' });
  const asked = request('INVITE', { body: await offer() });
  const { reported } = await live.react(asked);
  const incoming = reported.find(report => report._tag === 'incoming');
  if (incoming?._tag !== 'incoming') throw new Error('It does not ring.');
  await prepare(live, incoming.call);
  live.send(inDialog('ACK', asked, await answer(live, incoming.call, asked), 1));
  await live.react();
  perform(live, incoming.call);
  const outcome = await first(live, start);
  await live.close();
  return outcome;
};

type Text = { readonly target?: string; readonly contentType?: string; readonly headers?: Dial['headers'] };

/** MESSAGE. */
const text = async ({ target = 'eve', contentType = 'text/plain', headers = {} }: Text): Promise<Outcome> => {
  const live = await liveClient();
  live.perform({ _tag: 'send-text', ref: unique(), target, body: 'hello', contentType, headers });
  const outcome = await first(live, 'MESSAGE ');
  await live.close();
  return outcome;
};

/** The core lets nothing but tones through to a line. */
const dtmf = async (tones: string): Promise<Outcome> => {
  const wrong = check({ _tag: 'dtmf', call: 'x', tones });
  if (wrong !== undefined) return { refused: wrong.code };
  return talking('INFO ', (live, call) => {
    live.perform({ _tag: 'tone', ref: unique(), call, tone: tones });
  });
};

export const fields: Readonly<Record<string, (text: string) => Promise<Outcome>>> = {
  'the user agent': userAgent => register({ userAgent }),
  'the display name': displayName => register({ displayName }),
  'the instance': instanceId => register({ instanceId }),
  'the user name': username => register({ credentials: { username, password: 'x' } }),
  'the password': password => register({ credentials: { username: 'bob', password } }),
  'the target': target => invite({ target }),
  'the user of a target': user => invite({ target: `sip:${user}@example.org` }),
  'a parameter of a target': text => invite({ target: `sip:eve@example.org;x=${text}` }),
  'what the target becomes': text => invite({}, { requestUri: () => text }),
  'the value of a header': text => invite({ headers: { 'X-Text': text } }),
  'the name of a header': text => invite({ headers: { [text]: 'yes' } }),
  'a header of the account': text => invite({}, { headers: { 'X-Text': text } }),
  'the reason of a hang-up': reason =>
    talking('BYE ', (live, call) => {
      live.perform({ _tag: 'end', call, reason });
    }),
  'the code of a hang-up': reasonCode =>
    talking('BYE ', (live, call) => {
      live.perform({ _tag: 'end', call, reasonCode });
    }),
  'the target of a transfer': target =>
    talking('REFER ', (live, call) => {
      live.perform({ _tag: 'transfer', ref: unique(), call, to: { target } });
    }),
  'the target of a text': target => text({ target }),
  'the type of a text': type => text({ contentType: `text/plain;x=${type}` }),
  'a header of a text': value => text({ headers: { 'X-Text': value } }),
  'the tones': dtmf,
};
