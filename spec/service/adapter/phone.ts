import type { CallingContext } from '../../../lib/call/calling.js';
import type { PeerConnectionFactory } from '../../../lib/rtc/model.js';
import type { ServiceOptions } from '../../../lib/service/index.js';
import { answerTo, closeFar, peerConnection, silentMedia } from '../../sip/adapter/platform.js';
import { json, startFar, type Far, type Reply, type Seen } from './far.js';
import { line, stopAll, type Line } from './line.js';

/** The paths of a call, by what is done there. */
export const paths = {
  legs: 'POST /v0.3/legs',
  knocking: 'POST /v0.3/knocking',
  list: 'GET /v0.3/conversations/CON-CALL/legs',
  events: 'POST /v0.3/conversations/CON-CALL/events',
  offer: 'POST /v0.3/conversations/CON-CALL/rtc/LEG-1/offer',
  answer: 'POST /v0.3/conversations/CON-CALL/rtc/LEG-1/answer',
  join: 'PUT /v0.3/conversations/CON-CALL/members/MEM-ME',
  leave: 'DELETE /v0.2/conversations/CON-CALL/members/MEM-ME',
  me: 'GET /v0.3/conversations/CON-CALL/members/me',
  leg: 'GET /v0.3/legs/LEG-1',
} as const;

export const settings = {
  input: { volume: 1, processing: true },
  output: { volume: 1, muted: false },
  live: true,
  hold: false,
  parallel: true,
} as const;

const connections = new Set<RTCPeerConnection>();

/** Keeps what it makes, so that nothing is left of it in the end. */
const remembering: PeerConnectionFactory = configuration => {
  const made = peerConnection(configuration);
  connections.add(made);
  return made;
};

/** A line that has what it takes to talk. */
export const phone = (far: Far, options: Partial<ServiceOptions> = {}, context: Partial<CallingContext> = {}): Line =>
  line({ apiUrl: far.url, peerConnection: remembering, ...options }, { media: silentMedia, ...context });

/** Puts every line down, and shows that it has let go of its connections. */
export const hangUpAll = async (): Promise<void> => {
  await stopAll();
  closeFar();
  expect([...connections].map(({ signalingState }) => signalingState)).toEqual([...connections].map(() => 'closed'));
  connections.clear();
};

/** A service that lets in whoever knocks, and somebody who is signed in there. */
export const atService = async (): Promise<{ readonly far: Far; readonly alice: Line }> => {
  const far = await startFar();
  willing(far);
  const alice = phone(far);
  await alice.up();
  return { far, alice };
};

export const leave = async (far: Far): Promise<void> => {
  await hangUpAll();
  await far.close();
};

/** The description that was offered. */
export const sdpIn = ({ body }: Seen): string => {
  const { offer } = (body as { readonly body: { readonly offer: { readonly sdp: string } } }).body;
  return offer.sdp;
};

/** A leg, with the answer of a real platform. */
export const legFor =
  (rtc_id = 'LEG-1'): Reply =>
  (request, response) => {
    void answerTo(sdpIn(request)).then(sdp => {
      json({ rtc_id, sdp })(request, response);
    });
  };

export const leg = (id: string, fields: object = {}): object => ({
  id,
  type: 'app',
  direction: 'inbound',
  status: 'answered',
  conversation_id: 'CON-CALL',
  start_time: 't1',
  end_time: '',
  from: { type: 'app', user: 'alice' },
  to: { type: 'phone', number: '447' },
  ...fields,
});
export const page = (...legs: readonly object[]): Reply => json({ _embedded: { legs }, _links: {} });

/** The service lets in whoever knocks; nobody else is there. */
export const willing = (far: Far): void => {
  far.on(paths.legs, legFor());
  far.on(paths.knocking, json({ id: 'KNK-1' }));
  far.on(paths.list, page(leg('LEG-1')));
  far.on(paths.events, json({ id: 10, type: 'x', body: { say_id: 'SAY-1' } }));
  far.on(paths.leave, json(undefined, 204));
  far.on(paths.join, json({ id: 'MEM-ME' }));
  far.on(paths.answer, json({ rtc_id: 'LEG-1', id: 'LEG-1' }));
  far.on(paths.offer, json({ id: 'LEG-1' }));
  far.on(paths.leg, json(leg('LEG-1')));
  far.on(paths.me, json({ id: 'MEM-ME', state: 'JOINED' }));
};

let ids = 0;
const alice = { id: 'USR-1', user_id: 'USR-1', name: 'alice' };

/** Says something on the socket. */
export const emit = (far: Far, type: string, body: unknown, around: object = {}): void => {
  const envelope = { id: (ids += 1), cid: 'CON-CALL', from: 'MEM-ME', timestamp: 't', ...around };
  far.io.emit(type, { ...envelope, body, _embedded: { from_user: alice, from_member: { id: 'MEM-ME' } } });
};
export const member = (fields: object = {}): object => ({
  member_id: 'MEM-ME',
  user: alice,
  channel: { id: 'LEG-1', type: 'app', from: { type: 'phone', number: '447700900000' }, to: { type: 'app' } },
  ...fields,
});

/** Everything that the socket has said before has been heard when this has been. */
export const heard = async (far: Far, one: Line): Promise<void> => {
  const type = `custom:mark-${String((ids += 1))}`;
  emit(far, type, {});
  await one.next('event', ({ event }) => event.kind === 'custom' && event.eventType === type);
};

/** Prepares a call with all candidates. */
export const prepare = async (one: Line, call: string, place: object = {}): Promise<void> => {
  const order = { _tag: 'prepare', call, ...settings } as const;
  const result = await one.order({ ...order, place: { target: 'bob', headers: {}, ...place } });
  if (result._tag === 'Left') throw new Error(`not prepared: ${JSON.stringify(result.left)}`);
  await one.next('gathered', report => report.call === call);
};

/** Dials, and knocks. */
export const dial = async (far: Far, one: Line, call = 'call-1'): Promise<void> => {
  await prepare(one, call);
  one.perform({ _tag: 'place', call });
  await one.next('placed');
  await far.asked(paths.knocking);
};

/** A call that is answered. */
export const talk = async (far: Far, one: Line, call = 'call-1'): Promise<void> => {
  await dial(far, one, call);
  emit(far, 'member:joined', member());
  await one.next('accepted');
};

/** What has been told of calls, without what the media do. */
export const story = ({ reports }: Line): readonly object[] =>
  reports.filter(
    report => 'call' in report && !['gathering', 'candidate', 'gathered', 'media', 'unreachable'].includes(report._tag),
  );
/** The faults that were survived. */
export const faults = ({ reports }: Line): readonly unknown[] =>
  reports.flatMap(report => (report._tag === 'fault' ? [report.fault.code] : []));

/** What was asked, but for what opens the line. */
export const asked = ({ seen }: Far): readonly string[] => seen.map(({ method, path }) => `${method} ${path}`);
