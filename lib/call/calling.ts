import type { Adapter } from '../core/port.js';
import type { Moment } from '../core/transition.js';
import type { Ref } from '../core/units.js';
import type { CreateWatching, WatchOrder, WatchReport } from '../subscriptions/port.js';
import type { LineOrder, LineReport } from '../line/port.js';
import type { Media } from '../media/port.js';
import type { Call, Headers, Identity } from './model.js';
import type { CallOrder, CallReport, Place, Traits } from './port.js';
import type { Sample, Rating } from './quality.js';
import type { CallInput, CallState, CallTransition, Settings, CallPolicy } from './state.js';

/** What is asked of a line, of none of its calls. */
export type TextOrder =
  /** Sends a text outside of any call (MESSAGE). `done` carries nothing: whoever is responsible for it has taken it. RFC 3428. */
  {
    readonly _tag: 'send-text';
    readonly ref: Ref;
    readonly target: string;
    readonly body: string;
    readonly contentType: string;
    readonly headers: Headers;
  };

/** A text from outside of any call; it has been acknowledged. */
export type TextReport = {
  readonly _tag: 'text';
  readonly from: Identity;
  readonly body: string;
  readonly contentType: string;
};

export type CallingOrder = LineOrder | CallOrder | TextOrder | WatchOrder;
export type CallingReport = LineReport | CallReport | TextReport | WatchReport;

/** What the client hands to an adapter when it opens it. */
export type CallingContext = {
  /** From `devices:`; absent where the client was given none. */
  readonly media?: Media;
  readonly newId: () => string;
};
/** How calls begin and go on: the pure half of a line that carries calls. */
export type CallReducer = {
  /** A call that we make. */
  readonly dial: (
    place: Place,
    call: Pick<Call, 'id' | 'line'> & Settings,
    how: CallPolicy & { readonly command: Ref; readonly parallel: boolean },
    moment: Moment,
  ) => CallTransition;
  /** A call that comes in. */
  readonly ring: (
    report: Extract<CallReport, { readonly _tag: 'incoming' }>,
    call: Pick<Call, 'line'> & Settings,
    how: CallPolicy,
    moment: Moment,
  ) => CallTransition;
  readonly step: (record: CallState, input: CallInput, moment: Moment) => CallTransition;
  /** Whether somebody talks, or will when all is as it was wished. */
  readonly isTalking: (record: CallState) => boolean;
  /** A call that is to take the place of another, with what had been settled there. */
  readonly inheritSettings: (ringing: CallState, former: CallState) => CallState;
  /** Its place is taken. */
  readonly replaceCall: (record: CallState, former: CallState, moment: Moment) => CallTransition;
  /** How a call sounds, from one measurement to the next. */
  readonly rating: { readonly begin: Rating; readonly next: (watch: Rating, sample: Sample) => Rating };
};

/** What `calling:` takes: an adapter that speaks for one line. Made by `sip()` and `service()`. */
export interface Calling {
  /** Unique among the lines of a client. */
  readonly id: string;
  /** It comes with the adapter, so that a bundle without calls has none of it. */
  readonly callReducer: CallReducer;
  readonly traits: Traits;
  /** The room of busy lamps and mailboxes, where the line can watch them. */
  readonly createWatching?: CreateWatching;
  open(context: CallingContext): Adapter<CallingOrder, CallingReport>;
}
