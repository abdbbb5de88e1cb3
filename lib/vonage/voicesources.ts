import { EMPTY, filter, map, type Observable } from 'rxjs';
import type { Client } from '../client/model.js';
import type { VoiceEvents } from './calling.js';
import type { Configured } from './config.js';
import { countsOf } from './rtc-stats.js';
import { CallDisconnectReason } from './enums.js';
import { toError } from './error.js';
import { hangupsOf } from './hangups.js';
import { interruptionsOf, type Interruption } from './interruptions.js';
import { cancelsOf, invitesOf } from './invites.js';
import { legStatusOf, callEventsOf } from './call-events.js';
import { callChanges } from './call-changes.js';

/** Sources of call callbacks: the streams of a session and its configuration. */
export type Exchange = {
  readonly client: Pick<Client, 'session$' | 'callEvent$' | 'stats$'>;
  readonly config: Pick<Configured, 'rtcStatsTelemetry' | 'autoReconnectMedia'>;
};

/** Arguments of the call callbacks, as streams of one session. Cold. */
export const voiceSources: {
  readonly [Name in keyof VoiceEvents]: (exchange: Exchange) => Observable<Readonly<Parameters<VoiceEvents[Name]>>>;
} = {
  callInvite: ({ client: { session$ } }) => invitesOf(callChanges(session$)),
  callInviteCancel: ({ client: { session$ } }) => cancelsOf(callChanges(session$)),
  callHangup: ({ client: { session$ } }) => hangupsOf(callChanges(session$)),
  callTransfer: ({ client }) => callEventsOf(client, 'transfer', (ref, { conversation }) => [[ref, conversation]]),
  legStatusUpdate: ({ client }) => callEventsOf(client, 'leg', legStatusOf),
  mute: ({ client }) => callEventsOf(client, 'mute', (ref, { leg, on }) => [[ref, leg, on]]),
  earmuff: ({ client }) => callEventsOf(client, 'earmuff', (ref, { leg, on }) => [[ref, leg, on]]),
  dtmf: ({ client }) => callEventsOf(client, 'dtmf', (ref, { leg = ref, tone }) => [[ref, leg, tone]]),
  callMediaReconnecting: exchange => (mends(exchange) ? told(exchange, 'stopped') : EMPTY),
  callMediaReconnection: exchange => (mends(exchange) ? told(exchange, 'back') : EMPTY),
  callMediaDisconnect: exchange =>
    mends(exchange) ? EMPTY : told(exchange, 'stopped').pipe(map(([ref]) => [ref, CallDisconnectReason.NetworkChange])),
  callMediaError: ({ client }) => callEventsOf(client, 'media-failed', (ref, { fault }) => [[ref, toError(fault)]]),
  rtcStatsUpdate: ({ client, config }) => (config.rtcStatsTelemetry === false ? EMPTY : countsOf(client)),
  emergencyCallDisconnected: () => EMPTY,
  emergencyCallHangup: () => EMPTY,
};

/** True when broken media are reconnected automatically. */
function mends({ config }: Exchange): boolean {
  return config.autoReconnectMedia === true;
}

function told({ client: { session$ } }: Exchange, tag: Interruption['_tag']): Observable<readonly [callId: string]> {
  return interruptionsOf(callChanges(session$)).pipe(
    filter(({ _tag }) => _tag === tag),
    map(({ callId }) => [callId]),
  );
}
