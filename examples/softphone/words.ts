import type { Call, CallEnd, ConnectionStatus, EndCause, Fault, Problem, Session } from 'callstream';
import { lineNames, onlyChatIsLost, serviceLine } from './lines.js';

/** An address without what only a machine needs of it: `echo` of `sip:echo@pbx.example`. */
export const shortOf = (address: string): string => /^<?sips?:([^@;?>]+)/.exec(address)?.[1] ?? address;

/** Whom the call is with, as one would say it. */
export const nameOf = (call: Call): string =>
  call.anonymous ? 'an unknown caller' : (call.displayName ?? shortOf(call.phoneNumber));

/** The number behind the name, where it says more than the name. */
export const numberOf = (call: Call): string =>
  call.anonymous || nameOf(call).toLowerCase() === call.phoneNumber.toLowerCase() ? '' : call.phoneNumber;

/** The line that carries it. */
export const lineNameOf = ({ line }: Call): string => lineNames.find(([id]) => id === line)?.[1] ?? line;

/** How good the sound was, where the service has measured it. Its scale begins at 1. */
export const qualityOf = ({ end }: Call): string => {
  const mos = end?.quality?.mos ?? 0;
  return mos < 1 ? '' : `MOS ${mos.toFixed(1)}`;
};

const endings: Readonly<Record<EndCause, string>> = {
  bad_request: 'the server did not understand the call',
  unauthorized: 'the server wants other credentials',
  forbidden: 'this number may not be called',
  not_found: 'there is nobody under this number',
  request_timeout: 'no answer came in time',
  temporarily_unavailable: 'not available right now',
  address_incomplete: 'the number is incomplete',
  busy: 'busy',
  request_terminated: 'taken back',
  not_acceptable: 'no common way to talk was found',
  service_unavailable: 'the service is not available',
  declined: 'declined',
  redirected: 'the call was sent elsewhere',
  client_error: 'the call was refused',
  server_error: 'the server failed',
  global_failure: 'the call was refused everywhere',
  hung_up: 'ended',
  cancelled: 'taken back',
  no_answer: 'nobody answered',
  answered_elsewhere: 'answered on another device',
  transferred: 'handed over',
  replaced: 'handed over',
  session_expired: 'the far side went silent',
  line_lost: 'the line was lost',
  media_failed: 'the sound could not be set up',
};

const endOf = (end: CallEnd | undefined): string => {
  if (end === undefined) return 'Ended';
  if (end.cause === 'hung_up') return end.by === 'local' ? 'You hung up' : 'They hung up';
  if (end.cause === 'cancelled') return end.by === 'local' ? 'You took the call back' : 'They gave up';
  const words = endings[end.cause];
  const said = words.charAt(0).toUpperCase() + words.slice(1);
  return isTold(end.reason) ? `${said}: ${end.reason}` : said;
};

/** Whether the far side has words for a person: the phrase of a status has five words at most. */
const isTold = (reason = ''): boolean => reason.split(' ').length > 5;

/** Whether the far side plays its own bell. The service lets us hear it all the same, and is mostly silent till the answer. */
export const hasBell = ({ earlyMedia, line }: Call): boolean => earlyMedia && line !== serviceLine;

const inCall = ({ hold, media }: Call): string => {
  if (hold.local) return 'Putting on hold…';
  if (hold.remote) return 'They put you on hold';
  if (media === 'connecting') return 'Connecting the sound…';
  return media === 'interrupted' ? 'The sound is interrupted' : 'In call';
};

/** Where the call is, in a few words. */
export const statusOf = (call: Call): string => {
  switch (call.status) {
    case 'trying':
      return call.direction === 'incoming' ? 'Incoming call' : 'Calling…';
    case 'ringing':
      if (call.direction === 'incoming') return 'Incoming call';
      return hasBell(call) ? 'Ringing, with sound' : 'Ringing…';
    case 'active':
      return inCall(call);
    case 'on_hold':
      return call.hold.remote ? 'On hold, on both sides' : 'On hold';
    case 'terminated':
      return endOf(call.end);
  }
};

/** How a line stands, in a few words. */
export const connections: Readonly<Record<ConnectionStatus, string>> = {
  connecting: 'Connecting…',
  connected: 'Connected',
  recovering: 'The line was lost',
  disconnecting: 'Signing out…',
  disconnected: 'Not connected',
};

/** How the line stands now, and how long until the next attempt. */
export const lineOf = (session: Session, now: number): string => {
  const { connection, registration, lines, page } = session;
  if (registration.state === 'refused') return 'The server refused';
  if (connection !== 'recovering') return connections[connection];
  if (!page.online) return 'You are offline';
  const waits = lines.flatMap(line => (line.retryAt === undefined ? [] : [line.retryAt - now]));
  const seconds = Math.ceil(Math.max(0, ...waits) / 1000);
  const lost = onlyChatIsLost(session) ? 'The line for messages was lost' : connections.recovering;
  return seconds > 0 ? `${lost}, again in ${seconds} s` : `${lost}, trying again`;
};

const kindly: Readonly<Partial<Record<Fault['code'], string>>> = {
  'invalid-target': 'That is not a number or a name that can be called.',
  'no-line': 'There is no line right now. It comes back by itself, then try again.',
  'mic-denied': 'The browser does not let this page use the microphone. Allow it beside the address, then call again.',
  'mic-missing': 'No microphone was found. Plug one in or choose another one, then call again.',
  'mic-failed': 'The microphone could not be opened. Perhaps another program is using it.',
  'output-failed': 'The sound cannot be played. Choose another loudspeaker.',
  cancelled: 'Taken back.',
  'line-lost': 'The server could not be reached.',
  unauthorized: 'The server did not accept this user. Sign out and in again.',
};

/** What went wrong and what helps, in words for a person. */
export const faultOf = (fault: Fault): string =>
  kindly[fault.code] ?? [fault.message, ...(fault.problems ?? []).map(problemOf)].join(' ');

const problemOf = ({ name, reason }: Problem): string => `${name}: ${reason}.`;

/** `65000` as `1:05`. */
export const clock = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

const hours = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const days = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

/** A moment: the hour, with its day unless that is today; and all of it. */
export const timeOf = (at: number): { readonly short: string; readonly long: string; readonly iso: string } => {
  const date = new Date(at);
  if (Number.isNaN(at)) return { short: '', long: '', iso: '' };
  const today = date.toDateString() === new Date().toDateString();
  return {
    short: today ? hours.format(date) : `${days.format(date)}, ${hours.format(date)}`,
    long: whole.format(date),
    iso: date.toISOString(),
  };
};
