import { Subscription } from 'rxjs';
import { fault } from '../core/fault.js';
import type { LineReport } from '../line/port.js';
import { openSocket } from '../wire/socket.js';
import type { Send } from './core.js';
import type { SipOptions } from './options.js';

/** The adapter's WebSocket; each `open` makes a new one. */
export type Connection = {
  /** Opens a WebSocket, once, without retry; an open one is closed first. */
  readonly open: () => void;
  /** Closes the socket, and reports `closed` even without one. */
  readonly close: () => void;
  /** True when there was a socket to send on. */
  readonly send: Send;
  /** Closes the socket without a report. */
  readonly release: () => void;
};

type Ears = {
  readonly report: (report: LineReport) => void;
  readonly onFrame: (frame: string | ArrayBuffer) => void;
  /** Fails the requests that were sent over this socket: no response will come. */
  readonly onClosed: () => void;
  /** Called after the `closed` report: fails the pending requests of calls. */
  readonly onGone: () => void;
};

/** SIP over one WebSocket at a time. RFC 7118 §5. */
export function createConnection(
  { server, webSocket }: SipOptions,
  { report, onFrame, onClosed, onGone }: Ears,
): Connection {
  let socket = Subscription.EMPTY;
  let transmit: ((text: string) => void) | undefined;

  const release = (): void => {
    transmit = undefined;
    socket.unsubscribe();
  };

  const attempt = (): Subscription =>
    // The socket lives as long as this subscription: until it closes, or `close` or the next `open` ends it.
    openSocket({ url: server, protocols: ['sip'], ...(webSocket === undefined ? {} : { webSocket }) }).subscribe(
      told => {
        if (told._tag === 'opened') {
          transmit = told.send;
          report({ _tag: 'opened' });
        } else if (told._tag === 'frame') {
          report({ _tag: 'heard' });
          onFrame(told.data);
        } else {
          transmit = undefined;
          onClosed();
          const message = told.reason === '' ? {} : { message: told.reason };
          report({ _tag: 'closed', code: told.code, fault: fault('line-lost', message) });
          onGone();
        }
      },
    );

  return {
    open: () => {
      release();
      socket = attempt();
    },
    close: () => {
      release();
      onClosed();
      report({ _tag: 'closed' });
      onGone();
    },
    send: text => {
      transmit?.(text);
      return transmit !== undefined;
    },
    release,
  };
}
