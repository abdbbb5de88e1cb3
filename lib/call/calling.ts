import type { Adapter, Ref } from '../core/port.js';
import type { CreateWatching, WatchOrder, WatchReport } from '../subscriptions/port.js';
import type { LineOrder, LineReport } from '../line/port.js';
import type { Media } from '../media/port.js';
import type { Headers, Identity } from './model.js';
import type { CallOrder, CallReport, Traits } from './port.js';

/** Orders of a line outside of calls. */
export type TextOrder =
  /** Sends a MESSAGE outside of any call. `done` carries nothing: a server or the recipient has accepted it. RFC 3428. */
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

/** Given to an adapter when it is opened. */
export type CallingContext = {
  /** From `devices:`; absent where the client was given none. */
  readonly media?: Media;
  readonly newId: () => string;
};
/**
 * The reducer of calls, which an adapter hands on to the client as it is: `callReducer` of `callstream/adapter`. It comes with
 * the adapter, so that a bundle without calls has none of it.
 */
export interface CallReducer {
  readonly _tag: 'call-reducer';
}

/** An adapter of one line that carries calls: `calling:` of `createClient`. Made by `sip()` and `service()`. */
export interface Calling {
  /** Unique among the lines of a client. */
  readonly id: string;
  readonly callReducer: CallReducer;
  readonly traits: Traits;
  /** Makes the store of dialog states and message summaries; absent where the line cannot SUBSCRIBE. */
  readonly createWatching?: CreateWatching;
  open(context: CallingContext): Adapter<CallingOrder, CallingReport>;
}
