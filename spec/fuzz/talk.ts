/** Calls of a live client, whose far side the spec speaks for. */
import type { CallingReport } from '../../lib/call/calling.js';
import { headerOf, request, unique, type Live } from '../support/fuzz.js';

type Done = Extract<CallingReport, { readonly _tag: 'done' }>;

export const settings = {
  input: { volume: 1, processing: true },
  output: { volume: 1, muted: false },
  live: true,
  hold: false,
  parallel: true,
} as const;

/** Within the dialog of this request and the 200 to it. */
export const inDialog = (method: string, invite: string, ok: string, cseq: number, body = ''): string => {
  const kept = Object.fromEntries(['From', 'Call-ID'].map(name => [name, headerOf(invite, name)]));
  return request(method, {
    headers: { ...kept, To: headerOf(ok, 'To'), CSeq: `${cseq} ${method}` },
    body,
  });
};

/** A response to what the client asked. */
export const response = (asked: string, status: string, body = ''): string =>
  [
    `SIP/2.0 ${status}`,
    ...['Via', 'From', 'Call-ID', 'CSeq'].map(name => `${name}: ${headerOf(asked, name)}`),
    `To: ${headerOf(asked, 'To').replace(/;tag=.*/, '')};tag=far`,
    'Contact: <sip:eve@stranger.example.org>',
    ...(body === '' ? [] : ['Content-Type: application/sdp']),
    '',
    body,
  ].join('\r\n');

export const isFinal = (text: string, asked: string): boolean =>
  /^SIP\/2\.0 [2-6]/.test(text) && ['Call-ID', 'CSeq'].every(name => headerOf(text, name) === headerOf(asked, name));

export const outcome = async (live: Live, ref: string): Promise<Done['result']['_tag']> => {
  const done = (await live.reported.take(report => report._tag === 'done' && report.ref === ref)) as Done;
  return done.result._tag;
};

export const finalTo = (live: Live, asked: string): Promise<string> => live.sent.take(text => isFinal(text, asked));

/** Has the client make its description for a call that comes in, or for one to this target. */
export const prepare = async (live: Live, call: string, target?: string): Promise<Done['result']['_tag']> => {
  const place = target === undefined ? {} : { place: { target, headers: {} } };
  live.perform({ _tag: 'prepare', ref: `prepare ${call}`, call, ...place, ...settings });
  return outcome(live, `prepare ${call}`);
};

/** The client calls somebody, up to its INVITE. */
export const dial = async (live: Live): Promise<{ readonly call: string; readonly invite: string }> => {
  const call = unique();
  expect(await prepare(live, call, 'eve')).toBe('Right');
  live.perform({ _tag: 'place', call });
  return { call, invite: await live.sent.take(text => text.startsWith('INVITE ')) };
};

/** The client answers a prepared call; the 200, which is not acknowledged yet. */
export const answer = async (live: Live, call: string, invite: string): Promise<string> => {
  live.perform({ _tag: 'answer', ref: `answer ${call}`, call });
  return finalTo(live, invite);
};
