import type { CallEvent, CallId, TextMessage } from '../call/model.js';
import type { CallingOrder, CallingReport } from '../call/calling.js';
import type { CallTick } from '../call/record.js';
import type { Fault } from '../kernel/fault.js';
import type { After, CancelAfter, Turn } from '../kernel/turn.js';
import type { Ref } from '../kernel/units.js';
import type { LineTick } from '../line/record.js';
import type { DeviceOrder, DeviceReport } from '../media/port.js';
import type { Command } from './command.js';
import type { State } from './state.js';

/** Everything that can happen to a client. A recording is the list of these. */
export type Input =
  | { readonly _tag: 'connect' }
  | { readonly _tag: 'disconnect' }
  | { readonly _tag: 'command'; readonly ref: Ref; readonly command: Command }
  | { readonly _tag: 'from-line'; readonly line: string; readonly report: CallingReport }
  | { readonly _tag: 'from-platform'; readonly report: DeviceReport }
  | { readonly _tag: 'line-tick'; readonly line: string; readonly tick: LineTick }
  | { readonly _tag: 'call-tick'; readonly call: CallId; readonly tick: CallTick }
  /** An order has not been answered in time. */
  | { readonly _tag: 'deadline'; readonly ref: Ref }
  /** A command has waited long enough for a line. */
  | { readonly _tag: 'give-up'; readonly ref: Ref }
  | { readonly _tag: 'forget'; readonly call: CallId }
  /** What a call that ended without its line still owed is not worth saying any more. */
  | { readonly _tag: 'too-late'; readonly call: CallId }
  /** The lines have had their time to say goodbye. */
  | { readonly _tag: 'drained' };

/** Everything a client can ask of the world. */
export type Order =
  | { readonly _tag: 'to-line'; readonly line: string; readonly order: CallingOrder }
  | { readonly _tag: 'to-platform'; readonly order: DeviceOrder }
  /** Subscribe to the lines and to the platform. */
  | { readonly _tag: 'start' }
  /** Leave the platform: microphone and devices are released. */
  | { readonly _tag: 'release' }
  /** Leave the lines. */
  | { readonly _tag: 'stop' };

export type Event =
  | { readonly _tag: 'call'; readonly event: CallEvent }
  | { readonly _tag: 'text'; readonly message: TextMessage }
  | { readonly _tag: 'fault'; readonly fault: Fault };

export type Effect = Order | After<Input> | CancelAfter;
export type ClientTurn = Turn<State, Effect, Event>;
