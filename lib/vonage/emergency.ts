import { noEmergency } from './error.js';
import type { Nullable } from './option.js';

export type EmergencyCallOptions = { readonly ringbackTone?: Nullable<string> };
export type EmergencyCallData = { readonly callId: string; readonly reconnectToken: string };

/**
 * The document's emergency calls, none of which is placed: every method rejects with `emergency:error:not-supported`.
 *
 * A call to 911 or 112 has to reach the right centre, with the caller's place, at any time. That takes a service that is
 * certified for it and tested for it; a client that merely looks as if it had called costs the minutes that count. An
 * application has to say so where somebody could rely on it, and to send people to a phone: `tel:112` as a link opens
 * the one in their hand.
 */
export class EmergencyCalls {
  /** Always rejects; no call is placed. */
  emergencyCall(
    _token: string,
    _from: string,
    _to: string,
    _parameters?: Nullable<EmergencyCallOptions>,
  ): Promise<EmergencyCallData> {
    return Promise.reject(noEmergency());
  }

  /** Rejects: there is no emergency call. */
  reconnectEmergencyCall(_token: string, _callId: string, _reconnectToken: string): Promise<void> {
    return Promise.reject(noEmergency());
  }

  /** Rejects: there is no emergency call. */
  hangupEmergencyCall(_callId: string): Promise<void> {
    return Promise.reject(noEmergency());
  }

  /** Alias of `hangupEmergencyCall`. */
  hangUpEmergencyCall(callId: string): Promise<void> {
    return this.hangupEmergencyCall(callId);
  }

  /** Rejects: there is no emergency call. */
  muteEmergencyCall(_callId: string): Promise<void> {
    return Promise.reject(noEmergency());
  }

  /** Rejects: there is no emergency call. */
  unmuteEmergencyCall(_callId: string): Promise<void> {
    return Promise.reject(noEmergency());
  }

  /** Rejects: there is no emergency call. */
  enableEarmuffEmergencyCall(_callId: string): Promise<void> {
    return Promise.reject(noEmergency());
  }

  /** Rejects: there is no emergency call. */
  disableEarmuffEmergencyCall(_callId: string): Promise<void> {
    return Promise.reject(noEmergency());
  }
}
