import { of } from 'rxjs';
import type { Call } from '../call/model.js';
import { isLeft } from '../core/either.js';
import { callOf, placed, rejoined, withCall, withInvite, withVoice } from './calls.js';
import { EmergencyCalls } from './emergency.js';
import { ofInvite, ofLeg, ofPlacing, ofReturn, toError } from './error.js';
import type { Streams } from './login.js';
import type { CallSayParams, CustomData, GetCallLegsParameters, Leg, LegsPage } from './model.js';
import type { Nullable } from './option.js';
import { contextOf, pageOptions, speechOf, textOf } from './parameters.js';
import { toLeg, toPage } from './projection.js';
import { keepSessions, sessionsOf } from './session-registry.js';
import type { Sessions } from './sessions.js';
import type { Outcome } from '../core/port.js';

/**
 * The calls of a client. A call's id is the service's name for one's own leg of it.
 *
 * Besides what all promises reject with: `voice:error:no_call_found` for an id that is none (any more), and
 * `voice:error:invalid_call_action` for what a call is not ready for, or too old.
 */
export class ServerCalls extends EmergencyCalls {
  constructor(sessions: Sessions) {
    super();
    keepSessions(this, sessions);
  }

  /**
   * Calls the service, which asks its application what to do: that gets `context`, an object or the text of one. Gives the
   * call's id once the call takes place, which may last as long as the service lets it. Rejects where it ends before:
   * `voice:error:call_refused` when the service says so, and where there is no microphone
   * `voice:error:media_permission_denied`, `voice:error:media_device_not_found` or `voice:error:media_failed`.
   */
  serverCall(context?: Nullable<CustomData | object>): Promise<string> {
    const told = contextOf(context);
    return sessionsOf(this).ask(
      client => (isLeft(told) ? of(told) : placed(client, told.right)),
      ref => ref,
      ofPlacing,
    );
  }

  /** Answers an incoming call; rejects with `voice:error:no_invite_found` or a microphone failure. */
  answer(callId: string): Promise<void> {
    return sessionsOf(this).ask(
      client => withInvite(client, callId, (_, { id }) => client.answer(id)),
      nothing,
      ofInvite,
    );
  }

  /** Refuses a call that comes in, everywhere. */
  reject(callId: string): Promise<void> {
    return sessionsOf(this).ask(
      client => withInvite(client, callId, (_, { id }) => client.reject(id)),
      nothing,
      ofInvite,
    );
  }

  /** Ends a call, and tells the other party why. It has ended here when this resolves. */
  hangup(callId: string, reasonText?: Nullable<string>, reasonCode?: Nullable<string>): Promise<void> {
    return inCall(this, callId, (client, { id }) => {
      const reason = typeof reasonText === 'string' ? { reason: reasonText } : {};
      const code = typeof reasonCode === 'string' ? { reasonCode } : {};
      return client.hangup(id, { ...reason, ...code });
    });
  }

  /** Text to speech for all participants. */
  say(callId: string, said: CallSayParams | string): Promise<void> {
    const speech = speechOf(said);
    return sessionsOf(this).ask(
      client => withVoice(client, callId, (_, { id }) => (isLeft(speech) ? of(speech) : client.say(id, speech.right))),
      nothing,
    );
  }

  /** The others hear nothing of us any more. */
  mute(callId: string): Promise<void> {
    return inCall(this, callId, (client, { id }) => client.mute(id, true));
  }

  unmute(callId: string): Promise<void> {
    return inCall(this, callId, (client, { id }) => client.mute(id, false));
  }

  /** We hear nothing of the others any more. */
  enableEarmuff(callId: string): Promise<void> {
    return inCall(this, callId, (client, { id }) => client.earmuff(id, true));
  }

  disableEarmuff(callId: string): Promise<void> {
    return inCall(this, callId, (client, { id }) => client.earmuff(id, false));
  }

  /** Presses keys: `0-9A-D*#`, and the comma, which waits 2 s. */
  sendDTMF(callId: string, digits: string): Promise<void> {
    return sessionsOf(this).ask(
      client => withVoice(client, callId, (_, { id }) => client.dtmf(id, textOf(digits))),
      nothing,
    );
  }

  /**
   * Makes the media of a call anew. A call that is not known here, as after a reload of the page, is taken up again:
   * `voice:error:no_leg_found` where it is no more.
   */
  reconnectCall(callId: string): Promise<void> {
    const client = sessionsOf(this).streams();
    const isKnown = client !== undefined && callOf(client, callId) !== undefined;
    return sessionsOf(this).ask(streams => rejoined(streams, textOf(callId)), nothing, isKnown ? toError : ofReturn);
  }

  /** One party of a call, also of one that is over: `voice:error:no_leg_found` where the service has none. */
  getLeg(legId: string): Promise<Leg> {
    return sessionsOf(this).ask(client => client.getLeg(legId), toLeg, ofLeg);
  }

  /** One page of a call's parties. */
  getCallLegs(callId: string, parameters?: Nullable<GetCallLegsParameters>): Promise<LegsPage> {
    const options = pageOptions(parameters);
    return sessionsOf(this).ask(client => client.getCallLegs(callId, options), toPage('legs', toLeg));
  }

  /** Experimental: the peer connection of a call, for what this client does not do. What is done to it is not undone. */
  getPeerConnection(callId: string): RTCPeerConnection | undefined {
    const client = sessionsOf(this).streams();
    const call = client === undefined ? undefined : callOf(client, callId);
    return call === undefined ? undefined : sessionsOf(this).platform()?.peerConnectionOf(call.id);
  }

  /** Experimental: the latest audio element; `undefined` in Node or before a call. */
  getAudioOutputElement(): HTMLAudioElement | undefined {
    return sessionsOf(this).platform()?.audioElement();
  }
}

function inCall<A>(
  client: ServerCalls,
  callId: string,
  command: (streams: Streams, call: Call) => Outcome<A>,
): Promise<void> {
  return sessionsOf(client).ask(streams => withCall(streams, callId, command), nothing);
}

function nothing(): void {
  return undefined;
}
