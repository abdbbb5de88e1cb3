import type { CallId, Headers, Speech } from '../call/model.js';
import type { Context, Destination } from '../call/port.js';
import type { OutputPatch, Patch } from '../call/state.js';
import type { Millis } from '../core/port.js';

/** Commands of the client, as plain data. */
export type Command =
  | {
      readonly _tag: 'invite';
      readonly call: CallId;
      readonly target: string;
      readonly via?: string;
      readonly headers: Headers;
      readonly context?: Context;
    }
  /** `name`: id here or at the far system. `call`: id for a call that is unknown here. */
  | { readonly _tag: 'reconnectCall'; readonly call: CallId; readonly name: string; readonly via?: string }
  | CallCommand
  | ({ readonly _tag: 'choose' } & (Patch | { readonly side: 'ringer'; readonly patch: OutputPatch }))
  | { readonly _tag: 'swap'; readonly calls: readonly [CallId, CallId] }
  /** Cancels the invite with this call id, or hangs up. */
  | { readonly _tag: 'withdraw'; readonly call: CallId }
  | {
      readonly _tag: 'message';
      readonly target: string;
      readonly body: string;
      readonly contentType: string;
      readonly headers: Headers;
      readonly via?: string;
    }
  | { readonly _tag: 'doNotDisturb'; readonly on: boolean }
  | { readonly _tag: 'askPermission' }
  | { readonly _tag: 'unlockAudio' }
  | { readonly _tag: 'reconnect' };

/** A command that is about one call. */
export type CallCommand =
  | { readonly _tag: 'answer'; readonly call: CallId }
  | { readonly _tag: 'reject'; readonly call: CallId; readonly statusCode: number }
  | { readonly _tag: 'hangup'; readonly call: CallId; readonly reason?: string; readonly reasonCode?: string }
  | { readonly _tag: 'hold'; readonly call: CallId; readonly on: boolean }
  | { readonly _tag: 'mute'; readonly call: CallId; readonly on: boolean }
  | { readonly _tag: 'earmuff'; readonly call: CallId; readonly on: boolean }
  | { readonly _tag: 'dtmf'; readonly call: CallId; readonly tones: string }
  | { readonly _tag: 'say'; readonly call: CallId; readonly speech: Speech }
  | { readonly _tag: 'transfer'; readonly call: CallId; readonly to: Destination }
  /** `next`: the id of the call that a consent leads to. */
  | { readonly _tag: 'consent'; readonly call: CallId; readonly yes: boolean; readonly next: CallId }
  | { readonly _tag: 'end-consultation'; readonly call: CallId }
  | { readonly _tag: 'stats'; readonly call: CallId }
  | ({ readonly _tag: 'adjust'; readonly call: CallId } & Patch);

/** Handling of a command without its line. */
export type Readiness = 'refuse' | { readonly wait: Millis } | 'act';

/** State of the lines that could carry the command. */
export type LineUse = 'none' | 'recovering' | 'up';

/** Commands for one call act without a line: they fail if the call has ended. */
const always = { none: 'act', recovering: 'act', up: 'act' } as const;

export const readiness: Readonly<Record<Command['_tag'], Readonly<Record<LineUse, Readiness>>>> = {
  invite: { none: 'refuse', recovering: { wait: 10_000 }, up: 'act' },
  reconnectCall: { none: 'refuse', recovering: { wait: 10_000 }, up: 'act' },
  answer: always,
  reject: always,
  hangup: always,
  hold: always,
  mute: always,
  earmuff: always,
  dtmf: always,
  say: always,
  transfer: always,
  consent: always,
  'end-consultation': always,
  swap: always,
  withdraw: always,
  message: { none: 'refuse', recovering: { wait: 10_000 }, up: 'act' },
  doNotDisturb: always,
  unlockAudio: always,
  stats: always,
  adjust: always,
  choose: always,
  askPermission: always,
  reconnect: { none: 'refuse', recovering: 'act', up: 'act' },
};
