import type { CallDisconnectReason, CancelReason, HangupReason, LegStatus, VoiceChannelType } from './enums.js';
import type { VonageError } from './error.js';
import type { RTCQuality, RtcStats } from './model.js';

/** Callback signatures of call events. `callId` is the service's id of one's own leg. */
export type VoiceEvents = {
  /**
   * An incoming call: `from` is a user's name, a phone number or an address. `channelType` is the service's, else it is
   * derived from the form of `from`.
   */
  readonly callInvite: (callId: string, from: string, channelType: VoiceChannelType) => unknown;
  /** An incoming call stopped ringing without an answer, unless this client rejected it. */
  readonly callInviteCancel: (callId: string, reason: CancelReason) => unknown;
  /**
   * A call has ended: of the incoming ones, those that were answered here. After one's own hang-up it is told when the
   * service has told the quality, which is all zero where it does not within 3 s.
   */
  readonly callHangup: (callId: string, quality: RTCQuality, reason: HangupReason) => unknown;
  /** The call was moved to another conversation. */
  readonly callTransfer: (callId: string, conversationId: string) => unknown;
  /** A leg of another party rings, is answered, or has ended. */
  readonly legStatusUpdate: (callId: string, legId: string, status: LegStatus) => unknown;
  /** A participant was muted or unmuted for the others. */
  readonly mute: (callId: string, legId: string, isMuted: boolean) => unknown;
  /** A participant was earmuffed, or no longer is. */
  readonly earmuff: (callId: string, legId: string, isEarmuffed: boolean) => unknown;
  /** A party has pressed keys, `0-9A-D*#`. */
  readonly dtmf: (callId: string, legId: string, digits: string) => unknown;
  /** Media are being reconnected; only with `autoReconnectMedia`. */
  readonly callMediaReconnecting: (callId: string) => unknown;
  /** Media flow again; only with `autoReconnectMedia`. */
  readonly callMediaReconnection: (callId: string) => unknown;
  /** Media were interrupted: call `reconnectCall`. Only without `autoReconnectMedia`. */
  readonly callMediaDisconnect: (callId: string, reason: CallDisconnectReason) => unknown;
  /** A reconnect of the media has failed. */
  readonly callMediaError: (callId: string, error: VonageError) => unknown;
  /** Media statistics of a call, each second while there is a listener, unless `rtcStatsTelemetry` is false. */
  readonly rtcStatsUpdate: (stats: RtcStats, callId: string) => unknown;
  /** Never: this client places no emergency calls. */
  readonly emergencyCallDisconnected: (callId: string) => unknown;
  /** Never: this client places no emergency calls. */
  readonly emergencyCallHangup: (callId: string) => unknown;
};
